"""Who marks what: a balanced assignment of judges to entries, the same for the same seed.

Pure: names and numbers in, pairs out. A linear program on the assignment network (entries, their sub-districts,
judges), whose matrix is totally unimodular, so that the simplex method ends at whole numbers. First as many marks
as can be had, the shortage shared out evenly; then loads as even as they can be; then a lot. And how well the
design that comes out can compare entries.

Sources: Ahuja, Magnanti & Orlin, Network Flows (1993), ch. 11 (unimodularity, convex costs as parallel arcs);
John & Williams, Cyclic and Computer Generated Designs (1995), ch. 2 (canonical efficiency factors).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
Pair = tuple[str, str]
"""entry, judge"""

# The costs of the program, whole numbers far enough apart that a lower goal never outweighs a higher one.
LOT = 1_000
LOAD = 1_000_000
# So many lots are drawn at most for a design that is connected.
LOTS = 4
# So many judges for each that an entry wants stand for choice at first; all of them if that is not enough.
CHOICE = 5


def lot(seed: str, *names: str) -> str:
    """The place of something in a lot: SHA-256 of the seed and its names, ascending."""
    return hashlib.sha256("\n".join((seed, *names)).encode()).hexdigest()


@dataclass(frozen=True)
class Task:
    """What is to be assigned.

    Args:
        eligible: the judges who may mark each entry. wanted: how many each entry shall have.
        capacity: how many entries a judge marks at most; None: no limit.
        home: judge -> sub-district. per_home: how many judges of one sub-district mark an entry at most.
        fixed: pairs that stay as they are, whatever the limits say.
    """

    eligible: Mapping[str, Collection[str]]
    wanted: Mapping[str, int]
    capacity: int | None = None
    seed: str = ""
    home: Mapping[str, str] = field(default_factory=dict)
    per_home: int | None = None
    fixed: frozenset[Pair] = frozenset()

    @cached_property
    def entries(self) -> list[str]:
        return sorted(self.eligible)

    @cached_property
    def judges(self) -> list[str]:
        named = {judge for judges in self.eligible.values() for judge in judges}
        return sorted(named | {judge for _entry, judge in self.fixed})

    @cached_property
    def held(self) -> Counter[str]:
        """How many fixed pairs each entry has."""
        return Counter(entry for entry, _judge in self.fixed)

    @cached_property
    def load(self) -> Counter[str]:
        """How many fixed pairs each judge has."""
        return Counter(judge for _entry, judge in self.fixed)

    @cached_property
    def of_home(self) -> Counter[tuple[str, str]]:
        """How many judges of each sub-district each entry has by fixed pairs."""
        return Counter((entry, self.home[judge]) for entry, judge in self.fixed if self.home.get(judge))


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a design compares entries across judges.

    Attributes:
        groups: connected groups; entries of different groups cannot be compared through judges.
        connectivity: the least canonical efficiency factor, 0 to 1: the algebraic connectivity of the design,
            each sheet weighed by its entry's and its judge's number of sheets. 0 where it falls apart.
        efficiency: the harmonic mean of the factors (A-efficiency): how precise differences of entries are in
            comparison with judges who are all equally strict.
    """

    groups: int
    connectivity: float
    efficiency: float


def match(task: Task) -> frozenset[Pair]:
    """Assign judges to entries.

    Returns:
        (entry, judge) pairs, the fixed ones among them. If every entry can have what it wants, it has; else as
        many marks as can be had are, and the shortage is shared out as evenly as it can be. If the design falls
        apart by bad luck, the next lots are tried.
    """
    first = found = _drawn(task)
    for again in range(2, LOTS + 1):
        if len(groups(found)) < 2:
            return found
        found = _drawn(replace(task, seed=f"{task.seed}/{again}"))
    return found if len(groups(found)) < 2 else first


def _drawn(task: Task) -> frozenset[Pair]:
    pairs = _free_pairs(task)
    costs = {pair: int(lot(task.seed, *pair)[:12], 16) % LOT for pair in pairs}
    chosen = _choice(task, pairs, costs)
    found = _solve(task, chosen, costs, task.wanted)
    if found is not None and len(chosen) < len(pairs) and not _even(task, found):
        found = None
    if found is None and len(chosen) < len(pairs):
        found = _solve(task, pairs, costs, task.wanted)
    if found is None:
        found = _solve(task, pairs, costs, _attainable(task, pairs))
    if found is None:
        raise AssertionError("what can be had cannot be had")
    return frozenset(found) | task.fixed


def quality(pairs: Collection[Pair]) -> Quality:
    """Connection and efficiency of a design."""
    if not pairs:
        return Quality(0, 0.0, 0.0)
    import numpy as np

    entries = {name: number for number, name in enumerate(sorted({entry for entry, _judge in pairs}))}
    judges = {name: number for number, name in enumerate(sorted({judge for _entry, judge in pairs}))}
    meetings = np.zeros((len(entries), len(judges)))
    for entry, judge in pairs:
        meetings[entries[entry], judges[judge]] = 1.0
    scaled = meetings / np.sqrt(np.outer(meetings.sum(axis=1), meetings.sum(axis=0)))
    gram = scaled @ scaled.T if len(entries) < len(judges) else scaled.T @ scaled
    alike = np.clip(np.linalg.eigvalsh(gram)[::-1], 0, 1)
    groups = int((alike > 1 - 1e-9).sum())
    if groups > 1:
        return Quality(groups, 0.0, 0.0)
    if len(entries) == 1:
        return Quality(1, 1.0, 1.0)
    factors = np.ones(len(entries) - 1)
    found = 1 - alike[1 : len(entries)]
    factors[: len(found)] = found
    return Quality(1, float(factors.min()), float(len(factors) / (1 / factors).sum()))


def _free_pairs(task: Task) -> list[Pair]:
    """The pairs that may be added."""
    return [
        (entry, judge)
        for entry in task.entries
        for judge in sorted(task.eligible[entry])
        if (entry, judge) not in task.fixed
    ]


def _choice(task: Task, pairs: list[Pair], costs: Mapping[Pair, int]) -> list[Pair]:
    """The cheapest pairs of each entry: with a lot for costs an assignment hardly ever needs the others."""
    if len(pairs) <= 20_000:
        return pairs
    of_entry: dict[str, list[Pair]] = {entry: [] for entry in task.entries}
    for pair in pairs:
        of_entry[pair[0]].append(pair)
    return [
        pair
        for entry, own in of_entry.items()
        for pair in sorted(sorted(own, key=costs.__getitem__)[: CHOICE * task.wanted[entry]])
    ]


def _even(task: Task, found: list[Pair]) -> bool:
    loads = Counter(task.load)
    loads.update(judge for _entry, judge in found)
    counts = [loads[judge] for judge in task.judges]
    return max(counts) - min(counts) <= 1


def _solve(
    task: Task, pairs: list[Pair], costs: Mapping[Pair, int], wanted: Mapping[str, int]
) -> list[Pair] | None:
    """The cheapest way to give every entry exactly what it wants besides the fixed pairs; None: there is none."""
    missing = {entry: max(0, wanted[entry] - task.held[entry]) for entry in task.entries}
    mean = (sum(missing.values()) + len(task.fixed)) // max(1, len(task.judges)) + 1
    loads = []
    for judge in task.judges:
        # The n-th entry of a judge costs more than the one before; far above the mean all cost the same.
        before, steps = task.load[judge], min(_room(task, judge), 3 * mean + 10)
        loads += [(judge, 1, LOAD * (before + nth)) for nth in range(steps)]
        loads.append((judge, _room(task, judge) - steps, LOAD * (before + steps)))
    return _cheapest(task, pairs, [costs[pair] for pair in pairs], missing, loads, [])


def _attainable(task: Task, pairs: list[Pair]) -> dict[str, int]:
    """What each entry gets at most, the whole shortage as small and then as even as it can be."""
    missing = {entry: max(0, task.wanted[entry] - task.held[entry]) for entry in task.entries}
    loads = [(judge, _room(task, judge), 0) for judge in task.judges]
    # A mark more always counts; then the second mark that an entry lacks is worse than the first of another.
    most = 100 * (max(missing.values(), default=0) + 2)
    slack = [
        (entry, most + 100 * nth + int(lot(task.seed, entry)[:12], 16) % 100)
        for entry, count in missing.items()
        for nth in range(count)
    ]
    found = _cheapest(task, pairs, [0] * len(pairs), missing, loads, slack)
    if found is None:
        raise AssertionError("a program with slack has a solution")
    given = Counter(entry for entry, _judge in found)
    return {entry: task.held[entry] + given[entry] for entry in task.entries}


def _room(task: Task, judge: str) -> int:
    """How many entries a judge may get besides the fixed ones."""
    most = len(task.entries) if task.capacity is None else task.capacity
    return max(0, most - task.load[judge])


def _cheapest(
    task: Task,
    pairs: list[Pair],
    costs: list[int],
    missing: Mapping[str, int],
    loads: list[tuple[str, int, int]],
    slack: list[tuple[str, int]],
) -> list[Pair] | None:
    """The linear program: sum of an entry's pairs + slack = missing; sum of a judge's pairs = sum of its loads.

    Args:
        loads: judge, how many pairs, cost of each. slack: entry, cost of the lack of one pair.

    Returns:
        None if there is no solution.
    """
    if not pairs:
        return None if any(missing.values()) and not slack else []
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    entry_row = {entry: row for row, entry in enumerate(task.entries)}
    judge_row = {judge: row for row, judge in enumerate(task.judges, len(entry_row))}
    size, first_slack = len(pairs), len(pairs) + len(loads)
    cells = [(entry_row[entry], column, 1) for column, (entry, _judge) in enumerate(pairs)]
    cells += [(judge_row[judge], column, 1) for column, (_entry, judge) in enumerate(pairs)]
    cells += [(judge_row[judge], size + nth, -1) for nth, (judge, _most, _cost) in enumerate(loads)]
    cells += [(entry_row[entry], first_slack + nth, 1) for nth, (entry, _cost) in enumerate(slack)]
    width, height = first_slack + len(slack), len(entry_row) + len(judge_row)
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    upper = np.concatenate([np.ones(size), [most for _judge, most, _cost in loads], np.ones(len(slack))])
    limits = _home_limits(task, pairs)
    solution = linprog(
        np.concatenate([costs, [cost for *_, cost in loads], [cost for *_, cost in slack]]),
        A_eq=csr_array((values, (rows, columns)), shape=(height, width)),
        b_eq=np.array([*(missing[entry] for entry in task.entries), *(0 for _judge in task.judges)]),
        A_ub=csr_array((np.ones(len(limits[0])), limits[:2]), shape=(len(limits[2]), width))
        if limits[2]
        else None,
        b_ub=np.array(limits[2]) if limits[2] else None,
        bounds=np.column_stack([np.zeros(width), upper]),
        method="highs-ds",
    )
    if solution.status == 2:
        return None
    if solution.status != 0:
        raise RuntimeError(f"the assignment was not solved: {solution.message}")
    return [pair for pair, share in zip(pairs, solution.x[:size], strict=True) if share > 0.5]


def _home_limits(task: Task, pairs: list[Pair]) -> tuple[list[int], list[int], list[int]]:
    """Rows, columns and limits: how many judges of one sub-district an entry may still get."""
    numbers: dict[tuple[str, str], int] = {}
    rows, columns = [], []
    for column, (entry, judge) in enumerate(pairs):
        home = task.home.get(judge)
        if task.per_home is not None and home:
            rows.append(numbers.setdefault((entry, home), len(numbers)))
            columns.append(column)
    return rows, columns, [max(0, (task.per_home or 0) - task.of_home[place]) for place in numbers]


def groups(pairs: Collection[tuple[Name, Name]]) -> list[set[Name]]:
    """The connected groups of entries and judges: results of unconnected groups cannot be compared through judges."""
    leader: dict[Name, Name] = {}

    def first(name: Name) -> Name:
        while leader.setdefault(name, name) != name:
            leader[name] = name = leader[leader[name]]
        return name

    for one, other in pairs:
        leader[first(one)] = first(other)
    found: dict[Name, set[Name]] = {}
    for name in leader:
        found.setdefault(first(name), set()).add(name)
    return list(found.values())
