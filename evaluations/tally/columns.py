"""Very many marks as columns of whole numbers: the form in which a database hands them over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluations.tally.inputs import Mark

Ints = NDArray[np.int64]
AnyInts = NDArray[Any]
"""Whole numbers of any width: narrow ones keep ten million marks small."""

SCALE = 1000  # columns hold thousandths of a point


@dataclass(frozen=True, slots=True)
class Columns:
    """The marks of a round, sheet by sheet, in any order; the numbers count the names from 0.

    Args:
        panel, entry, seat: of each sheet; a panel's seat has one sheet for an entry.
        sheet: of each mark, the number of its sheet.
        criterion, value: of each mark; the value in thousandths of a point.
    """

    panels: Sequence[str]
    entries: Sequence[str]
    seats: Sequence[str]
    criteria: Sequence[str]
    panel: AnyInts
    entry: AnyInts
    seat: AnyInts
    sheet: AnyInts
    criterion: AnyInts
    value: AnyInts

    def rows(self) -> Iterator[Mark]:
        """The same as rows of marks.csv."""
        sheets = list(
            zip(
                (self.panels[number] for number in self.panel.tolist()),
                (self.entries[number] for number in self.entry.tolist()),
                (self.seats[number] for number in self.seat.tolist()),
                strict=True,
            )
        )
        marks = (self.sheet.tolist(), self.criterion.tolist(), self.value.tolist())
        for sheet, criterion, value in zip(*marks, strict=True):
            text = f"{'-' if value < 0 else ''}{abs(value) // SCALE}.{abs(value) % SCALE:03d}"
            yield *sheets[sheet], self.criteria[criterion], text


def narrowest(largest: int) -> type[np.signedinteger[Any]]:
    """The narrowest kind of whole numbers that holds up to so much, above and below zero."""
    kinds: tuple[type[np.signedinteger[Any]], ...] = (np.int16, np.int32)
    return next((kind for kind in kinds if largest <= np.iinfo(kind).max), np.int64)
