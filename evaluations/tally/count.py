"""The tally itself: rows in, result out, in the order of operations that docs/tally.md describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from evaluations.tally import canonical
from evaluations.tally.ballots import collect_ballots
from evaluations.tally.consistency import step_panel
from evaluations.tally.inputs import Inputs
from evaluations.tally.messages import DisconnectedError
from evaluations.tally.panels import Marks, PanelScore, Points, SheetMarks
from evaluations.tally.ranking import Place, Skipped, Value, lot, rank_entries
from evaluations.tally.result import (
    CORRECTION_PLACES,
    Correction,
    Result,
    Standing,
    Uncalibrated,
    Warning_,
)
from evaluations.tally.rounding import exact_sum, figure, times
from evaluations.tally.rows import adjustment_sums, given_points, vote_counts
from evaluations.tally.rule import Calibration, Panel, RuleSet, TieStep
from evaluations.tally.votes import points_of_votes

if TYPE_CHECKING:
    from evaluations.tally.calibration import Corrections, Group
    from evaluations.tally.columns import Columns

Scores = Mapping[str, Mapping[str, PanelScore]]
"""panel -> entry -> the panel's result for it"""


def tally(rule: RuleSet, inputs: Inputs) -> Result:
    """Compute the result of a round.

    Args:
        rule: a checked rule set.
        inputs: the rows of the round, in any order.

    Raises:
        FolderError: a row that the rule set does not allow, named as in the file that holds such rows.
        DisconnectedError: judges shall be corrected but cannot be compared.
    """
    return result_of(rule, inputs, SheetMarks(collect_ballots(rule, inputs)))


def tally_columns(rule: RuleSet, inputs: Inputs, columns: Columns) -> Result:
    """The result of marks that come as columns of numbers: the same as `tally` of their rows, sooner.

    Args:
        inputs: everything but the marks, the seats among it.
    """
    return result_of(rule, inputs, checked_marks(rule, inputs, columns))


def checked_marks(rule: RuleSet, inputs: Inputs, columns: Columns) -> Marks:
    """The marks of columns, packed; what cannot be packed is checked row by row, which says what is refused."""
    from evaluations.tally.packed import pack

    packed = pack(rule, inputs, columns)
    return packed or SheetMarks(collect_ballots(rule, replace(inputs, marks=columns.rows())))


def result_of(rule: RuleSet, inputs: Inputs, marks: Marks) -> Result:
    """The result of checked marks."""
    marks_sha256 = marks.sha256()
    corrections, notes = panel_corrections(rule, marks)
    standings, warnings = _ranked(rule, inputs, marks, marks_sha256, corrections)
    if corrections:
        plain, _warnings = _ranked(rule, inputs, marks, marks_sha256, {})
        beside = {item.entry: Uncalibrated(item.rank, item.total) for item in plain}
        standings = [replace(item, uncalibrated=beside[item.entry]) for item in standings]
    return Result(
        rule_sha256=rule.sha256,
        marks_sha256=marks_sha256,
        standings=tuple(sorted(standings, key=_order)),
        corrections=tuple(
            Correction(panel, seat, points)
            for panel, of_seats in sorted(corrections.items())
            for seat, points in sorted(of_seats.items())
        ),
        warnings=tuple(sorted([*notes, *warnings], key=_warning_order)),
        places=rule.rounding.places,
    )


def panel_corrections(rule: RuleSet, marks: Marks) -> tuple[dict[str, Points], list[Warning_]]:
    """The corrections of each panel that is calibrated, and what is to be said of them.

    Raises:
        DisconnectedError: a panel that decides is not connected, and the rule set wants it refused.
    """
    if rule.calibration is None:
        return {}, []
    # Here, since numpy and scipy need not be there where nothing is calibrated.
    from evaluations.tally import calibration

    found: dict[str, Points] = {}
    notes: list[Warning_] = []
    refused: dict[str, tuple[Group, ...]] = {}
    for panel in rule.panels:
        if panel.kind != "marks":
            continue
        computed = calibration.corrections(rule.calibration, marks.sheet_totals(rule, panel))
        if computed.groups:
            if rule.calibration.if_disconnected == "refuse" and panel.weight > 0:
                refused[panel.id] = computed.groups
            notes.append({"code": "not_calibrated", "panel": panel.id, "groups": len(computed.groups)})
        elif computed.points:
            found[panel.id] = computed.points
        notes += _correction_warnings(rule.calibration, panel, computed)
    if refused:
        raise DisconnectedError(refused)
    return found, notes


def _correction_warnings(calibration: Calibration, panel: Panel, computed: Corrections) -> Iterator[Warning_]:
    for seat, sheets in computed.too_few.items():
        yield {
            "code": "too_few_sheets",
            "panel": panel.id,
            "seat": seat,
            "sheets": sheets,
            "min_marks": calibration.min_marks,
        }
    for seat in computed.capped:
        points = figure(computed.points[seat], CORRECTION_PLACES)
        yield {"code": "correction_capped", "panel": panel.id, "seat": seat, "points": points}


def _ranked(
    rule: RuleSet,
    inputs: Inputs,
    marks: Marks,
    marks_sha256: str,
    corrections: Mapping[str, Points],
) -> tuple[list[Standing], list[Warning_]]:
    """The standings with some corrections, in no order, and the warnings."""
    adjustments = adjustment_sums(rule, inputs.adjustments, marks.entries)
    scores, warnings = _panel_scores(rule, inputs, marks, corrections)
    none = Fraction(0)
    unranked = {
        entry: _standing(rule, scores, entry, adjustments.get(entry, none)) for entry in marks.entries
    }
    totals = {entry: item.total for entry, item in unranked.items() if item.total is not None}
    ladder = [
        (
            step.text,
            tie_value(
                rule,
                step,
                scores,
                lambda entry: unranked[entry].exact,
                lambda: marks.sheet_medians(rule, corrections),
                marks_sha256,
            ),
        )
        for step in rule.ties
    ]
    places, skipped = rank_entries(totals, ladder)
    standings = [_placed(item, places.get(entry)) for entry, item in unranked.items()]
    return standings, [*warnings, *map(_skipped, skipped)]


def _panel_scores(
    rule: RuleSet, inputs: Inputs, marks: Marks, corrections: Mapping[str, Points]
) -> tuple[Scores, list[Warning_]]:
    given = given_points(rule, inputs.given, marks.entries)
    votes = vote_counts(rule, inputs.votes, marks.entries)
    scores: dict[str, Mapping[str, PanelScore]] = {}
    warnings: list[Warning_] = []
    for panel in rule.panels:
        if panel.kind == "marks":
            scores[panel.id] = marks.panel_scores(rule, panel, corrections.get(panel.id, {}))
            warnings += _marks_warnings(rule, panel, scores[panel.id])
        elif panel.kind == "given":
            points = {entry: Fraction(value) for entry, value in given[panel.id].items()}
            scores[panel.id] = {entry: _plain(points.get(entry)) for entry in marks.entries}
            missing = marks.entries - points.keys()
            warnings += [{"code": "no_points", "panel": panel.id, "entry": entry} for entry in missing]
        else:
            scores[panel.id] = _votes_panel(rule, panel, votes[panel.id])
            warnings += _votes_warnings(panel, votes[panel.id], scores[panel.id])
    return scores, warnings


def _plain(points: Fraction | None) -> PanelScore:
    """Points that are taken as they are."""
    return PanelScore(points, points)


def _votes_panel(rule: RuleSet, panel: Panel, votes: Mapping[str, int]) -> dict[str, PanelScore]:
    points = points_of_votes(panel.conversion, votes) if panel.conversion else None
    if points is None:
        return {entry: PanelScore(None, None) for entry in votes}
    return {entry: PanelScore(rule.rounding.at("panel", value), value) for entry, value in points.items()}


def _standing(rule: RuleSet, scores: Scores, entry: str, adjustments: Fraction) -> Standing:
    """An entry's figures, its rank still open."""
    panels = {panel.id: scores[panel.id][entry] for panel in rule.panels}
    shares: dict[str, Fraction | None] = {}
    for panel, found in panels.items():
        score = found.score
        shares[panel] = (
            None if score is None else rule.rounding.at("share", times(score, rule.panel_weight[panel]))
        )
    missing = [panel.id for panel in rule.weighted_panels if panels[panel.id].score is None]
    incomplete = any(score.incomplete for score in panels.values())
    flags = ["incomplete_sheet"] * incomplete + [f"missing_panel:{panel}" for panel in missing]
    total = exact = None
    if not missing:
        decided = [share for panel in rule.weighted_panels if (share := shares[panel.id]) is not None]
        total = rule.rounding.at("total", exact_sum([*decided, adjustments]))
        unrounded = [
            times(_known(panels[panel.id].exact), rule.panel_weight[panel.id])
            for panel in rule.weighted_panels
        ]
        exact = exact_sum([*unrounded, adjustments])
    return Standing(entry, None, False, total, exact, panels, shares, adjustments, None, tuple(sorted(flags)))


def _known(value: Fraction | None) -> Fraction:
    if value is None:  # a panel with a score has the unrounded score too
        raise AssertionError("a panel's score without its unrounded value")
    return value


def _placed(standing: Standing, place: Place | None) -> Standing:
    if place is None:
        return standing
    return replace(standing, rank=place.rank, tied=place.tied, tie_broken_by=place.broken_by)


def _order(standing: Standing) -> tuple[bool, int, str]:
    return standing.rank is None, standing.rank or 0, standing.entry


def _warning_order(warning: Warning_) -> tuple[str, str, str, bytes]:
    code, panel, entry = (str(warning.get(key, "")) for key in ("code", "panel", "entry"))
    return code, panel, entry, canonical.dumps(warning)


def tie_value(
    rule: RuleSet, step: TieStep, scores: Scores, exact: Value, middle: Callable[[], Value], marks_sha256: str
) -> Value:
    """What a step of the ladder compares, unrounded, higher first.

    Args:
        scores: panel -> entry -> score, of the entries that are compared.
        exact: an entry's total without rounding.
        middle: gives the median of an entry's sheets, where a step asks for it.
    """
    if step.kind == "exact":
        return exact
    if step.kind == "lot":
        seed = rule.lot_seed or ""
        return lambda entry: lot(seed, marks_sha256, entry)
    if step.kind == "median":
        return middle()
    panel = step_panel(rule, step)
    of_panel = scores[panel.id] if panel else {}
    if step.kind == "panel":
        return lambda entry: of_panel[entry].exact
    return lambda entry: of_panel[entry].criteria[step.criterion].exact


def _marks_warnings(rule: RuleSet, panel: Panel, scores: Mapping[str, PanelScore]) -> Iterator[Warning_]:
    for entry, score in scores.items():
        who = {"panel": panel.id, "entry": entry}
        for seat in score.incomplete:
            yield {"code": "incomplete_sheet", **who, "seat": seat}
        fewest = score.fewest or 0
        if score.score is None:
            yield {"code": "below_min_marks", **who, "marks": fewest, "min_marks": rule.min_marks}
        elif fewest < rule.trim.advised:
            yield {"code": "below_advised", **who, "marks": fewest, "advised": rule.trim.advised}


def _votes_warnings(
    panel: Panel, votes: Mapping[str, int], scores: Mapping[str, PanelScore]
) -> Iterator[Warning_]:
    if votes and all(score.score is None for score in scores.values()):
        yield {"code": "votes_no_spread" if any(votes.values()) else "votes_all_zero", "panel": panel.id}


def _skipped(item: Skipped) -> Warning_:
    return {"code": "tie_step_skipped", "step": item.step, "entries": list(item.entries)}
