"""What the tests of judges share: the cast, signed-in clients, candidates, votes, papers."""

import io
import zipfile
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from judges.actions.elections import Votes
from judges.actions.nominations import nominate_judge
from judges.models import Judge
from tests.personas import Cast


def pdf() -> bytes:
    """A PDF of one empty page."""
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


PDF = pdf()


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def enter(person: Any) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    if person is not None:
        backend = (
            "accounts.backends.JudgeBackend" if person.kind == "judge" else "accounts.backends.AccountBackend"
        )
        client.force_login(person, backend=backend)
    return client


def nominated(cast: Cast, *names: str, **values: Any) -> list[Judge]:
    """Candidates of the home community."""
    return [
        nominate_judge(
            values.get("community", cast.community),
            name=name,
            phone=values.get("phone", "+8613800138000"),
            by=None,
            now=timezone.now(),
        )
        for name in names
    ]


def votes(judge: Judge, yes: int = 30, no: int = 5, abstaining: int = 1, elected: bool = True) -> Votes:
    return Votes(judge, yes, no, abstaining, elected)


def upload(name: str = "会议记录.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, kind)
    return out.getvalue()


def word_document(*more: str, parts: int = 0) -> bytes:
    """A docx with these further parts."""
    out = io.BytesIO()
    names = ["[Content_Types].xml", "word/document.xml", *more, *(f"word/x{n}.xml" for n in range(parts))]
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()
