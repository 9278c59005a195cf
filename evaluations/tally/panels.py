"""What one panel says of each entry: a score, rounded as the rule set asks, and the same unrounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from evaluations.tally.averages import trimmed_average
from evaluations.tally.ballots import Ballots, Sheet
from evaluations.tally.rule import Criterion, Panel, RuleSet

Points = Mapping[str, Fraction]
"""seat -> what is added to each of its sheet totals"""

_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """One criterion of one entry in one panel.

    `score` is the average, rounded at the stage `criterion`; `exact` the same unrounded; `weighted` the score
    times the criterion's weight, rounded at the stage `weighted`. None: too few marks. At the level `sheet`
    an average by criterion is shown, unrounded, but goes into nothing but a tie, and `weighted` is None.
    """

    score: Fraction | None
    exact: Fraction | None
    weighted: Fraction | None
    marks: int
    dropped: int


@dataclass(frozen=True, slots=True)
class PanelScore:
    """One panel's result for one entry, before the panel's weight.

    `score` is rounded at the panel's stages, `exact` unrounded; None: the panel has no result. `judges`
    counts the seats whose marks count. `fewest` is the least number of marks behind any figure of it; None:
    no marks panel.
    """

    score: Fraction | None
    exact: Fraction | None
    judges: int = 0
    criteria: Mapping[str, CriterionScore] = field(default_factory=dict)
    fewest: int | None = None
    incomplete: tuple[str, ...] = ()


def marks_panel(rule: RuleSet, panel: Panel, ballots: Ballots, corrections: Points) -> dict[str, PanelScore]:
    """The result of a panel of marks for every entry, its judges' sheets corrected."""
    of_entry = ballots.sheets[panel.id].items()
    if rule.level == "criterion":
        return {entry: _by_criterion(rule, panel, ballots, sheets) for entry, sheets in of_entry}
    return {entry: _by_sheet(rule, panel, ballots, sheets, corrections) for entry, sheets in of_entry}


def complete_sheet_totals(
    rule: RuleSet, panel: Panel, ballots: Ballots, entry: str, corrections: Points
) -> list[Fraction]:
    """The unrounded weighted sums of the sheets that lack no mark, corrected, in points, before trimming."""
    weights, unit = _weights(rule, panel, ballots)
    return [
        Fraction(_total(sheet, weights), unit) + corrections.get(seat, 0)
        for seat, sheet in _complete(ballots.sheets[panel.id][entry])
    ]


def sheet_totals(rule: RuleSet, panel: Panel, ballots: Ballots) -> tuple[list[tuple[str, str, int]], int]:
    """Entry, seat and weighted sum of every complete sheet of a panel, and how many units make a point."""
    weights, unit = _weights(rule, panel, ballots)
    return [
        (entry, seat, _total(sheet, weights))
        for entry, sheets in ballots.sheets[panel.id].items()
        for seat, sheet in _complete(sheets)
    ], unit


def _by_criterion(rule: RuleSet, panel: Panel, ballots: Ballots, sheets: Mapping[str, Sheet]) -> PanelScore:
    criteria = rule.criteria_of(panel)
    scores = {}
    for index, criterion in enumerate(criteria):
        marks = [mark for sheet in sheets.values() if (mark := sheet[index]) is not None]
        scores[criterion.id] = _criterion_score(rule, criterion, marks, ballots.units[criterion.id])
    judges = sum(any(mark is not None for mark in sheet) for sheet in sheets.values())
    fewest = min(score.marks for score in scores.values())
    parts = [score.weighted for score in scores.values() if score.weighted is not None]
    if len(parts) < len(criteria):
        return PanelScore(None, None, judges, scores, fewest)
    exact = sum(
        (Fraction(item.weight) * (scores[item.id].exact or Fraction(0)) for item in criteria), Fraction(0)
    )
    return PanelScore(rule.rounding.at("panel", sum(parts, Fraction(0))), exact, judges, scores, fewest)


def _criterion_score(rule: RuleSet, criterion: Criterion, marks: list[int], units: int) -> CriterionScore:
    if not marks or len(marks) < rule.min_marks:
        return CriterionScore(None, None, None, len(marks), 0)
    exact = trimmed_average(marks, rule.trim, rule.average) / units
    score = rule.rounding.at("criterion", exact)
    weighted = rule.rounding.at("weighted", score * Fraction(criterion.weight))
    return CriterionScore(score, exact, weighted, len(marks), rule.trim.dropped(len(marks)))


def _by_sheet(
    rule: RuleSet, panel: Panel, ballots: Ballots, sheets: Mapping[str, Sheet], corrections: Points
) -> PanelScore:
    # A sheet on which nothing is marked is no sheet; one with a gap is flagged and left out.
    incomplete = tuple(
        sorted(
            seat
            for seat, sheet in sheets.items()
            if None in sheet and any(mark is not None for mark in sheet)
        )
    )
    counted = _complete(sheets)
    count = len(counted)
    marks = [sheet for _seat, sheet in counted]
    scores = {
        criterion.id: _shown_criterion(rule, index, marks, ballots.units[criterion.id])
        for index, criterion in enumerate(rule.criteria_of(panel))
    }
    if not counted or count < rule.min_marks:
        return PanelScore(None, None, count, scores, count, incomplete)
    weights, unit = _weights(rule, panel, ballots)
    totals = [Fraction(_total(sheet, weights), unit) for sheet in marks]
    added = [corrections.get(seat, _NOTHING) for seat, _sheet in counted]
    corrected = [total + points for total, points in zip(totals, added, strict=True)]
    exact = trimmed_average(corrected, rule.trim, rule.average)
    handed_on = [
        rule.rounding.at("sheet", total) + points for total, points in zip(totals, added, strict=True)
    ]
    score = rule.rounding.at("panel", trimmed_average(handed_on, rule.trim, rule.average))
    return PanelScore(score, exact, count, scores, count, incomplete)


def _complete(sheets: Mapping[str, Sheet]) -> list[tuple[str, list[int]]]:
    """The seats whose sheets lack no mark, and those sheets."""
    marked = ((seat, [mark for mark in sheet if mark is not None]) for seat, sheet in sheets.items())
    return [(seat, marks) for seat, marks in marked if len(marks) == len(sheets[seat])]


def _shown_criterion(rule: RuleSet, index: int, counted: list[list[int]], units: int) -> CriterionScore:
    marks = [sheet[index] for sheet in counted]
    if not marks or len(marks) < rule.min_marks:
        return CriterionScore(None, None, None, len(marks), 0)
    exact = trimmed_average(marks, rule.trim, rule.average) / units
    return CriterionScore(exact, exact, None, len(marks), rule.trim.dropped(len(marks)))


def _weights(rule: RuleSet, panel: Panel, ballots: Ballots) -> tuple[list[int], int]:
    """Integers by which to multiply a sheet's marks, and how many units of the product make a point."""
    factors = [Fraction(item.weight) / ballots.units[item.id] for item in rule.criteria_of(panel)]
    unit = 1
    while any(unit % factor.denominator for factor in factors):
        unit *= 10  # weights and marks are decimals, so a power of ten is always enough
    return [int(factor * unit) for factor in factors], unit


def _total(sheet: list[int], weights: list[int]) -> int:
    return sum(weight * mark for weight, mark in zip(weights, sheet, strict=True))
