"""Hand in a score sheet. The database decides whether it is in time; the same tap twice is one sheet and one receipt."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import receipt_code, record_event, signed_receipt
from evaluations.models import Entry, RoundEvent, ScoreSheet, Seat
from evaluations.parsed import parsed_rule
from evaluations.rules.scoring import NOT_SEATED, RECUSED, TRIAL_FIRST
from evaluations.tally import Criterion, canonical
from evaluations.tally.decimals import plain_text
from evaluations.tally.scale import on_step
from goldidea.lib.entropy import random_bytes, random_word
from goldidea.lib.errors import Refusal, StaleRevision, TooLate
from goldidea.lib.metrics import SHEETS

LARGEST_REVISION = 32_766
# The row is written only on top of the revision that the screen showed; a double tap or a racer finds its place taken.
INSERT_SHEET = """
WITH latest AS (
  SELECT s.revision, e.digest FROM evaluations_scoresheet s JOIN evaluations_roundevent e ON e.sheet_id = s.id
  WHERE s.seat_id = %(seat)s AND s.entry_id = %(entry)s ORDER BY s.revision DESC LIMIT 1
)
INSERT INTO evaluations_scoresheet (round_id, seat_id, entry_id, revision, client_key, channel, salt)
SELECT %(round)s, %(seat)s, %(entry)s, %(base)s + 1, %(client_key)s, %(channel)s, %(salt)s
WHERE coalesce((SELECT revision FROM latest), 0) = %(base)s
ON CONFLICT DO NOTHING
RETURNING id, submitted_at, (SELECT digest FROM latest)
"""
INSERT_MARKS = """
INSERT INTO evaluations_mark (sheet_id, criterion_id, value)
SELECT %(sheet)s, c.id, m.value FROM unnest(%(keys)s::text[], %(values)s::numeric[]) AS m (key, value)
JOIN evaluations_criterion c ON c.rule_set_id = %(rules)s AND c.key = m.key
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a judge gets for a sheet: a code made of its event's digest, its revision, and the database's time.

    `signed` promises, under the installation's signature, that the round's log will hold the sheet.
    """

    code: str
    digest: str
    revision: int
    submitted_at: dt.datetime
    signed: str


def criteria_of(seat: Seat) -> tuple[Criterion, ...]:
    """What the seat's panel marks, in the rule's order."""
    rule = parsed_rule(seat.round.rule_set)
    panel = rule.panel.get(seat.panel.key)
    return rule.criteria_of(panel) if panel else ()


@contextmanager
def counted() -> Iterator[None]:
    """Count for the operators how it ended: accepted, or the code of the refusal."""
    try:
        yield
    except ValidationError:
        SHEETS.labels("invalid").inc()
        raise
    except Refusal as refusal:
        SHEETS.labels(refusal.code).inc()
        raise
    SHEETS.labels("accepted").inc()


@counted()
def submit_score_sheet(
    entry: Entry,
    seat: Seat,
    *,
    marks: Mapping[str, Decimal],
    client_key: uuid.UUID,
    base_revision: int,
    channel: str = ScoreSheet.Channel.SCREEN,
    by: Any = None,
    now: dt.datetime | None = None,
) -> Receipt:
    """Hand in the marks of one seat for one entry, on top of the revision that the judge saw.

    Args:
        marks: criterion -> mark; every criterion of the panel, since a screen hands in whole sheets.
        client_key: the tap; the same key with the same marks gives the same receipt, at any time.
        base_revision: the revision on the screen, 0 for none.
        by: the judge's own account. now: the caller's; the time on the sheet is the database's.

    Raises: ValidationError (by criterion), StaleRevision, TooLate, Refusal (locked, not seated, not assigned, recused).
    """
    if by is not None and by.pk != seat.judge.user_id:
        raise PermissionDenied
    check_marks(criteria_of(seat), marks)
    try:
        with transaction.atomic():
            receipt = _insert(entry, seat, marks, client_key, base_revision, channel)
    except DatabaseError as error:
        # A replay of what was received in time is answered with its receipt, however late it comes.
        receipt = _received(entry, seat, marks, client_key)
        if receipt is None:
            raise _refusal(error) from error
    receipt = receipt or _received(entry, seat, marks, client_key)
    if receipt is None:
        raise StaleRevision(_("Your marks for this project were changed elsewhere in the meantime."))
    return receipt


def check_marks(criteria: tuple[Criterion, ...], marks: Mapping[str, Decimal]) -> None:
    """Every criterion, and nothing else, within its range and on its step.

    Raises: ValidationError with the words at each criterion.
    """
    errors: dict[str, Any] = {}
    for criterion in criteria:
        mark = marks.get(criterion.id)
        if mark is None:
            errors[criterion.id] = ValidationError(_("Not marked yet."), code="unmarked")
        elif not (mark.is_finite() and criterion.min <= mark <= criterion.max and on_step(criterion, mark)):
            errors[criterion.id] = ValidationError(off_scale(criterion), code="off-scale")
    if foreign := set(marks) - {criterion.id for criterion in criteria}:
        errors["__all__"] = ValidationError(", ".join(sorted(foreign)), code="foreign")
    if errors:
        raise ValidationError(errors)


def off_scale(criterion: Criterion) -> str:
    """What may be written for a criterion, in words."""
    return _("Write a mark from %(min)s to %(max)s in steps of %(step)s.") % {
        "min": plain_text(criterion.min),
        "max": plain_text(criterion.max),
        "step": plain_text(criterion.step),
    }


def _insert(
    entry: Entry, seat: Seat, marks: Mapping[str, Decimal], client_key: uuid.UUID, base: int, channel: str
) -> Receipt | None:
    """Sheet, marks and event in one transaction; None when the place is taken (a double tap, or a newer revision)."""
    salt, round_ = random_bytes(32).hex(), seat.round
    with connection.cursor() as cursor:
        values = {"round": round_.pk, "seat": seat.pk, "entry": entry.pk, "base": base, "salt": salt}
        cursor.execute(INSERT_SHEET, {**values, "client_key": client_key, "channel": channel})
        if (row := cursor.fetchone()) is None:
            return None
        sheet_id, submitted_at, replaces = row
        rows = {"sheet": sheet_id, "keys": list(marks), "values": list(marks.values())}
        cursor.execute(INSERT_MARKS, {**rows, "rules": round_.rule_set_id})
        if cursor.rowcount != len(marks):
            raise Refusal(_("This round's criteria are not in place. Please tell the office."))
    commitment = commit_to(entry, seat, marks, base + 1, salt)
    body = {
        "id": random_word(10),
        "seat": seat.pseudonym,
        "entry": entry.key,
        "revision": base + 1,
        "replaces": replaces,
        "channel": str(channel),
        "commitment": commitment,
    }
    event = record_event(round_, "sheet", body, at=submitted_at, sheet=ScoreSheet(pk=sheet_id))
    promise = signed_receipt(round_.code, event.digest)
    return Receipt(receipt_code(event.digest), event.digest, base + 1, submitted_at, promise)


def commit_to(entry: Entry, seat: Seat, marks: Mapping[str, Decimal], revision: int, salt: str) -> str:
    """SHA-256 of the marks with their salt: fixes them in the log, and nothing can be read off it."""
    document = {
        "entry": entry.key,
        "marks": {key: plain_text(mark) for key, mark in marks.items()},
        "revision": revision,
        "salt": salt,
        "seat": seat.pseudonym,
    }
    return canonical.sha256(canonical.dumps(document))


def _received(
    entry: Entry, seat: Seat, marks: Mapping[str, Decimal], client_key: uuid.UUID
) -> Receipt | None:
    """The receipt of an earlier arrival of the same tap; not of other marks under its key."""
    event = (
        RoundEvent.objects.select_related("sheet", "round")
        .filter(sheet__client_key=client_key, sheet__seat=seat, sheet__entry=entry)
        .first()
    )
    if event is None or event.sheet is None:
        return None
    if dict(event.sheet.marks.values_list("criterion__key", "value")) != dict(marks):
        return None
    return receipt_of(event.sheet, event)


def receipt_of(sheet: ScoreSheet, event: RoundEvent) -> Receipt:
    promise = signed_receipt(event.round.code, event.digest)
    return Receipt(receipt_code(event.digest), event.digest, sheet.revision, sheet.submitted_at, promise)


def _refusal(error: DatabaseError) -> Exception:
    """What the database's triggers said, in words."""
    match getattr(error.__cause__, "pgcode", ""):
        case "GI001":
            return TooLate(_("Scoring is closed: these marks came after the time and do not count."))
        case "GI002":
            return Refusal(_("The marks of this project are in: it is locked."), "locked")
        case "GI003":
            return Refusal(NOT_SEATED, "not-seated")
        case "GI004":
            return Refusal(RECUSED, "not-assigned")
        case "GI007":
            return Refusal(_("Scoring begins once you have read the first cases."), "not-begun")
        case "GI008":
            return Refusal(TRIAL_FIRST, "not-begun")
        case "GI006":
            return Refusal(_("A mark is outside its range."), "off-scale")
    return error
