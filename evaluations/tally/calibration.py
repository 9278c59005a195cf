"""Corrections for unequally strict judges: `additive` calibration of one panel.

The severity of each judge by least squares (`additive`), limited to the cap, rounded half away from zero to 2
decimals, is added to each of the judge's sheet totals. The published corrections are all that a reader needs
to recompute the result with a pencil.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evaluations.tally.additive import Design, Floats, estimate, exact_severities
from evaluations.tally.panels import SheetTotals
from evaluations.tally.result import CORRECTION_PLACES as PLACES
from evaluations.tally.rounding import rounded
from evaluations.tally.rule import Calibration

NEAR = 1e-6  # points from a rounding boundary within which a severity is solved exactly
FLOAT_LIMIT = (
    10_000  # points between the least and the greatest total up to which a float is trusted that far
)

Group = tuple[tuple[str, ...], tuple[str, ...]]
"""entries and seats that are connected by sheets"""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What is added to the sheet totals of one panel.

    Args:
        points: seat -> points, for every seat with a complete sheet.
        too_few: seats whose correction is 0 because of too few sheets, with their number.
        capped: seats whose severity lies beyond the cap.
        groups: where the panel is not connected: its groups, and then no points.
    """

    points: dict[str, Fraction]
    too_few: dict[str, int]
    capped: tuple[str, ...]
    groups: tuple[Group, ...] = ()


def corrections(calibration: Calibration, sheets: SheetTotals) -> Corrections:
    """The corrections of one panel."""
    if not sheets.seats:
        return Corrections({}, {}, ())
    design = design_of(sheets)
    if design.groups[0] > 1:
        return Corrections({}, {}, (), _groups(design, sheets.entries, sheets.seats))
    cap = Fraction(calibration.cap)
    severities = _severities(design, sheets, cap)
    counts = dict(zip(sheets.seats, design.of_judge.tolist(), strict=True))
    too_few = {seat: count for seat, count in counts.items() if count < calibration.min_marks}
    points, capped = {}, []
    for seat, severity in zip(sheets.seats, severities, strict=True):
        if seat in too_few:
            points[seat] = Fraction(0)
            continue
        if abs(severity) > cap:
            capped.append(seat)
        points[seat] = rounded(max(-cap, min(cap, severity)), PLACES, "half_up")
    return Corrections(points, too_few, tuple(capped))


def design_of(sheets: SheetTotals) -> Design:
    """Which seat has a complete sheet for which entry."""
    entry, seat = (np.asarray(column, dtype=np.int64) for column in (sheets.entry, sheets.seat))
    return Design(entry, seat, len(sheets.entries), len(sheets.seats))


def points_of(sheets: SheetTotals, less: int = 0) -> Floats:
    """The total of each sheet in points, after so many units are taken away."""
    totals, unit = sheets.total, sheets.unit
    if isinstance(totals, np.ndarray) and max(int(np.abs(totals).max(initial=0)), abs(less), unit) < 1 << 52:
        return (totals - less) / unit
    return np.array([(int(total) - less) / unit for total in totals])


def _severities(design: Design, sheets: SheetTotals, cap: Fraction) -> list[Fraction]:
    """The severities in points: as floats give them, but exact where that could change what is published."""
    least, most = int(min(sheets.total)), int(max(sheets.total))
    found = estimate(design, points_of(sheets, least)).severity
    steps = np.abs(found) * 10**PLACES
    to_boundary = np.abs(steps - np.floor(steps) - 0.5) / 10**PLACES
    doubtful = np.minimum(to_boundary, np.abs(np.abs(found) - float(cap))) < NEAR
    if most - least > FLOAT_LIMIT * sheets.unit:
        doubtful[:] = True
    severities = [Fraction(float(value)) for value in found]
    if doubtful.any():
        totals = [int(total) for total in sheets.total]
        exact = exact_severities(design, totals, np.flatnonzero(doubtful).tolist())
        for judge, value in exact.items():
            severities[judge] = value / sheets.unit
    return severities


def _groups(design: Design, entries: list[str], seats: list[str]) -> tuple[Group, ...]:
    count, of_entry, of_seat = design.groups
    return tuple(
        sorted(
            (
                tuple(
                    name for name, group in zip(entries, of_entry.tolist(), strict=True) if group == number
                ),
                tuple(name for name, group in zip(seats, of_seat.tolist(), strict=True) if group == number),
            )
            for number in range(count)
        )
    )
