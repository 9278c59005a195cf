"""The whole season without a browser: through the same actions as the pages, a worker process doing the tally."""

import datetime as dt
from pathlib import Path

from django.utils import timezone

from evaluations.actions.seasons import finish_season
from evaluations.demonstration import cases, rounds, season
from evaluations.demonstration.cast import Cast
from evaluations.demonstration.founding import give_known_password
from evaluations.demonstration.plans import plan_season
from evaluations.demonstration.proof import check_bundle
from evaluations.demonstration.season import Stages
from evaluations.demonstration.worker import worker
from evaluations.models import Round


def run(seed: str, out: Path, stages: Stages, *, most: int | None, window: dt.timedelta) -> Round:
    """Run a season from nothing to its published final; gives the final.

    Args:
        out: folder for the exported rounds and result.json. most: sub-districts that take part; None for all.
        window: how long a round stays open.
    """
    out.mkdir(parents=True, exist_ok=True)
    with stages.stage("people and places") as tell:
        cast = season.people_and_places(seed, most)
        tell(f"{len(cast.places)} sub-districts, {len(cast.writers)} communities")
    with stages.stage("registers") as tell:
        plans = plan_season(cast.seed, season.YEAR, cast.communities)
        projects = season.registers_of(cast, plans)
        tell(f"{cast.district.organizations.count()} organizations, {len(projects)} projects")
    with stages.stage("resident judges, experts") as tell:
        season.judges(cast)
        tell(f"{sum(map(len, cast.judges.values()))} elected, {len(cast.experts)} invited")
    with stages.stage("accounts") as tell:
        tell(f"{give_known_password()} activated")
    with stages.stage("cases") as tell:
        running = season.begin_season(cast, season.YEAR, "演示：不开浏览器跑完一届。", 1)
        accepted, returned = cases.collect_cases(cast, running, plans, projects)
        tell(f"{len(accepted)} accepted, {returned} of them returned once")
    first, last = running.rule_sets.order_by("version")
    with stages.stage("seats and assignment"):
        preliminaries = rounds.make_preliminaries(cast, running, first)
    with worker(out / "worker.log") as check:
        with stages.stage("preliminaries: scoring") as tell:
            tell(f"{score_preliminaries(cast, preliminaries, window)} sheets")
        with stages.stage("preliminaries: tally"):
            for round_ in preliminaries:
                season.wait_for_tally(round_, check)
        with stages.stage("preliminaries: publish"):
            for round_ in preliminaries:
                rounds.publish_by_two(cast, round_)
        with stages.stage("final: entries, seats") as tell:
            final = rounds.make_final(cast, running, last)
            tell(f"{rounds.advance(cast, final)} entries")
        with stages.stage("final: scoring") as tell:
            final = rounds.open_by_two(cast, final, timezone.now() + window)
            tell(f"{season.score_with_time(cast, final, window)} sheets")
        with stages.stage("final: tally"):
            season.wait_for_tally(final, check)
        with stages.stage("final: publish"):
            rounds.publish_by_two(cast, final)
            finish_season(running, by=cast.office[0], now=timezone.now())
    with stages.stage("count again") as tell:
        results = [season.prove(round_, out) for round_ in (*preliminaries, final)]
        (out / "result.json").write_bytes(results[-1])
        tell(f"{len(results)} folders, the same bytes")
    with stages.stage("check the bundles") as tell:
        for round_ in (*preliminaries, final):
            check_bundle(round_, out)
        tell(f"{len(results)} bundles, everything holds")
    return final


def score_preliminaries(cast: Cast, preliminaries: list[Round], window: dt.timedelta) -> int:
    """Open each by two and let its judges mark; every other one is closed early by two, the rest at their deadline."""
    sheets = 0
    for number, round_ in enumerate(preliminaries):
        opened = rounds.open_by_two(cast, round_, timezone.now() + window)
        preliminaries[number] = opened
        sheets += season.score_with_time(cast, opened, window)
        if number % 2 == 0:
            rounds.close_by_two(cast, opened)
    return sheets
