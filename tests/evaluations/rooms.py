"""Scenes of the tests of rounds: a sub-district with cases, judges and a round that is ready to open."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from evaluations.actions.assignment import apply_assignment, propose_assignment
from evaluations.actions.rounds import create_round
from evaluations.actions.rules import save_rule_set
from evaluations.actions.seats import seat_judges
from evaluations.models import Panel, Round, RuleSet, Season
from evaluations.rules.bench import free_judges
from judges.models import Judge
from tests import make
from tests.personas import Cast


@dataclass
class Room:
    """A district's cast, a running season, communities of the home sub-district with a judge and a case each."""

    cast: Cast
    season: Season
    rules: RuleSet
    round: Round
    judges: list[Judge] = field(default_factory=list)

    @property
    def panel(self) -> Panel:
        return self.round.panels.get(key="residents")

    @property
    def staff(self) -> Any:
        return self.cast.people["district_staff"]

    @property
    def second(self) -> Any:
        return self.cast.people["district_staff_2"]

    def seat_all(self) -> list[Any]:
        return seat_judges(self.panel, free_judges(self.panel, now()), by=self.staff, now=now())

    def assign_all(self) -> None:
        proposal = propose_assignment(self.round)
        apply_assignment(self.round, proposal.digest, by=self.staff, now=now())


def now() -> dt.datetime:
    return timezone.now()


def room(communities: int = 5, slug: str = "shangcheng", **rule: Any) -> Room:
    """A preliminary being prepared in 清波: `communities` communities (with the cast's), each with a judge and a case."""
    cast = Cast.shangcheng(slug)
    season = make.season(cast.district)
    homes = [cast.community] + [make.community(cast.home) for _ in range(communities - 1)]
    judges = [cast.resident] + [make.judge(home) for home in homes[1:]]
    for home in homes:
        make.snapshot(make.submission(season, home, "accepted"))
    rules = save_rule_set(season, make.rule_text(**rule), "规则", by=cast.people["district_staff"], now=now())
    round_ = create_round(
        season,
        rules,
        host=cast.home,
        opens_at=now() - dt.timedelta(minutes=1),
        closes_at=now() + dt.timedelta(hours=1),
        by=cast.people["district_staff"],
        now=now(),
    )
    return Room(cast, season, rules, round_, judges)
