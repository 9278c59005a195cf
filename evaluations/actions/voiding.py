"""Void a sheet: it stays as evidence and does not count."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import record_event
from evaluations.actions.locks import share_round
from evaluations.models import ScoreSheet, SheetVoid
from evaluations.states import RoundState
from goldidea.lib import audit
from goldidea.lib.errors import StaleState


@transaction.atomic
def void_sheet(sheet: ScoreSheet, *, by: Any, second: Any, reason: str, now: dt.datetime) -> SheetVoid:
    """Void one sheet by decision of two, until its round is closed.

    Raises: StaleState if the round is closed or the sheet is void already.
    """
    share_round(sheet.round_id)
    round_ = type(sheet.entry.round).objects.select_related("season__district").get(pk=sheet.round_id)
    if (
        round_.state not in (RoundState.OPEN, RoundState.COUNTING)
        or SheetVoid.objects.filter(sheet=sheet).exists()
    ):
        raise StaleState(_("This sheet cannot be voided any more."))
    body = {"sheet": sheet.event.digest, "seat": sheet.seat.pseudonym, "entry": sheet.entry.key}
    event = record_event(round_, "void", body)
    row = SheetVoid.objects.create(sheet=sheet, event=event, actor=by.person_key)
    audit.record("void sheet", round_, by=by, changes={"second": (None, second.name)}, reason=reason)
    return row
