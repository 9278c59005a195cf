"""The state in which a visitor finds the product: a season before it, one under way, one preliminary open for scoring.

All of it in one transaction: it is there whole, or not at all.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from communities.actions.decisions import request_decision
from evaluations.actions.cards import issue_cards
from evaluations.demonstration import cases, rounds, scoring, season
from evaluations.demonstration.cast import Cast
from evaluations.demonstration.founding import give_known_password
from evaluations.demonstration.plans import PREVIOUS, Plan, plan_previous, plan_season, shuffled_stories
from evaluations.demonstration.season import YEAR, Stages
from evaluations.models import Round, Season

OPEN_FOR, TAKES_CASES, FINAL_IN = 7, 14, 10  # days
OPEN_PLACE = 1  # the sub-district whose preliminary is open, counted from 0
INTRODUCTION = (
    "五个街道的初评已经揭晓，湖滨街道的居民评委正在评分。申报仍然开放：晚到的案例进入项目库，供下一届选用。"
    "（演示数据，人物、组织与案例均为虚构。）"
)


@transaction.atomic
def load(seed: str, stages: Stages, *, pictured: bool = True) -> None:
    """Load everything."""
    with stages.stage("people and places"):
        cast = season.people_and_places(seed)
    with stages.stage("registers"):
        plans = plan_season(seed, YEAR, cast.communities)
        before = plan_previous(seed, YEAR - 1, cast.communities)
        projects = season.registers_of(cast, plans)
    with stages.stage("resident judges, experts"):
        season.judges(cast)
    with stages.stage(f"season {YEAR - 1}"):
        season.previous_season(cast, before, pictured=pictured)
    with stages.stage(f"season {YEAR}: cases"):
        running = season.begin_season(cast, YEAR, INTRODUCTION, TAKES_CASES)
        cases.collect_cases(cast, running, plans, projects, pictured=pictured)
        late_cases(cast, running)
    with stages.stage(f"season {YEAR}: preliminaries"):
        first, last = running.rule_sets.order_by("version")
        for number, round_ in enumerate(rounds.make_preliminaries(cast, running, first)):
            if number == OPEN_PLACE:
                leave_open(cast, round_)
            else:
                season.score_and_publish_here(cast, round_)
        final = rounds.make_final(cast, running, last)
        closes_at = season.five_o_clock(FINAL_IN)
        rounds.set_times(cast, final, closes_at - dt.timedelta(hours=8), closes_at)
    with stages.stage("accounts"):
        give_known_password()


def leave_open(cast: Cast, round_: Round) -> None:
    """Open for some days; the cards are out, three judges are through, two half way, and somebody asks for more time."""
    round_ = rounds.open_by_two(cast, round_, season.five_o_clock(OPEN_FOR))
    two = cast.hosts(round_.sub_district)
    issue_cards(round_.seats.live(), by=two[0], now=timezone.now())
    for seat, rows in scoring.assigned(round_).items():
        if seat.number in (2, 3, 4):
            scoring.score_some(cast, round_, seat, rows)
        elif seat.number in (5, 6):
            scoring.score_some(cast, round_, seat, rows[: len(rows) // 2])
    payload = {"closes_at": (round_.closes_at + dt.timedelta(days=2)).isoformat()}
    reason = "两位评委外出，申请延长两天"
    request_decision("extend_round", round_, payload, by=two[0], reason=reason, now=timezone.now())


def late_cases(cast: Cast, running: Season) -> None:
    """In the first sub-district one case is sent back, one still a draft and one waits to be checked."""
    homes = cast.communities[cast.places[0].pk]
    told = shuffled_stories(cast.seed)[PREVIOUS - 3 : PREVIOUS]
    plans = [
        Plan(60 + number, home, story, 1, YEAR)
        for number, (home, story) in enumerate(zip(homes, told, strict=False))
    ]
    late = [cases.write_case(cast, running, plan, None, pictured=False) for plan in plans]
    cases.send_back(cast, cases.hand_in(cast, late[0], plans[0]), plans[0])
    cases.hand_in(cast, late[2], plans[2])
