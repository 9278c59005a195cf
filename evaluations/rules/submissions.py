"""May this person write, hand in, read or screen a case?

Who may is a `Verdict`; whether the case's own state lets it be done is `editable`, `withdrawable` and so on: the
actions ask those again under the row's lock and answer 409 when the world has moved on.
"""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities import rules as places
from evaluations.models import (
    Assignment,
    Delegation,
    Entry,
    Photo,
    Round,
    Season,
    Submission,
    SubmissionSnapshot,
)
from evaluations.states import RoundState, SeasonState, SubmissionState
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict
from organizations.models import SocialOrganization

S = SubmissionState
EDITABLE = (S.DRAFT, S.RETURNED)
NOT_STARTED = (RoundState.DRAFT, RoundState.CANCELLED)
ONLY_COMMUNITIES = _("Cases are written by the communities. The office reads them once they are handed in.")
ONLY_STAFF = _("Only the staff of the sub-district and of the district check cases.")


# ---- The community


def own(user: Any, case: Submission) -> bool:
    """Whether the person acts for the case's lead community."""
    return case.lead_community_id in places.community_ids(user, case.season.district)


def writes_along(user: Any, case: Submission) -> bool:
    """Whether the person acts for an organization to which the community has given the case. Twin: `delegated_to`."""
    return delegated_to(user, case.season.district).filter(pk=case.pk).exists()


def delegated_to(user: Any, district: Any) -> QuerySet[Submission]:
    """The cases that the person's organizations write along now. Twin of `writes_along`."""
    cases = Submission.objects.of(district).filter(state__in=EDITABLE)
    if getattr(user, "kind", "") != "person":
        return cases.none()
    held = user.organization_appointments.on(timezone.localdate())
    live = Delegation.objects.filter(
        submission=OuterRef("pk"),
        organization__in=held.values("organization"),
        organization__state="active",
        ended_at=None,
    )
    return cases.filter(Exists(live))


def written_by(user: Any, district: Any) -> QuerySet[Submission]:
    """The cases of the communities for which the person acts, drafts included; and those written along by delegation.

    Twin of `can_write_case`.
    """
    own_ones = Q(lead_community__in=places.community_ids(user, district))
    along = Q(pk__in=delegated_to(user, district).values("pk"))
    return Submission.objects.of(district).filter(own_ones | along)


def can_list_own_cases(user: Any, district: Any) -> Verdict:
    """The desk of those who write cases: communities; organizations see what stands there for them."""
    if places.community_ids(user, district) or acts_for_organization(user, district):
        return ALLOWED
    return Verdict(ONLY_COMMUNITIES)


def acts_for_organization(user: Any, district: Any) -> bool:
    """Whether the person represents an organization of this district today."""
    if getattr(user, "kind", "") != "person":
        return False
    held = user.organization_appointments.on(timezone.localdate())
    return held.filter(organization__district=district).exists()


def can_create_case(user: Any, season: Season, community: Any) -> Verdict:
    """Start a case for a community: its own people only. When, is `accepts_cases`."""
    if community.pk in places.community_ids(user, season.district):
        return ALLOWED
    return Verdict(ONLY_COMMUNITIES)


def accepts_cases(season: Season, now: dt.datetime) -> Verdict:
    """Whether a new case can be started now. The database decides again, by its own clock, when it is handed in."""
    if season.state != SeasonState.RUNNING:
        return Verdict(_("This season does not take cases."))
    if now < season.submissions_open_at:
        return Verdict(_("Submissions have not opened yet."))
    if now >= season.submissions_close_at:
        return Verdict(_("Submissions are closed."))
    return ALLOWED


def can_write_case(user: Any, case: Submission) -> Verdict:
    """Edit, photograph, attach: the lead community's people, and those who write along by delegation. Twin: `written_by`.

    Those who may read the case are told why not; for the others it does not exist.
    """
    if own(user, case) or writes_along(user, case):
        return ALLOWED
    return Verdict(ONLY_COMMUNITIES) if can_view_case(user, case) else HIDDEN


def can_submit_case(user: Any, case: Submission) -> Verdict:
    """Hand in, withdraw, seal: the lead community alone. Who writes along is told so. Twin: `submitted_by`."""
    if own(user, case):
        return ALLOWED
    if writes_along(user, case):
        return Verdict(_("You write along. The community hands the case in and withdraws it."))
    return can_write_case(user, case)


def submitted_by(user: Any, district: Any) -> QuerySet[Submission]:
    """The cases that the person may hand in. Twin of `can_submit_case`."""
    return Submission.objects.of(district).filter(lead_community__in=places.community_ids(user, district))


def can_delegate_case(user: Any, case: Submission) -> Verdict:
    """Let an organization write along, and end it: the lead community alone."""
    return can_submit_case(user, case)


def delegates_for(case: Submission) -> QuerySet[SocialOrganization]:
    """Who can be asked to write along: the active organizations on the case, and the district's supportive ones."""
    register = SocialOrganization.objects.of(case.season.district_id).active()
    return register.filter(Q(submission_links__submission=case) | ~Q(supportive_level="")).distinct()


def editable(case: Submission) -> Verdict:
    """A draft and a returned case can be changed; a case handed in cannot."""
    if case.state in EDITABLE:
        return ALLOWED
    return Verdict(_("This case is handed in and can no longer be changed."))


def withdrawable(case: Submission) -> Verdict:
    """Until scoring begins; what was found not eligible or is withdrawn already stays so."""
    if case.state in (S.NOT_ELIGIBLE, S.WITHDRAWN):
        return Verdict(_("This case has left the evaluation already."))
    if case.state != S.DRAFT and scoring_has_begun(case):
        return Verdict(_("Scoring has begun: the case can no longer be withdrawn."))
    return ALLOWED


def rounds_of(case: Submission) -> QuerySet[Round]:
    """The rounds that the case is in, or would enter: its sub-district's preliminary, and those with it as an entry."""
    entered = Entry.objects.filter(round=OuterRef("pk"), submission=case)
    return Round.objects.filter(season=case.season_id).filter(
        Q(sub_district=case.sub_district_id) | Exists(entered)
    )


def scoring_has_begun(case: Submission) -> bool:
    """Whether one of its rounds was opened."""
    return rounds_of(case).exclude(state__in=NOT_STARTED).exists()


# ---- Reading


def can_view_case(user: Any, case: Submission) -> Verdict:
    """Read a case: the community always; the others what was handed in. Twin: `viewable_by`."""
    return ALLOWED if viewable_by(user, case.season.district).filter(pk=case.pk).exists() else HIDDEN


def viewable_by(user: Any, district: Any) -> QuerySet[Submission]:
    """The cases that the person may read in this district. Twin of `can_view_case`.

    A case that was never handed in belongs to its community alone. A judge reads what is assigned and not recused,
    once the round has opened. What is published to everyone has pages of its own.
    """
    cases = Submission.objects.of(district)
    if getattr(user, "kind", "") == "judge":
        return cases.filter(Exists(assignments_of(user).filter(entry__submission=OuterRef("pk"))))
    readable = Q(lead_community__in=places.community_ids(user, district))
    readable |= Q(pk__in=delegated_to(user, district).values("pk"))
    handed_in = ~Q(number="")
    if places.is_district_staff(user, district) or places.is_observer(user, district):
        readable |= handed_in
    else:
        readable |= handed_in & Q(sub_district__in=places.staff_sub_district_ids(user, district))
    return cases.filter(readable)


def assignments_of(user: Any) -> QuerySet[Assignment]:
    """What the judge behind an account marks, in rounds that were opened."""
    live = Assignment.objects.filter(seat__judge__user=user, seat__state="live")
    return live.exclude(round__state__in=NOT_STARTED).not_recused()


# ---- The office


def can_list_handed_in(user: Any, district: Any) -> Verdict:
    """The office's list of cases: staff and, to read, the observer."""
    return places.can_enter_office(user, district)


def handed_in_for(user: Any, district: Any) -> QuerySet[Submission]:
    """The office's list: what was handed in, in the person's area. Twin of `can_read_handed_in`."""
    cases = Submission.objects.of(district).exclude(number="")
    if places.is_district_staff(user, district) or places.is_observer(user, district):
        return cases
    return cases.filter(sub_district__in=places.staff_sub_district_ids(user, district))


def can_read_handed_in(user: Any, case: Submission) -> Verdict:
    """The screening page. Twin: `handed_in_for`."""
    if not case.number:
        return HIDDEN
    district = case.season.district
    if places.is_observer(user, district) or places.covers(user, district, case.sub_district_id):
        return ALLOWED
    return HIDDEN


def can_screen_case(user: Any, case: Submission) -> Verdict:
    """Return, accept, refuse, take up again: staff of its sub-district or of the district. Twin: `screened_by`."""
    if not case.number:
        return HIDDEN
    if places.covers(user, case.season.district, case.sub_district_id):
        return ALLOWED
    return Verdict(ONLY_STAFF) if can_read_handed_in(user, case) else HIDDEN


def can_print_form(user: Any, case: Submission) -> Verdict:
    """The application form with the names in it: those who write it, and the office that checks it."""
    if own(user, case) or writes_along(user, case) or can_read_handed_in(user, case):
        return ALLOWED
    return HIDDEN


def screened_by(user: Any, district: Any) -> QuerySet[Submission]:
    """The cases that the person decides on. Twin of `can_screen_case`."""
    return places.within_reach(user, district, Submission.objects.of(district).exclude(number=""))


# ---- Photos


def can_see_photo(user: Any, photo: Photo) -> Verdict:
    """Before publication: the community, staff of the place, the observer, judges who mark the case. Then everyone.

    The office and the judges see what was handed in; a photo that stands in no snapshot is the community's alone.
    """
    case = photo.submission
    if own(user, case) or writes_along(user, case):
        return ALLOWED if photo.removed_at is None or frozen(photo).exists() else HIDDEN
    if is_published(photo):
        return ALLOWED
    if getattr(user, "is_authenticated", False) and can_view_case(user, case) and frozen(photo).exists():
        return ALLOWED
    return HIDDEN


def frozen(photo: Photo) -> QuerySet[SubmissionSnapshot]:
    """The snapshots in which the photo stands."""
    return SubmissionSnapshot.objects.filter(
        submission=photo.submission_id, body__photos__contains=[{"code": photo.code}]
    )


def is_published(photo: Photo) -> bool:
    """Whether everybody may read the case with this photo: it stands in a round that was opened."""
    entries = Entry.objects.filter(
        submission=photo.submission_id, snapshot__body__photos__contains=[{"code": photo.code}]
    )
    return entries.exclude(round__state__in=NOT_STARTED).exists()
