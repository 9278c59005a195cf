"""Bring the entries that advance from the preliminaries into the final, by the rule; again after a correction."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from evaluations.actions.counting import rule_of, tally_inputs
from evaluations.actions.locks import hold_round
from evaluations.models import Entry, Round, Standing, Submission
from evaluations.states import RoundState, SubmissionState, TallyState
from evaluations.tally import AdvanceError, Result, advance, tally
from goldidea.lib import audit
from goldidea.lib.errors import Refusal


@dataclass(frozen=True, slots=True)
class Line:
    """A final being prepared beside its corrected preliminaries.

    `waiting`: those that are not final again, and until then nothing else is known; `refusal`: why it cannot be said who
    advances; `leaving`, `coming`: titles of cases.
    """

    waiting: tuple[str, ...] = ()
    refusal: str = ""
    leaving: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()


@transaction.atomic
def advance_entries(final: Round, *, by: Any, now: dt.datetime) -> tuple[list[Entry], list[str]]:
    """Make the final's entries from the final results of all preliminaries: those that came, and the titles of those that went.

    Run again, it adds what is missing and, after a correction, takes out what does not advance any more.
    Raises: Refusal while a preliminary is not final, when the rule has no `advance`, or when the final has opened.
    """
    hold_round(final.pk)  # the final opens before this, or with the entries that this leaves
    final = Round.objects.select_related("season__district").get(pk=final.pk)
    rounds = preliminaries(final)
    _check(final, rounds)
    chosen = _chosen(rounds)
    standing = Standing.objects.filter(tally__round__in=rounds).exclude(tally__state="superseded")
    standing.exclude(entry__key__in=chosen).filter(advances=True).update(advances=False)
    standing.filter(entry__key__in=chosen).update(advances=True)
    there = set(final.entries.values_list("key", flat=True))
    gone = list(final.entries.exclude(key__in=chosen).select_related("snapshot").order_by("key"))
    for entry in gone:
        entry.recusals.all().delete()
        entry.delete()
    last = final.entries.aggregate(last=Max("position"))["last"] or 0
    fresh = standing.filter(entry__key__in=chosen - there).select_related(
        "entry__submission", "entry__snapshot"
    )
    entries = [
        Entry(
            round=final,
            submission=s.entry.submission,
            snapshot=s.entry.snapshot,
            key=s.entry.key,
            position=position,
        )
        for position, s in enumerate(fresh.order_by("entry__key"), last + 1)
    ]
    Entry.objects.bulk_create(entries)
    changes = {"entries": (len(there), len(there) - len(gone) + len(entries))}
    audit.record("advance entries", final, by=by, changes=changes)
    return entries, [str(entry) for entry in gone]


def preliminaries(final: Round) -> list[Round]:
    """The rounds from which cases advance."""
    rounds = final.season.rounds.filter(kind="preliminary").exclude(state=RoundState.CANCELLED)
    return list(rounds.select_related("rule_set"))


def line_of(final: Round) -> Line | None:
    """What a correction of a preliminary means for a final that is being prepared; None: nothing."""
    if not Round.objects.out_of_line().filter(pk=final.pk).exists():
        return None
    rounds = preliminaries(final)
    if waiting := [str(r) for r in rounds if r.state != RoundState.FINAL]:
        return Line(waiting=tuple(waiting))
    try:
        chosen = _chosen(rounds)
    except Refusal as refusal:
        return Line(refusal=refusal.message)
    there = {entry.key: str(entry) for entry in final.entries.select_related("snapshot").order_by("key")}
    coming = Entry.objects.filter(round__in=rounds, key__in=chosen - there.keys()).select_related("snapshot")
    return Line(
        leaving=tuple(title for key, title in there.items() if key not in chosen),
        coming=tuple(str(entry) for entry in coming.order_by("key")),
    )


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
    rules = [rule_of(r) for r in rounds]
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
