"""What offices bring as tables, good and bad: each bad file gets one sentence that says what to do."""

import io
import zipfile

import openpyxl
import pytest

from goldidea.lib.spreadsheets import (
    REFUSED,
    SAVE_AS,
    Column,
    UnreadableError,
    as_csv,
    as_xlsx,
    defused,
    lines_of,
    plain,
    read_table,
)

COLUMNS = [
    Column("place", "街道代码", required=True),
    Column("code", "社区代码", required=True),
    Column("name", "社区", ("社区名称",)),
]


def workbook(rows, merge=(), prepare=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    if prepare:
        prepare(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_sheet(sheet: str, **entries: str) -> bytes:
    """A workbook whose first sheet is this XML."""
    source = zipfile.ZipFile(io.BytesIO(workbook([["街道代码", "社区代码"]])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, sheet if name.endswith("sheet1.xml") else source.read(name))
        for name, text in entries.items():
            archive.writestr(name, text)
    return out.getvalue()


def sheet_of(rows: str, before: str = "") -> str:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f'<?xml version="1.0"?>{before}<worksheet {space}><sheetData>{rows}</sheetData></worksheet>'


def read(name: str, content: bytes):
    return lines_of(read_table(name, content), COLUMNS)


def refused(name: str, content: bytes) -> str:
    with pytest.raises(UnreadableError) as found:
        read(name, content)
    return str(found.value.message)


HEAD = ["街道代码", "社区代码", "社区"]


def test_titles_merged_cells_and_remarks() -> None:
    rows = [
        ["清波街道社区名册", None, None],
        HEAD,
        ["330102001", "330102001051", "清波门社区"],
        [None, 330102001052, "劳动路社区"],
        ["备注：填表人沈主任", None, None],
        [None, None, None],
    ]
    lines = read("a.xlsx", workbook(rows, merge=["A1:C1", "A3:A4", "A5:C5", "A6:C9"]))
    assert [(line.number, list(line.cells.values())) for line in lines] == [
        (3, ["330102001", "330102001051", "清波门社区"]),
        (4, ["330102001", "330102001052", "劳动路社区"]),
    ]


def test_only_text_is_read_and_what_is_not_is_named() -> None:
    lines = read("a.xlsx", workbook([HEAD, ["=1+1", 3.5, True], ["01", "a_x000D_\nb", "2018"]]))
    assert [line.cells for line in lines] == [
        {"place": "=1+1", "code": "3.5", "name": "TRUE"},
        {"place": "01", "code": "a\nb", "name": "2018"},
    ]
    assert [line.odd for line in lines] == [{"place": "formula"}, {}]


def test_characters_that_cannot_be_stored_are_named() -> None:
    line = read("a.csv", "街道代码,社区代码\n1,\x00x\n".encode())[0]
    assert (line.cells["code"], line.odd) == ("\ufffdx", {"code": "control"})


def test_the_first_visible_sheet_is_read() -> None:
    def hide(book) -> None:
        book.active.sheet_state = "hidden"
        book.create_sheet("名册").append(["街道代码", "社区代码"])
        book["名册"].append(["1", "2"])

    assert read("a.xlsx", workbook([["x"]], prepare=hide))[0].cells == {"place": "1", "code": "2"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_csv_in_the_encodings_of_offices(encoding: str) -> None:
    content = '街道代码,社区代码,社区\r\n="001",2,"清,波"\r\n'.encode(encoding)
    assert read("a.csv", content)[0].cells == {"place": "001", "code": "2", "name": "清,波"}


def test_headers_that_are_missing_unknown_or_doubled_are_named() -> None:
    said = refused("a.csv", "街道代码,社区,社区名称,面积\n1,2,3,4\n".encode())
    assert "社区代码" in said and "面积" in said and "社区名称" in said
    assert "B" in refused("a.csv", "街道代码,,社区代码\n1,2,3\n".encode())
    assert "街道代码" in refused("a.csv", b"1,2,3\n4,5,6\n")
    assert refused("a.csv", "街道代码,社区代码\n".encode())


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.csv", b"  \n \n", None),
        ("a.xlsx", b"PK\x03\x04 not a zip", "unreadable"),
        ("a.xlsx", b"plain text", "unreadable"),
        ("a.pdf", b"%PDF-1.7", "unreadable"),
        ("a.html", b"<table>", "unreadable"),
        ("a.csv", b"\xff\xff\xff\xff", "encoding"),
        ("a.csv", '街道代码,社区代码\n"1,2\n'.encode(), "quotes"),
        ("a.csv", ("街道代码,社区代码\n" + "1,2\n" * 10_001).encode(), "rows"),
        ("a.csv", ("街道代码,社区代码" + ",x" * 70 + "\n").encode(), "columns"),
    ],
)
def test_bad_files_get_one_sentence(name: str, content: bytes, word: str | None) -> None:
    said = refused(name, content)
    assert said == str(REFUSED[word]) if word else said


def test_foreign_formats_are_told_what_to_do() -> None:
    assert refused("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == str(SAVE_AS)
    assert refused("a.et", b"anything") == str(SAVE_AS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refused("a.ods", out.getvalue()) == str(SAVE_AS)


def test_a_workbook_that_claims_a_million_rows_is_read_for_what_it_has() -> None:
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>街道代码</t></is></c><c r="B1" t="inlineStr"><is><t>社区代码</t></is></c></row>'
    claimed = sheet_of(
        rows + '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="1048576"/>'
    )
    claimed = claimed.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert len(read("a.xlsx", with_sheet(claimed))) == 1


def test_bombs_are_refused() -> None:
    assert refused("a.xlsx", with_sheet(" " * 90_000_000)) == str(REFUSED["bomb"])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(1_100):
            archive.writestr(f"{number}", "")
    assert refused("a.xlsx", out.getvalue()) == str(REFUSED["bomb"])
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
    assert refused("a.xlsx", with_sheet(sheet_of(row, lol))) == str(REFUSED["unreadable"])


def test_a_workbook_that_costs_too_much_is_given_up() -> None:
    row = "".join(f'<row r="{n}">' + f'<c r="A{n}"><v>1</v></c>' * 250 + "</row>" for n in range(1, 9_900))
    content = with_sheet(sheet_of(row))
    assert len(content) < 400_000
    assert refused("a.xlsx", content) == str(REFUSED["cost"])


LIVE = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "  =1",
    "\u00a0=1",
    "\n=1",
    "\uff1d1",
    "\u3000\uff0b1",
    "'=1",
    "''=1",
]


@pytest.mark.parametrize("text", LIVE)
def test_what_begins_like_a_formula_is_defused_and_comes_back(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert plain(defused(text)) == text


@pytest.mark.parametrize("text", ["清波门", "'quoted", "a=b", "1-2", ""])
def test_other_text_is_left_alone(text: str) -> None:
    assert (defused(text), plain(text)) == (text, text)


@pytest.mark.parametrize("write", ["xlsx", "csv"])
def test_a_written_table_has_no_live_cell_and_reads_back(write: str) -> None:
    rows = [["330102001", "=HYPERLINK(1)", "第一行\n第二行"], ["001", "@x", "３"]]
    content = as_xlsx(COLUMNS, rows, "表[1]/二") if write == "xlsx" else as_csv(COLUMNS, rows)
    assert [list(line.cells.values()) for line in read(f"a.{write}", content)] == rows
    if write == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
