"""What may be attached to an election, by what is in the file."""

import io
import struct

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from judges import papers
from judges.papers import checked_paper, shown_name
from tests.judges.conftest import PDF, picture, upload, word_document


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("记录.pdf", PDF, "pdf"),
        ("record.txt", PDF, "pdf"),
        ("scan.png", picture(), "jpg"),
        ("scan.jpeg", picture("JPEG"), "jpg"),
        ("minutes.docx", word_document(), "docx"),
    ],
)
def test_what_is_kept(name: str, content: bytes, kind: str) -> None:
    assert checked_paper(upload(name, content)).kind == kind


def test_pictures_are_made_new_without_metadata() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (40, 30), "white").save(out, "JPEG", exif=exif)
    assert b"taken at home" in out.getvalue()
    kept = checked_paper(upload("scan.jpg", out.getvalue()))
    assert b"taken at home" not in kept.content
    assert Image.open(io.BytesIO(kept.content)).format == "JPEG"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.pdf", b"", "empty"),
        ("minutes.doc", b"\xd0\xcf\x11\xe0" + b"0" * 100, "old-word"),
        ("minutes.wps", b"anything", "old-word"),
        ("minutes.docx", b"\xd0\xcf\x11\xe0" + b"0" * 100, "old-word"),
        ("photo.heic", b"0000ftypheic" + b"0" * 40, "heic"),
        ("photo.jpg", b"0000ftypheic" + b"0" * 40, "heic"),
        ("page.html", b"<script>alert(1)</script>", "kind"),
        ("page.pdf", b"<script>alert(1)</script>", "kind"),
        ("scan.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        ("scan.jpg", b"\xff\xd8\xff" + b"0" * 100, "not-usable"),
        ("minutes.docx", b"PK\x03\x04" + b"0" * 100, "broken"),
        ("minutes.docx", word_document()[:-10], "broken"),
        ("minutes.docx", word_document(parts=papers.MOST_PARTS), "broken"),
        ("minutes.docm", word_document("word/vbaProject.bin"), "macros"),
    ],
)
def test_what_is_refused_and_why(name: str, content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        checked_paper(upload(name, content))
    assert refused.value.code == code


def test_a_table_of_parts_that_claims_too_much_is_not_read() -> None:
    content = bytearray(word_document())
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<HI", content, at + 10, 65_000, 2**31)
    with pytest.raises(ValidationError) as refused:
        checked_paper(upload("minutes.docx", bytes(content)))
    assert refused.value.code == "broken"


def test_too_large(monkeypatch) -> None:
    monkeypatch.setattr(papers, "MOST_BYTES", 10)
    with pytest.raises(ValidationError) as refused:
        checked_paper(upload("记录.pdf", PDF))
    assert refused.value.code == "too-large"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("会议记录.pdf", "会议记录.pdf"),
        ("..\\..\\evil.exe", "evil.pdf"),
        ("a/b/\x00c\n.pdf", "c.pdf"),
        ("<>.pdf", "record.pdf"),
    ],
)
def test_the_name_for_the_download(name: str, shown: str) -> None:
    assert shown_name(name, "pdf") == shown
