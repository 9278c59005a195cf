"""The table of criteria, and what full marks come to."""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _

from evaluations.rulewords.said import CriterionInWords, LevelInWords, Said, named, plain
from evaluations.tally import Criterion, full_marks
from evaluations.tally.decimals import plain_text


def criterion_in_words(said: Said, item: Criterion) -> CriterionInWords:
    marks = _("%(min)s to %(max)s points, in steps of %(step)s") % {
        "min": plain_text(item.min),
        "max": plain_text(item.max),
        "step": plain_text(item.step),
    }
    if item.weight != 1:
        marks = _("%(marks)s, counted %(weight)s times") % {
            "marks": marks,
            "weight": plain_text(item.weight),
        }
    return CriterionInWords(
        name=named(item.name, said.language),
        help=named(item.help, said.language),
        marks=marks,
        full=plain(Fraction(item.weight) * Fraction(item.max)),
        levels=tuple(levels_of(said, item)),
    )


def levels_of(said: Said, item: Criterion) -> Iterator[LevelInWords]:
    ordered = sorted(item.levels, key=lambda level: level.start, reverse=True)
    top = item.max
    for level in ordered:
        span = (
            plain_text(level.start) if level.start == top else f"{plain_text(level.start)}–{plain_text(top)}"
        )
        yield LevelInWords(span, named(level.name, said.language), named(level.help, said.language))
        top = level.start - item.step


def full(said: Said) -> str:
    total = full_marks(said.rule).total
    if total is None:
        return _("There is no greatest total: part of it has no upper end.")
    return _("Full marks are %(total)s.") % {"total": plain(total)}
