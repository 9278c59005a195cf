"""The season as stages: each function is one of them. `load` and `run` put them in order."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.seasons import create_season, finish_season, start_season
from evaluations.actions.tallying import tally_round
from evaluations.demonstration import (
    bench,
    cases,
    founding,
    neighbourhoods,
    registers,
    rounds,
    rulebook,
    scoring,
)
from evaluations.demonstration.cast import Cast
from evaluations.demonstration.plans import Plan
from evaluations.demonstration.proof import count_again, write_folder
from evaluations.models import Analysis, Round, Season
from evaluations.states import RoundState
from goldidea.lib.errors import Refusal

YEAR = 2018
PROJECTS = 12
TALLY_PATIENCE = 60.0  # seconds after the close


@dataclass
class Stages:
    """Tells each stage while it runs and keeps how long it took."""

    say: Callable[[str], None]
    seconds: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[str], None]]:
        """Time a stage; what is given to the inner function stands in its line."""
        told: list[str] = []
        began = time.monotonic()
        yield told.append
        took = time.monotonic() - began
        self.seconds.append((name, took))
        self.say(f"{name:<28} {took:6.1f} s   {', '.join(told)}")


def people_and_places(seed: str, most: int | None = None) -> Cast:
    """The district, its divisions from the published table, its staff, an account for each community."""
    cast = founding.found_district(seed)
    registers.load_divisions(cast, most)
    founding.grant_staff(cast)
    everywhere = [community for place in cast.places for community in cast.communities[place.pk]]
    founding.open_community_accounts(cast, everywhere, timezone.localdate())
    return cast


def judges(cast: Cast) -> None:
    """Resident judges by election, experts by invitation, and what they are tied to."""
    bench.elect_judges(cast)
    bench.invite_experts(cast)
    bench.record_interests(cast)


def five_o_clock(days: int) -> dt.datetime:
    """The end of an office day, so many days from today."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(17)))


def begin_season(cast: Cast, year: int, introduction: str, days: int) -> Season:
    """A season that takes cases from now on for so many days, with its two rules."""
    now = timezone.now()
    season = create_season(
        cast.district,
        by=cast.office[0],
        now=now,
        year=year,
        name=f"{year} 届",
        name_en=f"Season {year}",
        introduction=introduction,
        submissions_open_at=now - dt.timedelta(seconds=1),
        submissions_close_at=five_o_clock(days),
        corrections_close_at=five_o_clock(days + 2),
    )
    rulebook.save_rules(cast, season)
    start_season(season, by=cast.office[1], now=timezone.now())
    return season


def score_with_time(cast: Cast, round_: Round, window: dt.timedelta) -> int:
    """All judges mark; when the time runs short before all are through, two people extend it."""

    def look_at_the_clock() -> None:
        if round_.closes_at - timezone.now() < window / 3:
            rounds.extend_by_two(cast, round_, timezone.now() + window)

    return scoring.score_all(cast, round_, look_at_the_clock)


def wait_for_tally(round_: Round, check: Callable[[], None]) -> None:
    """The worker closes the round at its deadline, tallies it and analyses the tally, so that it is published with its analysis.

    Raises: Refusal when it does not.
    """
    end = max(time.monotonic(), time.monotonic() + (round_.closes_at - timezone.now()).total_seconds())
    while round_.state != RoundState.TALLIED or not Analysis.objects.filter(tally__round=round_).exists():
        check()
        if time.monotonic() > end + TALLY_PATIENCE:
            raise Refusal(f"{round_}: no tally within {TALLY_PATIENCE:.0f} s ({round_.state}).")
        time.sleep(0.05)
        round_.refresh_from_db(fields=["state", "closes_at"])


def score_and_publish_here(cast: Cast, round_: Round) -> None:
    """A round from its opening to its final result, counted in this process: for loading, where no worker runs."""
    round_ = rounds.open_by_two(cast, round_, timezone.now() + rounds.LATER)
    scoring.score_all(cast, round_)
    rounds.close_by_two(cast, round_)
    tally = tally_round(round_.pk, timezone.now())
    if tally is not None:
        analyse_tally(tally.pk)
    round_.refresh_from_db()
    rounds.publish_by_two(cast, round_)


def prove(round_: Round, out: Path) -> bytes:
    """Export the round's folder and count it again by the public command."""
    return count_again(write_folder(round_, out))


def previous_season(cast: Cast, plans: list[Plan], *, pictured: bool) -> Season:
    """The season before, from its cases to the published final."""
    season = begin_season(cast, YEAR - 1, "上一届：已结束，结果已公布。", 1)
    cases.collect_cases(cast, season, plans, {}, pictured=pictured)
    first, last = season.rule_sets.order_by("version")
    for round_ in rounds.make_preliminaries(cast, season, first):
        score_and_publish_here(cast, round_)
    final = rounds.make_final(cast, season, last)
    rounds.advance(cast, final)
    score_and_publish_here(cast, final)
    finish_season(season, by=cast.office[0], now=timezone.now())
    return season


def registers_of(cast: Cast, plans: list[Plan]) -> dict[int, Any]:
    """Organizations, their work, and the venture-philanthropy projects behind some of the cases."""
    registers.register_societies(cast, plans)
    registers.record_engagements(cast, plans)
    neighbourhoods.enter_calendars(cast)
    neighbourhoods.enter_grids(cast)
    projects = registers.enter_projects(cast, plans, PROJECTS)
    neighbourhoods.enter_budgets(cast, projects.values())
    return projects
