"""What is published of a round, read back from its bundle: the rows that one entry's computation needs."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from evaluations.models import Tally
from evaluations.tally.ballots import csv_field
from evaluations.tally.computation import PublishedRows
from evaluations.tally.inputs import Adjustment, Given, Mark, Votes

FEW = 100  # entries whose marks are looked for one by one: sooner than to read a million rows
BundleState = Literal["whole", "withheld", "waiting", "unreadable"]


@dataclass(frozen=True, slots=True)
class Published:
    """The rows, and what is to be said of them.

    `whole`: all of them. `withheld`: without marks, by the rule. `waiting`: the bundle is still being made. `unreadable`: its
    file is not there or not the one that was counted. In the last two cases there are no rows.
    """

    state: BundleState
    rows: PublishedRows


def published_rows(tally: Tally, entries: Sequence[str]) -> Published:
    """The rows of the tally's bundle, of the marks those of some entries. The file is opened once."""
    bundle = getattr(tally, "bundle", None)
    if bundle is None:
        return Published("waiting", PublishedRows())
    try:
        with bundle.file.open("rb") as file, zipfile.ZipFile(file) as archive:
            tables = {name: archive.read(name) for name in archive.namelist() if name.endswith(".csv")}
        rows = _rows(tables, tally, entries)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        return Published("unreadable", PublishedRows())
    return Published("whole" if rows.marks is not None else "withheld", rows)


def _rows(tables: dict[str, bytes], tally: Tally, entries: Sequence[str]) -> PublishedRows:
    """Raises: ValueError if the marks are not those that were counted; KeyError if a table is missing."""
    marks = tables.get("marks.csv")
    if marks is not None and hashlib.sha256(marks).hexdigest() != tally.marks_sha256:
        raise ValueError("other marks")
    return PublishedRows(
        marks=None if marks is None else list(marks_of(marks, entries)),
        given=cast(list[Given], _table(tables["given.csv"])),
        adjustments=cast(list[Adjustment], _table(tables["adjustments.csv"])),
        votes=cast(list[Votes], _table(tables["votes.csv"])),
    )


def marks_of(marks: bytes, entries: Sequence[str]) -> Iterator[Mark]:
    """The rows of some entries in a canonical marks.csv.

    A large round has a million rows. Those of a few entries are found as bytes, and only they are read as a table.
    """
    if len(entries) > FEW:
        wanted = set(entries)
        yield from (cast(Mark, row) for row in _table(marks) if row[1] in wanted)
        return
    for entry in entries:
        needle = f",{csv_field(entry)},".encode()
        found = marks.find(needle)
        while found >= 0:
            start, end = marks.rfind(b"\n", 0, found) + 1, marks.find(b"\n", found)
            row = next(csv.reader([marks[start:end].decode()]))
            if start and row[1] == entry:  # not the header; and a seat may bear the name of an entry
                yield cast(Mark, tuple(row))
            found = marks.find(needle, end)


def _table(content: bytes) -> list[tuple[str, ...]]:
    records = csv.reader(io.StringIO(content.decode(), newline=""))
    next(records)
    return [tuple(record) for record in records]
