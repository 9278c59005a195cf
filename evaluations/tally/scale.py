"""The scale of marks: what a judge may write for a criterion, and what full marks come to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.tally.decimals import decimals_of
from evaluations.tally.rule import Criterion, Panel, RuleSet


@dataclass(frozen=True, slots=True)
class MarkScale:
    """What a form needs to take a mark: `min` to `max` in steps of `step`, shown with `decimals` decimals."""

    min: Decimal
    max: Decimal
    step: Decimal
    decimals: int


@dataclass(frozen=True, slots=True)
class FullMarks:
    """What an entry gets at most, before adjustments.

    `panels` holds each panel's greatest score before its weight, `total` the sum of the weighted panels'
    shares. None: there is no greatest score (points given from elsewhere, votes by standard score).
    """

    panels: dict[str, Fraction | None]
    total: Fraction | None


def mark_scale(criterion: Criterion) -> MarkScale:
    """The marks that a criterion allows, for forms and spreadsheets."""
    return MarkScale(criterion.min, criterion.max, criterion.step, step_decimals(criterion))


def step_decimals(criterion: Criterion) -> int:
    """The number of decimals that is enough to write every mark of a criterion."""
    return max(decimals_of(criterion.min), decimals_of(criterion.step))


def on_step(criterion: Criterion, mark: Decimal) -> bool:
    """Whether a mark lies on a step, counted from the least mark."""
    # Fractions, since the remainder of two Decimals depends on the precision of the thread's context.
    return (Fraction(mark) - Fraction(criterion.min)) % Fraction(criterion.step) == 0


def full_marks(rule: RuleSet) -> FullMarks:
    """The greatest score of each panel and the greatest total, both without rounding."""
    panels = {panel.id: _panel_full(rule, panel) for panel in rule.panels}
    total: Fraction | None = Fraction(0)
    for panel in rule.weighted_panels:
        full = panels[panel.id]
        total = None if total is None or full is None else total + Fraction(panel.weight) * full
    return FullMarks(panels, total)


def _panel_full(rule: RuleSet, panel: Panel) -> Fraction | None:
    if panel.kind == "marks":
        products = (Fraction(item.weight) * Fraction(item.max) for item in rule.criteria_of(panel))
        return sum(products, Fraction(0))
    conversion = panel.conversion
    if conversion is None or conversion.method == "standard":
        return None
    return Fraction(conversion.full if conversion.method == "top" else conversion.first)
