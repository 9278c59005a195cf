"""The marks of a round, checked row by row and sorted into sheets; and their canonical file with its hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.tally.decimals import plain_text
from evaluations.tally.inputs import COLUMNS, Inputs, Mark
from evaluations.tally.messages import FolderError
from evaluations.tally.rows import (
    FIRST_ROW,
    as_text,
    check_seat_name,
    duplicate_row,
    entry_ids,
    exact_decimal,
    known_entry,
    known_panel,
    seat_ids,
)
from evaluations.tally.rule import Criterion, RuleSet
from evaluations.tally.scale import on_step, step_decimals

Sheet = list[int | None]
"""One seat's marks for one entry, in the order of the panel's criteria; None: no mark."""

_NEEDS_QUOTES = re.compile('[",\r\n]')
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class Ballots:
    """The marks of a round.

    Args:
        entries: the ids of the entries.
        sheets: panel -> entry -> seat -> sheet. Every panel of marks and every entry has its (perhaps empty)
            mapping. A mark is an integer: the mark times the `units` of its criterion.
        units: criterion -> how many units make a point, a power of ten.
        rows: the rows with a mark (panel, entry, seat, criterion, mark), sorted, marks written plainly.
    """

    entries: frozenset[str]
    sheets: Mapping[str, Mapping[str, Mapping[str, Sheet]]]
    units: Mapping[str, int]
    rows: list[tuple[str, str, str, str, str]]

    def canonical_file(self) -> bytes:
        """The canonical marks.csv: header, rows with a mark, sorted by code point, LF, minimal quoting."""
        return b"".join(_blocks(COLUMNS["marks.csv"], self.rows))

    def sha256(self) -> str:
        """The SHA-256 of the canonical marks.csv."""
        digest = hashlib.sha256()
        for block in _blocks(COLUMNS["marks.csv"], self.rows):
            digest.update(block)
        return digest.hexdigest()


def collect_ballots(rule: RuleSet, inputs: Inputs) -> Ballots:
    """Check entries, seats and marks, and sort the marks into sheets.

    Raises:
        FolderError: with the row refused.
    """
    entries = entry_ids(inputs.entries)
    seats = seat_ids(rule, inputs.seats) if inputs.seats is not None else None
    marking = [panel for panel in rule.panels if panel.kind == "marks"]
    sheets: dict[str, dict[str, dict[str, Sheet]]] = {
        panel.id: {entry: {} for entry in entries} for panel in marking
    }
    units = {criterion.id: 10 ** step_decimals(criterion) for criterion in rule.criteria}
    columns = {
        panel.id: {
            criterion.id: _Column(index, criterion, units[criterion.id])
            for index, criterion in enumerate(rule.criteria_of(panel))
        }
        for panel in marking
    }
    rows = _fill(rule, inputs.marks, sheets, columns, seats)
    rows.sort()
    return Ballots(entries, sheets, units, rows)


def csv_file(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """A file in the one form in which files are written: UTF-8, LF, quotes only where a field needs them."""
    return b"".join(_blocks(columns, [tuple(row) for row in rows]))


class _Column:
    """One criterion of one panel; it remembers the marks that it has read, since few different ones exist."""

    def __init__(self, index: int, criterion: Criterion, units: int) -> None:
        self.index = index
        self.criterion = criterion
        self.units = units
        self.known: dict[str, tuple[int, str]] = {}

    def read(self, row: int, mark: str | Decimal | int) -> tuple[int, str]:
        """The mark in units, and as it is written canonically."""
        if isinstance(mark, str) and mark in self.known:
            return self.known[mark]
        value = exact_decimal(mark)
        if value is None:
            raise FolderError("marks.csv", row, "not-a-mark", {"mark": as_text(mark)})
        text, criterion = plain_text(value), self.criterion
        if not criterion.min <= value <= criterion.max:
            limits = {"min": plain_text(criterion.min), "max": plain_text(criterion.max)}
            params = {"mark": text, "criterion": criterion.id, **limits}
            raise FolderError("marks.csv", row, "mark-out-of-range", params)
        if not on_step(criterion, value):
            scale = {"min": plain_text(criterion.min), "step": plain_text(criterion.step)}
            params = {"mark": text, "criterion": criterion.id, **scale}
            raise FolderError("marks.csv", row, "mark-off-step", params)
        read = int(Fraction(value) * self.units), text
        if isinstance(mark, str):
            self.known[mark] = read
        return read


def _fill(
    rule: RuleSet,
    marks: Iterable[Mark],
    sheets: Mapping[str, dict[str, dict[str, Sheet]]],
    columns: Mapping[str, Mapping[str, _Column]],
    seats: Mapping[str, frozenset[str]] | None,
) -> list[tuple[str, str, str, str, str]]:
    """Put every mark into its sheet; return the rows that have one."""
    rows = []
    empty: set[tuple[str, str, str, str]] = set()
    for row, (panel, entry, seat, criterion, mark) in enumerate(marks, FIRST_ROW):
        column = columns.get(panel, {}).get(criterion)
        of_entry = sheets.get(panel, {}).get(entry)
        if column is None or of_entry is None:
            raise _unknown(rule, row, panel, entry, criterion, frozenset(sheets.get(panel, ())))
        sheet = of_entry.get(seat)
        if sheet is None:
            _check_seat(row, panel, seat, seats)
            sheet = of_entry[seat] = [None] * len(columns[panel])
        if sheet[column.index] is not None or (empty and (panel, entry, seat, criterion) in empty):
            names = "panel, entry, seat, criterion"
            raise duplicate_row("marks.csv", row, names, panel, entry, seat, criterion)
        if mark is None or mark == "":
            empty.add((panel, entry, seat, criterion))
            continue
        sheet[column.index], text = column.read(row, mark)
        rows.append((panel, entry, seat, criterion, text))
    return rows


def _unknown(
    rule: RuleSet, row: int, panel: str, entry: str, criterion: str, entries: frozenset[str]
) -> FolderError:
    """Which of the names in a row is the unknown one."""
    found = known_panel(rule, "marks.csv", row, panel, "marks")
    known_entry("marks.csv", row, entry, entries)
    return FolderError(
        "marks.csv", row, "criterion-not-in-panel", {"panel": found.id, "criterion": criterion}
    )


def _check_seat(row: int, panel: str, seat: str, seats: Mapping[str, frozenset[str]] | None) -> None:
    if seats is None:
        check_seat_name("marks.csv", row, seat)
    elif seat not in seats[panel]:
        raise FolderError("marks.csv", row, "unknown-seat", {"panel": panel, "seat": seat})


def _blocks(columns: Iterable[str], rows: Sequence[tuple[str, ...]]) -> Iterable[bytes]:
    """The bytes of a file in large pieces, so that a million rows never stand in memory twice."""
    yield _lines([tuple(columns)])
    for start in range(0, len(rows), _BATCH):
        yield _lines(rows[start : start + _BATCH])


def _lines(rows: Sequence[tuple[str, ...]]) -> bytes:
    plain = "\n".join(map(",".join, rows)) + "\n"
    commas = sum(len(row) - 1 for row in rows)
    # Nearly always no field needs quotes; then there are just the commas and line feeds put in here.
    if '"' in plain or "\r" in plain or plain.count(",") != commas or plain.count("\n") != len(rows):
        plain = "".join(",".join(map(csv_field, row)) + "\n" for row in rows)
    return plain.encode("utf-8")


def csv_field(text: str) -> str:
    """A field as it is written, with quotes only where it needs them."""
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
