"""The paper attached to an election: a PDF, a picture or a Word document, checked and written anew (goldidea.lib.papers)."""

from typing import Final

from django.core.files.uploadedfile import UploadedFile

from goldidea.lib.papers import TYPES, Paper, clean_paper

KINDS: Final = ("pdf", "jpg", "docx")

__all__ = ["KINDS", "Paper", "checked_paper", "type_of"]


def checked_paper(upload: UploadedFile) -> Paper:
    """The upload as a paper that may be kept.

    Raises: ValidationError that says what to do.
    """
    return clean_paper(upload, KINDS)


def type_of(name: str) -> str:
    """The content type for a kept paper's name."""
    return TYPES[name.rsplit(".", 1)[-1]]
