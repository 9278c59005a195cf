"""Correct a published result: a new version of the tally, on notice again. The former one stays, with its publication and bundle.

What may be changed is what a tally counts, never a mark: a sheet is void, a conflict was overlooked, points by the rule.
"""

import datetime as dt
import secrets
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.workdays import workdays_of
from evaluations.actions.adjusting import adjustment_event
from evaluations.actions.analysing import analyse_tally
from evaluations.actions.counting import inputs_without_marks, mark_columns, rule_of
from evaluations.actions.events import record_event
from evaluations.actions.locks import hold_round
from evaluations.actions.publication import notice_days, publish_corrected, standing_tally
from evaluations.actions.sealing import seal_round
from evaluations.actions.tallying import write_tally
from evaluations.models import (
    Adjustment,
    Bundle,
    Correction,
    Objection,
    Publication,
    Recusal,
    Round,
    RoundEvent,
    ScoreSheet,
    SheetVoid,
)
from evaluations.parsed import parsed_rule
from evaluations.rules.results import PUBLISHED
from evaluations.states import ROUND_MOVES, TALLY_MOVES, RoundState, TallyState
from evaluations.tally import DisconnectedError, FolderError, canonical, tally_columns
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.moves import move


@transaction.atomic
def correct_round(
    round_: Round, change: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
) -> Correction:
    """Change what counts, compute a new version, put it on notice.

    Args:
        change: {"kind": "void" | "recusal", "sheets": [digest, …]} or {"kind": "adjustment", "entry": key, "points": "-2"};
            optionally "objection": the code of an upheld one.
    Raises: Refusal where the rule does not allow it or nothing can be computed; StaleState if a sheet does not count
        (any more), or the round is not published.
    """
    hold_round(round_.pk)
    round_ = Round.objects.select_related("season__district", "rule_set", "sub_district").get(pk=round_.pk)
    if round_.state not in PUBLISHED:
        raise StaleState(_("Only published results are corrected."))
    old = standing_tally(round_)
    sealed = round_.events.filter(kind=RoundEvent.Kind.OPEN).exists()
    if sealed and not Bundle.objects.filter(tally=old).exists():
        raise Refusal(
            _("The file for checking the published version is being made. Try again in a minute."),
            code="bundle-not-ready",
        )
    before = Publication.objects.filter(round=round_).order_by("-pk")[0]
    move(old, TALLY_MOVES, TallyState.SUPERSEDED)
    changes, adjusted = _apply(round_, change, by, reason)
    new_version = round_.tallies.count() + 1
    event = record_event(
        round_,
        "correct",
        {"version": new_version, "replaces": canonical.sha256(old.result.encode())},
    )
    row = _computed(round_, adjusted)
    correction = Correction.objects.create(
        round=round_,
        tally=row,
        before=before,
        objection=Objection.objects.filter(round=round_, code=change.get("objection", "")).first(),
        kind=change["kind"],
        changes=changes,
        reasons=reason,
        actor=by.person_key,
        second=second.person_key,
        event=event,
    )
    for entry, points, added in adjusted:
        Adjustment.objects.create(
            correction=correction, entry=entry, points=points, reason=reason, event=added
        )
    if sealed:
        seal_round(round_)
    _on_notice_again(round_, now)
    audit.record(
        "correct results",
        round_,
        by=by,
        reason=reason,
        changes={"second": (None, second.name), "version": (old.version, row.version)},
    )
    analyse_tally(row.pk)  # now, not later: what is published never changes, so the analysis has to be there
    publish_corrected(row, round_, now)
    return correction


def _apply(
    round_: Round, change: dict[str, Any], by: Any, reason: str
) -> tuple[list[dict[str, Any]], list[tuple[Any, Any, Any]]]:
    """Write the change and its events; gives what everybody reads of it, and adjustments to be kept."""
    if change["kind"] == Correction.Kind.ADJUSTMENT:
        entry, points = round_.entries.get(key=change["entry"]), Decimal(change["points"])
        told = {"kind": "adjustment", "entry": entry.key, "points": change["points"]}
        return [told], [(entry, points, adjustment_event(entry, points, reason))]
    sheets = list(
        ScoreSheet.objects.filter(round=round_, event__digest__in=change["sheets"])
        .counted()
        .select_related("event", "seat", "entry")
        .order_by("pk")
    )
    if not sheets or len(sheets) != len(change["sheets"]):
        raise StaleState(_("One of these sheets does not count any more."))
    write = _void if change["kind"] == Correction.Kind.VOID else _recuse
    return [write(round_, sheet, by) for sheet in sheets], []


def _void(round_: Round, sheet: ScoreSheet, by: Any) -> dict[str, Any]:
    body = {"sheet": sheet.event.digest, "seat": sheet.seat.pseudonym, "entry": sheet.entry.key}
    event = record_event(round_, "void", body)
    SheetVoid.objects.create(sheet=sheet, event=event, actor=by.person_key)
    return {"kind": "void", "entry": sheet.entry.key, "sheet": sheet.event.digest}


def _recuse(round_: Round, sheet: ScoreSheet, by: Any) -> dict[str, Any]:
    """As a judge's own recusal: everybody may count it, nobody reads whose it is."""
    salt = secrets.token_hex(32)
    Recusal.objects.create(seat=sheet.seat, entry=sheet.entry, reason="other", declared_by=by, salt=salt)
    document = {"entry": sheet.entry.key, "salt": salt, "seat": sheet.seat.pseudonym}
    commitment = canonical.sha256(canonical.dumps(document))
    record_event(round_, "recuse", {"act": "declared", "commitment": commitment, "entry": sheet.entry.key})
    return {"kind": "recusal", "entry": sheet.entry.key}


def _computed(round_: Round, adjusted: list[tuple[Any, Any, Any]]) -> Any:
    """The new version of the tally."""
    rule, inputs = rule_of(round_), inputs_without_marks(round_)
    fresh = [(entry.key, points, "") for entry, points, _event in adjusted]
    inputs = replace(inputs, adjustments=[*inputs.adjustments, *fresh])
    try:
        result = tally_columns(rule, inputs, mark_columns(round_))
    except (DisconnectedError, FolderError) as refusal:
        raise Refusal(
            _("The rule does not allow this: %(reason)s") % {"reason": str(refusal)}, code=refusal.code
        ) from refusal
    return write_tally(round_, rule, result)


def _on_notice_again(round_: Round, now: dt.datetime) -> None:
    today = timezone.localdate(now)
    until = workdays_of(round_.season.district).after(today, notice_days(parsed_rule(round_.rule_set)))
    if round_.state == RoundState.FINAL:
        move(round_, ROUND_MOVES, RoundState.ON_NOTICE, notice_from=today, notice_to=until)
        return
    round_.notice_from, round_.notice_to = today, until
    Round.objects.filter(pk=round_.pk, state=RoundState.ON_NOTICE).update(notice_from=today, notice_to=until)
