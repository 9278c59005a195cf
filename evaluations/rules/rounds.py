"""May this person see, prepare, seat, assign, open, extend or cancel? Every rule here speaks of seasons and rounds."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from communities.rules import (
    covers,
    is_district_staff,
    is_observer,
    is_staff,
    staff_sub_district_ids,
)
from evaluations.models import Round, Season
from evaluations.states import RoundState, SeasonState
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

OBSERVERS_LOOK = _("Observers look on; staff prepare and open rounds.")
DISTRICT_ONLY = _("Only the district's staff can do this.")


def can_look(user: Any, district: Any) -> Verdict:
    """Seasons, rules and rounds, in the office: all staff of the district and its observer. Twin: `rounds_visible_to`."""
    return ALLOWED if is_staff(user, district) or is_observer(user, district) else HIDDEN


def rounds_visible_to(user: Any, district: Any) -> Any:
    """Rounds that the person may look at in the office. Twin of `can_look`."""
    return Round.objects.of(district) if can_look(user, district) else Round.objects.none()


def seasons_visible_to(user: Any, district: Any) -> Any:
    """Seasons that the person may look at in the office. Twin of `can_look`."""
    return Season.objects.of(district) if can_look(user, district) else Season.objects.none()


def can_prepare(user: Any, district: Any) -> Verdict:
    """Make and change seasons, rule sets and rounds: the district's staff."""
    if is_district_staff(user, district):
        return ALLOWED
    if is_observer(user, district):
        return Verdict(OBSERVERS_LOOK)
    return Verdict(DISTRICT_ONLY) if is_staff(user, district) else HIDDEN


def can_run(user: Any, round_: Round) -> Verdict:
    """Work on a round's entries, seats and assignment: the district's staff, and staff of the host. Twin: `run_by`."""
    district = round_.season.district
    if covers(user, district, round_.sub_district_id):
        return ALLOWED
    if is_observer(user, district):
        return Verdict(OBSERVERS_LOOK)
    if is_staff(user, district) and round_.sub_district_id is None:
        return Verdict(_("Only the district's staff runs the final."))
    return HIDDEN


def run_by(user: Any, district: Any) -> Any:
    """Rounds whose seats and assignment the person may work on. Twin of `can_run`."""
    rounds = Round.objects.of(district)
    if is_district_staff(user, district):
        return rounds
    return rounds.filter(sub_district__in=staff_sub_district_ids(user, district))


def can_see_progress(user: Any, round_: Round) -> Verdict:
    """Who sits, who marks what and who has handed in (never how): those who run it, the observer. Twin: `watched_by`."""
    if is_observer(user, round_.season.district):
        return ALLOWED
    return can_run(user, round_)


def watched_by(user: Any, district: Any) -> Any:
    """Rounds whose progress the person may see. Twin of `can_see_progress`."""
    return Round.objects.of(district) if is_observer(user, district) else run_by(user, district)


def can_edit_round(user: Any, round_: Round) -> Verdict:
    """Name, times and rule of a round: the district's staff, until it opens."""
    verdict = can_prepare(user, round_.season.district)
    if verdict and round_.state != RoundState.DRAFT:
        return Verdict(_("This round has been opened: its rule and its beginning stay as they are."))
    return verdict


def can_arrange(user: Any, round_: Round) -> Verdict:
    """Entries, seats and assignment without a second person: until the round opens."""
    verdict = can_run(user, round_)
    if verdict and round_.state != RoundState.DRAFT:
        return Verdict(_("This round has been opened: changes now need a second person."))
    return verdict


def can_change_opened(user: Any, round_: Round) -> Verdict:
    """Ask for a change of seats or assignment after opening, or be its second."""
    verdict = can_run(user, round_)
    if verdict and round_.state != RoundState.OPEN:
        return Verdict(_("Seats are replaced while the round is open."))
    return verdict


def can_record_recusals(user: Any, round_: Round) -> Verdict:
    """Record for a judge that the judge does not mark an entry, or take that back: those who run an open round.

    Twin: `rounds_taking_recusals`. That it is in time, and the entry not locked, is said by `can_recuse`.
    """
    verdict = can_run(user, round_)
    if verdict and round_.state != RoundState.OPEN:
        return Verdict(_("Recusals are recorded while the round is open."))
    return verdict


def rounds_taking_recusals(user: Any, district: Any) -> Any:
    """Rounds in which the person may record recusals. Twin of `can_record_recusals`."""
    return run_by(user, district).filter(state=RoundState.OPEN)


def can_open(user: Any, round_: Round) -> Verdict:
    """Ask for opening, or be its second."""
    verdict = can_run(user, round_)
    if verdict and round_.state != RoundState.DRAFT:
        return Verdict(_("Only a round that is being prepared can be opened."))
    return verdict


def can_extend(user: Any, round_: Round) -> Verdict:
    """Ask for a later close, or be its second."""
    verdict = can_run(user, round_)
    if verdict and round_.state != RoundState.OPEN:
        return Verdict(_("Only an open round can be extended."))
    return verdict


def can_cancel(user: Any, round_: Round) -> Verdict:
    """Ask for cancelling, or be its second."""
    verdict = can_run(user, round_)
    if verdict and round_.state not in (RoundState.DRAFT, RoundState.OPEN, RoundState.COUNTING):
        return Verdict(_("A closed round cannot be cancelled; its result can be corrected."))
    return verdict


def can_edit_rule_set(user: Any, rule_set: Any) -> Verdict:
    """Change a version in place: the district's staff, until its first round opens."""
    verdict = can_prepare(user, rule_set.season.district)
    if verdict and rule_set.frozen_at is not None:
        return Verdict(
            _("A round was opened under this version, so it never changes. Make a new version from it.")
        )
    return verdict


def can_change_season(user: Any, season: Season) -> Verdict:
    """Dates and words of a season: the district's staff, until it is finished."""
    verdict = can_prepare(user, season.district)
    if verdict and season.state == SeasonState.FINISHED:
        return Verdict(_("This season is finished."))
    return verdict
