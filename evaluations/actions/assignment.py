"""Who marks what: proposed by computation, seen, then applied; moved by hand."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import record_event
from evaluations.actions.locks import hold_round
from evaluations.actions.rounds import draft_round
from evaluations.conduct import Conduct, checked_rule, conduct_of
from evaluations.matching import groups, match
from evaluations.models import Assignment, Entry, Panel, Round, Seat
from evaluations.rules.conflicts import Bar, Key, entries_of, exclusions, live_seats
from evaluations.states import RoundState, SeatState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState


@dataclass(frozen=True, slots=True)
class Short:
    """An entry that gets fewer judges than the rule asks for, and why: how many are barred for what reason."""

    entry: Entry
    judges: int
    wanted: int
    barred: Mapping[Bar, int]
    full: bool  # judges who could mark it already have all that the rule lets them have


@dataclass(frozen=True, slots=True)
class Balance:
    """How even an assignment is: the fewest and the most of an entry's judges and of a judge's entries."""

    per_entry: tuple[int, int]
    per_judge: tuple[int, int]
    groups: int  # 1: connected, so that severe and mild judges meet everywhere


@dataclass(frozen=True, slots=True)
class PanelProposal:
    """What would be assigned in one panel. Pairs are (seat id, entry id)."""

    panel: Panel
    seats: list[Seat]
    pairs: frozenset[Key]
    by_hand: frozenset[Key]
    short: list[Short]
    balance: Balance


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be assigned in a round, what the rule excludes and why. `digest` names exactly this proposal."""

    round: Round
    entries: list[Entry]
    panels: list[PanelProposal]
    excluded: Mapping[Key, Bar]
    added: int
    removed: int
    digest: str


def propose_assignment(round_: Round) -> Proposal:
    """Compute a balanced assignment: the same for the same rule, entries, seats and exclusions. Writes nothing.

    What was assigned by hand stays, unless it is barred now.
    """
    conduct = conduct_of(checked_rule(round_.rule_set.text))
    entries, seats, barred = entries_of(round_), live_seats(round_), exclusions(round_)
    rows = list(round_.assignments.values_list("seat_id", "entry_id", "by_hand"))
    by_hand = frozenset((seat, entry) for seat, entry, hand in rows if hand and (seat, entry) not in barred)
    panels = [
        _propose(panel, [s for s in seats if s.panel_id == panel.pk], entries, barred, by_hand, conduct)
        for panel in round_.panels.all()
    ]
    pairs = {pair for panel in panels for pair in panel.pairs}
    now_there = {(seat, entry) for seat, entry, _hand in rows}
    return Proposal(
        round=round_,
        entries=entries,
        panels=panels,
        excluded=barred,
        added=len(pairs - now_there),
        removed=len(now_there - pairs),
        digest=hashlib.sha256(json.dumps([sorted(pairs), sorted(now_there)]).encode()).hexdigest()[:32],
    )


def _propose(
    panel: Panel,
    seats: list[Seat],
    entries: list[Entry],
    barred: Mapping[Key, Bar],
    by_hand: frozenset[Key],
    conduct: Conduct,
) -> PanelProposal:
    seat_of = {seat.pseudonym: seat for seat in seats}
    entry_of = {entry.key: entry for entry in entries}
    eligible = {
        entry.key: [seat.pseudonym for seat in seats if (seat.pk, entry.pk) not in barred]
        for entry in entries
    }
    wanted = {key: min(conduct.per_entry or len(seats), len(names) or 1) for key, names in eligible.items()}
    hand = {
        (key, name)
        for key, names in eligible.items()
        for name in names
        if (seat_of[name].pk, entry_of[key].pk) in by_hand
    }
    seed = f"{panel.round.rule_set.sha256}/{panel.key}"
    found = match(eligible, wanted, conduct.per_judge, seed, hand)
    pairs = frozenset((seat_of[name].pk, entry_of[key].pk) for key, name in found)
    return PanelProposal(
        panel=panel,
        seats=seats,
        pairs=pairs,
        by_hand=frozenset((seat_of[name].pk, entry_of[key].pk) for key, name in hand),
        short=_short(seats, entries, pairs, barred, conduct),
        balance=balance_of(seats, entries, pairs),
    )


def balance_of(seats: Iterable[Seat], entries: Iterable[Entry], pairs: Iterable[Key]) -> Balance:
    """How even these pairs of seats and entries are."""
    pairs = set(pairs)
    of_entry = Counter(entry for _seat, entry in pairs)
    of_seat = Counter(seat for seat, _entry in pairs)
    counts = [of_entry[entry.pk] for entry in entries] or [0]
    loads = [of_seat[seat.pk] for seat in seats] or [0]
    joined = groups({(f"seat {seat}", f"entry {entry}") for seat, entry in pairs})
    return Balance((min(counts), max(counts)), (min(loads), max(loads)), len(joined))


def _short(
    seats: list[Seat],
    entries: list[Entry],
    pairs: frozenset[Key],
    barred: Mapping[Key, Bar],
    conduct: Conduct,
) -> list[Short]:
    counts = Counter(entry for _seat, entry in pairs)
    found = []
    for entry in entries:
        wanted = conduct.per_entry or len(seats)
        if counts[entry.pk] < wanted:
            reasons = Counter(barred[seat.pk, entry.pk] for seat in seats if (seat.pk, entry.pk) in barred)
            free = len(seats) - sum(reasons.values()) - counts[entry.pk]
            found.append(Short(entry, counts[entry.pk], wanted, dict(reasons), free > 0))
    return found


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
    kept = {pair for panel in proposal.panels for pair in panel.by_hand}
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
