"""What one panel says of each entry: a score, rounded as the rule set asks, and the same unrounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from evaluations.tally.averages import median, trimmed_average
from evaluations.tally.ballots import Ballots, Sheet
from evaluations.tally.rounding import exact_sum, times
from evaluations.tally.rule import Criterion, Panel, RuleSet

if TYPE_CHECKING:
    from evaluations.tally.columns import AnyInts

Points = Mapping[str, Fraction]
"""seat -> what is added to each of its sheet totals"""
Median = Callable[[str], Fraction | None]
"""entry -> the median of its sheets"""

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


@dataclass(frozen=True, slots=True)
class SheetTotals:
    """The complete sheets of one panel, by entry and seat.

    Args:
        entries, seats: those that have one, by name.
        entry, seat: of each sheet, the number of its entry and of its seat among them.
        total: of each sheet, the weighted sum of its marks, uncorrected; `unit` of them make a point.
        marks: of each sheet, its marks in the order of the panel's criteria.
    """

    entries: list[str]
    seats: list[str]
    entry: Sequence[int] | AnyInts
    seat: Sequence[int] | AnyInts
    total: Sequence[int] | AnyInts
    unit: int
    marks: Sequence[Sequence[int]] | AnyInts


@dataclass(frozen=True, slots=True)
class SingleMarks:
    """Every mark of one panel, in any order.

    Args:
        entry, seat: of each mark, the number of its entry and of its seat among `entries` and `seats`.
        part: of each mark, the number of its criterion among the panel's.
        value: of each mark, in units of its criterion; `units` of them make a point.
    """

    entries: list[str]
    seats: list[str]
    entry: Sequence[int] | AnyInts
    seat: Sequence[int] | AnyInts
    part: Sequence[int] | AnyInts
    value: Sequence[int] | AnyInts
    units: list[int]


class Marks(Protocol):
    """The checked marks of a round, however they are held."""

    @property
    def entries(self) -> frozenset[str]: ...

    def sha256(self) -> str: ...

    def panel_scores(self, rule: RuleSet, panel: Panel, corrections: Points) -> dict[str, PanelScore]: ...

    def single_marks(self, rule: RuleSet, panel: Panel) -> SingleMarks: ...

    def sheet_totals(self, rule: RuleSet, panel: Panel) -> SheetTotals: ...

    def sheet_medians(self, rule: RuleSet, corrections: Mapping[str, Points]) -> Median: ...


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Marks sorted into sheets, counted one by one."""

    ballots: Ballots

    @property
    def entries(self) -> frozenset[str]:
        return self.ballots.entries

    def sha256(self) -> str:
        """The SHA-256 of the canonical marks.csv."""
        return self.ballots.sha256()

    def panel_scores(self, rule: RuleSet, panel: Panel, corrections: Points) -> dict[str, PanelScore]:
        """The result of a panel of marks for every entry."""
        return marks_panel(rule, panel, self.ballots, corrections)

    def single_marks(self, rule: RuleSet, panel: Panel) -> SingleMarks:
        """Every mark of a panel."""
        return single_marks(rule, panel, self.ballots)

    def sheet_totals(self, rule: RuleSet, panel: Panel) -> SheetTotals:
        """The complete sheets of a panel, by entry and seat."""
        return sheet_totals(rule, panel, self.ballots)

    def sheet_medians(self, rule: RuleSet, corrections: Mapping[str, Points]) -> Median:
        """The median of an entry's complete sheet totals, corrected, of all weighted panels of marks together."""

        def found(entry: str) -> Fraction | None:
            totals = [
                total
                for panel in rule.weighted_panels
                if panel.kind == "marks"
                for total in complete_sheet_totals(
                    rule, panel, self.ballots, entry, corrections.get(panel.id, {})
                )
            ]
            return median(totals) if totals else None

        return found


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
    weights, unit = weights_of(rule, panel, ballots.units)
    return [
        Fraction(_total(sheet, weights), unit) + corrections.get(seat, 0)
        for seat, sheet in _complete(ballots.sheets[panel.id][entry])
    ]


def single_marks(rule: RuleSet, panel: Panel, ballots: Ballots) -> SingleMarks:
    """Every mark of a panel, by entry, seat and criterion."""
    of_panel = ballots.sheets[panel.id]
    rows = [
        (entry, seat, part, mark)
        for entry, sheets in sorted(of_panel.items())
        for seat, sheet in sorted(sheets.items())
        for part, mark in enumerate(sheet)
        if mark is not None
    ]
    entries, seats = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    entry_number = {name: number for number, name in enumerate(entries)}
    seat_number = {name: number for number, name in enumerate(seats)}
    return SingleMarks(
        entries,
        seats,
        [entry_number[row[0]] for row in rows],
        [seat_number[row[1]] for row in rows],
        [row[2] for row in rows],
        [row[3] for row in rows],
        [ballots.units[item.id] for item in rule.criteria_of(panel)],
    )


def sheet_totals(rule: RuleSet, panel: Panel, ballots: Ballots) -> SheetTotals:
    """The complete sheets of a panel, by entry and seat."""
    weights, unit = weights_of(rule, panel, ballots.units)
    rows = [
        (entry, seat, marks)
        for entry, sheets in sorted(ballots.sheets[panel.id].items())
        for seat, marks in sorted(_complete(sheets))
    ]
    entries = sorted({entry for entry, _seat, _marks in rows})
    seats = sorted({seat for _entry, seat, _marks in rows})
    entry_number = {name: number for number, name in enumerate(entries)}
    seat_number = {name: number for number, name in enumerate(seats)}
    return SheetTotals(
        entries,
        seats,
        [entry_number[entry] for entry, _seat, _marks in rows],
        [seat_number[seat] for _entry, seat, _marks in rows],
        [_total(marks, weights) for _entry, _seat, marks in rows],
        unit,
        [marks for _entry, _seat, marks in rows],
    )


def _by_criterion(rule: RuleSet, panel: Panel, ballots: Ballots, sheets: Mapping[str, Sheet]) -> PanelScore:
    scores = []
    for index, criterion in enumerate(rule.criteria_of(panel)):
        marks = [mark for sheet in sheets.values() if (mark := sheet[index]) is not None]
        exact = None
        if marks and len(marks) >= rule.min_marks:
            exact = trimmed_average(marks, rule.trim, rule.average) / ballots.units[criterion.id]
        scores.append(criterion_score(rule, criterion, exact, len(marks)))
    judges = sum(any(mark is not None for mark in sheet) for sheet in sheets.values())
    return score_of_criteria(rule, panel, judges, scores)


def criterion_score(
    rule: RuleSet, criterion: Criterion, average: Fraction | None, marks: int
) -> CriterionScore:
    """A criterion's score at the level `criterion`.

    Args:
        average: unrounded; None: too few marks.
    """
    if average is None:
        return CriterionScore(None, None, None, marks, 0)
    score = rule.rounding.at("criterion", average)
    weighted = rule.rounding.at("weighted", times(score, rule.weight_of[criterion.id]))
    return CriterionScore(score, average, weighted, marks, rule.trim.dropped(marks))


def score_of_criteria(
    rule: RuleSet, panel: Panel, judges: int, scores: Sequence[CriterionScore]
) -> PanelScore:
    """An entry's score at the level `criterion`, from the scores of the panel's criteria, in their order."""
    criteria = dict(zip((item.id for item in rule.criteria_of(panel)), scores, strict=True))
    fewest = min(score.marks for score in scores)
    weighted = [score.weighted for score in scores if score.weighted is not None]
    if len(weighted) < len(scores):
        return PanelScore(None, None, judges, criteria, fewest)
    exact = [
        times(score.exact, rule.weight_of[key]) for key, score in criteria.items() if score.exact is not None
    ]
    return PanelScore(
        rule.rounding.at("panel", exact_sum(weighted)), exact_sum(exact), judges, criteria, fewest
    )


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
    weights, unit = weights_of(rule, panel, ballots.units)
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


def weights_of(rule: RuleSet, panel: Panel, units: Mapping[str, int]) -> tuple[list[int], int]:
    """Integers by which to multiply a sheet's marks, and how many units of the product make a point."""
    factors = [Fraction(item.weight) / units[item.id] for item in rule.criteria_of(panel)]
    unit = 1
    while any(unit % factor.denominator for factor in factors):
        unit *= 10  # weights and marks are decimals, so a power of ten is always enough
    return [int(factor * unit) for factor in factors], unit


def _total(sheet: list[int], weights: list[int]) -> int:
    return sum(weight * mark for weight, mark in zip(weights, sheet, strict=True))
