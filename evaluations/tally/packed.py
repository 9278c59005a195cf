"""The same tally for many marks: columns of whole numbers, packed, sorted and reduced by numpy, every sum exact.

Marks are whole units of their criterion. A mark and its panel, entry, seat and criterion are packed into one
64-bit integer each, so that one sort brings them into canonical order and one more into the order in which
they are averaged. What does not fit into 62 bits, or would be refused, is left to the tally row by row, which
names what is wrong: `pack` gives None. Figures become fractions one per entry, as everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evaluations.tally.averages import median
from evaluations.tally.ballots import csv_field, csv_file
from evaluations.tally.decimals import plain_text
from evaluations.tally.inputs import COLUMNS, Inputs, Mark
from evaluations.tally.panels import (
    CriterionScore,
    PanelScore,
    Points,
    criterion_score,
    score_of_criteria,
    weights_of,
)
from evaluations.tally.rows import entry_ids, seat_ids
from evaluations.tally.rule import Average, Criterion, Panel, RuleSet, Trim
from evaluations.tally.scale import step_decimals

Ints = NDArray[np.int64]

SCALE = 1000  # columns hold thousandths of a point
_LIMIT = 1 << 62


@dataclass(frozen=True, slots=True)
class Columns:
    """The marks of a round as columns of one length; the numbers count the names from 0.

    Args:
        value: thousandths of a point.
    """

    panels: Sequence[str]
    entries: Sequence[str]
    seats: Sequence[str]
    criteria: Sequence[str]
    panel: Ints
    entry: Ints
    seat: Ints
    criterion: Ints
    value: Ints

    def rows(self) -> Iterator[Mark]:
        """The same as rows of marks.csv."""
        names = (self.panels, self.entries, self.seats, self.criteria)
        columns = (self.panel, self.entry, self.seat, self.criterion)
        for *numbers, value in zip(*(column.tolist() for column in (*columns, self.value)), strict=True):
            panel, entry, seat, criterion = (of[number] for of, number in zip(names, numbers, strict=True))
            text = f"{'-' if value < 0 else ''}{abs(value) // SCALE}.{abs(value) % SCALE:03d}"
            yield panel, entry, seat, criterion, text


@dataclass(frozen=True, slots=True)
class _Averages:
    """Of each group of values: how many there are, and the average as a sum over a count (0: no value)."""

    count: list[int]
    total: list[int]
    over: list[int]


@dataclass(frozen=True)
class PackedMarks:
    """Checked marks in canonical order: by panel, entry, seat and criterion, each by its name."""

    entry_names: list[str]
    seat_names: list[str]
    panel_names: list[str]
    criterion_names: list[str]
    units: Mapping[str, int]
    panel: Ints
    entry: Ints
    seat: Ints
    criterion: Ints
    value: Ints
    known: dict[str, tuple[Ints, Ints, Ints, NDArray[np.bool_], int]] = field(default_factory=dict)

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """The numbers of the entries."""
        return {name: number for number, name in enumerate(self.entry_names)}

    @property
    def entries(self) -> frozenset[str]:
        return frozenset(self.entry_names)

    def sha256(self) -> str:
        """The SHA-256 of the canonical marks.csv, which is put together from few different pieces."""
        digest = hashlib.sha256(csv_file(COLUMNS["marks.csv"], ()))
        size = len(self.entry_names)
        pieces, piece = self._ends()
        table = np.array([*pieces, b""], dtype=object)
        of_entry = self.panel * size + self.entry
        starts = np.flatnonzero(np.diff(of_entry, prepend=-1))
        ends = [*starts[1:].tolist(), len(of_entry)]
        for number, start, end in zip(of_entry[starts].tolist(), starts.tolist(), ends, strict=True):
            names = self.panel_names[number // size], self.entry_names[number % size]
            head = "".join(f"{csv_field(name)}," for name in names).encode()
            digest.update(head)
            digest.update(head.join(table[piece[start:end]].tolist()))
        return digest.hexdigest()

    def _ends(self) -> tuple[list[bytes], Ints]:
        """The different ends of lines (seat, criterion and mark), and which of them each line has."""
        width = int(self.value.max(initial=0) - self.value.min(initial=0)) + 1
        least = int(self.value.min(initial=0))
        tails, tail = _distinct(
            self.criterion * width + (self.value - least), len(self.criterion_names) * width
        )
        texts = []
        for kind in tails.tolist():
            name = self.criterion_names[kind // width]
            points = Fraction(kind % width + least, self.units[name])
            texts.append(f"{csv_field(name)},{_decimal(points)}\n".encode())
        seats = [f"{csv_field(seat)},".encode() for seat in self.seat_names]
        ends, end = _distinct(self.seat * len(texts) + tail, len(seats) * len(texts))
        return [seats[kind // len(texts)] + texts[kind % len(texts)] for kind in ends.tolist()], end

    def panel_scores(self, rule: RuleSet, panel: Panel, corrections: Points) -> dict[str, PanelScore]:
        """The result of a panel of marks for every entry."""
        part = self._part(panel)
        if rule.level == "criterion":
            return self._by_criterion(rule, panel, part)
        return self._by_sheet(rule, panel, part, corrections)

    def _part(self, panel: Panel) -> slice:
        number = self.panel_names.index(panel.id)
        start, end = np.searchsorted(self.panel, [number, number + 1]).tolist()
        return slice(start, end)

    def _criterion_scores(
        self, rule: RuleSet, panel: Panel, entry: Ints, criterion: Ints, value: Ints
    ) -> Iterator[tuple[str, list[int], list[Fraction | None], list[int]]]:
        """Of each criterion of the panel: name, and of each entry marks, unrounded average and marks dropped."""
        for item in rule.criteria_of(panel):
            own = criterion == self.criterion_names.index(item.id)
            found = averages(entry[own], value[own], len(self.entry_names), rule.trim, rule.average)
            units, least = self.units[item.id], max(rule.min_marks, 1)
            exact = [
                Fraction(total, over * units) if count >= least else None
                for count, total, over in zip(found.count, found.total, found.over, strict=True)
            ]
            dropped = [rule.trim.dropped(count) if count >= least else 0 for count in found.count]
            yield item.id, found.count, exact, dropped

    def _by_criterion(self, rule: RuleSet, panel: Panel, part: slice) -> dict[str, PanelScore]:
        entry, criterion, value = self.entry[part], self.criterion[part], self.value[part]
        judges = np.bincount(entry[_first(entry, self.seat[part])], minlength=len(self.entry_names)).tolist()
        figures = [
            self._scores_of(rule, item, entry[own], value[own])
            for item in rule.criteria_of(panel)
            for own in [criterion == self.criterion_names.index(item.id)]
        ]
        return {
            name: score_of_criteria(rule, panel, count, scores)
            for name, count, *scores in zip(self.entry_names, judges, *figures, strict=True)
        }

    def _scores_of(self, rule: RuleSet, item: Criterion, entry: Ints, value: Ints) -> list[CriterionScore]:
        """One criterion's score of every entry; equal sums of equally many marks are computed once."""
        found = averages(entry, value, len(self.entry_names), rule.trim, rule.average)
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

    def _sheets(self, rule: RuleSet, panel: Panel) -> tuple[Ints, Ints, Ints, NDArray[np.bool_], int]:
        """Entry, seat, weighted sum and completeness of each sheet of a panel, and how many units make a point."""
        if panel.id not in self.known:
            self.known[panel.id] = self._summed(rule, panel)
        return self.known[panel.id]

    def _summed(self, rule: RuleSet, panel: Panel) -> tuple[Ints, Ints, Ints, NDArray[np.bool_], int]:
        part = self._part(panel)
        entry, seat, value = self.entry[part], self.seat[part], self.value[part]
        weights, unit = weights_of(rule, panel, self.units)
        factor = np.zeros(len(self.criterion_names), dtype=np.int64)
        for item, weight in zip(rule.criteria_of(panel), weights, strict=True):
            factor[self.criterion_names.index(item.id)] = weight
        first = np.ones(len(entry), dtype=bool)
        first[1:] = (entry[1:] != entry[:-1]) | (seat[1:] != seat[:-1])
        starts = np.flatnonzero(first)
        if not len(starts):
            empty = np.empty(0, dtype=np.int64)
            return empty, empty, empty, empty.astype(bool), unit
        totals = np.add.reduceat(factor[self.criterion[part]] * value, starts)
        marks = np.diff(np.append(starts, len(entry)))
        return entry[starts], seat[starts], totals, marks == len(weights), unit

    def sheet_totals(self, rule: RuleSet, panel: Panel) -> tuple[list[tuple[str, str, int]], int]:
        """Entry, seat and weighted sum of every complete sheet of a panel, and how many units make a point."""
        entry, seat, totals, complete, unit = self._sheets(rule, panel)
        columns = (entry[complete].tolist(), seat[complete].tolist(), totals[complete].tolist())
        return [
            (self.entry_names[one], self.seat_names[other], total)
            for one, other, total in zip(*columns, strict=True)
        ], unit

    def sheet_median(self, rule: RuleSet, entry: str, corrections: Mapping[str, Points]) -> Fraction | None:
        """The median of an entry's complete sheet totals, corrected, of all weighted panels of marks together."""
        marking = [panel for panel in rule.weighted_panels if panel.kind == "marks"]
        sheets = [self._sheets(rule, panel) for panel in marking]
        common = max([100, *(unit for *_, unit in sheets)])
        totals: list[int] = []
        for panel, (entries, seats, sums, complete, unit) in zip(marking, sheets, strict=True):
            start, end = np.searchsorted(entries, self.number_of[entry] + np.array([0, 1])).tolist()
            counted = np.flatnonzero(complete[start:end]) + start
            points = corrections.get(panel.id, {})
            added = (
                [int(points.get(self.seat_names[seat], 0) * common) for seat in seats[counted].tolist()]
                if points
                else [0] * len(counted)
            )
            scale = common // unit
            totals += [
                total * scale + more for total, more in zip(sums[counted].tolist(), added, strict=True)
            ]
        return median(totals) / common if totals else None

    def _by_sheet(
        self, rule: RuleSet, panel: Panel, part: slice, corrections: Points
    ) -> dict[str, PanelScore]:
        entry, seat, totals, complete, unit = self._sheets(rule, panel)
        marks = np.diff(
            np.append(np.flatnonzero(_first(self.entry[part], self.seat[part])), part.stop - part.start)
        )
        counted = np.repeat(complete, marks) if len(marks) else np.empty(0, dtype=bool)
        figures = list(
            self._criterion_scores(
                rule,
                panel,
                self.entry[part][counted],
                self.criterion[part][counted],
                self.value[part][counted],
            )
        )
        # Corrections have two decimals, and units are powers of ten: one unit for all.
        fine = max(unit, 100)
        points = np.array([int(corrections.get(name, 0) * fine) for name in self.seat_names], dtype=np.int64)
        own = (entry[complete], points[seat[complete]])
        exact = self._averages(rule, own[0], totals[complete] * (fine // unit) + own[1])
        if "sheet" in rule.rounding.stages:
            handed_on = _rounded(totals[complete], unit, rule) * (fine // unit) + own[1]
            scores = self._averages(rule, own[0], handed_on)
        else:
            scores = exact
        missing: dict[int, list[str]] = {}
        for one, other in zip(entry[~complete].tolist(), seat[~complete].tolist(), strict=True):
            missing.setdefault(one, []).append(self.seat_names[other])
        found = {}
        for number, name in enumerate(self.entry_names):
            criteria = {
                item: CriterionScore(value[number], value[number], None, count[number], dropped[number])
                for item, count, value, dropped in figures
            }
            count = exact.count[number]
            score = unrounded = None
            if count >= max(rule.min_marks, 1):
                unrounded = Fraction(exact.total[number], exact.over[number] * fine)
                handed = Fraction(scores.total[number], scores.over[number] * fine)
                score = rule.rounding.at("panel", handed)
            incomplete = tuple(sorted(missing.get(number, ())))
            found[name] = PanelScore(score, unrounded, count, criteria, count, incomplete)
        return found

    def _averages(self, rule: RuleSet, entry: Ints, values: Ints) -> _Averages:
        return averages(entry, values, len(self.entry_names), rule.trim, rule.average)


def _first(entry: Ints, seat: Ints) -> NDArray[np.bool_]:
    """Where a new sheet begins."""
    first = np.ones(len(entry), dtype=bool)
    first[1:] = (entry[1:] != entry[:-1]) | (seat[1:] != seat[:-1])
    return first


def pack(rule: RuleSet, inputs: Inputs, columns: Columns) -> PackedMarks | None:
    """Check and sort the marks.

    Returns:
        None if anything is to be refused or does not fit: the tally row by row says what.

    Raises:
        FolderError: an entry or a seat is refused.
    """
    names = sorted(entry_ids(inputs.entries))
    seats = seat_ids(rule, inputs.seats) if inputs.seats is not None else None
    marking = [panel for panel in rule.panels if panel.kind == "marks"]
    if seats is None or not len(columns.value):
        return None
    panel_names = sorted(panel.id for panel in marking)
    criterion_names = sorted(rule.criterion)
    seat_names = sorted(set().union(*seats.values()))
    numbers = [
        _renumbered(column, given, known)
        for column, given, known in (
            (columns.panel, columns.panels, panel_names),
            (columns.entry, columns.entries, names),
            (columns.seat, columns.seats, seat_names),
            (columns.criterion, columns.criteria, criterion_names),
        )
    ]
    if any(int(column.min()) < 0 for column in numbers):
        return None
    value = _in_units(rule, columns, numbers[3], criterion_names)
    if value is None:
        return None
    if not _allowed(rule, marking, seats, panel_names, seat_names, criterion_names, numbers):
        return None
    least = int(value.min())
    sizes = [
        len(panel_names),
        len(names),
        len(seat_names),
        len(criterion_names),
        int(value.max()) - least + 1,
    ]
    bits = [max(1, (size - 1).bit_length()) for size in sizes]
    units = {item.id: 10 ** step_decimals(item) for item in rule.criteria}
    if sum(bits) > 62 or _may_overflow(rule, marking, units, value):
        return None
    packed = _packed([*numbers, value - least], bits)
    packed.sort()
    keys = packed >> bits[4]
    if (keys[1:] == keys[:-1]).any():
        return None
    panel, entry, seat, criterion, value = _unpacked(packed, bits)
    return PackedMarks(
        names, seat_names, panel_names, criterion_names, units, panel, entry, seat, criterion, value + least
    )


def _renumbered(column: Ints, given: Sequence[str], known: Sequence[str]) -> Ints:
    """The numbers of the known names, -1 for an unknown one."""
    place = {name: number for number, name in enumerate(known)}
    found: Ints = np.array([place.get(name, -1) for name in given], dtype=np.int64)[column]
    return found


def _in_units(rule: RuleSet, columns: Columns, criterion: Ints, names: list[str]) -> Ints | None:
    """The marks in units of their criterion; None: one is out of range or off its step."""
    table = np.zeros((5, len(names)), dtype=np.int64)
    for number, name in enumerate(names):
        item = rule.criterion[name]
        units = 10 ** step_decimals(item)
        figures = [units, *(int(Fraction(part) * units) for part in (item.min, item.max, item.step))]
        if max(map(abs, figures)) * SCALE > _LIMIT:
            return None
        table[:4, number] = figures
    smallest, largest = int(columns.value.min()), int(columns.value.max())
    width = largest - smallest + 1
    if max(-smallest, largest, width) * max(int(table[0].max()), len(names)) > _LIMIT:
        return None
    # There are few different marks: each is checked and converted once.
    kinds, kind = _distinct(criterion * width + (columns.value - smallest), len(names) * width)
    scale, least, most, step = (table[row][kinds // width] for row in range(4))
    scaled = (kinds % width + smallest) * scale
    value = scaled // SCALE
    sound = (scaled % SCALE == 0) & (value >= least) & (value <= most) & ((value - least) % step == 0)
    found: Ints = value[kind]
    return found if sound.all() else None


def _allowed(
    rule: RuleSet,
    marking: list[Panel],
    seats: Mapping[str, frozenset[str]],
    panel_names: list[str],
    seat_names: list[str],
    criterion_names: list[str],
    numbers: list[Ints],
) -> bool:
    """Whether each seat belongs to its panel, and each panel marks the criterion."""
    of_seat = np.zeros((len(panel_names), len(seat_names)), dtype=bool)
    of_criterion = np.zeros((len(panel_names), len(criterion_names)), dtype=bool)
    for panel in marking:
        row = panel_names.index(panel.id)
        of_seat[row] = [name in seats[panel.id] for name in seat_names]
        of_criterion[row] = [name in panel.criteria for name in criterion_names]
    panel_, _entry, seat, criterion = numbers
    return _within(of_seat, panel_, seat) and _within(of_criterion, panel_, criterion)


def _within(allowed: NDArray[np.bool_], row: Ints, column: Ints) -> bool:
    """Whether every pair of a row and a column is an allowed one."""
    there = np.zeros(allowed.size, dtype=bool)
    there[row * allowed.shape[1] + column] = True
    return not (there & ~allowed.ravel()).any()


def _may_overflow(rule: RuleSet, marking: list[Panel], units: Mapping[str, int], value: Ints) -> bool:
    """Whether the largest sum on the way could leave 62 bits."""
    largest = int(np.abs(value).max()) + 1
    for panel in marking:
        weights, unit = weights_of(rule, panel, units)
        cap = int(rule.calibration.cap + 1) if rule.calibration else 0
        sheet = largest * sum(weights) + cap * max(unit, 100)
        if sheet * 200 * len(value) > _LIMIT:
            return True
    return largest * len(value) > _LIMIT


def _packed(columns: list[Ints], bits: list[int]) -> Ints:
    packed = columns[0].copy()
    for column, width in zip(columns[1:], bits[1:], strict=True):
        packed <<= width
        packed |= column
    return packed


def _unpacked(packed: Ints, bits: list[int]) -> list[Ints]:
    found = []
    for width in reversed(bits):
        found.append(packed & ((1 << width) - 1))
        packed = packed >> width
    return found[::-1]


def _distinct(values: Ints, size: int) -> tuple[Ints, Ints]:
    """The different values, sorted, and the number of each value among them."""
    if size > 4 * len(values) + 1_000_000:
        kinds, number = np.unique(values, return_inverse=True)
        return kinds, number
    there = np.zeros(size, dtype=bool)
    there[values] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]


def averages(entry: Ints, values: Ints, entries: int, trim: Trim, average: Average) -> _Averages:
    """The trimmed average of the values of each entry, exactly."""
    count = np.bincount(entry, minlength=entries)
    least = int(values.min(initial=0))
    width = max(1, int(values.max(initial=0) - least).bit_length())
    if width + max(1, entries.bit_length()) <= 62:
        packed = (entry << width) | (values - least)
        packed.sort()
        ordered = (packed & ((1 << width) - 1)) + least
    else:
        ordered = values[np.lexsort((values, entry))]
    first = np.concatenate([[0], np.cumsum(count)[:-1]]) if entries else count
    trimmed = count >= trim.start
    low = first + np.where(trimmed, trim.low, 0)
    high = first + count - np.where(trimmed, trim.high, 0)
    over = high - low
    if average == "median":
        middle = low + high - 1
        padded = np.append(ordered, 0)
        total = (
            padded[np.clip(middle // 2, 0, len(ordered))]
            + padded[np.clip((middle + 1) // 2, 0, len(ordered))]
        )
        over = np.full(entries, 2)
    else:
        sums = np.concatenate([[0], np.cumsum(ordered)])
        total = sums[high] - sums[low]
    return _Averages(count.tolist(), total.tolist(), over.tolist())


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
