"""Checked marks in canonical order, sheet by sheet, and what they come to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evaluations.tally.ballots import csv_field, csv_file
from evaluations.tally.columns import AnyInts, Ints
from evaluations.tally.decimals import plain_text
from evaluations.tally.grouped import Averages, averages
from evaluations.tally.inputs import COLUMNS
from evaluations.tally.panels import (
    CriterionScore,
    Median,
    PanelScore,
    Points,
    SheetTotals,
    SingleMarks,
    criterion_score,
    score_of_criteria,
    weights_of,
)
from evaluations.tally.rule import Criterion, Panel, RuleSet, Trim

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Sheets:
    """The sheets of one panel, by entry and seat: weighted sum in units, and whether no mark is missing."""

    entry: Ints
    seat: Ints
    total: Ints
    complete: Flags
    unit: int


@dataclass(frozen=True)
class PackedMarks:
    """The sheets that bear a mark, by panel, entry and seat, each by its name, and their marks.

    Args:
        value: sheets by criteria, in units of the criterion; 0 where there is no mark.
        there: sheets by criteria, where there is a mark.
    """

    entry_names: list[str]
    seat_names: list[str]
    panel_names: list[str]
    criterion_names: list[str]
    units: Mapping[str, int]
    panel: Ints
    entry: Ints
    seat: Ints
    value: AnyInts
    there: Flags
    known: dict[str, _Sheets] = field(default_factory=dict)

    @cached_property
    def entries(self) -> frozenset[str]:
        return frozenset(self.entry_names)

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """The numbers of the entries."""
        return {name: number for number, name in enumerate(self.entry_names)}

    def part_of(self, panel: str) -> slice:
        """Where the sheets of a panel stand."""
        number = self.panel_names.index(panel)
        start, end = np.searchsorted(self.panel, [number, number + 1]).tolist()
        return slice(start, end)

    def sha256(self) -> str:
        """The SHA-256 of the canonical marks.csv, which is put together from few different pieces."""
        digest = hashlib.sha256(csv_file(COLUMNS["marks.csv"], ()))
        pieces, piece = self._ends()
        table = np.array([*pieces, b""], dtype=object)
        of_entry = self.panel * len(self.entry_names) + self.entry
        starts = np.flatnonzero(np.diff(of_entry, prepend=-1))
        # Where the marks of an entry begin among all marks.
        marks = np.concatenate([[0], np.cumsum(np.count_nonzero(self.there, axis=1))])
        ends = marks[[*starts[1:], len(of_entry)]].tolist()
        places = zip(self.panel[starts].tolist(), self.entry[starts].tolist(), strict=True)
        for (panel, entry), start, end in zip(places, marks[starts].tolist(), ends, strict=True):
            names = self.panel_names[panel], self.entry_names[entry]
            head = "".join(f"{csv_field(name)}," for name in names).encode()
            digest.update(head)
            digest.update(head.join(table[piece[start:end]].tolist()))
        return digest.hexdigest()

    def _ends(self) -> tuple[list[bytes], Ints]:
        """The different ends of lines (seat, criterion and mark), and which of them each mark's line has."""
        least = int(self.value.min(initial=0))
        width = int(self.value.max(initial=0)) - least + 1
        tails = len(self.criterion_names) * width
        code = self.value + (np.arange(len(self.criterion_names)) * width - least)
        code += self.seat[:, None] * tails
        ends, end = _distinct(
            code.ravel() if self.there.all() else code[self.there], len(self.seat_names) * tails
        )
        seats = [f"{csv_field(seat)},".encode() for seat in self.seat_names]
        texts: dict[int, bytes] = {}
        pieces = []
        for seat, tail in zip(*(part.tolist() for part in np.divmod(ends, tails)), strict=True):
            if tail not in texts:
                name = self.criterion_names[tail // width]
                points = Fraction(tail % width + least, self.units[name])
                texts[tail] = f"{csv_field(name)},{_decimal(points)}\n".encode()
            pieces.append(seats[seat] + texts[tail])
        return pieces, end

    def panel_scores(self, rule: RuleSet, panel: Panel, corrections: Points) -> dict[str, PanelScore]:
        """The result of a panel of marks for every entry."""
        if rule.level == "criterion":
            return self._by_criterion(rule, panel)
        return self._by_sheet(rule, panel, corrections)

    def _by_criterion(self, rule: RuleSet, panel: Panel) -> dict[str, PanelScore]:
        part = self.part_of(panel.id)
        judges = np.bincount(self.entry[part], minlength=len(self.entry_names)).tolist()
        figures = [self._scores_of(rule, item, part) for item in rule.criteria_of(panel)]
        return {
            name: score_of_criteria(rule, panel, count, scores)
            for name, count, *scores in zip(self.entry_names, judges, *figures, strict=True)
        }

    def _scores_of(self, rule: RuleSet, item: Criterion, part: slice) -> list[CriterionScore]:
        """One criterion's score of every entry; equal sums of equally many marks are computed once."""
        found = self._marks_of(rule, item, part, self.there[part, self.criterion_names.index(item.id)])
        units, least = self.units[item.id], max(rule.min_marks, 1)
        known: dict[tuple[int, int, int], CriterionScore] = {}
        scores = []
        for key in zip(found.count, found.total, found.over, strict=True):
            score = known.get(key)
            if score is None:
                count, total, over = key
                exact = Fraction(total, over * units) if count >= least else None
                score = known[key] = criterion_score(rule, item, exact, count)
            scores.append(score)
        return scores

    def _marks_of(self, rule: RuleSet, item: Criterion, part: slice, counted: Flags) -> Averages:
        """The average of each entry's counted marks for one criterion."""
        value = self.value[part, self.criterion_names.index(item.id)]
        return averages(
            self.entry[part][counted], value[counted], len(self.entry_names), rule.trim, rule.average
        )

    def _sheets(self, rule: RuleSet, panel: Panel) -> _Sheets:
        """The sheets of a panel of marks."""
        if panel.id not in self.known:
            part = self.part_of(panel.id)
            weights, unit = weights_of(rule, panel, self.units)
            columns = [self.criterion_names.index(item.id) for item in rule.criteria_of(panel)]
            total = np.zeros(part.stop - part.start, dtype=np.int64)
            for weight, column in zip(weights, columns, strict=True):
                total += weight * self.value[part, column].astype(np.int64)
            complete: Flags = np.all(self.there[part][:, columns], axis=1)
            self.known[panel.id] = _Sheets(self.entry[part], self.seat[part], total, complete, unit)
        return self.known[panel.id]

    def single_marks(self, rule: RuleSet, panel: Panel) -> SingleMarks:
        """Every mark of a panel, by entry, seat and criterion."""
        part = self.part_of(panel.id)
        columns = [self.criterion_names.index(item.id) for item in rule.criteria_of(panel)]
        sheet, criterion = np.nonzero(self.there[part][:, columns])
        entries, entry = _named(self.entry_names, self.entry[part][sheet])
        seats, seat = _named(self.seat_names, self.seat[part][sheet])
        value = self.value[part][:, columns][sheet, criterion].astype(np.int64)
        units = [self.units[item.id] for item in rule.criteria_of(panel)]
        return SingleMarks(entries, seats, entry, seat, criterion, value, units)

    def sheet_totals(self, rule: RuleSet, panel: Panel) -> SheetTotals:
        """The complete sheets of a panel, by entry and seat."""
        sheets = self._sheets(rule, panel)
        complete = sheets.complete
        entries, entry = _named(self.entry_names, sheets.entry[complete])
        seats, seat = _named(self.seat_names, sheets.seat[complete])
        columns = [self.criterion_names.index(item.id) for item in rule.criteria_of(panel)]
        marks = self.value[self.part_of(panel.id)][complete][:, columns]
        return SheetTotals(entries, seats, entry, seat, sheets.total[complete], sheets.unit, marks)

    def sheet_medians(self, rule: RuleSet, corrections: Mapping[str, Points]) -> Median:
        """The median of an entry's complete sheet totals, corrected, of all weighted panels of marks together."""
        found: list[Averages] = []

        def median(entry: str) -> Fraction | None:
            # All at once, and only if anybody asks.
            if not found:
                found.append(self._medians(rule, corrections, common))
            number = self.number_of[entry]
            total, over = found[0].total[number], found[0].over[number]
            return Fraction(total, over * common) if over else None

        marking = [panel for panel in rule.weighted_panels if panel.kind == "marks"]
        common = max([100, *(weights_of(rule, panel, self.units)[1] for panel in marking)])
        return median

    def _medians(self, rule: RuleSet, corrections: Mapping[str, Points], common: int) -> Averages:
        entries, totals = [], []
        for panel in rule.weighted_panels:
            if panel.kind == "marks":
                sheets = self._sheets(rule, panel)
                points = self._points(corrections.get(panel.id, {}), common)[sheets.seat]
                entries.append(sheets.entry[sheets.complete])
                totals.append((sheets.total * (common // sheets.unit) + points)[sheets.complete])
        entry, total = np.concatenate(entries), np.concatenate(totals)
        order = np.argsort(entry, kind="stable")
        whole = Trim(high=0, low=0, start=1, advised=0)
        return averages(entry[order], total[order], len(self.entry_names), whole, "median")

    def _points(self, corrections: Points, units: int) -> Ints:
        """The correction of each seat. It has two decimals, and units are powers of ten: a whole number."""
        return np.array([int(corrections.get(name, 0) * units) for name in self.seat_names], dtype=np.int64)

    def _by_sheet(self, rule: RuleSet, panel: Panel, corrections: Points) -> dict[str, PanelScore]:
        sheets = self._sheets(rule, panel)
        complete, size = sheets.complete, len(self.entry_names)
        entry, total = sheets.entry[complete], sheets.total[complete]
        fine = max(sheets.unit, 100)
        points = self._points(corrections, fine)[sheets.seat[complete]]
        exact = averages(entry, total * (fine // sheets.unit) + points, size, rule.trim, rule.average)
        scores = exact
        if "sheet" in rule.rounding.stages:
            handed_on = _rounded(total, sheets.unit, rule) * (fine // sheets.unit) + points
            scores = averages(entry, handed_on, size, rule.trim, rule.average)
        shown = {item.id: self._shown(rule, item, panel, complete) for item in rule.criteria_of(panel)}
        missing: dict[int, list[str]] = {}
        for one, other in zip(sheets.entry[~complete].tolist(), sheets.seat[~complete].tolist(), strict=True):
            missing.setdefault(one, []).append(self.seat_names[other])
        found = {}
        for number, name in enumerate(self.entry_names):
            criteria = {item: column[number] for item, column in shown.items()}
            count = exact.count[number]
            score = unrounded = None
            if count >= max(rule.min_marks, 1):
                unrounded = Fraction(exact.total[number], exact.over[number] * fine)
                handed = Fraction(scores.total[number], scores.over[number] * fine)
                score = rule.rounding.at("panel", handed)
            incomplete = tuple(sorted(missing.get(number, ())))
            found[name] = PanelScore(score, unrounded, count, criteria, count, incomplete)
        return found

    def _shown(self, rule: RuleSet, item: Criterion, panel: Panel, complete: Flags) -> list[CriterionScore]:
        """The average of one criterion over the complete sheets, which is shown and decides nothing but a tie."""
        found = self._marks_of(rule, item, self.part_of(panel.id), complete)
        units, least = self.units[item.id], max(rule.min_marks, 1)
        scores = []
        for count, total, over in zip(found.count, found.total, found.over, strict=True):
            exact = Fraction(total, over * units) if count >= least else None
            dropped = rule.trim.dropped(count) if count >= least else 0
            scores.append(CriterionScore(exact, exact, None, count, dropped))
        return scores


def _named(names: list[str], numbers: Ints) -> tuple[list[str], Ints]:
    """The names that occur, and each number among them."""
    kinds, number = _distinct(numbers, len(names))
    return [names[kind] for kind in kinds.tolist()], number


def _distinct(values: Ints, size: int) -> tuple[Ints, Ints]:
    """The different values below `size`, sorted, and the number of each value among them."""
    if size > 4 * len(values) + 1_000_000:
        kinds, number = np.unique(values, return_inverse=True)
        return kinds, number
    there = np.zeros(size, dtype=bool)
    there[values] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]


def _rounded(totals: Ints, unit: int, rule: RuleSet) -> Ints:
    """Rounding at the stage `sheet`, in the same unit."""
    step = unit // 10**rule.rounding.places
    if step <= 1:
        return totals
    whole, rest = np.divmod(np.abs(totals), step)
    twice = 2 * rest - step
    up = (twice > 0) | ((twice == 0) & ((rule.rounding.mode == "half_up") | (whole % 2 == 1)))
    found: Ints = np.sign(totals) * (whole + up) * step
    return found


def _decimal(points: Fraction) -> str:
    """A mark as it is written canonically; its denominator divides a power of ten."""
    from decimal import Decimal

    return plain_text(Decimal(points.numerator) / Decimal(points.denominator))
