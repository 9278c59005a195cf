"""May this person? Judges' records belong to a sub-district and the district; experts to the district alone."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from communities import rules as places
from communities.models import Community, SubDistrict
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict
from judges.models import ElectionMeeting, Judge, JudgeState
from judges.seating import not_needed, not_scoring

OBSERVERS_LOOK = _("Observers look on; the office's staff keep the register of judges.")
MASKED_ONLY = _("Observers see phones in part only.")
NO_ELECTIONS = _("Records of elections are read by the staff of the sub-district and of the district.")
EXPERTS_ARE_THE_DISTRICTS = _("Experts are invited by the district's staff.")
S = JudgeState


# ---- Reading


def can_list_judges(user: Any, district: Any) -> Verdict:
    """The register: staff and, to read, the observer."""
    return places.can_enter_office(user, district)


def judges_visible_to(user: Any, district: Any) -> Any:
    """The records that the person may read. Twin of `can_see_judge`."""
    judges = Judge.objects.of(district)
    return judges if places.is_observer(user, district) else judges_kept_by(user, district)


def can_see_judge(user: Any, judge: Judge) -> Verdict:
    """A judge's record, its phone masked. Twin: `judges_visible_to`."""
    if places.is_observer(user, judge.district):
        return ALLOWED
    return places.can_staff(user, judge.district, judge.sub_district_id)


# ---- Keeping the register


def judges_kept_by(user: Any, district: Any) -> Any:
    """The records that the person may work on. Twin of `can_keep_judge`."""
    return places.within_reach(user, district, Judge.objects.of(district))


def can_keep_judge(user: Any, judge: Judge) -> Verdict:
    """Work on a record: staff of its sub-district and of the district. Twin: `judges_kept_by`."""
    if places.covers(user, judge.district, judge.sub_district_id):
        return ALLOWED
    return Verdict(OBSERVERS_LOOK) if places.is_observer(user, judge.district) else HIDDEN


def can_nominate(user: Any, district: Any) -> Verdict:
    """Nominate residents of the own area."""
    if places.is_staff(user, district):
        return ALLOWED
    return Verdict(OBSERVERS_LOOK) if places.is_observer(user, district) else HIDDEN


def homes_open_to(user: Any, district: Any, day: Any) -> Any:
    """The communities whose residents the person may nominate. Twin of `can_nominate_from`."""
    valid = Community.objects.of(district).on(day).select_related("sub_district")
    return places.within_reach(user, district, valid)


def can_nominate_from(user: Any, community: Community) -> Verdict:
    """Nominate a resident of this community. Twin: `homes_open_to`."""
    return places.can_staff(user, community.district, community.sub_district_id)


def can_invite_expert(user: Any, district: Any) -> Verdict:
    """Experts are the district's."""
    if places.is_district_staff(user, district):
        return ALLOWED
    if places.is_staff(user, district):
        return Verdict(EXPERTS_ARE_THE_DISTRICTS)
    return can_nominate(user, district)


def can_edit_judge(user: Any, judge: Judge) -> Verdict:
    """Change the facts and the interests: until the judge is out, and not while the judge is scoring."""
    verdict = can_keep_judge(user, judge)
    if verdict and judge.state in (S.DECLINED, S.ENDED, S.NOT_ELECTED):
        return Verdict(_("This record is closed: it stays as it is. A new nomination makes a new record."))
    return not_scoring(judge) if verdict else verdict


def can_show_phone(user: Any, judge: Judge) -> Verdict:
    """The whole phone, with a reason that is kept: staff of the place. The observer sees a part of it."""
    if places.is_observer(user, judge.district) and not places.covers(
        user, judge.district, judge.sub_district_id
    ):
        return Verdict(MASKED_ONLY)
    return can_keep_judge(user, judge)


def can_appoint(user: Any, judge: Judge) -> Verdict:
    """Appoint an elected resident, or an invited expert."""
    verdict = can_keep_judge(user, judge)
    waits = S.NOMINATED if judge.kind == Judge.Kind.EXPERT else S.ELECTED
    if verdict and judge.state != waits:
        return Verdict(
            _("Only an expert who was invited can be appointed here.")
            if judge.kind == Judge.Kind.EXPERT
            else _("Only a judge who was elected can be appointed.")
        )
    return verdict


def can_decline(user: Any, judge: Judge) -> Verdict:
    """Record that somebody does not stand, or does not take the office up."""
    verdict = can_keep_judge(user, judge)
    if verdict and judge.state not in (S.NOMINATED, S.ELECTED):
        return Verdict(_("This judge is appointed, or out already."))
    return verdict


def can_end_term(user: Any, judge: Judge) -> Verdict:
    """End an appointment. A seat that is still needed goes to somebody else first."""
    verdict = can_keep_judge(user, judge)
    if verdict and judge.state != S.APPOINTED:
        return Verdict(_("This judge is not appointed."))
    return not_needed(judge) if verdict else verdict


def can_export_judges(user: Any, district: Any) -> Verdict:
    """Take the own area's list away as a table, phones masked."""
    return can_nominate(user, district)


# ---- Elections


def can_list_elections(user: Any, district: Any) -> Verdict:
    """The meetings of the own area."""
    if places.is_staff(user, district):
        return ALLOWED
    return Verdict(NO_ELECTIONS) if places.is_observer(user, district) else HIDDEN


def elections_visible_to(user: Any, district: Any) -> Any:
    """The meetings that the person may read and put right. Twin of `can_see_election`."""
    return places.within_reach(user, district, ElectionMeeting.objects.of(district))


def can_see_election(user: Any, meeting: ElectionMeeting) -> Verdict:
    """A meeting and its votes: staff of the place and of the district. Twin: `elections_visible_to`."""
    if places.covers(user, meeting.district, meeting.sub_district_id):
        return ALLOWED
    return Verdict(NO_ELECTIONS) if places.is_observer(user, meeting.district) else HIDDEN


def can_read_record(user: Any, meeting: ElectionMeeting) -> Verdict:
    """The paper attached to a meeting: those who see the meeting, and the observer (row "attachment, download")."""
    return ALLOWED if places.is_observer(user, meeting.district) else can_see_election(user, meeting)


def can_hold_election(user: Any, sub_district: SubDistrict) -> Verdict:
    """Record an election of this sub-district. Twin: `sub_districts_electing`."""
    if places.covers(user, sub_district.district, sub_district.pk):
        return ALLOWED
    return Verdict(NO_ELECTIONS) if places.is_observer(user, sub_district.district) else HIDDEN


def sub_districts_electing(user: Any, district: Any, day: Any) -> Any:
    """The sub-districts whose elections the person may record. Twin of `can_hold_election`."""
    return places.within_reach(user, district, SubDistrict.objects.of(district).on(day), "pk")


def can_correct_election(user: Any, meeting: ElectionMeeting) -> Verdict:
    """Put the record right: until one of its judges is appointed."""
    verdict = can_see_election(user, meeting)
    if verdict and meeting.candidates.filter(state__in=[S.APPOINTED, S.ENDED]).exists():
        return Verdict(_("A judge of this election is appointed: its record stays as it is."))
    return verdict
