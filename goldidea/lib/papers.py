"""Papers that people attach: what may be attached, checked by what is in the file and not by its name, and written anew.

Everything is parsed in a process of its own with limits (paper_child.py); what comes back holds no scripts, no macros,
no carried files and no metadata.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goldidea.lib import paper_child as child
from goldidea.lib.images import is_heic

MOST_BYTES: Final = 20 * 1024 * 1024
SECONDS: Final = 60  # of waiting for the child, its start included
PROGRAM: Final = Path(child.__file__)
TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
ACCEPT: Final = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx,.zip"
OLD_OFFICE: Final = frozenset(
    {"doc", "dot", "wps", "wpt", "rtf", "odt", "xls", "et", "ett", "ods", "ppt", "dps"}
)
MACROS: Final = frozenset({"docm", "dotm", "xlsm", "xltm", "xlsb"})

REFUSED: Final[Mapping[int, Any]] = {
    child.KIND: gettext_lazy(
        "This kind of file cannot be attached, or its content is not what its name says. Choose a PDF, JPEG, PNG, "
        "WebP, docx, xlsx or zip."
    ),
    child.BROKEN: gettext_lazy("This file is damaged. Save it again, or save it as PDF."),
    child.LOCKED: gettext_lazy("This file is protected with a password. Save it without one."),
    child.BOMB: gettext_lazy(
        "This file has too many parts or pages, or unpacks to far too much. Attach its parts one by one."
    ),
    child.MACROS: gettext_lazy(
        "This document contains macros or embedded objects. Save it without them, or as PDF."
    ),
    child.LINKED: gettext_lazy("This document fetches parts from elsewhere. Save it as PDF."),
    child.NESTED: gettext_lazy("There is an archive inside this zip. Attach its files, not the archive."),
    child.EMPTY: gettext_lazy("There is nothing in this file. Choose it again."),
    child.PATHS: gettext_lazy("The names in this archive are not plain file names. Pack the files anew."),
    child.PIXELS: gettext_lazy(
        "This picture has more than 60 million pixels. Scan it with a lower resolution."
    ),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that may be kept: its bytes, its kind (a key of TYPES) and the name that the person knows it by."""

    content: bytes
    kind: str
    name: str


def clean_paper(upload: UploadedFile[Any], kinds: Collection[str] = tuple(TYPES)) -> Paper:
    """The upload as a paper that may be kept, written anew. Takes up to some seconds.

    Raises: ValidationError that says what to do.
    """
    if not upload.size:
        raise ValidationError(REFUSED[child.EMPTY], code="empty")
    if upload.size > MOST_BYTES:
        words = _("This file is larger than 20 MB. Scan it with a lower resolution, or split it.")
        raise ValidationError(words, code="too-large")
    name, content = upload.name or "", upload.read()
    refuse_by_name(name, content)
    kind, clean = written_anew(content)
    if kind not in kinds:
        words = _("This kind of file cannot be attached here. What can be: %(kinds)s.")
        raise ValidationError(words % {"kinds": ", ".join(kinds)}, code="kind")
    return Paper(clean, kind, shown_name(name, kind))


def refuse_by_name(name: str, content: bytes) -> None:
    """Say what to do instead about formats that offices have and nobody else can open.

    Raises: ValidationError.
    """
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if is_heic(content) or ending in {"heic", "heif"}:
        words = _("Photos in the HEIC format cannot be opened everywhere. Please choose a JPEG.")
        raise ValidationError(words, code="heic")
    if content.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")) or ending in OLD_OFFICE:
        words = _(
            "This is an old or a foreign format (doc, xls, wps). Open it, choose “Save as”, take docx, xlsx or PDF."
        )
        raise ValidationError(words, code="old-office")
    if ending in MACROS:
        raise ValidationError(REFUSED[child.MACROS], code="macros")


def written_anew(content: bytes) -> tuple[str, bytes]:
    """Let the child check the file and write it anew: (kind, bytes). What kills the child is a bad file, nothing worse.

    Raises: ValidationError.
    """
    command = [sys.executable, "-I", str(PROGRAM)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ValidationError(REFUSED[child.BOMB], code="too-long") from None
    if done.returncode:
        words = REFUSED.get(done.returncode, REFUSED[child.BROKEN])
        raise ValidationError(words, code="not-usable")
    return done.stdout[:4].decode().strip(), done.stdout[4:]


def shown_name(name: str, kind: str) -> str:
    """The name under which a paper is downloaded: as chosen, without control characters, with its true ending."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    plain = "".join(c for c in stem if c.isprintable() and c not in '<>:"/|?*').strip(" .")
    return f"{plain[:120] or 'paper'}.{kind}"


def attachment(file: Any, name: str, kind: str) -> FileResponse:
    """A kept paper as an answer: downloaded and never opened in place, whatever it is."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[kind])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
