"""From marks to a score: trimming, averaging, rounding."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.rulewords.said import Said
from evaluations.tally.decimals import plain_text


def counting(said: Said) -> Iterator[str]:
    rule, trim = said.rule, said.rule.trim
    yield (
        _("Each criterion is counted by itself in each panel, over all judges of the panel.")
        if rule.level == "criterion"
        else _("Each judge's marks are added up to a sheet total first; sheets with a gap do not count.")
    )
    yield from calibrating(said)
    if trim.high + trim.low == 0:
        yield _("No mark is left out.")
    else:
        yield _(
            "From %(from)d marks on, the %(high)d highest and the %(low)d lowest are left out "
            "(one copy where several are equal)."
        ) % {"from": trim.start, "high": trim.high, "low": trim.low}
    yield (
        _("What remains is averaged.")
        if rule.average == "mean"
        else _("Of what remains the middle value counts (median).")
    )
    if rule.min_marks > 1:
        yield _(
            "A panel needs at least %(min)d marks for an entry. An entry without them gets no rank; "
            "it is listed last, never filled up and never counted as zero."
        ) % {"min": rule.min_marks}
    if rule.adjustments:
        yield _(
            "Points between %(min)s and %(max)s may be added or taken off, with the reason published."
        ) % {
            "min": plain_text(rule.adjustments.min),
            "max": plain_text(rule.adjustments.max),
        }


def calibrating(said: Said) -> Iterator[str]:
    """How unequally strict judges are corrected, where they are."""
    plan = said.rule.calibration
    if plan is None:
        return
    yield _(
        "How strict each judge is, is estimated from all sheets of the panel and taken off every sheet; "
        "the corrections are published, and none is more than %(cap)s points."
    ) % {"cap": plain_text(plan.cap)}
    yield ngettext(
        "A judge with fewer than %(count)d sheet is not corrected.",
        "A judge with fewer than %(count)d sheets is not corrected.",
        plan.min_marks,
    ) % {"count": plan.min_marks}
    yield (
        _(
            "If judges and cases fall into groups that share no judge, the round is not tallied "
            "until two people decide to count the marks as they stand."
        )
        if plan.if_disconnected == "refuse"
        else _(
            "If judges and cases fall into groups that share no judge, the marks of that panel are counted "
            "as they stand, and the result says so."
        )
    )


def rounding(said: Said) -> Iterator[str]:
    rounding = said.rule.rounding
    words = {
        "criterion": _("a criterion's average"),
        "weighted": _("a criterion times its weight"),
        "sheet": _("a sheet's total"),
        "panel": _("a panel's score"),
        "share": _("a panel's share"),
        "total": _("the total"),
    }
    stages = [words[stage] for stage in words if stage in rounding.stages]
    if not stages:
        yield _("Nothing is rounded on the way.")
        return
    yield ngettext(
        "Rounded to %(places)d decimal: %(stages)s.",
        "Rounded to %(places)d decimals: %(stages)s.",
        rounding.places,
    ) % {"places": rounding.places, "stages": said.listed(stages)}
    if rounding.mode == "half_up":
        yield _("A half is rounded up (below zero: down).")
    elif rounding.follows_gbt_8170:
        yield _("A half is rounded to the even neighbour, after GB/T 8170.")
    else:
        yield _("A half is rounded to the even neighbour.")
