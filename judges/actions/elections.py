"""Record a meeting that elected judges: all of it or nothing; put the record right until somebody is appointed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.models import SubDistrict
from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from goldidea.lib.moves import move
from judges import rules
from judges.actions.locking import locked_all, locked_meeting
from judges.models import ElectionMeeting, Judge
from judges.papers import Paper
from judges.states import CORRECTIONS, JUDGE_MOVES, JudgeState

S = JudgeState
NO_VOTES: Mapping[str, Any] = {
    "meeting": None,
    "votes_for": None,
    "votes_against": None,
    "votes_abstaining": None,
}


@dataclass(frozen=True, slots=True)
class Votes:
    """How a meeting voted on one candidate."""

    judge: Judge
    votes_for: int
    votes_against: int
    votes_abstaining: int
    elected: bool

    @property
    def state(self) -> str:
        return S.ELECTED if self.elected else S.NOT_ELECTED

    @property
    def columns(self) -> dict[str, int]:
        return {
            "votes_for": self.votes_for,
            "votes_against": self.votes_against,
            "votes_abstaining": self.votes_abstaining,
        }


@transaction.atomic
def record_election(
    sub_district: SubDistrict,
    *,
    held_on: dt.date,
    place: str,
    present: int,
    votes: Sequence[Votes],
    record: Paper | None = None,
    by: Any,
    now: dt.datetime,
) -> ElectionMeeting:
    """Record a meeting and how it voted; every candidate becomes elected or not elected.

    Raises: ValidationError by field (of a candidate: by the judge's code); StaleState if a candidate is none any
        more; PermissionDenied.
    """
    if by is not None:
        rules.can_hold_election(by, sub_district).enforce()
    meeting = ElectionMeeting(
        district=sub_district.district,
        sub_district=sub_district,
        held_on=held_on,
        place=place,
        present=present,
    )
    check_meeting(meeting, now)
    if not votes:
        raise ValidationError(_("Enter the votes for at least one candidate."))
    attach(meeting, record)
    meeting.save()
    audit.record("record election", meeting, by=by, changes={"present": ("", present)})
    count_votes(meeting, votes, JUDGE_MOVES, by)
    return meeting


@transaction.atomic
def correct_election(
    meeting: ElectionMeeting,
    *,
    held_on: dt.date,
    place: str,
    present: int,
    votes: Sequence[Votes],
    record: Paper | None = None,
    by: Any,
    now: dt.datetime,
) -> ElectionMeeting:
    """Put the record of a meeting right. A candidate without votes goes back to the nominated.

    Args:
        record: None keeps the paper that is attached.
    Raises: as `record_election`; StaleState once a judge of this meeting is appointed.
    """
    meeting = locked_meeting(meeting)
    if by is not None:
        rules.can_see_election(by, meeting).enforce()
    if meeting.candidates.filter(state__in=[S.APPOINTED, S.ENDED]).exists():
        raise StaleState(_("A judge of this election is appointed: its record stays as it is."))
    fields = ["held_on", "place", "present"]
    old = {name: getattr(meeting, name) for name in fields}
    meeting.held_on, meeting.place, meeting.present = held_on, place, present
    check_meeting(meeting, now)
    if not votes:
        raise ValidationError(_("Enter the votes for at least one candidate."))
    attach(meeting, record)
    meeting.save()
    changes = {name: (old[name], getattr(meeting, name)) for name in fields}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if record is not None:
        changes["record"] = ("…", meeting.record_name)
    audit.record("correct election", meeting, by=by, changes=changes)
    take_back(meeting, votes, by)
    count_votes(meeting, votes, CORRECTIONS, by)
    return meeting


def check_meeting(meeting: ElectionMeeting, now: dt.datetime) -> None:
    """Raises: ValidationError by field."""
    meeting.full_clean(exclude=["record"])
    if meeting.held_on > timezone.localdate(now):
        raise ValidationError({"held_on": _("This day has not come yet.")})
    if meeting.present < 1:
        raise ValidationError({"present": _("Enter how many people were present.")})


def attach(meeting: ElectionMeeting, paper: Paper | None) -> None:
    """Keep the paper under a generated name; an earlier one goes when the transaction has been committed."""
    if paper is None:
        return
    storage, old = meeting.record.storage, meeting.record.name
    meeting.record.save(f"record.{paper.kind}", ContentFile(paper.content), save=False)
    meeting.record_name = paper.name
    if old:
        transaction.on_commit(lambda: storage.delete(old))


def count_votes(
    meeting: ElectionMeeting, votes: Sequence[Votes], moves: Mapping[str, frozenset[str]], by: Any
) -> None:
    """Every candidate's votes and what came of them."""
    held = {judge.pk: judge for judge in locked_all([one.judge for one in votes])}
    wrong: dict[str, Any] = {}
    for one in votes:
        judge = held[one.judge.pk]
        if judge.sub_district_id != meeting.sub_district_id or judge.meeting_id not in (None, meeting.pk):
            raise StaleState(_("%(name)s is no candidate of this election any more.") % {"name": judge.name})
        total = one.votes_for + one.votes_against + one.votes_abstaining
        if total > meeting.present:
            wrong[judge.code] = too_many(total, meeting.present)
    if wrong:
        raise ValidationError(wrong)
    for one in votes:
        settle(held[one.judge.pk], one, meeting, moves, by)


def too_many(total: int, present: int) -> str:
    """The sentence for a candidate with more votes than people."""
    return _("More votes (%(votes)d) than people present (%(present)d).") % {
        "votes": total,
        "present": present,
    }


def settle(
    judge: Judge, one: Votes, meeting: ElectionMeeting, moves: Mapping[str, frozenset[str]], by: Any
) -> None:
    """One candidate's votes; only what changed is written and recorded."""
    old = {"state": judge.state, **{name: getattr(judge, name) for name in one.columns}}
    new = {"state": one.state, **one.columns}
    changes = {name: (old[name], new[name]) for name in new if old[name] != new[name]}
    if not changes:
        return
    if judge.state == one.state:
        Judge.objects.filter(pk=judge.pk).update(**one.columns)
    else:
        move(judge, moves, one.state, meeting=meeting, **one.columns)
    audit.record("record votes", judge, by=by, changes=changes)


def take_back(meeting: ElectionMeeting, votes: Sequence[Votes], by: Any) -> None:
    """Candidates who were not voted on after all are nominated again."""
    counted = {one.judge.pk for one in votes}
    rows = meeting.candidates.filter(state__in=[S.ELECTED, S.NOT_ELECTED]).exclude(pk__in=counted)
    for judge in locked_all(rows):
        old = judge.state
        move(judge, CORRECTIONS, S.NOMINATED, **NO_VOTES)
        audit.record("take votes back", judge, by=by, changes={"state": (old, judge.state)})
