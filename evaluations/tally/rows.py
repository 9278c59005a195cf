"""Checks on the rows of a round that are not marks: entries, seats, given points, adjustments, votes.

Every row is refused with its file and its number, counted as a spreadsheet counts: the header is row 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from evaluations.tally.decimals import plain_decimal, plain_text
from evaluations.tally.inputs import Adjustment, Entry, Given, Seat, Votes
from evaluations.tally.messages import FolderError, Params
from evaluations.tally.rounding import figure
from evaluations.tally.rule import AdjustmentRange, Panel, PanelKind, RuleSet

FIRST_ROW = 2
MAX_NAME = 100

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_VOTES = re.compile(r"0|[1-9][0-9]{0,14}")


def entry_ids(entries: Sequence[Entry]) -> frozenset[str]:
    """The ids of the entries.

    Raises:
        FolderError: a bad id, or the same id twice.
    """
    seen: set[str] = set()
    for row, (entry, _title, _community, _sub_district) in enumerate(entries, FIRST_ROW):
        _check_name("entries.csv", row, "entry", entry)
        if entry in seen:
            raise duplicate_row("entries.csv", row, "entry", entry)
        seen.add(entry)
    return frozenset(seen)


def seat_ids(rule: RuleSet, seats: Sequence[Seat]) -> Mapping[str, frozenset[str]]:
    """The seats of each panel of marks.

    Raises:
        FolderError: a bad id, the same seat twice, or a panel without seats.
    """
    seen: dict[str, set[str]] = {panel.id: set() for panel in rule.panels if panel.kind == "marks"}
    for row, (panel, seat, _sub_district) in enumerate(seats, FIRST_ROW):
        known_panel(rule, "seats.csv", row, panel, "marks")
        check_seat_name("seats.csv", row, seat)
        if seat in seen[panel]:
            raise duplicate_row("seats.csv", row, "panel, seat", panel, seat)
        seen[panel].add(seat)
    return {panel: frozenset(seats) for panel, seats in seen.items()}


def given_points(
    rule: RuleSet, given: Sequence[Given], entries: frozenset[str]
) -> Mapping[str, Mapping[str, Decimal]]:
    """The points of each panel of the kind `given`, by entry; an entry without points is left out.

    Raises:
        FolderError: with the row refused.
    """
    points: dict[str, dict[str, Decimal]] = {panel.id: {} for panel in rule.panels if panel.kind == "given"}
    seen: set[tuple[str, str]] = set()
    for row, (panel, entry, value) in enumerate(given, FIRST_ROW):
        known_panel(rule, "given.csv", row, panel, "given")
        known_entry("given.csv", row, entry, entries)
        if (panel, entry) in seen:
            raise duplicate_row("given.csv", row, "panel, entry", panel, entry)
        seen.add((panel, entry))
        if value is not None and value != "":
            points[panel][entry] = _points("given.csv", row, value)
    return points


def adjustment_sums(
    rule: RuleSet, adjustments: Sequence[Adjustment], entries: frozenset[str]
) -> Mapping[str, Fraction]:
    """The sum of the adjustments of each entry that has any.

    Raises:
        FolderError: with the row refused, or the first entry whose sum lies outside the range.
    """
    sums: dict[str, Fraction] = {}
    for row, (entry, value, _reason) in enumerate(adjustments, FIRST_ROW):
        if rule.adjustments is None:
            raise FolderError("adjustments.csv", row, "adjustments-not-allowed")
        known_entry("adjustments.csv", row, entry, entries)
        points = Fraction(_points("adjustments.csv", row, value))
        outside = _outside(rule.adjustments, points)
        # The opposite of points that are allowed takes them back; the sum stays in the range in any case.
        if outside and _outside(rule.adjustments, -points):
            raise FolderError("adjustments.csv", row, "adjustment-out-of-range", outside)
        sums[entry] = sums.get(entry, Fraction(0)) + points
    for entry in sorted(sums):
        if rule.adjustments and (outside := _outside(rule.adjustments, sums[entry])):
            params: Params = {"entry": entry, **outside}
            raise FolderError("adjustments.csv", None, "adjustments-sum-out-of-range", params)
    return sums


def vote_counts(
    rule: RuleSet, votes: Sequence[Votes], entries: frozenset[str]
) -> Mapping[str, Mapping[str, int]]:
    """The votes of each panel of votes, by entry, without a gap.

    Raises:
        FolderError: with the row refused, or the first entry that has no row.
    """
    counts: dict[str, dict[str, int]] = {panel.id: {} for panel in rule.panels if panel.kind == "votes"}
    for row, (panel, entry, value) in enumerate(votes, FIRST_ROW):
        known_panel(rule, "votes.csv", row, panel, "votes")
        known_entry("votes.csv", row, entry, entries)
        if entry in counts[panel]:
            raise duplicate_row("votes.csv", row, "panel, entry", panel, entry)
        text = as_text(value)
        if isinstance(value, bool) or not _VOTES.fullmatch(text):
            raise FolderError("votes.csv", row, "not-votes", {"votes": text})
        counts[panel][entry] = int(text)
    for panel in counts:
        for entry in sorted(entries - counts[panel].keys()):
            raise FolderError("votes.csv", None, "votes-missing", {"panel": panel, "entry": entry})
    return counts


def known_panel(rule: RuleSet, file: str, row: int, panel: str, kind: PanelKind) -> Panel:
    """The panel that a row names, of the kind that the file is for."""
    found = rule.panel.get(panel)
    if found is None:
        raise FolderError(file, row, "unknown-panel", {"panel": panel})
    if found.kind != kind:
        params = {"panel": panel, "kind": found.kind, "expected": kind}
        raise FolderError(file, row, "panel-of-another-kind", params)
    return found


def known_entry(file: str, row: int, entry: str, entries: frozenset[str]) -> None:
    """Refuse a row that names an entry that is not of the round."""
    if entry not in entries:
        raise FolderError(file, row, "unknown-entry", {"entry": entry})


def check_seat_name(file: str, row: int, seat: str) -> None:
    """Refuse a seat whose name could be mistaken for another or would not stand in one line."""
    _check_name(file, row, "seat", seat)


def exact_decimal(value: str | Decimal | int) -> Decimal | None:
    """The number that a text, a Decimal or a whole number stands for; None if it is no plain decimal.

    A float is none, even 1.0: it may already have lost what was written.
    """
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        fit = isinstance(exponent, int) and exponent > -40 and (not value or value.adjusted() < 12)
        return plain_decimal(plain_text(value)) if fit else None
    if isinstance(value, int) and not isinstance(value, bool):
        return plain_decimal(str(value)) if abs(value) < 10**12 else None
    return plain_decimal(value) if isinstance(value, str) else None


def _points(file: str, row: int, value: str | Decimal | int) -> Decimal:
    points = exact_decimal(value)
    if points is None:
        raise FolderError(file, row, "not-points", {"points": as_text(value)})
    return points


def _outside(allowed: AdjustmentRange, points: Fraction) -> Params:
    """What a refusal says of points outside the range; empty for points inside."""
    if Fraction(allowed.min) <= points <= Fraction(allowed.max):
        return {}
    limits = {"min": plain_text(allowed.min), "max": plain_text(allowed.max)}
    return {"points": figure(points, 0), **limits}


def _check_name(file: str, row: int, column: str, name: str) -> None:
    fit = 0 < len(name) <= MAX_NAME and name == name.strip() and not _CONTROL.search(name)
    if not fit or not unicodedata.is_normalized("NFC", name):
        params: Params = {"column": column, "value": name, "limit": MAX_NAME}
        raise FolderError(file, row, "bad-name", params)


def duplicate_row(file: str, row: int, columns: str, *values: str) -> FolderError:
    """The refusal of a row whose key columns have stood in the file before."""
    return FolderError(file, row, "duplicate-row", {"columns": columns, "values": ", ".join(values)})


def as_text(value: object) -> str:
    """A refused value as it is quoted back. Python itself refuses to write thousands of digits."""
    return "…" if isinstance(value, int) and abs(value) >= 10**30 else str(value)
