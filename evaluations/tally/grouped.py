"""Averages of many groups of whole numbers at once, each exact: a sum over a count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluations.tally.columns import AnyInts, Ints, narrowest
from evaluations.tally.rule import Average, Trim

_SPARE = 1_000_000  # cells that a table may have beyond some times its contents


@dataclass(frozen=True, slots=True)
class Averages:
    """Of each group: how many values there are, and the average as a sum over a count (0: no value)."""

    count: list[int]
    total: list[int]
    over: list[int]


def averages(group: Ints, values: AnyInts, groups: int, trim: Trim, average: Average) -> Averages:
    """The trimmed average of the values of each group.

    Args:
        group: the group of each value, in ascending order.
    """
    count = np.bincount(group, minlength=groups)
    trimmed = count >= trim.start
    low = np.where(trimmed, trim.low, 0)
    high = count - np.where(trimmed, trim.high, 0)
    ordered, first = _sorted(group, values, count)
    if average == "median":
        padded = np.append(ordered, 0)  # groups without a value may point behind the last one
        middle = low + high - 1
        halves = (middle // 2, (middle + 1) // 2)
        lower, upper = (padded[np.where(count, first + half, -1)].astype(np.int64) for half in halves)
        total = lower + upper
        over = np.where(count, 2, 0)
    else:
        sums = np.concatenate([[0], np.cumsum(ordered, dtype=np.int64)])
        total, over = sums[first + high] - sums[first + low], high - low
    return Averages(count.tolist(), total.tolist(), over.tolist())


def _sorted(group: Ints, values: AnyInts, count: Ints) -> tuple[AnyInts, Ints]:
    """The values in ascending order within each group, and where each group begins."""
    groups, width = len(count), int(count.max(initial=0))
    first = np.cumsum(count) - count
    values = values.astype(narrowest(int(np.abs(values).max(initial=0))))
    if groups * width > 4 * len(values) + _SPARE:
        return values[np.lexsort((values, group))], first
    # A row for each group, filled up with the greatest value: many short sorts, and of narrow numbers.
    table = np.full((groups, width), values.max(initial=0))
    table[group, np.arange(len(values)) - first[group]] = values
    table.sort(axis=1)
    return table.ravel(), np.arange(groups) * width
