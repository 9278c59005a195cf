"""Ranks by total; among equals the ladder of the rule set decides, and what remains shares the rank."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import lcm

Value = Callable[[str], Fraction | None]
"""What a step of the ladder compares, higher first; None: the entry lacks it."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's rank, whether others share it, and the last step that parted it from an equal total."""

    rank: int
    tied: bool
    broken_by: str | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step that could not be used for a group of tied entries, since one of them lacks the value."""

    step: str
    entries: tuple[str, ...]


def rank_entries(
    totals: Mapping[str, Fraction], ladder: Sequence[tuple[str, Value]]
) -> tuple[dict[str, Place], list[Skipped]]:
    """Rank entries, 1 the highest, equals sharing the rank: 1, 2, 2, 4.

    Args:
        totals: every entry that is ranked, with its total.
        ladder: the steps that decide among equal totals, each with its name.

    Returns:
        The place of each entry, and the steps skipped.
    """
    places: dict[str, Place] = {}
    skipped: list[Skipped] = []
    rank = 1
    for _total, group in _descending(totals, totals.__getitem__):
        for still_tied, step in _separate(group, ladder, None, skipped):
            for entry in still_tied:
                places[entry] = Place(rank, len(still_tied) > 1, step)
            rank += len(still_tied)
    return places, skipped


def lot(seed: str, marks_sha256: str, entry: str) -> Fraction:
    """An entry's lot: the lower the SHA-256 of seed, marks_sha256 and entry, joined, the better.

    It is fixed by the sentence read out before the round and by the marks, which nobody knew then.
    """
    digest = hashlib.sha256((seed + marks_sha256 + entry).encode("utf-8")).digest()
    return Fraction(-int.from_bytes(digest, "big"))


def _separate(
    group: list[str],
    ladder: Sequence[tuple[str, Value]],
    broken_by: str | None,
    skipped: list[Skipped],
) -> list[tuple[list[str], str | None]]:
    """Part a group of equals step by step; each subgroup goes on with the next step."""
    if len(group) == 1 or not ladder:
        return [(group, broken_by)]
    (name, value), rest = ladder[0], ladder[1:]
    values = {entry: found for entry in group if (found := value(entry)) is not None}
    if len(values) < len(group):
        skipped.append(Skipped(name, tuple(sorted(group))))
        return _separate(group, rest, broken_by, skipped)
    parts = _descending(values, values.__getitem__)
    step = name if len(parts) > 1 else broken_by
    return [found for _value, part in parts for found in _separate(part, rest, step, skipped)]


def _descending(
    entries: Mapping[str, Fraction], value: Callable[[str], Fraction]
) -> list[tuple[Fraction, list[str]]]:
    """Groups of entries of equal value, the highest first; the order inside a group means nothing."""
    # In whole numbers over one common denominator: comparing fractions is slow.
    values = {entry: value(entry) for entry in entries}
    below = lcm(*(found.denominator for found in values.values()))
    whole = {entry: found.numerator * (below // found.denominator) for entry, found in values.items()}
    ordered = sorted(entries, key=whole.__getitem__, reverse=True)
    groups = (list(group) for _key, group in groupby(ordered, key=whole.__getitem__))
    return [(values[group[0]], group) for group in groups]
