"""Which judges may be seated in a panel, by the rule's bench and the day of the round."""

import datetime as dt
from typing import Any

from django.utils import timezone

from communities.models import SubDistrict
from evaluations.conduct import checked_rule, conduct_of
from evaluations.models import Panel, Round
from judges.models import Judge

EXPERTS = "experts"


def bench_of(round_: Round) -> str:
    """Where the round's resident judges come from: own, exchange or all. A final has no own sub-district."""
    bench = conduct_of(checked_rule(round_.rule_set.text)).bench
    return "all" if bench == "own" and round_.sub_district_id is None else bench


def day_of(round_: Round, now: dt.datetime) -> dt.date:
    """The day on which the judges have to be serving: when scoring opens, or today if that is past."""
    return timezone.localdate(max(round_.opens_at, now))


def pool_of(panel: Panel, now: dt.datetime) -> Any:
    """Serving judges who may sit in the panel. Empty while an exchange has no sub-district yet."""
    round_ = panel.round
    judges = Judge.objects.of(round_.season.district).serving_on(day_of(round_, now))
    judges = judges.select_related("community", "sub_district")
    if panel.key == EXPERTS:
        return judges.experts()
    bench = bench_of(round_)
    if bench == "all":
        return judges.residents()
    place = round_.sub_district_id if bench == "own" else panel.bench_from_id
    return judges.residents().filter(sub_district=place) if place else judges.none()


def free_judges(panel: Panel, now: dt.datetime) -> Any:
    """Those of the pool who have no seat in this round."""
    return pool_of(panel, now).exclude(pk__in=panel.round.seats.live().values("judge"))


def guests_for(panel: Panel, now: dt.datetime) -> Any:
    """Serving resident judges from outside the pool without a seat in this round: guests, by two people."""
    round_ = panel.round
    judges = Judge.objects.of(round_.season.district).residents().serving_on(day_of(round_, now))
    taken = round_.seats.live().values("judge")
    return judges.exclude(pk__in=taken).exclude(pk__in=pool_of(panel, now).values("pk"))


def lending_sub_districts(round_: Round, now: dt.datetime) -> Any:
    """Sub-districts other than the host with serving judges: among them an exchange is agreed or drawn."""
    day = day_of(round_, now)
    lending = Judge.objects.residents().serving_on(day).values("sub_district")
    places = SubDistrict.objects.of(round_.season.district).on(day).filter(pk__in=lending)
    return places.exclude(pk=round_.sub_district_id).order_by("division_code")
