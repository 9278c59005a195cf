"""Objections against published results: recorded by the office, decided by two people, with reasons."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from evaluations.actions.locks import hold_round
from evaluations.models import Objection, Round
from evaluations.rules import objections as rules
from evaluations.states import OBJECTION_MOVES
from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from goldidea.lib.moves import move
from goldidea.lib.papers import clean_paper


def record_objection(
    round_: Round,
    values: Mapping[str, Any],
    scan: UploadedFile | None,
    *,
    by: Any,
    now: dt.datetime,
) -> Objection:
    """Write down an objection that came in on paper.

    Args:
        values: kind, name, contact, text, received_on, entry (or None).
    Raises: PermissionDenied; ValidationError; StaleState if the round was moved meanwhile.
    """
    rules.can_record_objection(by, round_).enforce()
    clean = clean_paper(scan, ("pdf", "jpg")) if scan else None
    with transaction.atomic():
        hold_round(round_.pk)  # final publication waits, or has been and is seen here
        round_ = Round.objects.select_related("season__district").get(pk=round_.pk)
        if not (verdict := rules.can_record_objection(by, round_)):
            raise StaleState(verdict.reason)
        row = Objection(round=round_, recorded_by=by, recorded_at=now, **values)
        if clean:
            row.scan_name, row.scan_kind = clean.name, clean.kind
            row.scan.save(clean.name, ContentFile(clean.content), save=False)
        row.full_clean(exclude=["scan"])
        row.save()
        audit.record("record objection", row, by=by)
        return row


@transaction.atomic
def decide_objection(
    objection: Objection, outcome: str, *, by: Any, second: Any, reason: str, now: dt.datetime
) -> None:
    """Uphold or reject an objection, with reasons.

    Raises: StaleState if it was decided already.
    """
    hold_round(objection.round_id)
    move(objection, OBJECTION_MOVES, outcome, reasons=reason, decided_at=now)
    changes = {"second": (None, second.name), "state": ("received", outcome)}
    audit.record("decide objection", objection, by=by, changes=changes, reason=reason)


@transaction.atomic
def show_objector(objection: Objection, *, by: Any, reason: str) -> tuple[str, str]:
    """Name and contact of who objects; that somebody looked is recorded.

    Raises: PermissionDenied.
    """
    rules.can_see_objection(by, objection).enforce()
    audit.record("view objector", objection, by=by, reason=reason)
    return objection.name, objection.contact


@transaction.atomic
def take_scan(objection: Objection, *, by: Any) -> Any:
    """The scan of the objection, opened; that somebody took it is recorded.

    Raises: PermissionDenied; FileNotFoundError.
    """
    rules.can_see_objection(by, objection).enforce()
    if not objection.scan:
        raise FileNotFoundError
    file = objection.scan.open("rb")
    audit.record("download objection", objection, by=by)
    return file
