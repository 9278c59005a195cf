"""The result of a round, and `result.json`: official figures only, the same bytes on any machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluations.tally import canonical
from evaluations.tally.panels import CriterionScore, PanelScore
from evaluations.tally.rounding import figure, fraction

FORMAT = "goldidea-result/1"
CORRECTION_PLACES = 2

Warning_ = Mapping[str, object]
"""A code of `WARNINGS` under "code", and the values that its sentence names."""


@dataclass(frozen=True, slots=True)
class Uncalibrated:
    """What an entry would have if no judge were corrected."""

    rank: int | None
    total: Fraction | None


@dataclass(frozen=True, slots=True)
class Correction:
    """The points that were added to each sheet total of a seat: its severity, limited and rounded."""

    panel: str
    seat: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """One entry's place.

    Args:
        rank: None where the result of a weighted panel is missing.
        tied: another entry has the same rank.
        total: the rounded sum that ranks, in points; None without a rank.
        exact: the same with all steps unrounded, adjustments as published.
        panels: each panel's result, panels of weight 0 included.
        shares: each panel's score times its weight, rounded at the stage `share`.
        adjustments: the sum of the entry's adjustments.
        tie_broken_by: the last step of the ladder that parted this entry from one of equal total; None: none
            did. flags: `incomplete_sheet`, and `missing_panel:ID` for each weighted panel without a result.
        uncalibrated: the rank and the total without corrections; None where no judge is corrected.
    """

    entry: str
    rank: int | None
    tied: bool
    total: Fraction | None
    exact: Fraction | None
    panels: Mapping[str, PanelScore]
    shares: Mapping[str, Fraction | None]
    adjustments: Fraction
    tie_broken_by: str | None
    flags: tuple[str, ...]
    uncalibrated: Uncalibrated | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a round: standings by rank, then entry; entries without a rank last.

    `corrections` stand by panel and seat, for every seat of a calibrated panel with a complete sheet. `warnings` do not change the result; they stand by code, panel and entry. `places` is the number of
    decimals with which figures are written.
    """

    rule_sha256: str
    marks_sha256: str
    standings: tuple[Standing, ...]
    corrections: tuple[Correction, ...]
    warnings: tuple[Warning_, ...]
    places: int

    def as_dict(self) -> dict[str, object]:
        """The document `goldidea-result/1`: figures as texts, counts and ranks as whole numbers."""
        # Equal figures are one object: each is written once, however many entries have it.
        known: dict[int, dict[str, object]] = {}
        return {
            "format": FORMAT,
            "rule_sha256": self.rule_sha256,
            "marks_sha256": self.marks_sha256,
            "standings": [_standing(standing, self.places, known) for standing in self.standings],
            "corrections": [
                {"panel": item.panel, "seat": item.seat, "points": figure(item.points, CORRECTION_PLACES)}
                for item in self.corrections
            ],
            "warnings": [dict(warning) for warning in self.warnings],
        }

    def to_bytes(self) -> bytes:
        """The exact bytes of result.json: canonical JSON and one line feed."""
        return bytes_of(self.as_dict())


def bytes_of(document: Mapping[str, object]) -> bytes:
    """The exact bytes of a result.json that has been put together."""
    return canonical.dumps(document) + b"\n"


def _standing(standing: Standing, places: int, known: dict[int, dict[str, object]]) -> dict[str, object]:
    return {
        "entry": standing.entry,
        "rank": standing.rank,
        "tied": standing.tied,
        "total": _figure(standing.total, places),
        "exact": None if standing.exact is None else fraction(standing.exact),
        "panels": {
            panel: _panel(score, standing.shares[panel], places, known)
            for panel, score in standing.panels.items()
        },
        "adjustments": figure(standing.adjustments, places),
        "uncalibrated": _uncalibrated(standing.uncalibrated, places),
        "tie_broken_by": standing.tie_broken_by,
        "flags": list(standing.flags),
    }


def _uncalibrated(beside: Uncalibrated | None, places: int) -> dict[str, object] | None:
    return None if beside is None else {"rank": beside.rank, "total": _figure(beside.total, places)}


def _panel(
    score: PanelScore, share: Fraction | None, places: int, known: dict[int, dict[str, object]]
) -> dict[str, object]:
    criteria = {}
    for name, item in score.criteria.items():
        found = known.get(id(item))
        if found is None:
            found = known[id(item)] = _criterion(item, places)
        criteria[name] = found
    return {
        "score": _figure(score.score, places),
        "share": _figure(share, places),
        "judges": score.judges,
        "criteria": criteria,
    }


def _criterion(score: CriterionScore, places: int) -> dict[str, object]:
    return {
        "score": _figure(score.score, places),
        "weighted": _figure(score.weighted, places),
        "marks": score.marks,
        "dropped": score.dropped,
    }


def _figure(value: Fraction | None, places: int) -> str | None:
    return None if value is None else figure(value, places)
