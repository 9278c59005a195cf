"""Votes become points: in proportion to the most votes, by a ladder of ranks, or by standard score."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt

from evaluations.tally.rule import Conversion

ROOT_DECIMALS = 12


def points_of_votes(conversion: Conversion, votes: Mapping[str, int]) -> dict[str, Fraction] | None:
    """The unrounded points of each entry.

    Args:
        votes: the votes of every entry, 0 for none.

    Returns:
        None if there is no result: nobody voted, or all have the same votes and the method is `standard`.
    """
    if not any(votes.values()):
        return None
    if conversion.method == "top":
        most = max(votes.values())
        return {entry: Fraction(conversion.full) * count / most for entry, count in votes.items()}
    if conversion.method == "ladder":
        return _ladder(conversion, votes)
    return _standard(conversion, votes)


def _ladder(conversion: Conversion, votes: Mapping[str, int]) -> dict[str, Fraction]:
    """First, less one step for every entry with more votes, never below 0."""
    first, step = Fraction(conversion.first), Fraction(conversion.step)
    rank: dict[int, int] = {}
    for place, count in enumerate(sorted(votes.values(), reverse=True), 1):
        rank.setdefault(count, place)
    return {entry: max(Fraction(0), first - step * (rank[count] - 1)) for entry, count in votes.items()}


def _standard(conversion: Conversion, votes: Mapping[str, int]) -> dict[str, Fraction] | None:
    """Mean + spread * z. z = (votes - mean of votes) / population standard deviation."""
    deviation = deviation_of(votes)
    if deviation is None:
        return None
    middle = Fraction(sum(votes.values()), len(votes))
    mean, spread = Fraction(conversion.mean), Fraction(conversion.spread)
    return {entry: mean + spread * (value - middle) / deviation for entry, value in votes.items()}


def deviation_of(votes: Mapping[str, int]) -> Fraction | None:
    """The population standard deviation, the root rounded down to 12 decimals by integer arithmetic; None: no spread."""
    count, total = len(votes), sum(votes.values())
    squares = count * sum(value * value for value in votes.values()) - total * total  # variance * count^2
    if squares == 0:
        return None
    scale = 10**ROOT_DECIMALS
    return Fraction(isqrt(squares * scale * scale // (count * count)), scale)
