"""Who marks what: a proposal that was seen is applied; pairs are moved by hand."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import record_event
from evaluations.actions.locks import hold_round
from evaluations.actions.proposals import Proposal, propose_assignment
from evaluations.actions.rounds import draft_round
from evaluations.models import Assignment, Entry, Round, Seat
from evaluations.rules.conflicts import exclusions
from evaluations.states import RoundState, SeatState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState


@transaction.atomic
def apply_assignment(round_: Round, digest: str, *, by: Any, now: dt.datetime) -> Proposal:
    """Apply the proposal that was seen.

    Raises: StaleState if what would be proposed now is another; Refusal once the round has been opened.
    """
    round_ = draft_round(round_)
    proposal = propose_assignment(round_)
    if proposal.digest != digest:
        raise StaleState(
            _("Seats, entries or conflicts have changed since you saw this proposal. Look at the new one.")
        )
    kept = {pair for panel in proposal.panels for pair in panel.fixed}
    round_.assignments.all().delete()
    Assignment.objects.bulk_create(
        Assignment(round=round_, seat_id=seat, entry_id=entry, by_hand=(seat, entry) in kept)
        for panel in proposal.panels
        for seat, entry in sorted(panel.pairs)
    )
    counts = {"added": (None, proposal.added), "removed": (None, proposal.removed)}
    audit.record("apply assignment", round_, by=by, changes=counts)
    return proposal


@transaction.atomic
def assign_by_hand(seat: Seat, entry: Entry, *, by: Any, now: dt.datetime) -> Assignment:
    """Let a seat mark an entry while the round is being prepared. It stays when a proposal is applied.

    Raises: Refusal with the reason when the judge is barred, or once the round has been opened.
    """
    round_ = draft_round(seat.round)
    _check_pair(round_, seat, entry)
    row, new = Assignment.objects.get_or_create(
        seat=seat, entry=entry, defaults={"round": round_, "by_hand": True}
    )
    if new:
        audit.record("assign by hand", seat, by=by, changes={"entry": (None, entry.key)})
    return row


@transaction.atomic
def unassign_by_hand(seat: Seat, entry: Entry, *, by: Any, now: dt.datetime) -> None:
    """Take an entry from a seat while the round is being prepared. A new proposal may give it back.

    Raises: Refusal once the round has been opened.
    """
    draft_round(seat.round)
    gone, _rows = Assignment.objects.filter(seat=seat, entry=entry).delete()
    if gone:
        audit.record("unassign by hand", seat, by=by, changes={"entry": (entry.key, None)})


@transaction.atomic
def assign_late(
    seat: Seat, entry: Entry, *, by: Any, second: Any, reason: str, now: dt.datetime
) -> Assignment:
    """After opening, by two people: let a seat mark one more entry.

    Raises: Refusal when the judge is barred or has it already; StaleState when the round is not open.
    """
    round_ = seat.round
    hold_round(round_.pk)
    round_ = Round.objects.select_related("season__district", "rule_set").get(pk=round_.pk)
    if round_.state != RoundState.OPEN:
        raise StaleState(_("This round is not open any more."))
    _check_pair(round_, seat, entry)
    row, new = Assignment.objects.get_or_create(
        seat=seat, entry=entry, defaults={"round": round_, "by_hand": True}
    )
    if not new:
        raise Refusal(_("This judge marks this case already."), code="assigned-already")
    record_event(round_, "assign", {"added": {seat.pseudonym: [entry.key]}, "removed": {}})
    audit.record("assign late", seat, by=by, reason=reason, changes={"second": (None, second.name)})
    return row


def _check_pair(round_: Round, seat: Seat, entry: Entry) -> None:
    if entry.round_id != round_.pk or seat.round_id != round_.pk or seat.state != SeatState.LIVE:
        raise Refusal(_("This judge does not sit in this round."), code="not-in-this-round")
    bar = exclusions(round_).get((seat.pk, entry.pk))
    if bar is not None:
        raise Refusal(
            _("%(judge)s does not mark “%(entry)s”: %(reason)s.")
            % {"judge": seat.judge, "entry": entry, "reason": bar.label},
            code="barred",
        )
