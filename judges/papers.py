"""The paper attached to an election: what may be attached, checked by what is in the file and not by its name."""

import io
import struct
import zipfile
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from goldidea.lib.images import is_heic, reencoded

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PARTS: Final = 1000  # of a Word document
MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_DIRECTORY: Final = 1024 * 1024
TYPES: Final = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
OLD_WORD: Final = frozenset({"doc", "wps", "wpt", "rtf", "odt", "dot"})
NEEDED_PARTS: Final = frozenset({"[Content_Types].xml", "word/document.xml"})


@dataclass(frozen=True, slots=True)
class Paper:
    """A checked file: its bytes, its kind (a key of TYPES) and the name that the person knows it by."""

    content: bytes
    kind: str
    name: str


def checked_paper(upload: UploadedFile) -> Paper:
    """The upload as a paper that may be kept; pictures are made new, without metadata.

    Raises: ValidationError that says what to do.
    """
    if not upload.size:
        raise ValidationError(_("This file is empty. Choose it again."), code="empty")
    if upload.size > MOST_BYTES:
        raise ValidationError(
            _("This file is larger than 20 MB. Scan it with a lower resolution, or save it as PDF."),
            code="too-large",
        )
    content = upload.read()
    kind = kind_of(content, upload.name or "")
    if kind == "docx":
        check_word(content)
    if kind == "jpg":
        content = reencoded(content)
    return Paper(content, kind, shown_name(upload.name or "", kind))


def kind_of(content: bytes, name: str) -> str:
    """The kind of file by its first bytes; the name only helps to say what to do instead.

    Raises: ValidationError for everything that is not on the list.
    """
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return "jpg"
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if is_heic(content) or ending in {"heic", "heif"}:
        raise ValidationError(
            _("Photos in the HEIC format cannot be opened everywhere. Please choose a JPEG."), code="heic"
        )
    if content.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")) or ending in OLD_WORD:
        raise ValidationError(
            _("This is an old or a foreign format (doc, wps). Open it, choose “Save as”, take docx or PDF."),
            code="old-word",
        )
    if content.startswith(b"PK\x03\x04"):
        return "docx"
    raise ValidationError(
        _("This kind of file cannot be attached. Choose a PDF, JPEG, PNG or docx."), code="kind"
    )


def check_word(content: bytes) -> None:
    """A Word document without macros whose list of parts is small enough to be read at all.

    Raises: ValidationError.
    """
    broken = ValidationError(
        _("This file cannot be read as a Word document. Save it again as docx, or as PDF."), code="broken"
    )
    if not is_list_small(content):
        raise broken
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            listed = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise broken from error
    names = {part.filename for part in listed}
    if not names >= NEEDED_PARTS or len(listed) > MOST_PARTS:
        raise broken
    if sum(part.file_size for part in listed) > MOST_UNPACKED:
        raise broken
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ValidationError(
            _("This document contains macros. Save it as docx without them, or as PDF."), code="macros"
        )


def is_list_small(content: bytes) -> bool:
    """Whether the archive's list of parts may be parsed: read from its last record, before anything is unpacked."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if at < 0 or at + 22 > len(content):
        return False
    parts, size = struct.unpack("<HI", content[at + 10 : at + 16])
    return parts <= MOST_PARTS and size <= MOST_DIRECTORY


def shown_name(name: str, kind: str) -> str:
    """The name under which the paper is downloaded: as chosen, without control characters, with its true ending."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    plain = "".join(c for c in stem if c.isprintable() and c not in '<>:"/|?*').strip(" .")
    return f"{plain[:120] or 'record'}.{kind}"


def type_of(name: str) -> Any:
    """The content type for a kept paper's name."""
    return TYPES[name.rsplit(".", 1)[-1]]
