"""The average of some marks after trimming, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

from evaluations.tally.rule import Average, Trim

Number = TypeVar("Number", int, Fraction)


def trimmed_average(values: Sequence[Number], trim: Trim, average: Average) -> Fraction:
    """Drop `high` highest and `low` lowest from `trim.start` values on (one copy of a tie), then average.

    Args:
        values: one or more, in any unit, which is the unit of the average too.
    """
    ordered = sorted(values)
    if len(ordered) >= trim.start:
        ordered = ordered[trim.low : len(ordered) - trim.high]
    return median(ordered) if average == "median" else mean(ordered)


def mean(values: Sequence[Number]) -> Fraction:
    """The arithmetic mean of one or more values."""
    return Fraction(sum(values)) / len(values)


def median(values: Sequence[Number]) -> Fraction:
    """The middle value, or the mean of the two middle ones, of one or more values."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle]) / 2
