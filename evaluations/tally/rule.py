"""The rule set: everything that a district decides about a result, as frozen data.

A rule set is made by `parse_rule` from its JSON document (`goldidea-rule/1`) and by nothing else, so that
whoever holds one knows that it has been checked. The document's fields are described in docs/tally.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from evaluations.tally.canonical import sha256
from evaluations.tally.rounding import Rounding

PanelKind = Literal["marks", "votes", "given"]
SheetLevel = Literal["criterion", "sheet"]
Average = Literal["mean", "median"]
Line = Literal["all", "lot"]
Names = Mapping[str, str]
"""One text per language code, such as {"zh-hans": "需求", "en": "Need"}."""


@dataclass(frozen=True, slots=True)
class Level:
    """A worded band of marks: from `start` up to the next level above, or to the greatest mark."""

    start: Decimal
    name: Names
    help: Names | None


@dataclass(frozen=True, slots=True)
class Criterion:
    """What judges mark: `min` to `max` points in steps of `step` counted from `min`, times `weight`."""

    id: str
    name: Names
    min: Decimal
    max: Decimal
    step: Decimal
    weight: Decimal
    help: Names | None
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """How votes become points: `top` (full), `ladder` (first, step) or `standard` (mean, spread)."""

    method: Literal["top", "ladder", "standard"]
    full: Decimal = Decimal(0)
    first: Decimal = Decimal(0)
    step: Decimal = Decimal(0)
    mean: Decimal = Decimal(0)
    spread: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Panel:
    """One jury, one vote, or points given from elsewhere. `criteria`: the ids that it marks, if it marks."""

    id: str
    kind: PanelKind
    weight: Decimal
    criteria: tuple[str, ...]
    conversion: Conversion | None


@dataclass(frozen=True, slots=True)
class Trim:
    """From `start` marks on (the document's `from`) drop `high` and `low`; below `advised` warn."""

    high: int
    low: int
    start: int
    advised: int

    def dropped(self, marks: int) -> int:
        """How many of so many marks are dropped, both ends together."""
        return self.high + self.low if marks >= self.start else 0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Additive corrections of judges: at most `cap` points, for judges with `min_marks` sheets or more.

    `if_disconnected` says what becomes of a panel in which not all judges can be compared.
    """

    cap: Decimal
    min_marks: int
    if_disconnected: Literal["refuse", "uncalibrated"]


@dataclass(frozen=True, slots=True)
class TieStep:
    """One step of the ties ladder; `text` as the document writes it."""

    text: str
    kind: Literal["exact", "panel", "criterion", "median", "lot"]
    panel: str = ""
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class AdjustmentRange:
    """The points that one adjustment, and the sum of an entry's adjustments, may have."""

    min: Decimal
    max: Decimal


@dataclass(frozen=True, slots=True)
class Award:
    """A line of awards with its number of places."""

    id: str
    name: Names
    places: int


@dataclass(frozen=True, slots=True)
class AdvanceRule:
    """Who goes on: `per_sub_district` places each, or `places` in proportion to cases; then `others`."""

    per_sub_district: int | None
    places: int | None
    others: int
    ties: Line


@dataclass(frozen=True)
class RuleSet:
    """A checked rule set; `canonical` is its document in canonical JSON."""

    criteria: tuple[Criterion, ...]
    panels: tuple[Panel, ...]
    level: SheetLevel
    average: Average
    trim: Trim
    min_marks: int
    calibration: Calibration | None
    rounding: Rounding
    ties: tuple[TieStep, ...]
    lot_seed: str | None
    adjustments: AdjustmentRange | None
    awards: tuple[Award, ...]
    advance: AdvanceRule | None
    publish_marks: str | None
    conduct: Mapping[str, object]
    canonical: bytes

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the canonical document, which stands in every result."""
        return sha256(self.canonical)

    @cached_property
    def criterion(self) -> Mapping[str, Criterion]:
        """The criteria by id."""
        return {criterion.id: criterion for criterion in self.criteria}

    @cached_property
    def panel(self) -> Mapping[str, Panel]:
        """The panels by id."""
        return {panel.id: panel for panel in self.panels}

    @cached_property
    def weight_of(self) -> Mapping[str, Fraction]:
        """The weight of each criterion."""
        return {criterion.id: Fraction(criterion.weight) for criterion in self.criteria}

    @cached_property
    def panel_weight(self) -> Mapping[str, Fraction]:
        """The weight of each panel."""
        return {panel.id: Fraction(panel.weight) for panel in self.panels}

    def criteria_of(self, panel: Panel) -> tuple[Criterion, ...]:
        """The criteria that a panel marks, in the rule set's order; none for votes and given points."""
        return tuple(criterion for criterion in self.criteria if criterion.id in panel.criteria)

    @property
    def never_refusing(self) -> RuleSet:
        """The same document and digest, but a panel that is not connected is counted plain: by decision of two people."""
        if self.calibration is None:
            return self
        return replace(self, calibration=replace(self.calibration, if_disconnected="uncalibrated"))

    @cached_property
    def weighted_panels(self) -> tuple[Panel, ...]:
        """The panels that decide: those with a weight above 0."""
        return tuple(panel for panel in self.panels if panel.weight > 0)
