"""The analysis beside a result (`analysis.json`): how sure the ranks are and how good the judging was.

Never official and never deciding. Floats; the same bytes for the same marks and one locked set of libraries.
docs/tally.md explains each figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evaluations.tally import canonical
from evaluations.tally.additive import Design, Floats, Ints
from evaluations.tally.ballots import collect_ballots
from evaluations.tally.calibration import design_of, points_of
from evaluations.tally.columns import Columns
from evaluations.tally.count import checked_marks, result_of
from evaluations.tally.diagnostics import (
    DISCOVERY,
    SAME_SHARE,
    SAME_SHEETS,
    home_advantage,
    judge_figures,
    same_marks,
)
from evaluations.tally.influence import PanelMarks, award_of_each, nearly_rounded, scores_without
from evaluations.tally.inputs import Inputs
from evaluations.tally.intervals import (
    CONFIDENCE,
    DRAWS,
    Belief,
    RankDraws,
    belief,
    rank_draws,
    seed_words,
)
from evaluations.tally.panels import Marks, SheetMarks
from evaluations.tally.reliability import (
    Intraclass,
    components,
    intraclass_of_complete,
    intraclass_of_components,
    judges_needed,
    kendall_w,
    krippendorff_alpha,
)
from evaluations.tally.result import Result, Standing
from evaluations.tally.rule import Panel, RuleSet

FORMAT = "goldidea-analysis/1"
BAND = 0.05  # an entry is borderline where its chance of the line lies between this and its complement

Homes = Mapping[tuple[str, str], tuple[str, str]]
"""panel, seat -> the judge's sub-district and community; empty where it is not told"""
Document = dict[str, Any]


@dataclass(frozen=True)
class _Panel:
    """The complete sheets of one panel as arrays."""

    panel: Panel
    entries: list[str]
    seats: list[str]
    design: Design
    totals: Floats
    patterns: Ints

    @property
    def complete(self) -> Floats | None:
        """The totals as a matrix of entries by judges, if every judge marked every entry."""
        if len(self.totals) != len(self.entries) * len(self.seats):
            return None
        matrix = np.empty((len(self.entries), len(self.seats)))
        matrix[self.design.entry, self.design.judge] = self.totals
        return matrix


def analyse(
    rule: RuleSet, inputs: Inputs, homes: Homes | None = None, columns: Columns | None = None
) -> bytes:
    """The bytes of analysis.json: canonical JSON and one line feed.

    Args:
        homes: where the judges come from; None takes the sub-districts from the seats.
        columns: the marks, where they do not stand among the inputs.

    Raises:
        FolderError, DisconnectedError: as `tally` does.
    """
    marks: Marks = (
        SheetMarks(collect_ballots(rule, inputs)) if columns is None else checked_marks(rule, inputs, columns)
    )
    result = result_of(rule, inputs, marks)
    panels = [
        found for panel in rule.panels if panel.kind == "marks" and (found := _read(rule, panel, marks))
    ]
    if homes is None:
        homes = {(panel, seat): (place, "") for panel, seat, place in inputs.seats or ()}
    draws = _draws(rule, inputs, result, panels)
    document = {
        "format": FORMAT,
        "rule_sha256": result.rule_sha256,
        "marks_sha256": result.marks_sha256,
        "draws": DRAWS,
        "confidence": _text(CONFIDENCE, 2),
        "standings": _standings(result, draws),
        "lines": _lines(rule, draws),
        "panels": [_panel(rule, found) for found in panels],
        "judges": [item for found in panels for item in _judges(found)],
        "home": [item for found in panels for item in _home(found, inputs, homes)],
        "influence": _influence(rule, result, marks),
    }
    return canonical.dumps(document) + b"\n"


def _read(rule: RuleSet, panel: Panel, marks: Marks) -> _Panel | None:
    """The panel's complete sheets, sorted by entry and seat; None where there are none."""
    sheets = marks.sheet_totals(rule, panel)
    if not sheets.seats:
        return None
    patterns = _patterns(sheets.marks)
    return _Panel(panel, sheets.entries, sheets.seats, design_of(sheets), points_of(sheets), patterns)


def _patterns(marks: Any) -> Ints:
    """A number for each sheet, the same for sheets with the very same marks."""
    found = np.zeros(len(marks), dtype=np.int64)
    for column in np.asarray(marks).T:
        kinds, number = np.unique(column, return_inverse=True)
        found = np.unique(found * len(kinds) + number, return_inverse=True)[1]
    return found


# How sure a rank is


@dataclass(frozen=True)
class _Draws:
    """Draws over the ranked entries, overall and, where places are given by sub-district, within each."""

    entries: list[str]
    overall: RankDraws
    lines: dict[str, tuple[int, Floats]]


def _draws(rule: RuleSet, inputs: Inputs, result: Result, panels: list[_Panel]) -> _Draws | None:
    """None where nothing can be said: no panel of judges decides, or nothing is left to measure chance by."""
    ranked = [standing for standing in result.standings if standing.rank is not None]
    deciding = [found for found in panels if found.panel.weight > 0]
    beliefs = [belief(found.design, found.totals) for found in deciding]
    if len(ranked) < 2 or not beliefs or None in beliefs:
        return None
    names = [standing.entry for standing in ranked]
    weighted = [
        (float(found.panel.weight), _aligned(own, found.entries, names))
        for found, own in zip(deciding, beliefs, strict=True)
        if own is not None
    ]
    marking = {found.panel.id for found in deciding}
    fixed = np.array([float(_besides(rule, standing, marking)) for standing in ranked])
    seed = seed_words(result.marks_sha256)
    overall = rank_draws(weighted, fixed, seed)
    lines: dict[str, tuple[int, Floats]] = {}
    limit = 0
    for award in rule.awards:
        limit += award.places
        lines[f"award:{award.id}"] = (limit, overall.top(limit))
    if rule.advance and rule.advance.per_sub_district is not None:
        place_of = {entry: place for entry, _title, _community, place in inputs.entries}
        places = sorted(set(place_of.values()))
        groups = np.array([places.index(place_of[name]) for name in names], dtype=np.int64)
        each = rule.advance.per_sub_district
        lines["advance"] = (each, rank_draws(weighted, fixed, seed, groups).top(each))
    return _Draws(names, overall, lines)


def _aligned(found: Belief, entries: list[str], names: list[str]) -> Belief:
    """The belief about the ranked entries, in their order; of one without a complete sheet nothing is known but the others."""
    number = {name: place for place, name in enumerate(entries)}
    size = len(names)
    mean, covariance = np.full(size, found.middle), np.diag(np.full(size, found.spread))
    there = np.array([place for place, name in enumerate(names) if name in number], dtype=np.int64)
    taken = np.array([number[name] for name in names if name in number], dtype=np.int64)
    mean[there] = found.mean[taken]
    covariance[np.ix_(there, there)] = found.covariance[np.ix_(taken, taken)]
    return Belief(mean, covariance, found.middle, found.spread)


def _besides(rule: RuleSet, standing: Standing, marking: set[str]) -> Fraction:
    """The part of a total that is no judge's: votes, given points, adjustments."""
    others = [panel.id for panel in rule.weighted_panels if panel.id not in marking]
    return standing.adjustments + sum(
        (standing.shares[panel] or Fraction(0) for panel in others), Fraction(0)
    )


def _standings(result: Result, draws: _Draws | None) -> list[Document]:
    blank: Document = {"interval": None, "expected_rank": None, "p_top": {}, "outside": False}
    if draws is None:
        return [{"entry": item.entry, "rank": item.rank, **blank} for item in result.standings]
    least, greatest = draws.overall.interval()
    expected = draws.overall.expected()
    number = {name: place for place, name in enumerate(draws.entries)}
    found: list[Document] = []
    for item in result.standings:
        at = number.get(item.entry)
        if at is None or item.rank is None:
            found.append({"entry": item.entry, "rank": None, **blank})
            continue
        low, high = int(least[at]), int(greatest[at])
        found.append(
            {
                "entry": item.entry,
                "rank": item.rank,
                "interval": [low, high],
                "expected_rank": _text(expected[at], 2),
                "p_top": {line: _text(chances[at]) for line, (_places, chances) in draws.lines.items()},
                "outside": not low <= item.rank <= high,
            }
        )
    return found


def _lines(rule: RuleSet, draws: _Draws | None) -> list[Document]:
    """Each line of awards and advance, with the entries of which it is not clear on which side they stand."""
    if draws is None:
        return []
    return [
        {
            "line": line,
            "places": places,
            "borderline": [
                entry
                for entry, chance in zip(draws.entries, chances.tolist(), strict=True)
                if BAND < chance < 1 - BAND
            ],
        }
        for line, (places, chances) in draws.lines.items()
    ]


# How good the judging was


def _panel(rule: RuleSet, found: _Panel) -> Document:
    matrix = found.complete
    parts = components(found.design, found.totals)
    marks = len(found.entries) / float((1 / found.design.of_entry).sum())
    if matrix is not None:
        icc = intraclass_of_complete(matrix)
    else:
        icc = intraclass_of_components(parts, marks) if parts else None
    corrected = rule.calibration is not None
    return {
        "panel": found.panel.id,
        "entries": len(found.entries),
        "judges": len(found.seats),
        "sheets": len(found.totals),
        "groups": found.design.groups[0],
        "complete": matrix is not None,
        "marks_per_entry": _text(marks, 2),
        "alpha": _text(krippendorff_alpha(found.design, found.totals)),
        "icc": _icc(icc),
        "kendall_w": None if matrix is None else _text(kendall_w(matrix.T)),
        "deviations": None
        if parts is None
        else {
            "entry": _text(parts.entry**0.5),
            "judge": _text(parts.judge**0.5),
            "residual": _text(parts.residual**0.5),
            "degrees": parts.degrees,
        },
        "judges_for_80": judges_needed(
            None if icc is None else icc.three_single if corrected else icc.one_single
        ),
    }


def _icc(icc: Intraclass | None) -> Document | None:
    if icc is None:
        return None
    return {
        "1,1": _text(icc.one_single),
        "2,1": _text(icc.two_single),
        "3,1": _text(icc.three_single),
        "1,k": _text(icc.one_average),
        "2,k": _text(icc.two_average),
        "3,k": _text(icc.three_average),
    }


def _judges(found: _Panel) -> list[Document]:
    design = found.design
    same = same_marks(design.judge, found.patterns, design.judges)
    figures = judge_figures(design, found.totals, same)
    items = []
    for number, seat in enumerate(found.seats):
        sheets = int(design.of_judge[number])
        alike = sheets >= SAME_SHEETS and float(same[number]) >= SAME_SHARE
        item: Document = {
            "panel": found.panel.id,
            "seat": seat,
            "sheets": sheets,
            "severity": None,
            "error": None,
            "spread": None,
            "fit": None,
            "same_share": _text(same[number], 2),
            "review": ["same_marks"] * alike,
        }
        if figures is not None:
            odd = float(figures.adjusted[number]) < DISCOVERY
            item |= {
                "severity": _text(figures.severity[number], 2),
                "error": _text(figures.error[number], 2),
                "spread": _text(figures.spread[number], 2),
                "fit": {
                    "chi2": _text(figures.chi2[number], 2),
                    "degrees": _text(figures.degrees[number], 2),
                    "p": _text(figures.p[number]),
                    "p_adjusted": _text(figures.adjusted[number]),
                },
                "review": [*["fit"] * odd, *["same_marks"] * alike],
            }
        items.append(item)
    return items


def _home(found: _Panel, inputs: Inputs, homes: Homes) -> list[Document]:
    """Whether judges marked their own sub-district, or their own community, up."""
    place_of = {entry: (place, community) for entry, _title, community, place in inputs.entries}
    items = []
    for index, kind in enumerate(("sub_district", "community")):
        of_entry = np.array([place_of[entry][index] for entry in found.entries])
        of_seat = np.array([homes.get((found.panel.id, seat), ("", ""))[index] for seat in found.seats])
        own = of_entry[found.design.entry] == of_seat[found.design.judge]
        own &= of_seat[found.design.judge] != ""
        home = home_advantage(found.design, found.totals, own)
        if home is None:
            continue
        items.append(
            {
                "panel": found.panel.id,
                "place": kind,
                "sheets": home.marks,
                "coefficient": _text(home.coefficient, 2),
                "error": _text(home.error, 2),
                "t": _text(home.t, 2),
                "degrees": home.degrees,
                "p": _text(home.p),
            }
        )
    return items


def _influence(rule: RuleSet, result: Result, marks: Marks) -> list[Document]:
    """The judges without whom an award would go to another entry, and which."""
    ranked = [standing for standing in result.standings if standing.rank is not None]
    if not rule.awards or not ranked:
        return []
    lines = [*(award.id for award in rule.awards), None]
    limits = np.cumsum([award.places for award in rule.awards])
    official = np.array([standing.rank for standing in ranked], dtype=np.int64)
    totals = np.array([float(standing.total or 0) for standing in ranked])
    now = award_of_each(totals, official, limits)
    items = []
    for panel in rule.weighted_panels:
        if panel.kind != "marks":
            continue
        averaged, seats = _averaged(rule, panel, marks, result, ranked)
        shares = np.array([float(standing.shares[panel.id] or 0) for standing in ranked])
        for judge, touched, scores in scores_without(rule, averaged, len(ranked)):
            without = totals.copy()
            share = nearly_rounded(float(panel.weight) * scores, rule.rounding, "share")
            without[touched] += share - shares[touched]
            without = nearly_rounded(without, rule.rounding, "total")
            then = award_of_each(without, official, limits)
            changes = [
                {"entry": ranked[at].entry, "award": lines[now[at]], "without": lines[then[at]]}
                for at in np.flatnonzero(now != then).tolist()
            ]
            if changes:
                items.append({"panel": panel.id, "seat": seats[judge], "changes": changes})
    return items


def _averaged(
    rule: RuleSet, panel: Panel, marks: Marks, result: Result, ranked: list[Standing]
) -> tuple[PanelMarks, list[str]]:
    """What the panel averages, for the ranked entries, by rank, seat and criterion."""
    if rule.level == "sheet":
        sheets = marks.sheet_totals(rule, panel)
        names, seats, columns = sheets.entries, sheets.seats, (sheets.entry, sheets.seat)
        value, weights = nearly_rounded(points_of(sheets), rule.rounding, "sheet"), []
        part = np.zeros(len(value), dtype=np.int64)
    else:
        single = marks.single_marks(rule, panel)
        names, seats, columns = single.entries, single.seats, (single.entry, single.seat)
        part = np.asarray(single.part, dtype=np.int64)
        value = np.asarray(single.value, dtype=np.float64) / np.array(single.units, dtype=np.float64)[part]
        weights = [float(item.weight) for item in rule.criteria_of(panel)]
    place = {standing.entry: number for number, standing in enumerate(ranked)}
    entry, seat = (np.asarray(column, dtype=np.int64) for column in columns)
    entry = np.array([place.get(name, -1) for name in names], dtype=np.int64)[entry]
    order = np.lexsort((part, seat, entry))
    order = order[entry[order] >= 0]
    there, judge = np.unique(seat[order], return_inverse=True)
    seats = [seats[number] for number in there.tolist()]
    points = {item.seat: float(item.points) for item in result.corrections if item.panel == panel.id}
    return PanelMarks(
        entry=entry[order],
        judge=judge,
        part=part[order],
        value=value[order],
        judges=len(seats),
        weights=np.array(weights),
        corrections=np.array([points.get(seat, 0.0) for seat in seats]),
    ), seats


def _text(value: float | None, places: int = 4) -> str | None:
    """A figure as text; never a negative zero."""
    if value is None or not np.isfinite(value):
        return None
    text = f"{float(value):.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text
