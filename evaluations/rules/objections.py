"""Who records an objection, who decides it, who corrects a published result."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from communities.rules import is_district_staff, is_staff, staff_sub_district_ids
from evaluations.models import Objection, Round
from evaluations.rules.results import PUBLISHED, hosts, publishable_by
from evaluations.states import ObjectionState, RoundState
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict


def can_record_objection(user: Any, round_: Round) -> Verdict:
    """Those who host the round, while its results are public. Twin: `rounds_objected_to`."""
    if not hosts(user, round_):
        return HIDDEN
    if round_.state not in PUBLISHED:
        return Verdict(_("Objections are against published results."))
    return ALLOWED


def rounds_objected_to(user: Any, district: Any) -> Any:
    """Rounds for which the person records objections. Twin of `can_record_objection`."""
    return publishable_by(user, district, RoundState.ON_NOTICE) | publishable_by(
        user, district, RoundState.FINAL
    )


def can_see_objection(user: Any, objection: Objection) -> Verdict:
    """Those who host its round. Twin: `objections_visible_to`."""
    return ALLOWED if hosts(user, objection.round) else HIDDEN


def objections_visible_to(user: Any, district: Any) -> Any:
    """The objections that the person may read. Twin of `can_see_objection`."""
    rows = Objection.objects.of(district)
    if is_district_staff(user, district):
        return rows
    return rows.filter(round__sub_district__in=staff_sub_district_ids(user, district))


def can_decide_objection(user: Any, objection: Objection) -> Verdict:
    """The district's staff, both of the two, while it is not decided. Twin: `objections_decided_by`."""
    district = objection.round.season.district
    if not is_district_staff(user, district):
        return Verdict(_("Only the district's staff can do this.")) if is_staff(user, district) else HIDDEN
    if objection.state != ObjectionState.RECEIVED:
        return Verdict(_("This objection is decided already."))
    return ALLOWED


def objections_decided_by(user: Any, district: Any) -> Any:
    """The objections that the person may decide. Twin of `can_decide_objection`."""
    rows = Objection.objects.of(district).undecided()
    return rows if is_district_staff(user, district) else rows.none()


def can_correct(user: Any, round_: Round) -> Verdict:
    """Ask for a correction, or be its second: those who host the round, while its results are public. Twin: `rounds_objected_to`."""
    return can_record_objection(user, round_)
