"""What may be attached to an election, by what is in the file."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from judges.papers import checked_paper
from tests.judges.conftest import PDF, picture, upload, word_document


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("记录.pdf", PDF)
    return out.getvalue()


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
        ("minutes.doc", b"\xd0\xcf\x11\xe0" + b"0" * 100, "old-office"),
        ("photo.jpg", b"0000ftypheic" + b"0" * 40, "heic"),
        ("page.pdf", b"<script>alert(1)</script>", "not-usable"),
        ("minutes.docx", word_document()[:-10], "not-usable"),
        ("minutes.docx", word_document("word/vbaProject.bin"), "not-usable"),
        ("minutes.zip", zipped(), "kind"),
    ],
)
def test_what_is_refused_and_why(name: str, content: bytes, code: str) -> None:
    """Everything else that is refused stands in tests/lib/test_papers.py."""
    with pytest.raises(ValidationError) as refused:
        checked_paper(upload(name, content))
    assert refused.value.code == code
