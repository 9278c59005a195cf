"""Bring the entries that advance from the preliminaries into the final, by the rule."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from evaluations.actions.counting import tally_inputs
from evaluations.models import Entry, Round, Standing, Submission
from evaluations.parsed import parsed_rule
from evaluations.states import RoundState, SubmissionState, TallyState
from evaluations.tally import AdvanceError, Result, advance, tally
from goldidea.lib import audit
from goldidea.lib.errors import Refusal


@transaction.atomic
def advance_entries(final: Round, *, by: Any, now: dt.datetime) -> list[Entry]:
    """Make the final's entries from the final results of all preliminaries. Run again, it adds only what is missing.

    Raises: Refusal while a preliminary is not final, when the rule has no `advance`, or when the final has opened.
    """
    rounds = list(final.season.rounds.filter(kind="preliminary").exclude(state=RoundState.CANCELLED))
    _check(final, rounds)
    chosen = _chosen(rounds)
    there = set(final.entries.values_list("key", flat=True))
    standings = Standing.objects.filter(tally__round__in=rounds, entry__key__in=chosen).exclude(
        tally__state="superseded"
    )
    standings.update(advances=True)
    ordered = sorted(
        standings.select_related("entry__submission", "entry__snapshot"), key=lambda s: s.entry.key
    )
    entries = [
        Entry(
            round=final,
            submission=s.entry.submission,
            snapshot=s.entry.snapshot,
            key=s.entry.key,
            position=position,
        )
        for position, s in enumerate(ordered, 1)
        if s.entry.key not in there
    ]
    Entry.objects.bulk_create(entries)
    audit.record(
        "advance entries", final, by=by, changes={"entries": (len(there), len(there) + len(entries))}
    )
    return entries


def _check(final: Round, rounds: list[Round]) -> None:
    if final.kind != Round.Kind.FINAL or final.state != RoundState.DRAFT:
        raise Refusal(_("Entries are brought into a final that is not open yet."), code="final-not-draft")
    waiting = [str(r) for r in rounds if r.state != RoundState.FINAL]
    if not rounds or waiting:
        raise Refusal(
            _("These preliminaries are not final yet: %(names)s.") % {"names": "、".join(waiting)}
            if waiting
            else _("This season has no preliminary."),
            code="preliminaries-not-final",
        )


def _check_published(rounds: list[Round], results: list[Result]) -> None:
    """Nobody advances on other figures than those that were published."""
    for round_, result in zip(rounds, results, strict=True):
        if round_.tallies.get(state=TallyState.FINAL).result != result.to_bytes().decode():
            raise Refusal(
                _("The marks of “%(round)s” no longer give its published result.") % {"round": round_},
                code="not-as-published",
            )


def _chosen(rounds: list[Round]) -> set[str]:
    """The keys of the entries that advance, computed again from the counted marks."""
    inputs = [tally_inputs(r) for r in rounds]
    rules = [parsed_rule(r.rule_set) for r in rounds]
    results = [tally(rule, given) for rule, given in zip(rules, inputs, strict=True)]
    _check_published(rounds, results)
    cases = (
        Submission.objects.filter(season=rounds[0].season, state=SubmissionState.ACCEPTED)
        .values_list("sub_district__name")
        .annotate(count=Count("pk"))
    )
    try:
        outcome = advance(rules[0], results, [e for given in inputs for e in given.entries], dict(cases))
    except AdvanceError as error:
        raise Refusal(
            _("The rule does not allow this: %(reason)s") % {"reason": str(error)}, code=error.code
        ) from error
    return {item.entry for item in outcome.entries}
