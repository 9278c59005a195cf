"""Photos that people upload: refused with what to do, or made new as a clean JPEG in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from goldidea.lib import image_child

MOST_BYTES: Final = 10 * 1024 * 1024
SECONDS: Final = 30  # of waiting for the child, its start included
PROGRAM: Final = Path(image_child.__file__)
HEIC_BRANDS: Final = (
    b"heic",
    b"heix",
    b"hevc",
    b"heim",
    b"heis",
    b"hevm",
    b"hevs",
    b"mif1",
    b"msf1",
    b"avif",
)


def clean_photo(upload: UploadedFile[Any]) -> bytes:
    """The photo as a JPEG: upright, at most 1600 px long, without metadata.

    Raises: ValidationError that says what to do: too large, not a photo, too many pixels, broken.
    """
    if not upload.size:
        raise ValidationError(_("This file is empty. Choose the photo again."), code="empty")
    if upload.size > MOST_BYTES:
        raise ValidationError(_("This photo is larger than 10 MB. Choose a smaller one."), code="too-large")
    data = upload.read()
    if is_heic(data):
        raise ValidationError(
            _("Photos in the HEIC format cannot be shown everywhere. Please choose or save it as JPEG."),
            code="heic",
        )
    return reencoded(data)


def is_heic(data: bytes) -> bool:
    """Whether the file says that it is HEIC or AVIF, as new phones make them."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS


def reencoded(data: bytes) -> bytes:
    """Let the child make the picture new. What kills the child is a broken photo, nothing worse."""
    command = [sys.executable, "-I", str(PROGRAM)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ValidationError(words(image_child.BROKEN), code="broken") from None
    if done.returncode:
        raise ValidationError(words(done.returncode), code="not-usable")
    return done.stdout


def words(code: int) -> str:
    """What the person is told, by the code with which the child ended."""
    if code == image_child.NOT_A_PHOTO:
        return _("This is not a photo that can be used. Please choose a JPEG, PNG or WebP picture.")
    if code == image_child.TOO_MANY_PIXELS:
        return _("This picture has more than 40 million pixels. Choose a smaller one.")
    return _("This photo cannot be read: the file is damaged. Choose another one, or save it anew as JPEG.")
