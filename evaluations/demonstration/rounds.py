"""Prepare rounds, open and close them by two, publish by two."""

import datetime as dt

from django.utils import timezone

from evaluations.actions.advancing import advance_entries
from evaluations.actions.assignment import apply_assignment, propose_assignment
from evaluations.actions.rounds import change_round, create_preliminaries, create_round
from evaluations.actions.seats import seat_judges
from evaluations.demonstration.cast import Cast, decide
from evaluations.models import Round, RuleSet, Season
from evaluations.rules.bench import EXPERTS
from goldidea.lib.entropy import seeded

LATER = dt.timedelta(days=1)


def name_of(round_: Round) -> str:
    """What the seed knows a round by, and its folder is called: the year, and QB or final."""
    place = round_.sub_district
    return f"{round_.season.year}-{place.initials.lower() if place else 'final'}"


def make_preliminaries(cast: Cast, season: Season, rule: RuleSet) -> list[Round]:
    """A preliminary in each sub-district, its judges seated and its cases shared out; the times are set at opening."""
    now = timezone.now()
    rounds = create_preliminaries(
        season, rule, cast.places, opens_at=now, closes_at=now + LATER, by=cast.office[0], now=now
    )
    for round_ in rounds:
        seat_and_assign(cast, round_)
    return rounds


def make_final(cast: Cast, season: Season, rule: RuleSet) -> Round:
    """The final, being prepared; its entries advance later."""
    now = timezone.now()
    return create_round(season, rule, opens_at=now, closes_at=now + LATER, by=cast.office[0], now=now)


def advance(cast: Cast, final: Round) -> int:
    """Bring the best of each preliminary into the final, then seat all judges and experts."""
    entries, _gone = advance_entries(final, by=cast.office[0], now=timezone.now())
    seat_and_assign(cast, final)
    return len(entries)


def seat_and_assign(cast: Cast, round_: Round) -> None:
    """Seat the judges under pseudonyms that follow from the seed, then apply the proposed assignment."""
    by, now = cast.hosts(round_.sub_district)[0], timezone.now()
    place = round_.sub_district
    residents = cast.judges[place.pk] if place else [j for p in cast.places for j in cast.judges[p.pk]]
    with seeded(f"{cast.seed}/seats/{name_of(round_)}"):
        for panel in round_.panels.all():
            seat_judges(panel, cast.experts if panel.key == EXPERTS else residents, by=by, now=now)
    apply_assignment(round_, propose_assignment(round_).digest, by=by, now=now)


def set_times(cast: Cast, round_: Round, opens_at: dt.datetime, closes_at: dt.datetime) -> Round:
    """The district fixes when scoring opens and closes."""
    return change_round(
        round_,
        name=round_.name,
        rule_set=round_.rule_set,
        opens_at=opens_at,
        closes_at=closes_at,
        by=cast.office[0],
        now=timezone.now(),
    )


def open_by_two(cast: Cast, round_: Round, closes_at: dt.datetime) -> Round:
    """Two people open the round, for scoring from now on; its rule is frozen from here on."""
    round_ = set_times(cast, round_, timezone.now(), closes_at)
    round_.refresh_from_db()  # as a page would read it: times in UTC, on which the decision is based
    decide("open_round", round_, cast.hosts(round_.sub_district))
    return round_


def extend_by_two(cast: Cast, round_: Round, closes_at: dt.datetime) -> None:
    """Two people give the judges more time."""
    payload = {"closes_at": closes_at.isoformat()}
    decide("extend_round", round_, cast.hosts(round_.sub_district), payload, "还有评委没有评完")


def close_by_two(cast: Cast, round_: Round) -> None:
    """Two people close the round before its time: all marks are in."""
    decide("close_round", round_, cast.hosts(round_.sub_district), reason="评委已全部评完")


def publish_by_two(cast: Cast, round_: Round) -> None:
    """Two people put the result on notice and, a notice of no days being over, make it final."""
    two = cast.hosts(round_.sub_district)
    decide("publish_provisional", round_, two)
    decide("publish_final", round_, two)
