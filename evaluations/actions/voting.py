"""Counted votes: entered by two people, each by themselves; where both agree the votes stand and the tally goes on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.locks import hold_round
from evaluations.models import Round, VoteCount, VotePanel, VoteTable
from evaluations.states import RoundState
from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from goldidea.lib.jobs import enqueue

AFTER_SCORING = (RoundState.COUNTING, RoundState.CLOSED)


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of an entry of votes: they stand; or the other person's count is missing or differs for these entries."""

    settled: bool
    alone: bool
    differing: tuple[str, ...] = ()


@transaction.atomic
def enter_votes(panel: VotePanel, votes: Mapping[str, int], *, by: Any, now: dt.datetime) -> Entered:
    """Enter the votes of a panel, or enter one's own count anew. With another person's equal count they stand.

    Args:
        votes: key of each entry -> its votes.
    Raises: StaleState while the round is open, and once the votes stand.
    """
    hold_round(panel.round_id)
    round_ = Round.objects.select_related("season__district").get(pk=panel.round_id)
    if round_.state not in AFTER_SCORING or panel.counts.exists():
        raise StaleState(_("The votes of this panel are entered after the close, until they stand."))
    VoteTable.objects.update_or_create(
        panel=panel, person=by, defaults={"votes": dict(votes), "entered_at": now}
    )
    audit.record("enter votes", round_, by=by, changes={"panel": ("", panel.key)})
    others = others_of(panel, by)
    alike = next((table for table in others if table.votes == dict(votes)), None)
    if alike is None:
        last = others[-1].votes if others else {}
        return Entered(
            False, not others, tuple(key for key in votes if others and last.get(key) != votes[key])
        )
    _settle(panel, round_, votes, by=by, second=alike.person)
    return Entered(True, False)


def others_of(panel: VotePanel, person: Any) -> list[VoteTable]:
    """The counts of other people: not of this one, nor of an account with the same phone."""
    tables = panel.tables.exclude(person=person).select_related("person").order_by("entered_at", "pk")
    if person.phone_hash:
        tables = tables.exclude(person__phone_hash=person.phone_hash)
    return list(tables)


def _settle(panel: VotePanel, round_: Round, votes: Mapping[str, int], *, by: Any, second: Any) -> None:
    """Write the votes that stand; the last panel's ring the tally's doorbell."""
    keys = dict(round_.entries.values_list("key", "pk"))
    VoteCount.objects.bulk_create(
        VoteCount(
            panel=panel, entry_id=keys[key], votes=number, actor=by.person_key, second=second.person_key
        )
        for key, number in votes.items()
    )
    changes = {"panel": ("", panel.key), "second": (None, second.name)}
    audit.record("settle votes", round_, by=by, changes=changes)
    if Round.objects.awaiting_tally().filter(pk=round_.pk).exists():
        enqueue("evaluations.tasks.tally_round", round_id=round_.pk)


def vote_rows(round_: Round) -> list[tuple[str, str, int]]:
    """The rows of votes.csv, sorted."""
    rows = VoteCount.objects.filter(panel__round=round_)
    return sorted(rows.values_list("panel__key", "entry__key", "votes"))
