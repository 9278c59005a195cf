"""Which entries go on from the preliminaries to the final."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from evaluations.tally.inputs import Entry
from evaluations.tally.messages import AdvanceError
from evaluations.tally.ranking import lot
from evaluations.tally.result import Result, Standing
from evaluations.tally.rule import AdvanceRule, RuleSet


@dataclass(frozen=True, slots=True)
class Advancing:
    """An entry that goes on; `by` a place of its sub-district, or one of the other places."""

    entry: str
    sub_district: str
    by: Literal["sub_district", "others"]


@dataclass(frozen=True, slots=True)
class Advance:
    """Who goes on, by sub-district and entry; and how many places each sub-district had."""

    places: Mapping[str, int]
    entries: tuple[Advancing, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    value: Fraction
    lot: Fraction


def advance(
    rule: RuleSet,
    results: Sequence[Result],
    entries: Iterable[Entry],
    accepted_cases: Mapping[str, int] | None = None,
    *,
    same_judges: bool = False,
) -> Advance:
    """Choose the entries that go on.

    Each sub-district sends its best by rank, as many as it has places; places that it cannot fill lapse. Then
    the other places go to the best totals among the rest. Where entries are equal at the line, all of them go
    on (`ties: all`), or the lot decides (`ties: lot`). Entries without a rank never go on.

    Args:
        results: the results of the preliminaries; all entries of a sub-district stand in one of them.
        entries: the entries of all preliminaries, for their sub-districts.
        accepted_cases: accepted cases of each sub-district, needed where places are given in proportion to
            them. same_judges: whether the judges of the one weighted panel were the same in all
            preliminaries. Without that
            totals are not comparable, and other places are refused.

    Raises:
        AdvanceError: the rule set or the results do not allow it.
    """
    plan = rule.advance
    if plan is None:
        raise AdvanceError("advance-not-in-rule")
    if plan.others and not (same_judges and len(rule.weighted_panels) == 1):
        raise AdvanceError("advance-not-comparable")
    home = {entry: sub_district for entry, _title, _community, sub_district in entries}
    draw = _Lots(rule.lot_seed or "", results)
    ranked = _by_sub_district(results, home)
    places = _places(plan, sorted(ranked), accepted_cases or {}, draw)
    chosen: dict[str, Advancing] = {}
    for sub_district, standings in ranked.items():
        candidates = [
            _Candidate(item.entry, Fraction(-(item.rank or 0)), draw.of(item)) for item in standings
        ]
        for entry in _cut(candidates, places[sub_district], plan):
            chosen[entry] = Advancing(entry, sub_district, "sub_district")
    rest = [item for standings in ranked.values() for item in standings if item.entry not in chosen]
    candidates = [_Candidate(item.entry, item.total or Fraction(0), draw.of(item)) for item in rest]
    for entry in _cut(candidates, plan.others, plan):
        chosen[entry] = Advancing(entry, home[entry], "others")
    ordered = sorted(chosen.values(), key=lambda item: (item.sub_district, item.entry))
    return Advance(places, tuple(ordered))


class _Lots:
    """The lots of entries, each from the marks of its own round; of sub-districts, from the marks of all."""

    def __init__(self, seed: str, results: Sequence[Result]) -> None:
        self.seed = seed
        self.marks = {
            standing.entry: result.marks_sha256 for result in results for standing in result.standings
        }
        self.all_marks = "".join(sorted(result.marks_sha256 for result in results))

    def of(self, standing: Standing) -> Fraction:
        return lot(self.seed, self.marks[standing.entry], standing.entry)

    def of_sub_district(self, sub_district: str) -> Fraction:
        return lot(self.seed, self.all_marks, sub_district)


def _by_sub_district(results: Sequence[Result], home: Mapping[str, str]) -> dict[str, list[Standing]]:
    """The ranked standings of each sub-district; a sub-district whose entries all lack a rank has none."""
    ranked: dict[str, list[Standing]] = {}
    round_of: dict[str, int] = {}
    seen: set[str] = set()
    for index, result in enumerate(results):
        for standing in result.standings:
            entry = standing.entry
            if entry not in home:
                raise AdvanceError("advance-unknown-entry", {"entry": entry})
            if entry in seen:
                raise AdvanceError("advance-twice", {"entry": entry})
            seen.add(entry)
            sub_district = home[entry]
            if round_of.setdefault(sub_district, index) != index:
                raise AdvanceError("advance-two-rounds", {"sub_district": sub_district})
            standings = ranked.setdefault(sub_district, [])
            if standing.rank is not None:
                standings.append(standing)
    return ranked


def _places(
    plan: AdvanceRule, sub_districts: Sequence[str], accepted_cases: Mapping[str, int], draw: _Lots
) -> dict[str, int]:
    """The places of each sub-district.

    Source of the proportion: the method of the largest remainder (Hamilton). Sub-districts whose remainders
    are equal at the line are treated as entries are: all of them get the place, or the lot decides.
    """
    if plan.per_sub_district is not None:
        return dict.fromkeys(sub_districts, plan.per_sub_district)
    for sub_district in sub_districts:
        if sub_district not in accepted_cases:
            raise AdvanceError("advance-no-cases", {"sub_district": sub_district})
    cases = sum(accepted_cases.values())
    places = plan.places or 0
    quotas = {name: Fraction(places * count, cases or 1) for name, count in accepted_cases.items()}
    given = {name: int(quota) for name, quota in quotas.items()}
    remainders = [
        _Candidate(name, quota - given[name], draw.of_sub_district(name))
        for name, quota in quotas.items()
        if quota > given[name]
    ]
    for name in _cut(remainders, places - sum(given.values()), plan):
        given[name] += 1
    return given


def _cut(candidates: Sequence[_Candidate], places: int, plan: AdvanceRule) -> list[str]:
    """The names of the highest candidates, as many as there are places, equals at the line by the rule."""
    if places <= 0:
        return []
    ordered = sorted(candidates, key=lambda item: (item.value, item.lot), reverse=True)
    if plan.ties == "all" and len(ordered) > places:
        line = ordered[places - 1].value
        return [item.name for item in ordered if item.value >= line]
    return [item.name for item in ordered[:places]]
