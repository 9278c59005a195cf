"""Attach papers to a case and take them away; the sealed form comes back after the case was handed in."""

import datetime as dt
import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.photos import touch, writable
from evaluations.actions.submissions import locked
from evaluations.models import SEALED, Paper, Submission
from evaluations.rules import papers as rules
from evaluations.rules.checklist import needed_papers
from evaluations.rules.submissions import can_write_case
from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from goldidea.lib.papers import Paper as Clean
from goldidea.lib.papers import clean_paper


def add_paper(case: Submission, upload: UploadedFile, need: str, *, by: Any, now: dt.datetime) -> Paper:
    """Check the upload, write it anew and attach it to a case that is being written.

    Args:
        need: which paper of the season's list it is; empty for any other.

    Raises: ValidationError that says what to do; StaleState when the case is handed in; PermissionDenied.
    """
    can_write_case(by, case).enforce()
    clean = clean_paper(upload)  # takes a second: before the row is locked
    with transaction.atomic():
        case = writable(case, by)
        if case.papers.filter(removed_at=None).exclude(need=SEALED).count() >= rules.MOST_PAPERS:
            words = _("A case has at most %(most)d papers. Remove one first.") % {"most": rules.MOST_PAPERS}
            raise ValidationError(words, code="too-many")
        known = {point for point, _words in needed_papers(case.season)}
        paper = kept(case, clean, need if need in known else "", by=by, now=now)
        touch(case, now)
        audit.record("add paper", case, by=by, changes={"paper": ("", paper.code)})
        return paper


def add_sealed_form(case: Submission, upload: UploadedFile, *, by: Any, now: dt.datetime) -> Paper:
    """Attach the scan of the signed and sealed form. It takes the place of the one before, which is kept.

    Raises: ValidationError; StaleState once the office has decided; PermissionDenied.
    """
    rules.can_seal(by, case).enforce()
    clean = clean_paper(upload, ("pdf", "jpg"))
    with transaction.atomic():
        case = locked(case)
        rules.can_seal(by, case).enforce()
        if not (verdict := rules.sealable(case)):
            raise StaleState(verdict.reason)
        before = case.papers.filter(need=SEALED, removed_at=None).first()
        case.papers.filter(need=SEALED, removed_at=None).update(removed_at=now)
        paper = kept(case, clean, SEALED, by=by, now=now)
        changes = {"paper": (before.code if before else "", paper.code)}
        audit.record("add sealed form", case, by=by, changes=changes)
        return paper


def kept(case: Submission, clean: Clean, need: str, *, by: Any, now: dt.datetime) -> Paper:
    """Store a checked paper."""
    paper = Paper(
        submission=case,
        need=need,
        kind=clean.kind,
        name=clean.name,
        size=len(clean.content),
        sha256=hashlib.sha256(clean.content).hexdigest(),
        added_by=by,
        added_at=now,
    )
    paper.file.save(clean.name, ContentFile(clean.content), save=False)
    paper.full_clean()
    paper.save()
    return paper


@transaction.atomic
def remove_paper(paper: Paper, *, by: Any, now: dt.datetime) -> None:
    """Take a paper off a case that is being written. One that was handed in before is kept."""
    case = writable(paper.submission, by)
    if paper.need == SEALED or paper.removed_at is not None:
        return
    audit.record("remove paper", case, by=by, changes={"paper": (paper.code, "")})
    touch(case, now)
    if rules.frozen(paper).exists():
        paper.removed_at = now
        paper.save(update_fields=["removed_at"])
        return
    storage, name = paper.file.storage, paper.file.name
    paper.delete()
    transaction.on_commit(lambda: storage.delete(name))
