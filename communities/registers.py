"""Registers that take tables: what a kind of table has to say about itself.

settings.REGISTERS maps each kind to a class; the classes live in the apps whose registers they fill
(communities/resources.py, organizations/resources.py), so that an app below imports nothing of one above.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from goldidea.lib.spreadsheets import ODD, Column, Line

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
NUMBER = Column("row_number", "行号", width=6)
WHY = Column("why", "问题", width=60)
TOO_MANY_GUESSES = 200
REQUIRED = gettext_noop("This cell is empty.")

Covers = Callable[[int | None], bool]


@dataclass(slots=True)
class Row:
    """One row compared with the register.

    Args:
        cells: column -> text as read; a column that the table does not have is missing here.
        result: new, changed, unchanged or wrong.
        changes: column -> [old text, new text].
        errors: column -> [sentence, its values]; sentences are translated when shown.
    """

    number: int
    cells: dict[str, str]
    odd: dict[str, str] = field(default_factory=dict)
    result: str = ""
    changes: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, list[Any]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON; dataclasses.asdict copies every text and takes ten times as long."""
        return {
            "number": self.number,
            "cells": self.cells,
            "odd": self.odd,
            "result": self.result,
            "changes": self.changes,
            "errors": self.errors,
        }

    def cell(self, key: str) -> str:
        return self.cells.get(key, "")

    def wrong(self, key: str, sentence: str, **values: Any) -> None:
        """Say what is wrong with a cell; the first thing said stays."""
        self.errors.setdefault(key, [sentence, values])

    def why(self, key: str) -> str:
        """What is wrong with a cell, in the reader's language."""
        if key not in self.errors:
            return ""
        sentence, values = self.errors[key]
        return _(sentence) % values if values else _(sentence)

    def settle(self, is_new: bool) -> None:
        """Draw the result from errors and changes."""
        self.result = WRONG if self.errors else NEW if is_new else CHANGED if self.changes else UNCHANGED


@dataclass(slots=True)
class Plan:
    """The rows as compared, and the objects that writing them would make and change."""

    rows: list[Row]
    new: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    beside: list[Any] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.result for row in self.rows)
        return {result: found.get(result, 0) for result in (NEW, CHANGED, UNCHANGED, WRONG)}

    @property
    def digest(self) -> str:
        """What the person saw: every row with its result, its old and its new values."""
        text = json.dumps([row.as_dict() for row in self.rows], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class Register:
    """One kind of table. Subclasses name their columns, compare rows with the register, write, and export."""

    kind = ""
    label: Any = ""
    hint: Any = ""
    columns: Sequence[Column] = ()
    list_address = ""

    @property
    def exported(self) -> list[Column]:
        """The columns that an export writes."""
        return list(self.columns)

    @property
    def readable(self) -> list[Column]:
        """The columns of a table that may be uploaded: the register's and those of a table of wrong rows."""
        return [NUMBER, *self.columns, WHY]

    def compare(self, district: Any, rows: list[Row], covers: Covers, lock: bool = False) -> Plan:
        """Compare every row with the register, in a constant number of queries.

        Args:
            covers: whether the person may change what belongs to a sub-district (by its id; None: the district).
            lock: hold the register's rows until the end of the transaction.
        """
        raise NotImplementedError(type(self).__name__)

    def write(self, plan: Plan, *, by: Any, now: Any) -> None:
        """Write a plan without wrong rows."""
        raise NotImplementedError(type(self).__name__)

    def export(self, queryset: Any) -> Iterable[list[str]]:
        """The rows of a list in the format of the import."""
        raise NotImplementedError(type(self).__name__)


@cache
def register_of(kind: str) -> Register:
    """The register of this kind. Raises: KeyError if there is none."""
    return import_string(settings.REGISTERS[kind])()


def rows_of(lines: Iterable[Line]) -> list[Row]:
    """Lines as read, as rows to compare; what is odd about a cell is its first error."""
    rows = []
    for line in lines:
        cells = {key: text for key, text in line.cells.items() if key not in (NUMBER.key, WHY.key)}
        rows.append(Row(line.number, cells, dict(line.odd)))
    return rows


def judge_cells(rows: Iterable[Row], columns: Sequence[Column]) -> None:
    """What can be said without the register: odd cells, empty cells of required columns."""
    for row in rows:
        row.result, row.changes, row.errors = "", {}, {}
        for key, what in row.odd.items():
            row.wrong(key, ODD[what])
        for column in columns:
            if column.required and not row.cell(column.key) and column.key not in row.errors:
                row.wrong(column.key, REQUIRED)


def nearest(value: str, known: dict[str, str]) -> str:
    """The known code that `value` most likely was meant to be: one digit wrong, missing, doubled or exchanged."""
    digits = "0123456789"
    for at in range(len(value)):
        tries = [value[:at] + value[at + 1 :], value[:at] + value[at : at + 2][::-1] + value[at + 2 :]]
        tries += [value[:at] + digit + value[at + 1 :] for digit in digits]
        tries += [value[:at] + digit + value[at:] for digit in digits]
        for guess in tries:
            if guess != value and guess in known:
                return guess
    return next((value[:-1] + digit for digit in digits if value[:-1] + digit in known), "")
