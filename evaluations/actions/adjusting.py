"""Bonus points and deductions by the rule, decided by two people before the close; taking back is a counter-entry."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from evaluations.actions.events import record_event
from evaluations.actions.locks import hold_round
from evaluations.models import Adjustment, Entry, RoundEvent
from evaluations.rules.adjustments import BEFORE_THE_CLOSE, OVER, points_allowed
from evaluations.tally import canonical
from evaluations.tally.decimals import plain_text
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState


@transaction.atomic
def adjust_entry(
    entry: Entry, points: Decimal, *, by: Any, second: Any, reason: str, now: dt.datetime
) -> Adjustment:
    """Give an entry points, or take points off it, by decision of two.

    The round is held: whoever closes it comes before, or counts these points.
    Args:
        reason: published beside the result, with the points.
    Raises: StaleState once the round is closed; Refusal where the rule does not allow so many points.
    """
    hold_round(entry.round_id)
    entry = Entry.objects.with_round().get(pk=entry.pk)
    if entry.round.state not in BEFORE_THE_CLOSE:
        raise StaleState(OVER)
    if not (verdict := points_allowed(entry, points)):
        raise Refusal(verdict.reason, code="points-not-allowed")
    row = Adjustment.objects.create(
        entry=entry,
        points=points,
        reason=reason,
        actor=by.person_key,
        second=second.person_key,
        event=adjustment_event(entry, points, reason),
    )
    changes = {"points": (None, plain_text(points)), "second": (None, second.name)}
    audit.record("adjust entry", entry, by=by, reason=reason, changes=changes)
    return row


def adjustment_event(entry: Entry, points: Decimal, reason: str) -> RoundEvent:
    """The line of the round's log: entry, points and the hash of the reason, which itself stands in the bundle."""
    hashed = canonical.sha256(reason.encode())
    body = {"entry": entry.key, "points": plain_text(points), "reason_sha256": hashed}
    return record_event(entry.round, RoundEvent.Kind.ADJUST, body)
