"""What an officer should know before deciding: each warning with the place in the document that it is about."""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from evaluations.names import panel_name
from evaluations.rulewords.said import Said, Warning, plain
from evaluations.tally import full_marks

HUNDRED = Fraction(100)


def warnings(said: Said) -> Iterator[Warning]:
    """Every warning, the weightiest first."""
    yield from warn_of_trimming(said)
    yield from warn_of_full_marks(said)
    per_entry, least = said.conduct.per_entry, said.rule.min_marks
    if per_entry is not None and per_entry < least:
        words = _(
            "An entry gets at most %(count)d judges and needs %(least)d marks: such a round cannot be opened."
        )
        yield Warning("conduct.assignment.per_entry", words % {"count": per_entry, "least": least})
    if said.rule.lot_seed and "示例" in said.rule.lot_seed:
        words = _("The sentence of the lot is still that of the example: change it before the round opens.")
        yield Warning("lot_seed", words)
    if said.rule.rounding.mode == "half_even" and not said.rule.rounding.follows_gbt_8170:
        words = _("GB/T 8170 allows one rounding on the way; this rule rounds more than once.")
        yield Warning("rounding.stages", words)


def warn_of_trimming(said: Said) -> Iterator[Warning]:
    trim, least = said.rule.trim, max(said.rule.min_marks, 1)
    per_entry = said.conduct.per_entry
    if trim.high + trim.low == 0:
        return
    if least < trim.start:
        yield Warning("trim.from", _untrimmed(least, trim.start - 1))
    if per_entry is not None and per_entry < trim.start:
        words = _("An entry gets at most %(count)d judges, so nothing is ever left out.")
        yield Warning("conduct.assignment.per_entry", words % {"count": per_entry})
    elif trim.start < trim.advised:
        words = _(
            "Leaving out is advised from %(advised)d marks on: with fewer, two judges in agreement move the "
            "result more than in a plain average."
        )
        yield Warning("trim.advised", words % {"advised": trim.advised})


def _untrimmed(least: int, most: int) -> str:
    if most == least:
        words = _("In a panel of %(least)d judges nothing is left out: one judge alone can move the result.")
        return words % {"least": least}
    words = _(
        "In a panel of %(least)d to %(most)d judges nothing is left out: one judge alone can move the result. "
        "In a sub-district of 5 communities with one judge each, 4 may mark each case."
    )
    return words % {"least": least, "most": most}


def warn_of_full_marks(said: Said) -> Iterator[Warning]:
    full = full_marks(said.rule)
    if full.total is not None and full.total != HUNDRED:
        words = _("Full marks are %(total)s, not 100.") % {"total": plain(full.total)}
        yield Warning("criteria", words)
    scores = {panel.id: full.panels[panel.id] for panel in said.rule.weighted_panels}
    if len(set(scores.values())) > 1:
        each = [
            f"{panel_name(key)} {'–' if score is None else plain(score)}" for key, score in scores.items()
        ]
        words = _("Full marks differ between panels: %(panels)s.") % {"panels": said.listed(each)}
        yield Warning("panels", words)
