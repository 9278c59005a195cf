"""What follows from the ranking: awards, who goes on, the notice, what is published."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.rulewords.said import Said, named


def outcome(said: Said) -> Iterator[str]:
    for award in said.rule.awards:
        yield ngettext("%(award)s: %(places)d place.", "%(award)s: %(places)d places.", award.places) % {
            "award": named(award.name, said.language),
            "places": award.places,
        }
    if said.rule.advance:
        yield from who_advances(said)
    days = said.conduct.notice_working_days
    if days:
        yield ngettext(
            "Provisional results are on notice for %(days)d working day.",
            "Provisional results are on notice for %(days)d working days.",
            days,
        ) % {"days": days}
    else:
        yield _("There is no notice period.")
    if said.rule.publish_marks == "by_seat":
        yield _("Every mark is published, by the number of a seat, never by name.")
    elif said.rule.publish_marks == "none":
        yield _("Single marks are not published.")


def who_advances(said: Said) -> Iterator[str]:
    plan = said.rule.advance
    assert plan is not None  # noqa: S101  asked for only where there is one
    if plan.per_sub_district is not None:
        yield ngettext(
            "From each sub-district the best %(count)d goes on to the final.",
            "From each sub-district the best %(count)d go on to the final.",
            plan.per_sub_district,
        ) % {"count": plan.per_sub_district}
    else:
        yield ngettext(
            "%(count)d place in the final is shared out to the sub-districts in proportion to their accepted cases.",
            "%(count)d places in the final are shared out to the sub-districts in proportion to their accepted cases.",
            plan.places or 0,
        ) % {"count": plan.places or 0}
    if plan.others:
        yield ngettext(
            "After them the best %(count)d of the rest by total.",
            "After them the best %(count)d of the rest by total.",
            plan.others,
        ) % {"count": plan.others}
    yield (
        _("Where entries are equal at the line, all of them go on.")
        if plan.ties == "all"
        else _("Where entries are equal at the line, the lot decides.")
    )
