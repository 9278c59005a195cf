"""What the buttons of the form do to the document: add, remove and move rows, turn optional parts on and off.

A button sends one word, `what:place` or `what:place:which`; the answer is the place to which the page should go.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from evaluations.forms.rule_form.shape import MOST_FIELDS, data_of

Document = dict[str, Any]

_STEP = re.compile(r"([a-z_]+)|\[(\d{1,3})\]")
_EDIT = re.compile(r"([a-z]+):([a-z_.\[\]0-9]+)(?::([a-z_]+))?")
_ROWS = re.compile(r"criteria|panels|ties|awards|conduct\.(?:checklist|papers)|criteria\[\d+\]\.levels")
_PARTS: dict[str, Any] = {
    "adjustments": {"min": "-5", "max": "5"},
    "advance": {"per_sub_district": 2, "ties": "all"},
    "conduct": {},
    "conduct.assignment": {},
    "conduct.conflicts": ["own_community", "own_organization"],
}
_PANEL_CRITERIA = re.compile(r"panels\[\d+\]\.criteria")
_CONVERSIONS = {
    "top": {"method": "top", "full": "100"},
    "ladder": {"method": "ladder", "first": "10", "step": "0.5"},
    "standard": {"method": "standard", "mean": "70", "spread": "10"},
}
_CALIBRATIONS = {
    "none": {"method": "none"},
    "additive": {"method": "additive", "cap": "15", "min_marks": 5, "if_disconnected": "refuse"},
}


def edited(document: Document, order: str) -> tuple[Document, str] | None:
    """The document after a button's order, and the place where the eye should rest; None for no such order."""
    found = _EDIT.fullmatch(order)
    if not found or found[1] not in _ORDERS:
        return None
    made = copy.deepcopy(document)
    try:
        place = _ORDERS[found[1]](made, found[2], found[3] or "")
    except (LookupError, TypeError, ValueError):
        return None
    if place is None or sum(map(len, data_of(made).values())) > MOST_FIELDS:
        return None
    return made, place


def _at(document: Document, place: str) -> Any:
    value: Any = document
    for key, index in _STEP.findall(place):
        value = value[key] if key else value[int(index)]
    return value


def _split(place: str) -> tuple[str, int]:
    """A row's list and its number. Raises: ValueError where the place is no row."""
    outer, bracket, number = place.rpartition("[")
    if not bracket or not _ROWS.fullmatch(outer):
        raise ValueError(place)
    return outer, int(number.rstrip("]"))


def _parent(document: Document, place: str) -> tuple[Any, str]:
    outer, _dot, key = place.rpartition(".")
    return (_at(document, outer) if outer else document), key


def _add(document: Document, place: str, which: str) -> str | None:
    if not _ROWS.fullmatch(place):
        return None
    parent, key = _parent(document, place)
    rows = parent.setdefault(key, [])
    rows.append(_new_row(document, place, rows, which))
    return f"{place}[{len(rows) - 1}]"


def _remove(document: Document, place: str, _which: str) -> str | None:
    outer, index = _split(place)
    rows = _at(document, outer)
    del rows[index]
    parent, key = _parent(document, outer)
    if not rows and key in ("levels", "awards", "checklist", "papers"):
        del parent[key]
    return f"{outer}[{min(index, len(rows) - 1)}]" if rows else outer


def _up(document: Document, place: str, _which: str) -> str | None:
    outer, index = _split(place)
    return _swap(document, outer, index, index - 1)


def _down(document: Document, place: str, _which: str) -> str | None:
    outer, index = _split(place)
    return _swap(document, outer, index, index + 1)


def _swap(document: Document, outer: str, index: int, other: int) -> str | None:
    rows = _at(document, outer)
    if not (0 <= other < len(rows) and index < len(rows)):
        return None
    rows[index], rows[other] = rows[other], rows[index]
    return f"{outer}[{other}]"


def _with(document: Document, place: str, _which: str) -> str | None:
    parent, key = _parent(document, place)
    if _PANEL_CRITERIA.fullmatch(place):
        parent.setdefault(key, [item.get("id", "") for item in document.get("criteria", [])])
    elif place in _PARTS:
        parent.setdefault(key, copy.deepcopy(_PARTS[place]))
    else:
        return None
    return place


def _without(document: Document, place: str, _which: str) -> str | None:
    if not (_PANEL_CRITERIA.fullmatch(place) or place in _PARTS):
        return None
    parent, key = _parent(document, place)
    parent.pop(key, None)
    return place


def _method(document: Document, place: str, which: str) -> str | None:
    """Convert votes, or calibrate, in another way: each way has numbers of its own."""
    kinds = _CALIBRATIONS if place == "calibration" else _CONVERSIONS
    if place != "calibration" and not re.fullmatch(r"panels\[\d+\]\.conversion", place):
        return None
    parent, key = _parent(document, place)
    parent[key] = dict(kinds[which])
    return place


def _new_row(document: Document, place: str, rows: list[Any], which: str) -> Any:
    if place == "panels":
        kind = which if which in ("votes", "given") else "marks"
        row = {"id": _free(rows, {"marks": "panel", "votes": "online", "given": "given"}[kind]), "kind": kind}
        row["weight"] = "1" if not rows else "0"
        return {**row, "conversion": dict(_CONVERSIONS["top"])} if kind == "votes" else row
    if place == "criteria":
        scale = {"min": "0", "max": "10", "step": "0.5", "weight": "1"}
        return {"id": _free(rows, "criterion"), "name": {}, **scale}
    if place == "awards":
        return {"id": _free(rows, "award"), "name": {}, "places": 1}
    return {"from": "", "name": {}} if place.endswith("levels") else ""


def _free(rows: list[Any], word: str) -> str:
    """A short name that no row has yet: word, or word-2, word-3 …"""
    taken = {row.get("id") for row in rows if isinstance(row, dict)}
    names = [word, *(f"{word}-{number}" for number in range(2, len(rows) + 3))]
    return next(name for name in names if name not in taken)


_ORDERS: dict[str, Callable[[Document, str, str], str | None]] = {
    "add": _add,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "with": _with,
    "without": _without,
    "method": _method,
}
