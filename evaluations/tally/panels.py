"""What one panel says of each entry: a score, rounded as the rule set asks, and the same unrounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from evaluations.tally.averages import trimmed_average
from evaluations.tally.ballots import Ballots, Sheet
from evaluations.tally.rule import Criterion, Panel, RuleSet


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


def marks_panel(rule: RuleSet, panel: Panel, ballots: Ballots) -> dict[str, PanelScore]:
    """The result of a panel of marks for every entry."""
    score = _by_criterion if rule.level == "criterion" else _by_sheet
    return {entry: score(rule, panel, ballots, sheets) for entry, sheets in ballots.sheets[panel.id].items()}


def complete_sheet_totals(rule: RuleSet, panel: Panel, ballots: Ballots, entry: str) -> list[Fraction]:
    """The unrounded weighted sums of the sheets that lack no mark, in points, before trimming."""
    weights, unit = _weights(rule, panel, ballots)
    sheets = _complete(ballots.sheets[panel.id][entry])
    return [Fraction(_total(sheet, weights), unit) for sheet in sheets]


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


def _by_sheet(rule: RuleSet, panel: Panel, ballots: Ballots, sheets: Mapping[str, Sheet]) -> PanelScore:
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
    scores = {
        criterion.id: _shown_criterion(rule, index, counted, ballots.units[criterion.id])
        for index, criterion in enumerate(rule.criteria_of(panel))
    }
    if not counted or count < rule.min_marks:
        return PanelScore(None, None, count, scores, count, incomplete)
    weights, unit = _weights(rule, panel, ballots)
    totals = [_total(sheet, weights) for sheet in counted]
    exact = trimmed_average(totals, rule.trim, rule.average) / unit
    handed_on = [rule.rounding.at("sheet", Fraction(total, unit)) for total in totals]
    score = rule.rounding.at("panel", trimmed_average(handed_on, rule.trim, rule.average))
    return PanelScore(score, exact, count, scores, count, incomplete)


def _complete(sheets: Mapping[str, Sheet]) -> list[list[int]]:
    """The sheets that lack no mark."""
    marked = ([mark for mark in sheet if mark is not None] for sheet in sheets.values())
    return [marks for marks, sheet in zip(marked, sheets.values(), strict=True) if len(marks) == len(sheet)]


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
