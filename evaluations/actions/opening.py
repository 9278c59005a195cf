"""Open, extend and cancel a round: always two people, always with the round held against everybody else."""

import datetime as dt
import json
from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import database_time, instant, record_event
from evaluations.actions.giving import given_rows
from evaluations.actions.locks import hold_round
from evaluations.actions.sealing import checkpoint_round, log_of
from evaluations.conduct import checked_rule
from evaluations.models import Entry, Round, RuleSet, VotePanel
from evaluations.rules.given import panels_of
from evaluations.rules.opening import readiness
from evaluations.states import ROUND_MOVES, RoundState
from evaluations.tally import canonical
from evaluations.tally.ballots import csv_file
from evaluations.tally.inputs import COLUMNS
from goldidea.lib import audit, sealing, signing
from goldidea.lib.errors import Refusal, TooLate
from goldidea.lib.models import Checkpoint
from goldidea.lib.moves import move


class NotReady(Refusal):
    """The round cannot open: its message says everything that is missing."""

    code = "not-ready"


@transaction.atomic
def open_round(round_: Round, *, by: Any, second: Any, now: dt.datetime) -> Round:
    """Open a round: freeze its rule and the order of its entries, and write what it opened with into its log.

    Scoring begins at `opens_at` (the database checks it); a later `opens_at` may stand.
    Raises: NotReady with everything that is missing; StaleState if it was opened or cancelled in the meantime.
    """
    round_ = _held(round_)
    missing = readiness(round_, now) if round_.state == RoundState.DRAFT else None
    if missing is not None and not missing:
        raise NotReady(" ".join(finding.sentence for finding in missing.blockers))
    at = database_time()
    move(round_, ROUND_MOVES, RoundState.OPEN, opened_at=at)
    RuleSet.objects.filter(pk=round_.rule_set_id, frozen_at=None).update(frozen_at=at)
    entries = _number(round_)
    record_event(round_, "open", _opening_body(round_, entries), at=at)
    record_event(round_, "assign", {"added": _pairs(round_), "removed": {}})
    VotePanel.objects.bulk_create(
        VotePanel(round=round_, key=key) for key in panels_of(checked_rule(round_.rule_set.text), "votes")
    )
    checkpoint_round(round_, Checkpoint.Occasion.OPENING)
    audit.record("open round", round_, by=by, changes={"second": (None, second.name)})
    return round_


def _held(round_: Round) -> Round:
    hold_round(round_.pk)
    rounds = Round.objects.select_related("season__district", "sub_district", "rule_set")
    return rounds.select_for_update(of=("self",)).get(pk=round_.pk)


def _number(round_: Round) -> list[Entry]:
    """Entries are numbered from 1 in the order that they have; that order stays."""
    entries = list(round_.entries.order_by("position", "key"))
    for position, entry in enumerate(entries, 1):
        entry.position = position
    Entry.objects.bulk_update(entries, ["position"])
    return entries


def _opening_body(round_: Round, entries: list[Entry]) -> dict[str, Any]:
    """What the round opens with. Seats by pseudonym alone: a number can be read on a table in the hall."""
    rule = checked_rule(round_.rule_set.text)
    seats = round_.seats.live().order_by("panel__key", "pseudonym").values_list("panel__key", "pseudonym")
    given = panels_of(rule, "given")
    return {
        **({"given_sha256": given_sha256(round_, given)} if given else {}),
        "closes_at": instant(round_.closes_at),
        "entries": [entry.key for entry in entries],
        "opens_at": instant(round_.opens_at),
        "panels": [{"key": panel.key, "places": panel.places} for panel in round_.panels.order_by("key")],
        "public_key": signing.verifier(sealing.origin(log_of(round_))),
        "rule": json.loads(rule.canonical),
        "rule_sha256": rule.sha256,
        "seats": [{"panel": panel, "seat": pseudonym} for panel, pseudonym in seats],
    }


def given_sha256(round_: Round, panels: list[str]) -> str:
    """The digest of the bundle's given.csv: points from elsewhere cannot be exchanged after the opening."""
    return canonical.sha256(csv_file(COLUMNS["given.csv"], given_rows(round_, panels)))


def _pairs(round_: Round) -> dict[str, list[str]]:
    """Pseudonym -> keys of the entries that the seat marks."""
    pairs: dict[str, list[str]] = defaultdict(list)
    rows = round_.assignments.filter(seat__state="live").values_list("seat__pseudonym", "entry__key")
    for pseudonym, key in rows.order_by("seat__pseudonym", "entry__key"):
        pairs[pseudonym].append(key)
    return dict(pairs)


@transaction.atomic
def extend_round(
    round_: Round, closes_at: dt.datetime, *, by: Any, second: Any, reason: str, now: dt.datetime
) -> Round:
    """Let an open round close later.

    Raises: Refusal if the time is not later; TooLate if by the database's clock it has closed already.
    """
    round_ = _held(round_)
    at = database_time()
    if round_.state != RoundState.OPEN or at >= round_.closes_at:
        raise TooLate(_("This round is not open any more."))
    if closes_at <= round_.closes_at:
        raise Refusal(_("A round can only be extended to a later time."), code="not-later")
    old, round_.closes_at = round_.closes_at, closes_at
    round_.full_clean()
    round_.save(update_fields=["closes_at"])
    record_event(round_, "extend", {"before": instant(old), "closes_at": instant(closes_at)}, at=at)
    changes = {"closes_at": (old, closes_at), "second": (None, second.name)}
    audit.record("extend round", round_, by=by, reason=reason, changes=changes)
    return round_


@transaction.atomic
def cancel_round(round_: Round, *, by: Any, second: Any, reason: str, now: dt.datetime) -> Round:
    """Cancel a round that is being prepared, open or being counted. Its sheets stay as evidence and count nowhere.

    Raises: StaleState once it is closed.
    """
    round_ = _held(round_)
    before = round_.state
    move(round_, ROUND_MOVES, RoundState.CANCELLED, cancel_reason=reason[:200])
    record_event(round_, "cancel", {"from": before})
    checkpoint_round(round_, Checkpoint.Occasion.CLOSING)
    audit.record("cancel round", round_, by=by, reason=reason, changes={"second": (None, second.name)})
    return round_
