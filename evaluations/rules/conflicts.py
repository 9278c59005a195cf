"""Who does not mark what, by rule: own community, own organization, own sub-district, what a judge is tied to.

Read from the frozen snapshots: every community and organization named on a case counts, partners too. A community
that was renamed or redrawn stays the same to its judges (its predecessors and successors count as itself).
Declared recusals are rows (Recusal); `exclusions` joins both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.models import Community, SubDistrict
from evaluations.conduct import checked_rule, conduct_of
from evaluations.models import Entry, Recusal, Round, Seat
from judges.models import Judge, StandingInterest

Key = tuple[int, int]  # seat id, entry id


class Bar(models.TextChoices):
    """Why a judge does not mark an entry."""

    OWN_COMMUNITY = "own_community", _("own community")
    OWN_ORGANIZATION = "own_organization", _("tied to the organization")
    TIED_COMMUNITY = "tied_community", _("tied to the community")
    OWN_SUB_DISTRICT = "own_sub_district", _("own sub-district")
    RECUSED = "recused", _("declared a conflict")


@dataclass(frozen=True, slots=True)
class Named:
    """What a case names: codes of communities, organizations and sub-districts."""

    communities: frozenset[str]
    organizations: frozenset[str]
    sub_districts: frozenset[str]


def conflicts_by_rule(round_: Round) -> dict[Key, Bar]:
    """Every live seat × entry of the round that the rule bars, with the reason; in a constant number of queries."""
    return conflicts_between(round_, live_seats(round_), entries_of(round_))


def exclusions(round_: Round) -> dict[Key, Bar]:
    """Conflicts by rule and live declared recusals together."""
    seats = live_seats(round_)
    barred = conflicts_between(round_, seats, entries_of(round_))
    declared = Recusal.objects.filter(seat__in=seats, withdrawn_at=None).values_list("seat_id", "entry_id")
    return {**dict.fromkeys(declared, Bar.RECUSED), **barred}


def live_seats(round_: Round) -> list[Seat]:
    """The round's seats in place, with panel and judge."""
    seats = round_.seats.live().select_related("panel", "judge__community", "judge__sub_district")
    return list(seats.order_by("panel", "number"))


def entries_of(round_: Round) -> list[Entry]:
    """The round's entries with their snapshots, in their order."""
    return list(round_.entries.select_related("snapshot", "submission"))


def conflicts_between(round_: Round, seats: Iterable[Seat], entries: Iterable[Entry]) -> dict[Key, Bar]:
    """The bars between these seats and entries."""
    seats = list(seats)
    ties = _Ties(round_, {seat.judge_id: seat.judge for seat in seats})
    named = {entry.pk: ties.named(entry) for entry in entries}
    found = (((seat.pk, pk), ties.bar(seat.judge, names)) for seat in seats for pk, names in named.items())
    return {key: bar for key, bar in found if bar is not None}


def conflict_of(judge: Judge, entry: Entry) -> Bar | None:
    """The bar between one judge (seated or not) and one entry."""
    ties = _Ties(entry.round, {judge.pk: judge})
    return ties.bar(judge, ties.named(entry))


class _Ties:
    """What binds judges to places and organizations, read in bulk."""

    def __init__(self, round_: Round, judges: Mapping[int, Judge]) -> None:
        self.whole_sub_district = (
            "own_sub_district" in conduct_of(checked_rule(round_.rule_set.text)).conflicts
        )
        district = round_.season.district
        communities = list(Community.objects.of(district).values("code", "pk", "predecessor", "sub_district"))
        sub_districts = list(SubDistrict.objects.of(district).values("code", "pk", "predecessor"))
        self.community = _lineage(communities)
        self.sub_district = _lineage(sub_districts)
        codes = {row["pk"]: row["code"] for row in sub_districts}
        self.code_of = {row["pk"]: row["code"] for row in communities}
        self.home_of = {row["code"]: codes[row["sub_district"]] for row in communities}
        self.interests: dict[int, list[Any]] = {pk: [] for pk in judges}
        for interest in StandingInterest.objects.filter(judge__in=judges).select_related("organization"):
            self.interests[interest.judge_id].append(interest)

    def named(self, entry: Entry) -> Named:
        body = entry.snapshot.body
        places = [body.get("community") or {}, *(body.get("partners") or [])]
        communities = [str(place.get("code", "")) for place in places]
        host = str((body.get("sub_district") or {}).get("code", ""))
        homes = [host, *(self.home_of.get(code, "") for code in communities)]
        return Named(
            communities=frozenset(self.community.get(code, code) for code in communities),
            organizations=frozenset(str(one.get("code", "")) for one in body.get("organizations") or []),
            sub_districts=frozenset(self.sub_district.get(code, code) for code in homes if code),
        )

    def bar(self, judge: Judge, names: Named) -> Bar | None:
        if judge.community and self._same(judge.community.code) in names.communities:
            return Bar.OWN_COMMUNITY
        for interest in self.interests[judge.pk]:
            if interest.organization and interest.organization.code in names.organizations:
                return Bar.OWN_ORGANIZATION
            if interest.community_id and self._same(self.code_of[interest.community_id]) in names.communities:
                return Bar.TIED_COMMUNITY
        if self.whole_sub_district and judge.sub_district:
            home = self.sub_district.get(judge.sub_district.code, judge.sub_district.code)
            if home in names.sub_districts:
                return Bar.OWN_SUB_DISTRICT
        return None

    def _same(self, code: str) -> str:
        return self.community.get(code, code)


def _lineage(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Code -> code of the first in its line of predecessors."""
    by_pk = {row["pk"]: row for row in rows}

    def first(row: Mapping[str, Any]) -> str:
        seen = set()
        while row["predecessor"] in by_pk and row["pk"] not in seen:
            seen.add(row["pk"])
            row = by_pk[row["predecessor"]]
        return str(row["code"])

    return {str(row["code"]): first(row) for row in by_pk.values()}
