"""The lines of one entry's computation: plain figures, in the order in which a reader goes through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from evaluations.tally.rule import Conversion, Criterion, Panel

Struck = Literal["", "high", "low"]
"""Which end a figure was left out at; empty: it counts."""


@dataclass(frozen=True, slots=True)
class Averaged:
    """Figures that were averaged: those that count, in the order of the seats; of a median the middle one or two."""

    values: tuple[Fraction, ...]
    middle: tuple[Fraction, ...]
    exact: Fraction


@dataclass(frozen=True, slots=True)
class Cell:
    """One mark; None: the judge gave none."""

    mark: Fraction | None
    struck: Struck = ""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One seat's sheet.

    At the level `criterion` its marks are struck one by one. At the level `sheet` a complete one has a `total`, the same
    `rounded`, the `points` added to it (None: the panel is not corrected) and `counted`, what is averaged, or struck.
    """

    seat: str
    cells: tuple[Cell, ...]
    total: Fraction | None = None
    rounded: Fraction | None = None
    points: Fraction | None = None
    counted: Fraction | None = None
    struck: Struck = ""

    @property
    def incomplete(self) -> bool:
        """A mark is missing."""
        return any(cell.mark is None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion: `marks` were given, `dropped` of them left out; averaged, rounded (`score`), times its weight (`product`), rounded."""

    criterion: Criterion
    marks: int
    dropped: int
    averaged: Averaged | None
    score: Fraction | None
    product: Fraction | None
    weighted: Fraction | None


@dataclass(frozen=True, slots=True)
class VotesLine:
    """How an entry's votes became points: the most votes of any entry, how many entries have more, mean and deviation."""

    conversion: Conversion
    votes: int
    most: int
    ahead: int
    mean: Fraction
    deviation: Fraction | None


@dataclass(frozen=True, slots=True)
class PanelLines:
    """One panel: `found` is its figure before it is rounded to the `score`, `product` the score times the weight.

    `sheets` is None where the marks are not published. `averaged` is that of whole sheets.
    """

    panel: Panel
    judges: int
    criteria: tuple[CriterionLine, ...]
    sheets: tuple[SheetLine, ...] | None
    averaged: Averaged | None
    votes: VotesLine | None
    found: Fraction | None
    score: Fraction | None
    product: Fraction | None
    share: Fraction | None

    @property
    def corrected(self) -> bool:
        """Whether a judge's sheets were corrected here."""
        return any(sheet.points is not None for sheet in self.sheets or ())


@dataclass(frozen=True, slots=True)
class TieLine:
    """One step of the ladder among the entries that were equal before it, each with its value, the best first.

    `ahead`, `equal` and `behind`: what became of the others, seen from the entry. `skipped`: one of them lacks the value.
    `hidden`: it needs marks that are not published, and so does what follows.
    """

    step: str
    values: tuple[tuple[str, Fraction | None], ...]
    ahead: tuple[str, ...]
    equal: tuple[str, ...]
    behind: tuple[str, ...]
    skipped: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Computation:
    """All of it. `standing` is the entry's line of result.json; `ahead` counts the entries with a higher total.

    `adjustments` are points with reasons; None: only their sum is published. `found` is the total before it is rounded.
    """

    standing: Mapping[str, Any]
    panels: tuple[PanelLines, ...]
    adjustments: tuple[tuple[Fraction, str], ...] | None
    adjusted: Fraction
    found: Fraction | None
    total: Fraction | None
    exact: Fraction | None
    ahead: int
    equals: tuple[str, ...]
    ties: tuple[TieLine, ...]
