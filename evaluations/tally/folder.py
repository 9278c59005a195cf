"""A folder of input files: reading it strictly, and writing what reading gives back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

from evaluations.tally.ballots import collect_ballots, csv_file
from evaluations.tally.decimals import plain_text
from evaluations.tally.inputs import COLUMNS, Adjustment, Entry, Given, Inputs, Mark, Seat, Votes
from evaluations.tally.messages import FolderError
from evaluations.tally.parsing import parse_rule
from evaluations.tally.rows import FIRST_ROW, exact_decimal
from evaluations.tally.rule import RuleSet

_NEEDED = ("rule.json", "entries.csv", "marks.csv")
MAX_FIELD = 10_000
MAX_BYTES = {"rule.json": 1 << 20, "marks.csv": 256 << 20}
MAX_BYTES_OF_OTHERS = 16 << 20


def read_folder(path: Path) -> tuple[RuleSet, Inputs]:
    """Read rule.json, entries.csv, marks.csv and whichever of the other files of rows are there.

    The rows are checked for their form here and for their sense by `tally`.

    Raises:
        RuleErrors: rule.json is refused.
        FolderError: a file is missing or is not a strict CSV file with the right columns.
    """
    try:
        there = {file.name for file in path.iterdir()}
    except OSError:
        raise FolderError(str(path), None, "no-folder") from None
    for name in _NEEDED:
        if name not in there:
            raise FolderError(name, None, "no-file")
    rule = parse_rule(_bytes(path, "rule.json"))
    rows = {name: _rows(path, name) for name in COLUMNS if name in there}
    seats = rows.get("seats.csv")
    return rule, Inputs(
        entries=cast(list[Entry], rows["entries.csv"]),
        marks=cast(list[Mark], rows["marks.csv"]),
        seats=None if seats is None else cast(list[Seat], seats),
        given=cast(list[Given], rows.get("given.csv", [])),
        adjustments=cast(list[Adjustment], rows.get("adjustments.csv", [])),
        votes=cast(list[Votes], rows.get("votes.csv", [])),
    )


def folder_files(rule_bytes: str | bytes, inputs: Inputs) -> dict[str, bytes]:
    """The files of a folder, by name, in the one form in which they are written.

    `read_folder` of these gives the same result as `tally` of the inputs, byte for byte. seats.csv is left
    out where the inputs take the seats from the marks.

    Raises:
        RuleErrors: the rule set is refused.
        FolderError: a row is refused.
    """
    rule = parse_rule(rule_bytes)
    rows: dict[str, list[tuple[str, ...]]] = {
        "entries.csv": [*inputs.entries],
        "given.csv": [(panel, entry, _plain(points)) for panel, entry, points in inputs.given],
        "adjustments.csv": [(entry, _plain(points), reason) for entry, points, reason in inputs.adjustments],
        "votes.csv": [(panel, entry, str(votes)) for panel, entry, votes in inputs.votes],
    }
    if inputs.seats is not None:
        rows["seats.csv"] = [*inputs.seats]
    files = {"rule.json": rule.canonical + b"\n", "marks.csv": collect_ballots(rule, inputs).canonical_file()}
    files |= {name: csv_file(COLUMNS[name], sorted(rows[name])) for name in rows}
    return {name: files[name] for name in ("rule.json", *COLUMNS) if name in files}


def _plain(points: str | Decimal | int | None) -> str:
    if points is None or points == "":
        return ""
    value = exact_decimal(points)
    return str(points) if value is None else plain_text(value)


def _bytes(path: Path, name: str) -> bytes:
    limit = MAX_BYTES.get(name, MAX_BYTES_OF_OTHERS)
    file = path / name
    try:
        if not file.is_file():  # a pipe would make the reader wait for ever
            raise OSError
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError:
        raise FolderError(name, None, "unreadable") from None
    if len(data) > limit:
        raise FolderError(name, None, "file-too-long", {"limit": limit})
    return data


def _rows(path: Path, name: str) -> list[tuple[str, ...]]:
    """The rows of a file below its header, the columns in their usual order."""
    records = _records(name, _text(name, _bytes(path, name)))
    order = _column_order(name, next(records, []))
    width = len(order)
    rows: list[tuple[str, ...]] = []
    blank: int | None = None
    in_order = order == list(range(width))
    for number, record in enumerate(records, FIRST_ROW):
        if not record:
            blank = blank or number
            continue
        if blank is not None:  # blank rows are forgiven at the end only
            raise FolderError(name, blank, "blank-row")
        if len(record) != width:
            raise FolderError(name, number, "wrong-width", {"found": len(record), "expected": width})
        if max(map(len, record)) > MAX_FIELD:
            raise FolderError(name, number, "long-field", {"limit": MAX_FIELD})
        rows.append(tuple(record) if in_order else tuple(record[index] for index in order))
    return rows


def _text(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise FolderError(name, row, "not-utf-8", {"byte": error.start + 1}) from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise FolderError(name, row, "nul")
    return text.removeprefix("\ufeff")


def _records(name: str, text: str) -> Iterator[list[str]]:
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader has a limit of its own for a field, far above this one.
            if "limit" in str(error):
                raise FolderError(name, number, "long-field", {"limit": MAX_FIELD}) from None
            raise FolderError(name, number, "open-quote") from None
        yield record


def _column_order(name: str, header: list[str]) -> list[int]:
    """Where each of the file's usual columns stands in this file."""
    columns = COLUMNS[name]
    if not header:
        raise FolderError(name, 1, "no-header")
    for index, column in enumerate(header):
        if column in header[:index]:
            raise FolderError(name, 1, "duplicate-column", {"column": column})
        if column not in columns:
            raise FolderError(name, 1, "extra-column", {"column": column})
    for column in columns:
        if column not in header:
            raise FolderError(name, 1, "missing-column", {"column": column})
    return [header.index(column) for column in columns]
