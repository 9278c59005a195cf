"""The two tables of an application form (申报书): who works on the case, and what it costs. Pure: rows of typed texts.

A row is a dict of column -> text as it was typed; the checks read numbers out of it. `team` holds people's names and
never leaves the case's own pages; its `open_team` (no names) and the budget lines are frozen with the case.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organizations.models.budgets import BudgetLine, is_asset

Row = dict[str, str]
CENT = Decimal("0.01")
LONGEST_CELL = 60  # characters
LARGEST = Decimal(10_000_000_000)

EDUCATION: dict[str, Any] = {
    "school": gettext_lazy("secondary school or below"),
    "college": gettext_lazy("college"),
    "bachelor": gettext_lazy("bachelor"),
    "master": gettext_lazy("master or above"),
}
CERTIFICATE: dict[str, Any] = {
    "none": pgettext_lazy("social-work certificate", "none"),
    "assistant": gettext_lazy("assistant social worker"),
    "social_worker": gettext_lazy("social worker (certificate)"),
    "senior": gettext_lazy("senior social worker"),
}
# The same as in the register of venture-philanthropy projects.
CATEGORY: dict[str, Any] = {str(key): words for key, words in BudgetLine.Category.choices}


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the form. `choices`: column -> key -> words; `rows`: the most that it takes."""

    name: str
    rows: int
    columns: Mapping[str, Any]
    needed: tuple[str, ...]
    choices: Mapping[str, Mapping[str, Any]]
    amounts: tuple[str, ...] = ()

    def cell(self, row: int, column: str) -> str:
        """The name of a cell's field in the page."""
        return f"{self.name}_{row}_{column}"

    def cells(self) -> Iterator[tuple[str, int, str]]:
        """(field, row, column) of every cell that there can be."""
        for row in range(self.rows):
            for column in self.columns:
                yield self.cell(row, column), row, column


TEAM = Table(
    "team",
    12,
    {
        "name": pgettext_lazy("person", "Name"),
        "education": gettext_lazy("Education"),
        "certificate": gettext_lazy("Social-work certificate"),
        "role": gettext_lazy("Role in the project"),
    },
    ("name", "role"),
    {"education": EDUCATION, "certificate": CERTIFICATE},
)
LINES = Table(
    "budget_lines",
    15,
    {
        "category": gettext_lazy("Category"),
        "item": gettext_lazy("What for"),
        "unit_price": gettext_lazy("Unit price (yuan)"),
        "unit": gettext_lazy("Unit"),
        "quantity": gettext_lazy("Quantity"),
        "own": gettext_lazy("Own money (yuan)"),
        "granted": gettext_lazy("Asked for (yuan)"),
        "remark": pgettext_lazy("budget", "Remark"),
    },
    ("category", "item", "unit_price", "unit", "quantity"),
    {"category": CATEGORY},
    ("unit_price", "quantity", "own", "granted"),
)
TABLES: Mapping[str, Table] = {TEAM.name: TEAM, LINES.name: LINES}
CELLS: Mapping[str, tuple[Table, int, str]] = {
    field: (table, row, column) for table in TABLES.values() for field, row, column in table.cells()
}


def is_blank(row: Mapping[str, str]) -> bool:
    return not any(text.strip() for text in row.values())


def filled(rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The rows in which something stands."""
    return [row for row in rows if not is_blank(row)]


def rows_of(table: Table, typed: Mapping[str, str]) -> list[Row]:
    """The table out of its cells: blank rows inside stay, so that two writers keep their places; those at the end go."""
    rows = [
        {column: typed.get(table.cell(at, column), "").strip() for column in table.columns}
        for at in range(table.rows)
    ]
    while rows and is_blank(rows[-1]):
        rows.pop()
    return rows


def cells_of(table: Table, rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Every cell of the table's page, blank ones too."""
    return {
        field: str(rows[row].get(column, "")) if row < len(rows) else ""
        for field, row, column in table.cells()
    }


def amount(text: str) -> Decimal | None:
    """A number as people type it (full-width digits, separators, 元); None if it is none, negative or too large."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("元").replace(",", "").replace(" ", "")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < LARGEST else None


@dataclass(frozen=True, slots=True)
class Sums:
    """What the lines that can be read add up to, in yuan."""

    total: Decimal
    own: Decimal
    granted: Decimal


def line_total(line: Mapping[str, str]) -> Decimal | None:
    """Unit price × quantity, to the cent."""
    price, quantity = amount(line.get("unit_price", "")), amount(line.get("quantity", ""))
    return None if price is None or quantity is None else (price * quantity).quantize(CENT)


def sums(lines: Sequence[Mapping[str, str]]) -> Sums:
    """The sums of all lines; what cannot be read counts as nothing."""
    zero = Decimal(0)
    return Sums(
        sum((line_total(line) or zero for line in lines), zero),
        sum((amount(line.get("own", "")) or zero for line in lines), zero),
        sum((amount(line.get("granted", "")) or zero for line in lines), zero),
    )


def problems(table: Table, rows: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """(field, what is wrong) of every row in which something stands."""
    found = []
    for at, row in enumerate(rows):
        if not is_blank(row):
            found += [(table.cell(at, column), words) for column, words in row_problems(table, row)]
    return found


def row_problems(table: Table, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(column, what is wrong) of one row."""
    for column, words in table.columns.items():
        text = row.get(column, "")
        if not text:
            if column in table.needed:
                yield column, str(words)
        elif len(text) > LONGEST_CELL:
            yield (
                column,
                _("%(field)s: at most %(most)d characters") % {"field": words, "most": LONGEST_CELL},
            )
        elif column in table.choices and text not in table.choices[column]:
            yield column, str(words)
        elif column in table.amounts and amount(text) is None:
            yield column, _("%(field)s: this is not an amount") % {"field": words}
    if table is LINES and is_asset(row.get("item", "")):
        yield "item", _("Fixed assets are not part of such a budget: rent them, or take them out.")
    total = line_total(row) if table is LINES else None
    if total is not None:
        own, granted = amount(row.get("own", "") or "0"), amount(row.get("granted", "") or "0")
        if own is not None and granted is not None and own + granted != total:
            words = _("own money and what is asked for make %(parts)s, price × quantity is %(total)s")
            yield "granted", words % {"parts": own + granted, "total": total}


def open_team(rows: Sequence[Mapping[str, str]]) -> list[Row]:
    """The team without names: what may be frozen."""
    return [{key: row.get(key, "") for key in ("education", "certificate", "role")} for row in filled(rows)]


def frozen_lines(rows: Sequence[Mapping[str, str]]) -> list[Row]:
    """The lines as they are frozen: amounts with two decimals, with their total."""
    return [
        {
            **{key: line.get(key, "") for key in LINES.columns if key not in LINES.amounts},
            **{key: plain(amount(line.get(key, ""))) for key in LINES.amounts},
            "total": plain(line_total(line)),
        }
        for line in filled(rows)
    ]


def plain(number: Decimal | None) -> str:
    """An amount as text: at least two decimals, more only where somebody typed more."""
    if number is None:
        return ""
    return str(number) if number != number.quantize(CENT) else f"{number:.2f}"
