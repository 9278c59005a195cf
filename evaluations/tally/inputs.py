"""What a tally counts besides the rule set: plain rows, as the files of a folder hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

Entry = tuple[str, str, str, str]
"""entry, title, community, sub-district"""
Seat = tuple[str, str, str]
"""panel, seat, sub-district (empty where it is not told)"""
Mark = tuple[str, str, str, str, str | Decimal | int | None]
"""panel, entry, seat, criterion, mark; no mark is None or an empty text, never 0"""
Given = tuple[str, str, str | Decimal | int | None]
"""panel, entry, points"""
Adjustment = tuple[str, str | Decimal | int, str]
"""entry, points, reason"""
Votes = tuple[str, str, str | int]
"""panel, entry, votes"""

COLUMNS: dict[str, tuple[str, ...]] = {
    "entries.csv": ("entry", "title", "community", "sub_district"),
    "seats.csv": ("panel", "seat", "sub_district"),
    "marks.csv": ("panel", "entry", "seat", "criterion", "mark"),
    "given.csv": ("panel", "entry", "points"),
    "adjustments.csv": ("entry", "points", "reason"),
    "votes.csv": ("panel", "entry", "votes"),
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """The rows of one round, in any order; the order never changes a result.

    Args:
        entries: every entry of the round.
        marks: the marks that count: of each seat's sheet for an entry the latest revision, not void, the
            judge not recused. May be an iterator: it is read once.
        seats: None takes the seats from the marks.
        given: points of panels of the kind `given`.
        adjustments: bonus points and deductions.
        votes: one row for every entry of every panel of votes.
    """

    entries: Sequence[Entry]
    marks: Iterable[Mark]
    seats: Sequence[Seat] | None = None
    given: Sequence[Given] = ()
    adjustments: Sequence[Adjustment] = ()
    votes: Sequence[Votes] = ()
