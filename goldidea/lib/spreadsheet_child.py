"""Reads one workbook or csv file in a process of its own, under limits on memory and time; it is run by its path.

Standard input: the file. Argument: xlsx or csv. Standard output: JSON, either `rows` ([number, [texts]]), `odd`
([number, column, what]), `notes` (numbers of merged remarks) and `sheet`, or `refused`, a word that spreadsheets.py
turns into a sentence. It knows no app and no Django: a file that breaks the reader breaks this process only.
"""

import csv
import io
import json
import re
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

MEMORY = 640 * 1024 * 1024
SECONDS = 8
MAX_ROWS = 10_000
MAX_COLUMNS = 64
MAX_CELL = 4_000
MAX_TEXT = 20_000_000
MAX_ENTRIES = 1_000
MAX_UNPACKED = 80 * 1024 * 1024
MAX_MERGES = 20_000
MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
QUOTED_FORMULA = re.compile(r'="([^"]*)"')
EDGES = " \t\n\r\u00a0\u3000\ufeff\u200b"


class RefusedError(Exception):
    """The file cannot be read; its argument is the word for why."""


Rows = list[tuple[int, list[str]]]
Odd = list[tuple[int, int, str]]


class Reader:
    """Collects rows as text, under caps, and remembers the cells that hold something else than text."""

    def __init__(self) -> None:
        self.rows: Rows = []
        self.odd: Odd = []
        self.total = 0

    def take(self, number: int, cells: Iterable[tuple[str, str]]) -> None:
        """One row: (text, what is odd about it) of each cell; a row without text is left out."""
        texts: list[str] = []
        odd: Odd = []
        for column, (text, what) in enumerate(cells):
            clean, strange = tidy(text)
            texts.append(clean)
            if what or strange:
                odd.append((number, column, what or strange))
        while texts and not texts[-1]:
            texts.pop()
        if not texts and not odd:
            return
        if len(self.rows) > MAX_ROWS:
            raise RefusedError("rows")
        if len(texts) > MAX_COLUMNS:
            raise RefusedError("columns")
        self.total += sum(map(len, texts))
        if self.total > MAX_TEXT:
            raise RefusedError("large")
        self.rows.append((number, texts))
        self.odd += odd


def tidy(text: str) -> tuple[str, str]:
    """Text without blank edges; what cannot be stored is replaced, and said."""
    text = text.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n").strip(EDGES)
    if len(text) > MAX_CELL:
        return text[:MAX_CELL], "long"
    if text.isprintable():
        return text, ""
    kept = "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else "\ufffd" for c in text
    )
    return kept, "" if kept == text else "control"


def read_csv(content: bytes) -> dict[str, Any]:
    """Comma- or tab-separated text in UTF-8, UTF-16 with its mark, or GBK."""
    text = decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    csv.field_size_limit(MAX_CELL * 4)
    reader = Reader()
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(lines, 1):
            reader.take(number, ((unquoted(cell), "") for cell in cells))
    except csv.Error as error:
        raise RefusedError("quotes") from error
    return {"rows": reader.rows, "odd": reader.odd, "notes": [], "sheet": ""}


def decoded(content: bytes) -> str:
    """The text of a csv file, by its mark or by trying."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError("encoding")


def unquoted(cell: str) -> str:
    """A spreadsheet's way to keep the zeros of a code in csv: ="00123"."""
    match = QUOTED_FORMULA.fullmatch(cell)
    return match.group(1) if match else cell


def read_xlsx(content: bytes) -> dict[str, Any]:
    """The first visible sheet, as text; formulas and error values are named, never computed."""
    check_zip(content)
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise RefusedError("empty")
    sheet = sheets[0]
    sheet.reset_dimensions()  # the size that a file claims is not believed
    reader = Reader()
    before = None
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), 1):
        if cells is not before:  # openpyxl gives one and the same row for a million that are not there
            reader.take(number, map(worded, cells))
        before = cells
    merges = list(merged(sheet))
    fill_down(reader, merges)
    return {
        "rows": reader.rows,
        "odd": reader.odd,
        "notes": remarks(reader.rows, merges),
        "sheet": sheet.title,
    }


def check_zip(content: bytes) -> None:
    """Caps on what a workbook unpacks to, before anything of it is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise RefusedError("bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError("locked")
    if "[Content_Types].xml" not in {entry.filename for entry in entries}:
        raise RefusedError("format")


def worded(cell: Any) -> tuple[str, str]:
    """A cell as text, and what is odd about it."""
    value, kind = cell.value, cell.data_type
    if value is None:
        return "", ""
    if kind == "f":
        return str(getattr(value, "text", value) or "="), "formula"
    if kind == "e":
        return str(value), "error"
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)), ""
    if hasattr(value, "strftime"):
        return str(value)[:10] if str(value).endswith("00:00:00") else str(value), ""
    return str(value), ""


def merged(sheet: Any) -> Iterator[tuple[int, int, int, int]]:
    """Merged areas (top, left, bottom, right; from 1), read from the sheet's text piece by piece."""
    with sheet._get_source() as source:
        kept, found = b"", 0
        while piece := source.read(1 << 16):
            kept += piece
            end = 0
            for match in MERGE.finditer(kept):
                left, top, right, bottom = match.groups()
                end = match.end()
                found += 1
                if found > MAX_MERGES:
                    raise RefusedError("merges")
                yield int(top), place(left), int(bottom), place(right)
            kept = kept[max(end, len(kept) - 400) :]


def place(letters: bytes) -> int:
    """Number of a column: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def fill_down(reader: Reader, merges: list[tuple[int, int, int, int]]) -> None:
    """A cell merged over several rows (a sub-district beside its communities) counts for each of them."""
    by_number = dict(reader.rows)
    for top, left, bottom, _right in merges:
        source = by_number.get(top, [])
        if bottom == top or left > len(source) or not source[left - 1]:
            continue
        for number in range(top + 1, min(bottom, top + MAX_ROWS) + 1):
            texts = by_number.get(number)
            if texts:
                texts.extend([""] * (left - len(texts)))
                texts[left - 1] = texts[left - 1] or source[left - 1]


def remarks(rows: Rows, merges: list[tuple[int, int, int, int]]) -> list[int]:
    """Rows that hold one text, merged over several columns: a title or a remark, no data."""
    wide = {top for top, left, _bottom, right in merges if right > left}
    return [number for number, texts in rows if number in wide and sum(map(bool, texts)) == 1]


def main() -> None:
    """Read standard input under limits, answer on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it for nothing
    sys.modules["lxml"] = None  # type: ignore[assignment]  # so that defusedxml reads
    content = sys.stdin.buffer.read()
    try:
        answer = {"xlsx": read_xlsx, "csv": read_csv}[sys.argv[1]](content)
    except RefusedError as error:
        answer = {"refused": str(error)}
    except (MemoryError, RecursionError):
        answer = {"refused": "cost"}
    except Exception:  # whatever a malformed file makes the reader raise
        answer = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
