"""Who marks what: a balanced assignment of judges to entries, the same for the same seed.

Pure: names and numbers in, pairs out. As many marks as can be had, shared out evenly over the entries and over the
judges, by augmenting paths that end at the least loaded judge within reach.
Source: Harvey, Ladner, Lovász & Tamir, Semi-matchings for bipartite graphs and load balancing, J. Algorithms 59
(2006), algorithm ASM2, with more than one judge for an entry; an instance of successive shortest paths.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
Pair = tuple[str, str]


def lot(seed: str, *names: str) -> str:
    """The place of something in a lot: SHA-256 of the seed and its names, ascending."""
    return hashlib.sha256("\n".join((seed, *names)).encode()).hexdigest()


@dataclass
class Matching:
    """An assignment as it grows. Pairs are (entry, judge).

    Attributes:
        eligible: the judges who may mark each entry. capacity: entries a judge marks at most; None: no limit.
        fixed: pairs decided by hand, which stay.
    """

    eligible: Mapping[str, Collection[str]]
    capacity: int | None
    seed: str
    fixed: frozenset[Pair] = frozenset()
    judges_of: dict[str, set[str]] = field(default_factory=dict)
    entries_of: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        judges = {judge for named in self.eligible.values() for judge in named}
        self.judges_of = {entry: set() for entry in self.eligible}
        self.entries_of = {judge: set() for judge in judges | {judge for _entry, judge in self.fixed}}
        for entry, judge in self.fixed:
            self._give(entry, judge)
        # Each entry asks its judges in an order of its own, so that not the same people meet everywhere.
        self._order = {
            entry: sorted(named, key=lambda judge, entry=entry: lot(self.seed, entry, judge))  # type: ignore[misc]
            for entry, named in self.eligible.items()
        }

    @property
    def pairs(self) -> frozenset[Pair]:
        return frozenset((entry, judge) for entry, judges in self.judges_of.items() for judge in judges)

    def fill(self, wanted: Mapping[str, int]) -> None:
        """Give each entry its first judge, then each its second, and so on, until it has as many as wanted or can get."""
        order = sorted(self.eligible, key=lambda entry: lot(self.seed, entry))
        stuck: set[str] = set()
        for level in range(1, max(wanted.values(), default=0) + 1):
            for entry in order:
                if entry in stuck or len(self.judges_of[entry]) >= min(level, wanted[entry]):
                    continue
                if not self._augment(entry):
                    stuck.add(entry)

    def _augment(self, entry: str) -> bool:
        """One more judge for the entry, moving others if need be; the load grows at the least loaded judge in reach."""
        lightest = min(map(len, self.entries_of.values()), default=0)
        asked = [judge for judge in self._order[entry] if judge not in self.judges_of[entry]]
        if (direct := next((judge for judge in asked if self._load(judge) == lightest), None)) and (
            self.capacity is None or lightest < self.capacity
        ):
            self._give(entry, direct)  # nobody in reach can have less
            return True
        came_from = self._reach(entry, asked)
        free = [judge for judge in came_from if self.capacity is None or self._load(judge) < self.capacity]
        if not free:
            return False
        self._shift(min(free, key=lambda judge: (self._load(judge), lot(self.seed, entry, judge))), came_from)
        return True

    def _reach(self, entry: str, asked: list[str]) -> dict[str, tuple[str, str | None]]:
        """Every judge in reach: judge -> (the entry that asks, the judge who would give that entry up, if any)."""
        came_from: dict[str, tuple[str, str | None]] = dict.fromkeys(asked, (entry, None))
        queue = deque(asked)
        while queue:
            giver = queue.popleft()
            for held in sorted(self.entries_of[giver]):
                if (held, giver) in self.fixed:
                    continue
                for judge in self._order[held]:
                    if judge not in came_from and judge not in self.judges_of[held]:
                        came_from[judge] = (held, giver)
                        queue.append(judge)
        return came_from

    def _shift(self, judge: str, came_from: Mapping[str, tuple[str, str | None]]) -> None:
        at: str | None = judge
        while at is not None:
            asking, giver = came_from[at]
            if giver is not None:
                self._take(asking, giver)
            self._give(asking, at)
            at = giver

    def _give(self, entry: str, judge: str) -> None:
        self.judges_of[entry].add(judge)
        self.entries_of[judge].add(entry)

    def _take(self, entry: str, judge: str) -> None:
        self.judges_of[entry].remove(judge)
        self.entries_of[judge].remove(entry)

    def _load(self, judge: str) -> int:
        return len(self.entries_of[judge])


def match(
    eligible: Mapping[str, Collection[str]],
    wanted: Mapping[str, int],
    capacity: int | None,
    seed: str,
    fixed: Collection[Pair] = (),
) -> frozenset[Pair]:
    """Assign judges to entries.

    Args:
        eligible: the judges who may mark each entry. wanted: how many each entry shall have.
        capacity: how many entries a judge marks at most; None: no limit. fixed: pairs that stay as they are.

    Returns:
        (entry, judge) pairs. If every entry can have what it wants, it has; else the shortage is shared out evenly.
        Judges' loads differ as little as they can.
    """
    matching = Matching(eligible, capacity, seed, frozenset(fixed))
    matching.fill(wanted)
    return matching.pairs


def groups(pairs: Collection[tuple[Name, Name]]) -> list[set[Name]]:
    """The connected groups of entries and judges: results of unconnected groups cannot be compared through judges."""
    found: list[set[Name]] = []
    for pair in pairs:
        touched = [group for group in found if group & set(pair)]
        found = [group for group in found if not group & set(pair)]
        found.append(set(pair).union(*touched))
    return found
