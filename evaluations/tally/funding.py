"""Which projects are funded after the ranking: from the first place on, as long as the budget lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from evaluations.tally.ranking import lot

Reason = Literal["funded", "in-part", "budget", "sub-district", "no-place", "nothing-asked"]


@dataclass(frozen=True, slots=True)
class Applicant:
    """A ranked project that asks for money.

    Args:
        rank: its place, None without one. sub_district: the one whose cap it counts against.
        asked: what it asks for, and least: the amount below which it cannot be carried out, both in fen.
    """

    entry: str
    rank: int | None
    sub_district: str
    asked: int
    least: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What one project gets, and why. Amounts in fen.

    Args:
        budget_left: what was left of the budget when its turn came; cap_left: of its sub-district's cap, None
            without a cap. by_lot: its turn among those of the same place was drawn.
    """

    entry: str
    amount: int
    reason: Reason
    budget_left: int
    cap_left: int | None
    by_lot: bool = False


@dataclass(frozen=True, slots=True)
class FundingRule:
    """What the district has to give. Amounts in fen.

    Args:
        caps: the most that the projects of a sub-district get together; those not named have no cap.
        lot_seed: the sentence read out from which turns among equals are drawn; needed only where they decide.
        marks_sha256: the result's, so that nobody could choose a sentence that suits him before the marks were known.
    """

    budget: int
    caps: Mapping[str, int] = field(default_factory=dict)
    lot_seed: str = ""
    marks_sha256: str = ""


class TiedError(ValueError):
    """Projects share a place and the money does not suffice for all of them: a lot is needed."""

    def __init__(self, entries: tuple[str, ...]) -> None:
        super().__init__(", ".join(entries))
        self.entries = entries


def fund(rule: FundingRule, applicants: Iterable[Applicant]) -> tuple[Grant, ...]:
    """Give to each project in the order of the places what it asks for, or what is left if that is enough for it.

    A project for which too little is left gets nothing, and the next one has its turn. Projects that share a place get
    all what they ask for; where the money does not suffice for that, the lot says whose turn is first.

    Raises: TiedError without a lot where one is needed.
    """
    ranked = sorted(applicants, key=lambda one: (one.rank is None, one.rank or 0, one.entry))
    purse = _Purse(rule.budget, dict(rule.caps))
    grants: list[Grant] = []
    for rank, group in groupby(ranked, key=lambda one: one.rank):
        equals = list(group)
        asking = [one for one in equals if one.asked > 0]
        drawn = rank is not None and len(asking) > 1 and not purse.suffices(asking)
        if drawn:
            if not rule.lot_seed:
                raise TiedError(tuple(one.entry for one in asking))
            equals.sort(key=lambda one: -lot(rule.lot_seed, rule.marks_sha256, one.entry))
        grants += [purse.give(one, by_lot=drawn and one.asked > 0) for one in equals]
    return tuple(grants)


@dataclass(slots=True)
class _Purse:
    """What is left, in all and for each sub-district with a cap."""

    budget: int
    caps: dict[str, int]

    def suffices(self, asking: list[Applicant]) -> bool:
        """Whether all of them can have all that they ask for."""
        if sum(one.asked for one in asking) > self.budget:
            return False
        return all(
            sum(one.asked for one in asking if one.sub_district == name) <= left
            for name, left in self.caps.items()
        )

    def give(self, one: Applicant, *, by_lot: bool) -> Grant:
        cap = self.caps.get(one.sub_district)
        most = min(one.asked, self.budget, one.asked if cap is None else cap)
        reason = self._reason(one, most, cap)
        amount = most if reason in ("funded", "in-part") else 0
        grant = Grant(one.entry, amount, reason, self.budget, cap, by_lot)
        self.budget -= amount
        if cap is not None:
            self.caps[one.sub_district] = cap - amount
        return grant

    def _reason(self, one: Applicant, most: int, cap: int | None) -> Reason:
        if one.rank is None:
            return "no-place"
        if one.asked <= 0:
            return "nothing-asked"
        if most == one.asked:
            return "funded"
        if most >= max(one.least, 1):
            return "in-part"
        return "sub-district" if cap is not None and cap < min(one.asked, self.budget) else "budget"
