"""Small rounds for tests: a rule set that changes key by key, and marks written as they are read aloud."""

import copy
import json

from evaluations.tally import Inputs, RuleSet, parse_rule, tally

SCALE = {"min": "0", "max": "20", "step": "0.5", "weight": "1"}
PLAIN = {
    "format": "goldidea-rule/1",
    "criteria": [
        {"id": "need", "name": {"en": "Need"}, **SCALE},
        {"id": "effect", "name": {"en": "Effect"}, **SCALE, "max": "10"},
    ],
    "panels": [{"id": "residents", "kind": "marks", "weight": "1"}],
    "level": "criterion",
    "average": "mean",
    "trim": {"high": 0, "low": 0, "from": 1, "advised": 0},
    "min_marks": 1,
    "calibration": {"method": "none"},
    "rounding": {"mode": "half_up", "places": 2, "stages": ["criterion", "weighted", "panel", "total"]},
    "ties": [],
    "lot_seed": None,
}


def document(**changes: object) -> dict:
    """The plain rule set with some of its keys changed."""
    return {**copy.deepcopy(PLAIN), **changes}


def criterion(id: str, **changes: object) -> dict:
    return {"id": id, "name": {"en": id}, **SCALE, **changes}


def panel(id: str, weight: str = "1", kind: str = "marks", **more: object) -> dict:
    return {"id": id, "kind": kind, "weight": weight, **more}


def rounding(*stages: str, mode: str = "half_up", places: int = 2) -> dict:
    return {"mode": mode, "places": places, "stages": list(stages)}


def rule(**changes: object) -> RuleSet:
    return parse_rule(json.dumps(document(**changes)))


ONE = [criterion("need", max="100")]
"""A single criterion of 0 to 100."""


def entries(names: str) -> list:
    return [(name, f"Case {name}", "Community", "Street") for name in names.split()]


def marks(panel: str, entry: str, **columns: str) -> list:
    """Rows of one panel for one entry: for each criterion the marks of seats s1, s2 …; - for none."""
    return [
        (panel, entry, f"s{number}", name, mark)
        for name, text in columns.items()
        for number, mark in enumerate(text.split(), 1)
        if mark != "-"
    ]


def of_one(**by_entry: str) -> list:
    """Marks of the residents for the criterion need, entry by entry."""
    return [row for entry, text in by_entry.items() for row in marks("residents", entry, need=text)]


def inputs(names: str, rows: list, **more: object) -> Inputs:
    return Inputs(entries=entries(names), marks=rows, **more)


def standings(rule_set: RuleSet, given: Inputs) -> dict:
    """The standings of result.json by entry."""
    return {row["entry"]: row for row in json.loads(tally(rule_set, given).to_bytes())["standings"]}


def order(rule_set: RuleSet, given: Inputs) -> list:
    """Entry, rank and what broke the tie, as they stand in result.json."""
    rows = json.loads(tally(rule_set, given).to_bytes())["standings"]
    return [(row["entry"], row["rank"], row["tie_broken_by"]) for row in rows]
