"""What became of a sheet, for whoever holds its receipt. Before the close nobody learns more than that it was received."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from communities.models import Decision
from communities.states import DecisionState
from evaluations.models import Correction, Recusal, RoundEvent, ScoreSheet, SheetVoid
from evaluations.states import RoundState

CODE_LENGTH = 12
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ALIKE = str.maketrans(
    "018", "OIB"
)  # digits that a receipt never holds, read as the letters that they look like
DECIDED = frozenset({RoundState.CLOSED, RoundState.TALLIED, RoundState.ON_NOTICE, RoundState.FINAL})


class Outcome(TextChoices):
    RECEIVED = "received", _("Received in time. Whether it counts is told here after the close.")
    COUNTED = "counted", _("It counts.")
    REPLACED = "replaced", _("It does not count: the same judge handed in a later one for this project.")
    VOIDED = "voided", _("It does not count: two people of the office declared it void.")
    RECUSED = "recused", _("It does not count: the judge has declared a conflict of interest.")
    OVERLOOKED = (
        "overlooked",
        _("It does not count: after the close, two people of the office found a conflict of interest."),
    )
    CANCELLED = "cancelled", _("It does not count: the round was cancelled.")


@dataclass(frozen=True, slots=True)
class Found:
    """The event of a sheet and what became of it; `decided_at` and `reason`: when it was decided that it does not count, and why."""

    event: RoundEvent
    outcome: Outcome
    decided_at: Any = None
    reason: str = ""


def digest_prefix(typed: str) -> str | None:
    """The 15 hex digits that a receipt stands for, however it was typed; None for what is no receipt."""
    code = re.sub("[^A-Z0-9]", "", typed.upper()).translate(ALIKE)
    if len(code) != CODE_LENGTH or re.search("[^A-Z2-7]", code):
        return None
    return f"{sum(ALPHABET.index(char) << 5 * place for place, char in enumerate(reversed(code))):015x}"


def look_up(typed: str, district: Any) -> Found | None:
    """The sheet of a receipt in this district, or None."""
    prefix = digest_prefix(typed)
    if prefix is None:
        return None
    events = RoundEvent.objects.filter(round__season__district=district, kind=RoundEvent.Kind.SHEET)
    event = events.select_related("round", "sheet").filter(digest__startswith=prefix).first()
    return None if event is None or event.sheet is None else outcome_of(event, event.sheet)


def outcome_of(event: RoundEvent, sheet: ScoreSheet) -> Found:
    """What became of one sheet, as far as its round's state lets it be told."""
    if event.round.state == RoundState.CANCELLED:
        return Found(event, Outcome.CANCELLED)
    if event.round.state not in DECIDED:
        return Found(event, Outcome.RECEIVED)
    void = SheetVoid.objects.filter(sheet=sheet).first()
    if void is not None:
        asked = Decision.objects.filter(kind="void_sheet", payload__sheet=event.digest)
        decision = asked.filter(state=DecisionState.APPROVED).first()
        corrected = Correction.objects.filter(changes__contains=[{"sheet": event.digest}]).first()
        reason = decision.reason if decision else corrected.reasons if corrected else ""
        return Found(event, Outcome.VOIDED, void.at, reason)
    if ScoreSheet.objects.filter(
        seat=sheet.seat_id, entry=sheet.entry_id, revision__gt=sheet.revision
    ).exists():
        return Found(event, Outcome.REPLACED)
    recusal = Recusal.objects.filter(seat=sheet.seat_id, entry=sheet.entry_id, withdrawn_at=None).first()
    if recusal is not None:
        same = {"kind": Correction.Kind.RECUSAL, "at__gte": recusal.declared_at}
        made = Correction.objects.filter(round=event.round, **same).order_by("pk").first()
        if made is None or not event.round.closed_at or recusal.declared_at < event.round.closed_at:
            return Found(event, Outcome.RECUSED)
        return Found(event, Outcome.OVERLOOKED, made.at, made.reasons)
    return Found(event, Outcome.COUNTED)
