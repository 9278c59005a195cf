"""May this person see or publish results?"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.rules import covers, is_district_staff, is_observer, is_staff, staff_sub_district_ids
from evaluations.models import Round
from evaluations.states import RoundState
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

COUNTED = (RoundState.TALLIED, RoundState.ON_NOTICE, RoundState.FINAL)
PUBLISHED = (RoundState.ON_NOTICE, RoundState.FINAL)


def hosts(user: Any, round_: Round) -> bool:
    """District staff, or staff of the sub-district that hosts the round."""
    return covers(user, round_.season.district, round_.sub_district_id)


def can_view_tally(user: Any, round_: Round) -> Verdict:
    """Before publication: those who host the round and the observer, once it is tallied. Twin: `tallies_visible_to`."""
    if not (hosts(user, round_) or is_observer(user, round_.season.district)):
        return HIDDEN
    if round_.state not in COUNTED:
        return Verdict(_("No figure leaves this round before it is closed and tallied."))
    return ALLOWED


def tallies_visible_to(user: Any, district: Any) -> Any:
    """Rounds whose tally the person may view. Twin of `can_view_tally`."""
    rounds = Round.objects.of(district).filter(state__in=COUNTED)
    if is_district_staff(user, district) or is_observer(user, district):
        return rounds
    if is_staff(user, district):
        return rounds.filter(sub_district__in=staff_sub_district_ids(user, district))
    return rounds.none()


def can_publish(user: Any, round_: Round, state: RoundState) -> Verdict:
    """Ask for publication, or be its second: those who host the round. Twin: `publishable_by`."""
    if not hosts(user, round_):
        if is_observer(user, round_.season.district):
            return Verdict(_("Observers look on; staff publish."))
        return HIDDEN
    if round_.state != state:
        return Verdict(
            _("This round cannot be published now: it is %(state)s.") % {"state": round_.get_state_display()}
        )
    return ALLOWED


def publishable_by(user: Any, district: Any, state: RoundState) -> Any:
    """Rounds that the person may publish from this state. Twin of `can_publish`."""
    rounds = Round.objects.of(district).filter(state=state)
    if is_district_staff(user, district):
        return rounds
    return rounds.filter(sub_district__in=staff_sub_district_ids(user, district))


def can_close_early(user: Any, round_: Round) -> Verdict:
    """Those who host the round, while it is open."""
    return can_publish(user, round_, RoundState.OPEN)


def can_void(user: Any, round_: Round) -> Verdict:
    """District staff only, until the round is closed."""
    if not is_district_staff(user, round_.season.district):
        return Verdict(_("Only the district's staff can void a sheet.")) if hosts(user, round_) else HIDDEN
    if round_.state not in (RoundState.OPEN, RoundState.COUNTING):
        return Verdict(_("A sheet can be voided until its round is closed."))
    return ALLOWED


def can_count_plain(user: Any, round_: Round) -> Verdict:
    """Ask, or be the second: those who host the round, once it was refused a result. Twin: `countable_plain_by`."""
    verdict = can_publish(user, round_, RoundState.CLOSED)
    if verdict and not Round.objects.refused().filter(pk=round_.pk).exists():
        return Verdict(_("This round does not wait for such a decision any more."))
    return verdict


def countable_plain_by(user: Any, district: Any) -> Any:
    """Rounds that the person may let be counted plain. Twin of `can_count_plain`."""
    return publishable_by(user, district, RoundState.CLOSED).refused()


def public_results(district: Any) -> Any:
    """Rounds with published results."""
    return Round.objects.of(district).filter(Q(state__in=PUBLISHED))


def can_bring_entries(user: Any, round_: Round) -> Verdict:
    """District staff, while the final is a draft. Twin: `finals_prepared_by`."""
    if not is_district_staff(user, round_.season.district):
        return (
            Verdict(_("Only the district's staff can do this."))
            if is_staff(user, round_.season.district)
            else HIDDEN
        )
    if round_.kind != Round.Kind.FINAL or round_.state != RoundState.DRAFT:
        return Verdict(_("Entries are brought into a final that is not open yet."))
    return ALLOWED


def finals_prepared_by(user: Any, district: Any) -> Any:
    """Finals into which the person may bring entries. Twin of `can_bring_entries`."""
    finals = Round.objects.of(district).filter(kind=Round.Kind.FINAL, state=RoundState.DRAFT)
    return finals if is_district_staff(user, district) else finals.none()


def can_see_judging(user: Any, round_: Round) -> Verdict:
    """How each judge marked, by name: district staff, once the results are public. Twin: `judging_seen_by`."""
    if not is_district_staff(user, round_.season.district):
        looks_on = hosts(user, round_) or is_observer(user, round_.season.district)
        return Verdict(_("Only the district's staff see how single judges marked.")) if looks_on else HIDDEN
    if round_.state not in PUBLISHED:
        return Verdict(_("How single judges marked is shown after the results are published."))
    return ALLOWED


def judging_seen_by(user: Any, district: Any) -> Any:
    """Rounds of which the person may see how each judge marked. Twin of `can_see_judging`."""
    rounds = public_results(district)
    return rounds if is_district_staff(user, district) else rounds.none()


def can_fund(user: Any, round_: Round) -> Verdict:
    """District staff, once the results are final. Twin: `funded_by`."""
    if not is_district_staff(user, round_.season.district):
        return Verdict(_("Only the district's staff can do this.")) if hosts(user, round_) else HIDDEN
    if round_.state != RoundState.FINAL:
        return Verdict(_("Money is given after the results are final."))
    return ALLOWED


def funded_by(user: Any, district: Any) -> Any:
    """Rounds whose money the person gives. Twin of `can_fund`."""
    rounds = Round.objects.of(district).filter(state=RoundState.FINAL)
    return rounds if is_district_staff(user, district) else rounds.none()
