"""Check a case that was handed in: return it with reasons, accept it, find it not eligible, take it up again."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.locks import hold_round
from evaluations.actions.submissions import locked
from evaluations.models import ScreeningNote, Submission
from evaluations.rules import submissions as rules
from evaluations.states import SUBMISSION_MOVES, SubmissionState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState, TooLate
from goldidea.lib.moves import move

S = SubmissionState


@transaction.atomic
def return_submission(
    case: Submission, reasons: Mapping[str, str], *, by: Any, now: dt.datetime
) -> Submission:
    """Send a case back with the reasons at its fields (key "" for the whole case).

    Raises: Refusal without any reason; TooLate when it could not be handed in again; StaleState; PermissionDenied.
    """
    case = screened(case, by)
    given = {field: text.strip() for field, text in reasons.items() if text.strip()}
    if not given:
        raise Refusal(_("Write at least one reason, so that the community knows what to change."))
    if now >= case.season.corrections_close_at:
        raise TooLate(_("The time for corrections is over: the case can be accepted or found not eligible."))
    move(case, SUBMISSION_MOVES, S.RETURNED)
    for field, text in given.items():
        note = ScreeningNote(submission=case, field=field, text=text, written_by=by, written_at=now)
        note.full_clean()
        note.save()
    record("return case", case, by, S.SUBMITTED, "\n".join(given.values()))
    return case


@transaction.atomic
def accept_submission(
    case: Submission, *, by: Any, now: dt.datetime, checked: Collection[str] = ()
) -> Submission:
    """Accept a case: it will enter its sub-district's preliminary. `checked` are the points of the checklist."""
    case = screened(case, by)
    move(case, SUBMISSION_MOVES, S.ACCEPTED)
    record("accept case", case, by, S.SUBMITTED, ", ".join(checked))
    return case


@transaction.atomic
def refuse_submission(case: Submission, *, reason: str, by: Any, now: dt.datetime) -> Submission:
    """Find a case not eligible, with the reason that its community reads.

    Raises: Refusal without a reason; StaleState; PermissionDenied.
    """
    case = screened(case, by)
    if not reason.strip():
        raise Refusal(_("Write the reason why the case is not eligible."))
    move(case, SUBMISSION_MOVES, S.NOT_ELIGIBLE)
    note = ScreeningNote(submission=case, text=reason.strip(), written_by=by, written_at=now)
    note.full_clean()
    note.save()
    record("refuse case", case, by, S.SUBMITTED, reason.strip())
    return case


@transaction.atomic
def reopen_submission(case: Submission, *, by: Any, now: dt.datetime, reason: str = "") -> Submission:
    """Take a case that was found not eligible up again, until scoring begins."""
    for round_ in rules.rounds_of(case).order_by("pk"):
        hold_round(round_.pk)  # it opens before this, or after
    case = screened(case, by)
    if rules.scoring_has_begun(case):
        raise StaleState(_("Scoring has begun: the case stays as it was decided."))
    submitted_at = case.submitted_at
    if case.state != S.NOT_ELIGIBLE:
        raise StaleState(_("This has changed in the meantime. Look at it again, then decide."))
    move(case, SUBMISSION_MOVES, S.SUBMITTED, submitted_at=submitted_at)
    case.notes.filter(resolved_at=None).update(resolved_at=now)
    record("take case up again", case, by, S.NOT_ELIGIBLE, reason)
    return case


def screened(case: Submission, by: Any) -> Submission:
    """The case under lock, for one who may decide on it."""
    case = locked(case)
    rules.can_screen_case(by, case).enforce()
    return case


def record(action: str, case: Submission, by: Any, was: str, reason: str) -> None:
    audit.record(action, case, by=by, changes={"state": (was, case.state)}, reason=reason)
