"""Start, save, hand in and withdraw a case."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from communities.models import Community
from evaluations.actions.delegations import end_delegations
from evaluations.actions.locks import hold_numbers, hold_round, lock_key
from evaluations.actions.snapshots import freeze_submission
from evaluations.actions.submission_changes import (
    change_captions,
    change_columns,
    change_organizations,
    change_partners,
    change_rough,
    change_tables,
    kept,
)
from evaluations.models import Entry, Season, Submission
from evaluations.rules import submissions as rules
from evaluations.rules.completeness import gaps
from evaluations.states import SUBMISSION_MOVES, SubmissionState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleRevision, StaleState, TooLate
from goldidea.lib.moves import move

LATE = "GI001"  # raised by the trigger check_submission, by the database's clock


class NotComplete(Refusal):
    """Something that a case must hold is missing; `gaps` names what and where."""

    code = "not-complete"

    def __init__(self, found: list[Any]) -> None:
        super().__init__(_("Something is still missing in this case."))
        self.gaps = found


@transaction.atomic
def create_submission(
    season: Season,
    community: Community,
    *,
    by: Any,
    now: dt.datetime,
    title: str = "",
    client_key: uuid.UUID | None = None,
) -> Submission:
    """Start a draft for a community. Only its people see it until it is handed in.

    Args:
        client_key: of the request, if a program sends it; the same key of the same person gives the same case.

    Raises: PermissionDenied; TooLate when the season does not take cases now.
    """
    rules.can_create_case(by, season, community).enforce()
    if client_key and (begun := begun_by(by, client_key)):
        return begun
    if not (verdict := rules.accepts_cases(season, now)):
        raise TooLate(verdict.reason)
    case = Submission(
        season=season,
        lead_community=community,
        sub_district=community.sub_district,
        title=title,
        created_by=by,
        client_key=client_key,
        saved_at=now,
    )
    case.full_clean()
    case.save()
    audit.record("create case", case, by=by, changes={"title": ("", title)})
    return case


def begun_by(person: Any, client_key: uuid.UUID) -> Submission | None:
    """The case that this request has begun already; of two that arrive at once, the second waits for the first."""
    lock_key(f"{person.pk}/{client_key}")
    return Submission.objects.filter(created_by=person, client_key=client_key).first()


@transaction.atomic
def save_submission(
    case: Submission,
    values: Mapping[str, Any],
    *,
    by: Any,
    now: dt.datetime,
    base_revision: int | None = None,
    rough: Mapping[str, str] | None = None,
) -> Submission:
    """Save what a draft or a returned case now says. The revision grows when something changed.

    Args:
        values: column (of COLUMNS) -> clean value, for those that are to change; `partners` (communities),
            `organizations` (in their order), `team` and `budget_lines` (rows of evaluations/application.py) and
            `caption_<code>` of photos besides.
        base_revision: the revision that the writer saw; None for a program that overwrites.
        rough: field -> what was typed and cannot be read; kept with the draft. None leaves what is kept.

    Raises: StaleRevision if the case was saved since `base_revision`; StaleState if it is handed in by now;
        ValidationError for values that cannot stand; PermissionDenied.
    """
    case = locked(case)
    rules.can_write_case(by, case).enforce()
    require_editable(case)
    if base_revision is not None and base_revision != case.revision:
        raise StaleRevision(_("Somebody else has saved this case in the meantime."))
    changes = change_columns(case, values)
    changes |= change_tables(case, values)
    changes |= change_rough(case, rough)
    case.full_clean()
    changes |= change_partners(case, values.get("partners"))
    changes |= change_organizations(case, values.get("organizations"))
    changes |= change_captions(case, values)
    if not changes:
        return case
    case.revision += 1
    case.saved_at = now
    case.save()
    audit.record("save case", case, by=by, changes={name: kept(name, pair) for name, pair in changes.items()})
    return case


@transaction.atomic
def submit_submission(case: Submission, *, by: Any, now: dt.datetime) -> Submission:
    """Hand a case in, or in again after its return: number, snapshot, receipt. Twice is once.

    The database's clock decides whether it is in time.
    Raises: NotComplete; TooLate (the draft stays); StaleState; PermissionDenied.
    """
    hold_numbers(case.season_id)
    case = locked(case)
    rules.can_submit_case(by, case).enforce()
    if case.state == SubmissionState.SUBMITTED:
        return case  # a second tap
    require_editable(case)
    if found := gaps(case):
        raise NotComplete(found)
    was = case.state
    move_in_time(
        case,
        number=case.number or next_number(case),
        revision=case.revision + 1,
        saved_at=now,
    )
    case.notes.filter(resolved_at=None).update(resolved_at=now)
    end_delegations(case, by=by, now=now)
    freeze_submission(case)
    audit.record("submit case", case, by=by, changes={"state": (was, case.state)})
    return case


@transaction.atomic
def withdraw_submission(case: Submission, *, by: Any, now: dt.datetime, reason: str = "") -> Submission:
    """Take a case out of the evaluation, until scoring begins. It leaves the rounds being prepared.

    Raises: StaleState; PermissionDenied.
    """
    for round_ in rules.rounds_of(case).order_by("pk"):
        hold_round(round_.pk)  # it opens before this, or after
    case = locked(case)
    rules.can_submit_case(by, case).enforce()
    if not (verdict := rules.withdrawable(case)):
        raise StaleState(verdict.reason)
    was = case.state
    move(case, SUBMISSION_MOVES, SubmissionState.WITHDRAWN, saved_at=now)
    Entry.objects.filter(submission=case, round__state="draft").delete()
    end_delegations(case, by=by, now=now)
    audit.record("withdraw case", case, by=by, changes={"state": (was, case.state)}, reason=reason)
    return case


def locked(case: Submission) -> Submission:
    """The case as the database has it, held until the end of the transaction."""
    rows = Submission.objects.select_related("season__district", "lead_community", "sub_district")
    return rows.select_for_update(of=("self",)).get(pk=case.pk)


def require_editable(case: Submission) -> None:
    if not (verdict := rules.editable(case)):
        raise StaleState(verdict.reason)


def move_in_time(case: Submission, **values: Any) -> None:
    """Move to submitted, if the database's clock allows it, and read the time that it set."""
    try:
        with transaction.atomic():
            move(case, SUBMISSION_MOVES, SubmissionState.SUBMITTED, **values)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") != LATE:
            raise
        raise TooLate(_("The time for handing in is over. Your draft is kept.")) from error
    case.refresh_from_db(fields=["submitted_at"])


def next_number(case: Submission) -> str:
    """`<year>-<initials>-<nnn>`, without gaps for a season and sub-district. Only under `hold_numbers`."""
    stem = f"{case.season.year}-{case.sub_district.initials}-"
    taken = Submission.objects.filter(season=case.season_id, number__startswith=stem)
    last = max(
        (int(number.removeprefix(stem)) for number in taken.values_list("number", flat=True)), default=0
    )
    return f"{stem}{last + 1:03d}"
