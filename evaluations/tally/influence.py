"""Which awards hang on one judge: the order that would come out if a judge's sheets were not there.

In floats, for review only. Corrections are fitted again without the judge, except in panels of very many sheets,
where one judge hardly moves the others' corrections and they are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluations.tally.additive import Design, Floats, Ints, estimate
from evaluations.tally.rounding import Rounding
from evaluations.tally.rule import Average, RuleSet, Trim

REFIT_LIMIT = 5_000_000  # sheets times judges up to which corrections are fitted again


@dataclass(frozen=True)
class PanelMarks:
    """What is averaged in one panel: single marks, or sheet totals at the level `sheet`, in points.

    `weights` is empty at the level `sheet`; else the weight of each criterion. `part` is the criterion of each
    value, 0 at the level `sheet`. Entries are numbered as the ranked ones, judges within the panel.
    """

    entry: Ints
    judge: Ints
    part: Ints
    value: Floats
    judges: int
    weights: Floats
    corrections: Floats


def scores_without(rule: RuleSet, marks: PanelMarks, entries: int) -> Iterator[tuple[int, Ints, Floats]]:
    """For each judge: which entries have another score without the judge, and that score (NaN: none)."""
    refit = rule.calibration is not None and marks.corrections.any()
    if refit and len(marks.value) * marks.judges <= REFIT_LIMIT:
        yield from _refitted(rule, marks, entries)
        return
    sheet = not len(marks.weights)
    change = np.zeros(len(marks.value))
    base = np.zeros(entries)
    for part in range(max(1, len(marks.weights))):
        of_part = np.flatnonzero(marks.part == part)
        values = marks.value[of_part] + (marks.corrections[marks.judge[of_part]] if sheet else 0)
        whole, without = averages_without(
            marks.entry[of_part], values, entries, rule.trim, rule.average, rule.min_marks
        )
        if not sheet:
            weight = marks.weights[part]
            whole, without = (
                nearly_rounded(
                    weight * nearly_rounded(found, rule.rounding, "criterion"), rule.rounding, "weighted"
                )
                for found in (whole, without)
            )
        base += whole
        change[of_part] = without - whole[marks.entry[of_part]]
    for judge in range(marks.judges):
        own = np.flatnonzero(marks.judge == judge)
        touched, position = np.unique(marks.entry[own], return_inverse=True)
        sums = np.zeros(len(touched))
        np.add.at(sums, position, change[own])
        yield judge, touched, nearly_rounded(base[touched] + sums, rule.rounding, "panel")


def _refitted(rule: RuleSet, marks: PanelMarks, entries: int) -> Iterator[tuple[int, Ints, Floats]]:
    """As `scores_without`, the other judges' corrections fitted again: so every entry may change."""
    if rule.calibration is None:
        return
    names, number = np.unique(marks.entry, return_inverse=True)
    design = Design(number, marks.judge, len(names), marks.judges)
    severity = estimate(design, marks.value).severity
    for judge in range(marks.judges):
        rest = marks.judge != judge
        found = _severity_without(design, marks.value, judge, severity)
        added = np.round(np.clip(found, -float(rule.calibration.cap), float(rule.calibration.cap)), 2)
        added[design.of_judge < rule.calibration.min_marks] = 0
        entry, values = marks.entry[rest], marks.value[rest] + added[marks.judge[rest]]
        whole, _without = averages_without(entry, values, entries, rule.trim, rule.average, rule.min_marks)
        yield judge, np.arange(entries), nearly_rounded(whole, rule.rounding, "panel")


def _severity_without(design: Design, values: Floats, judge: int, start: Floats) -> Floats:
    """The severities of the others if one judge had no sheet: conjugate gradients from those with the judge.

    Source: Hestenes & Stiefel, Methods of conjugate gradients for solving linear systems (1952).
    """
    own = design.judge == judge
    weight = np.where(own, 0.0, 1.0)
    count = design.of_entry - np.bincount(design.entry[own], minlength=design.entries)
    share = np.divide(1.0, count, out=np.zeros(design.entries), where=count > 0)
    middle = np.bincount(design.entry, values * weight, design.entries) * share
    right = np.bincount(design.judge, (middle[design.entry] - values) * weight, design.judges)
    mask = np.ones(design.judges)
    mask[judge] = 0.0
    found, scale = start * mask, mask / design.of_judge

    def times(vector: Floats) -> Floats:
        product: Floats = mask * (
            design.of_judge * vector - design.by_judge @ (share * (design.meetings @ vector))
        )
        return product

    rest = right - times(found)
    along = scale * rest
    size = float(rest @ along)
    for _ in range(10 * design.judges):
        if size < 1e-12:
            break
        image = times(along)
        step = size / float(along @ image)
        found, rest = found + step * along, rest - step * image
        before, size = size, float(rest @ (scale * rest))
        along = scale * rest + size / before * along
    others = mask > 0
    found[others] -= found[others].mean() if others.any() else 0.0
    return found


def averages_without(
    entry: Ints, values: Floats, entries: int, trim: Trim, average: Average, least: int
) -> tuple[Floats, Floats]:
    """The trimmed average of each entry's values, and for each value the same without it. NaN: too few."""
    order = np.lexsort((values, entry))
    ordered = values[order]
    counts = np.bincount(entry, minlength=entries)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    whole = _averages(ordered, sums, first, counts, np.full(entries, -1), trim, average, least)
    at = np.arange(len(values)) - first[entry[order]]
    found = _averages(ordered, sums, first[entry[order]], counts[entry[order]], at, trim, average, least)
    without = np.empty(len(values))
    without[order] = found
    return whole, without


def _averages(
    ordered: Floats,
    sums: Floats,
    first: Ints,
    counts: Ints,
    left_out: Ints,
    trim: Trim,
    average: Average,
    least: int,
) -> Floats:
    """The average of `counts` sorted values from `first` on, but that at `left_out` (-1: none)."""
    present = np.where(left_out >= 0, counts - 1, counts)
    trimmed = present >= trim.start
    low = np.where(trimmed, trim.low, 0)
    high = np.where(trimmed, present - trim.high, present)
    enough = (present >= max(least, 1)) & (high > low)
    out = np.where(left_out >= 0, left_out, counts)

    def at(index: Ints) -> Floats:
        """The value with that index once the one left out is gone."""
        place = first + index + (index >= out)
        found: Floats = ordered[np.clip(place, 0, len(ordered) - 1)]
        return found

    with np.errstate(divide="ignore", invalid="ignore"):
        if average == "median":
            middle = low + high - 1
            found = (at(middle // 2) + at((middle + 1) // 2)) / 2
        else:
            start, end = first + low + (low >= out), first + high + (high > out)
            inside = (out > low) & (out < high)
            found = (
                sums[end]
                - sums[start]
                - np.where(inside, ordered[np.clip(first + out, 0, len(ordered) - 1)], 0)
            )
            found = found / (high - low)
    return np.where(enough, found, np.nan)


def nearly_rounded(values: Floats, rounding: Rounding, stage: str) -> Floats:
    """Rounding at a stage as floats allow it: halves are recognized within 1e-7 of the last digit."""
    if stage not in rounding.stages:
        return values
    scale = 10.0**rounding.places
    scaled = np.abs(values) * scale
    whole = np.floor(scaled + 0.5 + 1e-7)
    if rounding.mode == "half_even":
        half = np.abs(scaled - np.floor(scaled) - 0.5) < 1e-7
        whole = np.where(half, 2 * np.round(np.floor(scaled) / 2 + 0.25), whole)
    found: Floats = np.sign(values) * whole / scale
    return found


def award_of_each(totals: Floats, official: Ints, limits: Ints) -> Ints:
    """The number of the line of awards of each entry by total, as many as there are lines for none.

    Among equals the official order stands. NaN: no total. `limits` are the places down to each line.
    """
    key = np.where(np.isnan(totals), -np.inf, np.round(totals, 9))
    order = np.lexsort((official, -key))
    same = (key[order][1:] == key[order][:-1]) & (official[order][1:] == official[order][:-1])
    ranks = np.arange(1, len(key) + 1)
    ranks[1:][same] = 0
    ranks = np.maximum.accumulate(ranks)
    found = np.empty(len(key), dtype=np.int64)
    found[order] = np.searchsorted(limits, ranks)
    found[np.isinf(key)] = len(limits)
    return found
