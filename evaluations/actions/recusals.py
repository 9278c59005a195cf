"""Recusals: a judge, or the office for a judge, declares a conflict of interest, or takes it back. Both are events of the round."""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import database_time, record_event
from evaluations.actions.locks import share_round
from evaluations.models import Entry, Recusal, RoundEvent, Seat
from evaluations.rules.scoring import can_recuse, scoring_time
from evaluations.tally import canonical
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState, TooLate


@transaction.atomic
def declare_recusal(
    seat: Seat, entry: Entry, *, reason: str, note: str = "", by: Any, now: dt.datetime
) -> Recusal:
    """This judge does not mark this entry; a sheet given before does not count. Twice is once.

    The event names the entry; the seat stands in a salted commitment, the reason nowhere.
    Raises: TooLate after the close (by the database's clock), Refusal for a locked entry.
    """
    entry = _hold(seat, entry)
    if standing := seat.recusals.filter(entry=entry, withdrawn_at=None).first():
        return standing
    salt = secrets.token_hex(32)
    recusal = Recusal(seat=seat, entry=entry, reason=reason, note=note, declared_by=by, salt=salt)
    recusal.full_clean(validate_constraints=False)
    recusal.save()
    _log(recusal, entry, "declared")
    said = f"{recusal.get_reason_display()} {note}".strip()
    audit.record("declare recusal", entry, by=by, reason=said, changes=_whose(seat, by))
    return recusal


@transaction.atomic
def withdraw_recusal(recusal: Recusal, *, by: Any, now: dt.datetime) -> None:
    """Take a recusal back until somebody else sits in: a sheet given before counts again.

    What the office recorded the office takes back, not the judge.
    Raises: TooLate, Refusal when the entry is locked or has been given to another judge, StaleState if taken back already.
    """
    entry = _hold(recusal.seat, recusal.entry)
    if by_office(recusal) and by is not None and by.pk == recusal.seat.judge.user_id:
        raise Refusal(_("The office recorded this. Only the office can take it back."))
    if replaced_since(recusal):
        raise Refusal(_("Another judge marks this project in your place. Thank you for saying so."))
    if not Recusal.objects.filter(pk=recusal.pk, withdrawn_at=None).update(withdrawn_at=now):
        raise StaleState(_("This was taken back already."))
    _log(recusal, entry, "withdrawn")
    audit.record("withdraw recusal", entry, by=by, changes=_whose(recusal.seat, by))


def by_office(recusal: Recusal) -> bool:
    """Whether the office recorded it for the judge."""
    return recusal.declared_by_id is not None and recusal.declared_by_id != recusal.seat.judge.user_id


def replaced_since(recusal: Recusal) -> bool:
    """Whether the entry was given to somebody since: its key stands in a later assignment, or the seat was replaced."""
    later = RoundEvent.objects.filter(
        round=recusal.entry.round_id,
        kind="assign",
        at__gt=recusal.declared_at,
        body__contains=f'"{recusal.entry.key}"',
    )
    return later.exists() or recusal.seat.replacements.exists()


def _whose(seat: Seat, by: Any) -> dict[str, tuple[Any, Any]]:
    """When somebody else acts for the judge, the trail says for which seat; a judge's own line names the judge already."""
    return {} if by is None or by.pk == seat.judge.user_id else {"seat": ("", f"{seat.number:02d}")}


def _hold(seat: Seat, entry: Entry) -> Entry:
    """Keep the round from closing, then read again what the rule looks at, by the database's clock."""
    share_round(entry.round_id)
    entry = Entry.objects.with_round().get(pk=entry.pk)
    now = database_time()
    if not (verdict := scoring_time(entry.round, now)):
        raise TooLate(verdict.reason)
    if not (verdict := can_recuse(seat, entry, now)):
        raise Refusal(verdict.reason)
    return entry


def _log(recusal: Recusal, entry: Entry, act: str) -> None:
    """Everybody may count the recusals of an entry, nobody may read whose they are: the seat stands in a commitment."""
    document = {"entry": entry.key, "salt": recusal.salt, "seat": recusal.seat.pseudonym}
    commitment = canonical.sha256(canonical.dumps(document))
    record_event(entry.round, "recuse", {"act": act, "commitment": commitment, "entry": entry.key})
