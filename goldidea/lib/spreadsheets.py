"""Tables that offices bring and take: read as text under caps, matched by their headers, written without live formulas.

Reading happens in a child process with limits (spreadsheet_child.py): a 230 KiB workbook cost a library 22 s and
551 MiB, and one of 0.7 KiB claimed 1,048,576 rows.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ROWS: Final = 10_000
WALL_SECONDS: Final = 30
HEADER_WITHIN: Final = 10  # titles may stand above the headers, not more than this
CHILD: Final = Path(__file__).with_name("spreadsheet_child.py")
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE: Final = "text/csv; charset=utf-8"

SAVE_AS: Final = gettext_lazy(
    "This is an old or a foreign format (xls, et, wps). Open it, choose “Save as”, take xlsx or csv, and upload that."
)
REFUSED: Final = {
    "rows": gettext_lazy("More than 10,000 rows. Split the table and import its parts one after the other."),
    "columns": gettext_lazy("More than 64 columns. Delete those that do not belong to the table."),
    "large": gettext_lazy("There is too much text in this file."),
    "bomb": gettext_lazy(
        "This workbook unpacks to far too much. Copy its cells into a new workbook and upload that."
    ),
    "merges": gettext_lazy("Too many merged cells. Copy the cells into a new workbook and upload that."),
    "locked": gettext_lazy("This workbook is protected with a password. Save it without one."),
    "format": SAVE_AS,
    "empty": gettext_lazy("There is nothing in this file."),
    "encoding": gettext_lazy(
        "The characters of this csv cannot be read. Save it as “CSV UTF-8”, or as xlsx."
    ),
    "quotes": gettext_lazy("The quotation marks of this csv do not match. Save it again as xlsx or csv."),
    "cost": gettext_lazy(
        "Reading this file takes too long or too much memory. Copy its cells into a new workbook and upload that."
    ),
    "unreadable": gettext_lazy("This file is damaged or no table. Save it again as xlsx or csv."),
}

# What a cell holds that is not text; shown at the cell.
ODD: Final = {
    "formula": gettext_noop("This cell holds a formula. Paste its value as text."),
    "error": gettext_noop("This cell shows an error instead of a value."),
    "control": gettext_noop("This cell holds a character that cannot be stored. Type it again."),
    "long": gettext_noop("This text is far too long."),
}

# Spreadsheets take these for formulas, after blanks, line breaks, quotation marks and in full width too.
LIVE: Final = re.compile("^(?:'*[\\s\u00a0\u3000\ufeff\u200b]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r])")


class UnreadableError(Exception):
    """A file that is no table for us; `message` says what to do."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a register's table.

    Args:
        key: its name in the program.
        header: its Chinese header, the same in every language: tables travel.
        also: other headers that offices use for it.
        required: whether a table must have it.
        label: what it is called on a page.
        width: of the written column, in characters.
    """

    key: str
    header: str
    also: tuple[str, ...] = ()
    required: bool = False
    label: Any = ""
    width: int = 14


@dataclass(slots=True)
class Line:
    """One row of a table: its number in the file, its texts by column, and what is odd by column."""

    number: int
    cells: dict[str, str]
    odd: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RawTable:
    """What the child read."""

    rows: list[tuple[int, list[str]]]
    odd: dict[tuple[int, int], str]
    notes: set[int]
    sheet: str = ""


def kind_of(name: str, content: bytes) -> str:
    """xlsx or csv, by what the file begins with; its name only helps to say what is wrong.

    Raises: UnreadableError for everything else.
    """
    if not content:
        raise UnreadableError(REFUSED["empty"])
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if content.startswith((b"\xd0\xcf\x11\xe0", b"\x09\x08")) or ending in {
        "xls",
        "et",
        "wps",
        "ods",
        "doc",
        "numbers",
    }:
        raise UnreadableError(SAVE_AS)
    if content.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"<")
    ):
        raise UnreadableError(REFUSED["unreadable"])
    if ending == "xlsx":
        raise UnreadableError(REFUSED["unreadable"])
    return "csv"


def read_table(name: str, content: bytes) -> RawTable:
    """The file's rows as text, read in a child process under limits.

    Raises: UnreadableError with a sentence that says what to do.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableError(_("This file is larger than 5 MB. Split the table and import its parts."))
    command = [sys.executable, "-I", str(CHILD), kind_of(name, content)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=WALL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(REFUSED["cost"]) from error
    if done.returncode:
        raise UnreadableError(REFUSED["cost"])
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise UnreadableError(REFUSED[answer["refused"]])
    odd = {(number, column): what for number, column, what in answer["odd"]}
    return RawTable([(n, texts) for n, texts in answer["rows"]], odd, set(answer["notes"]), answer["sheet"])


def lines_of(table: RawTable, columns: Sequence[Column]) -> list[Line]:
    """The table's rows by column. Titles above the headers, remarks and repeated headers are left out.

    Raises: UnreadableError that names every missing, unknown and doubled header.
    """
    found = header_row(table, columns)
    position, headers = found
    places = matched(table, position, headers, columns)
    lines = []
    for number, texts in table.rows[position + 1 :]:
        if number in table.notes or texts == headers:
            continue
        cells = {key: plain(texts[at]) if at < len(texts) else "" for key, at in places.items()}
        odd = {key: table.odd[number, at] for key, at in places.items() if (number, at) in table.odd}
        if any(cells.values()) or odd:
            lines.append(Line(number, cells, odd))
    if not lines:
        raise UnreadableError(_("There are headers but no rows below them."))
    return lines


def header_row(table: RawTable, columns: Sequence[Column]) -> tuple[int, list[str]]:
    """The row that names most columns, among the first ones: its place and its texts."""
    known = names(columns)
    rows = table.rows[:HEADER_WITHIN]
    scored = [(sum(squeezed(text) in known for text in texts), -at) for at, (_n, texts) in enumerate(rows)]
    best, at = max(scored, default=(0, 0))
    if best == 0:
        wanted = "、".join(column.header for column in columns if column.required)
        raise UnreadableError(
            _("No headers were found. The first row has to name the columns: %(headers)s.")
            % {"headers": wanted}
        )
    return -at, rows[-at][1]


def names(columns: Sequence[Column]) -> dict[str, str]:
    """Every accepted header and its column's key."""
    return {squeezed(name): column.key for column in columns for name in (column.header, *column.also)}


def squeezed(text: str) -> str:
    """A header without blanks and without the marks of a required column."""
    return re.sub(r"[\s\u00a0\u3000*＊]", "", text)


def matched(table: RawTable, position: int, headers: list[str], columns: Sequence[Column]) -> dict[str, int]:
    """Column key -> place in the row."""
    known = names(columns)
    places: dict[str, int] = {}
    unknown, doubled = [], []
    for at, header in enumerate(headers):
        key = known.get(squeezed(header))
        if key is None:
            if header:
                unknown.append(header[:20])
            elif any(at < len(texts) and texts[at] for _n, texts in table.rows[position + 1 :]):
                unknown.append(_("(no header, column %(letter)s)") % {"letter": get_column_letter(at + 1)})
        elif key in places:
            doubled.append(header)
        else:
            places[key] = at
    missing = [column.header for column in columns if column.required and column.key not in places]
    complain(missing, unknown, doubled)
    return places


def complain(missing: list[str], unknown: list[str], doubled: list[str]) -> None:
    """Raises: UnreadableError that names what is wrong with the headers, if anything is."""
    said = []
    if missing:
        said.append(_("These columns are missing: %(names)s.") % {"names": "、".join(missing)})
    if unknown:
        said.append(
            _("These columns are not known: %(names)s. Rename or delete them.")
            % {"names": "、".join(unknown)}
        )
    if doubled:
        said.append(_("These columns appear twice: %(names)s.") % {"names": "、".join(doubled)})
    if said:
        raise UnreadableError(" ".join(said))


def defused(value: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    return f"'{value}" if LIVE.match(value) else value


def plain(text: str) -> str:
    """The text behind the apostrophe that `defused` put there."""
    return text[1:] if text.startswith("'") and LIVE.match(text[1:]) else text


def written(value: str) -> str:
    """A value as it stands in a written table."""
    return defused(ILLEGAL_CHARACTERS_RE.sub("", value.replace("\r\n", "\n")))


def as_csv(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, so that Excel and WPS show Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.header for column in columns])
    writer.writerows([written(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(columns: Sequence[Column], rows: Iterable[Sequence[str]], title: str) -> bytes:
    """A workbook of text cells: long codes keep every digit."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    for at, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    head = [WriteOnlyCell(sheet, column.header) for column in columns]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    pattern = WriteOnlyCell(sheet, "")
    pattern.number_format = "@"
    for row in rows:
        sheet.append([text_cell(sheet, written(value), pattern) for value in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def text_cell(sheet: Any, value: str, pattern: Any) -> Any:
    """A cell in the style of `pattern`: setting a number format cell by cell costs seconds on a long table."""
    cell = WriteOnlyCell(sheet, value)
    cell._style = copy(pattern._style)
    return cell
