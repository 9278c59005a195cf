"""Grids and social workers of some communities, budgets of the projects, the year's calendar. Nothing here is drawn by lot."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone

from communities.actions.calendar import write_calendar
from communities.actions.grids import save_grid, save_worker
from communities.calendar_text import read_days
from communities.models import Community, Grid, SocialWorker
from communities.published_days import PUBLISHED
from evaluations.demonstration.cast import Cast
from evaluations.demonstration.people import invented_names, invented_phone
from organizations.actions.budgets import fingerprint, save_budget
from organizations.models import BudgetLine, VenturePhilanthropyProject

GRIDDED = 2  # communities of each sub-district that have entered their grids
SHARES = (("people", "带组志愿者与讲师补贴", "人次", 40), ("material", "活动材料", "批", 35))
REST = ("activity", "居民议事与活动", "场")


def enter_calendars(cast: Cast) -> None:
    """The years whose days the State Council published and that are at hand."""
    for year, notice in PUBLISHED.items():
        days = read_days(notice.text, year)
        write_calendar(
            cast.district, year, days, source=notice.source, seen=0, by=cast.office[0], now=timezone.now()
        )


def enter_grids(cast: Cast) -> None:
    """Two social workers, a large grid, two grids and two segments for the first communities of each sub-district."""
    names = iter(list(invented_names())[::-1])
    numbers = iter(range(1, 1000))
    for place in cast.places:
        for community in cast.communities[place.pk][:GRIDDED]:
            workers = [
                worker(cast, community, next(names), next(numbers), senior) for senior in (True, False)
            ]
            grids_of(cast, community, workers)


def worker(cast: Cast, community: Community, name: str, number: int, senior: bool) -> SocialWorker:
    row = SocialWorker(
        district=cast.district,
        community=community,
        name=name,
        phone=invented_phone(5, number),
        certificate="social_worker" if senior else "assistant",
        since=dt.date(2014 if senior else 2016, 3, 1),
    )
    return save_worker(row, by=cast.writers[community.pk], now=timezone.now())


def grids_of(cast: Cast, community: Community, workers: list[SocialWorker]) -> None:
    """大网格 → 网格 → 片组; one segment still waits for its social worker."""
    name = community.name.removesuffix("社区")

    def enter(level: str, number: str, called: str, parent: Grid | None, who: SocialWorker | None, scope: str, homes: int | None) -> Grid:  # fmt: skip
        row = Grid(
            district=cast.district, community=community, level=level, number=number, name=called,
            parent=parent, worker=who, scope=scope, households=homes,
        )  # fmt: skip
        return save_grid(row, by=cast.writers[community.pk], now=timezone.now())

    large = enter("large", "D1", f"{name}大网格", None, workers[0], "", None)
    first = enter("grid", "1", "第一网格", large, workers[0], f"{name}东片", 320)
    enter("grid", "2", "第二网格", large, workers[1], f"{name}西片", 280)
    enter("segment", "1-1", "第一片组", first, workers[1], "1 至 6 幢", 150)
    enter("segment", "1-2", "第二片组", first, None, "7 至 12 幢", 170)


def enter_budgets(cast: Cast, projects: Iterable[VenturePhilanthropyProject]) -> None:
    """Three lines for each project; the grant pays the first ones first."""
    for project in projects:
        lines, left = [], project.granted
        rest = project.budget_total
        for category, item, unit, share in SHARES:
            amount = (project.budget_total * share / 100).quantize(Decimal(1))
            lines.append(line(category, item, unit, amount, min(left, amount)))
            left, rest = left - lines[-1].granted, rest - amount
        lines.append(line(*REST, rest, left))
        save_budget(project, lines, seen=fingerprint([]), by=cast.office[0], now=timezone.now())


def line(category: str, item: str, unit: str, amount: Decimal, granted: Decimal) -> BudgetLine:
    return BudgetLine(
        category=category, item=item, unit=unit, unit_price=amount, quantity=Decimal(1), granted=granted,
        own=amount - granted,
    )  # fmt: skip
