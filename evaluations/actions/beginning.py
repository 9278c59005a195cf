"""Before the first sheet: cases read, the trial case chosen and marked. None of it counts."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evaluations.actions.rounds import draft_round
from evaluations.actions.sheets import check_marks, criteria_of
from evaluations.models import Entry, Reading, Round, Seat, Submission, TrialSheet
from evaluations.rules.scoring import can_try, can_view_entry, scoring_time
from evaluations.states import SubmissionState
from evaluations.tally.decimals import plain_text
from goldidea.lib import audit
from goldidea.lib.errors import Refusal


@transaction.atomic
def record_reading(seat: Seat, entry: Entry, *, by: Any, now: dt.datetime) -> Reading:
    """The judge has read a case. A second press changes nothing.

    Raises: PermissionDenied or Http404 by the rules: not assigned, out of time.
    """
    if by.pk != seat.judge.user_id:
        raise PermissionDenied
    can_view_entry(seat, entry).enforce()
    scoring_time(seat.round, now).enforce()
    reading, fresh = Reading.objects.get_or_create(seat=seat, entry=entry)
    if fresh:
        audit.record("read case", entry, by=by)
    return reading


def trial_cases(round_: Round) -> Any:
    """Accepted cases of the district that do not compete in this round: any may be its trial case."""
    cases = Submission.objects.of(round_.season.district).filter(
        state=SubmissionState.ACCEPTED, snapshots__isnull=False
    )
    cases = cases.exclude(entries__round=round_)
    if round_.sub_district_id:
        cases = cases.exclude(season=round_.season_id, sub_district=round_.sub_district_id)
    return cases.distinct().order_by("-season__year", "number")


@transaction.atomic
def choose_trial_case(round_: Round, case: Submission, *, by: Any, now: dt.datetime) -> Round:
    """Choose the case that all judges mark first and that counts nowhere; its latest snapshot is kept.

    Raises: Refusal once the round has been opened, or for a case that competes in it.
    """
    round_ = draft_round(round_)
    if not trial_cases(round_).filter(pk=case.pk).exists():
        raise Refusal(_("This case cannot be the trial case: it competes in this round."), code="competes")
    before, round_.trial_case = round_.trial_case, case.snapshots.latest("pk")
    round_.save(update_fields=["trial_case"])
    old = str(before.submission) if before else None
    audit.record("choose trial case", round_, by=by, changes={"trial_case": (old, str(case))})
    return round_


def submit_trial_sheet(seat: Seat, marks: Mapping[str, Decimal], *, by: Any, now: dt.datetime) -> TrialSheet:
    """Hand in the marks for the trial case, once.

    Raises: ValidationError by criterion; PermissionDenied by the rules; Refusal if it was handed in already.
    """
    if by.pk != seat.judge.user_id:
        raise PermissionDenied
    check_marks(criteria_of(seat), marks)
    can_try(seat, now).enforce()
    try:
        with transaction.atomic():
            sheet = TrialSheet.objects.create(
                seat=seat, marks={key: plain_text(mark) for key, mark in marks.items()}
            )
            audit.record("mark trial case", seat.round, by=by)
    except IntegrityError as error:
        raise Refusal(_("You have marked the trial case."), code="trial-done") from error
    return sheet


def trial_marks(seat: Seat) -> dict[str, list[str]]:
    """What the seat's panel gave the trial case: criterion -> marks, the greatest first, without names."""
    sheets = TrialSheet.objects.filter(seat__panel=seat.panel_id).values_list("marks", flat=True)
    found: dict[str, list[str]] = {}
    for marks in sheets:
        for key, mark in marks.items():
            found.setdefault(key, []).append(mark)
    return {key: sorted(given, key=Decimal, reverse=True) for key, given in found.items()}
