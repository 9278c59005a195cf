"""The published schemas accept what the tally reads and writes, and refuse what it refuses by its shape."""

import json
from pathlib import Path

import jsonschema
import pytest

from evaluations.tally import WARNINGS, tally, warning_params

from .rounds import document, entries, inputs, marks, panel, rule
from .test_rule import SHAPES

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "evaluations" / "schemas"


def validator(name):
    schema = json.loads((FOLDER / f"{name}-1.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


RULE, RESULT = validator("rule"), validator("result")


def faults(check, value):
    return [error.message for error in check.iter_errors(value)]


@pytest.mark.parametrize("name", ["example-online", "example-final"])
def test_the_example_rule_sets_fit_their_schema(name):
    path = ROOT / "evaluations" / "examples" / f"{name}.json"
    assert faults(RULE, json.loads(path.read_text(encoding="utf-8"))) == []


# A schema cannot compare ids with each other, count decimals' digits beyond a pattern, or look up a criterion.
BEYOND_A_SCHEMA = {
    "duplicate-id",
    "unknown-criterion",
    "others-not-comparable",
    "others-by-without-others",
}


@pytest.mark.parametrize(
    ("changes", "place", "code"), [case for case in SHAPES if case[2] not in BEYOND_A_SCHEMA]
)
def test_the_schema_refuses_what_the_tally_refuses_by_shape(changes, place, code):
    assert faults(RULE, document()) == []
    assert faults(RULE, document(**changes)) != []


def round_with_everything():
    rule_set = rule(
        level="sheet",
        panels=[
            panel("residents"),
            panel("before", "0.333", "given"),
            panel("online", "0", "votes", conversion={"method": "standard", "mean": "1", "spread": "1"}),
        ],
        trim={"high": 1, "low": 1, "from": 3, "advised": 7},
        min_marks=2,
        rounding={"mode": "half_up", "places": 2, "stages": []},
        adjustments={"min": "-5", "max": "5"},
        ties=["median"],
    )
    rows = marks("residents", "A", need="1 2 4 3", effect="2 - 2 1") + marks(
        "residents", "B", need="1", effect="1"
    )
    rows += marks("residents", "C", need="1 2 4", effect="2 3 2")
    return rule_set, inputs(
        "A B C D",
        rows,
        given=[("before", "A", "1.1"), ("before", "C", "2")],
        adjustments=[("A", "-1", "")],
        votes=[("online", entry, "3") for entry, *_ in entries("A B C D")],
    )


def test_results_fit_their_schema():
    found = json.loads(tally(*round_with_everything()).to_bytes())
    assert faults(RESULT, found) == []
    sentences = [WARNINGS[item["code"]] % warning_params(item) for item in found["warnings"]]
    assert sentences[0] == "A: residents gave 3 marks; 7 are advised"
    assert sorted({warning["code"] for warning in found["warnings"]}) == [
        "below_advised",
        "below_min_marks",
        "incomplete_sheet",
        "no_points",
        "votes_no_spread",
    ]
    assert [row["rank"] for row in found["standings"]] == [1, 2, None, None]


def test_a_skipped_step_and_an_empty_vote_fit_the_schema_too():
    top = panel("online", "0", "votes", conversion={"method": "top", "full": "1"})
    rule_set = rule(panels=[panel("residents"), top], ties=["median"])
    rows = [
        (judge, entry, seat, name, "1")
        for judge, entry, seat, name in (
            ("residents", "A", "s1", "need"),
            ("residents", "A", "s2", "effect"),
            ("residents", "B", "s1", "need"),
            ("residents", "B", "s1", "effect"),
        )
    ]
    votes = [("online", entry, "0") for entry in "AB"]
    found = json.loads(tally(rule_set, inputs("A B", rows, votes=votes)).to_bytes())
    assert faults(RESULT, found) == []
    assert [WARNINGS[item["code"]] % warning_params(item) for item in found["warnings"]] == [
        "the step median was skipped: not every tied entry has that value (A, B)",
        "online: nobody voted, so no result",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"format": "goldidea-result/2"},
        {"marks_sha256": "0"},
        {"note": ""},
        {"warnings": [{"code": "below_advised"}]},
        {"corrections": [{}]},
    ],
)
def test_the_schema_refuses_other_results(change):
    found = json.loads(tally(*round_with_everything()).to_bytes())
    assert faults(RESULT, {**found, **change}) != []


@pytest.mark.parametrize(
    ("key", "value"),
    [("total", 92.35), ("total", None), ("rank", 0), ("rank", "1"), ("exact", "92.35"), ("flags", ["odd"])],
)
def test_the_schema_refuses_other_standings(key, value):
    found = json.loads(tally(*round_with_everything()).to_bytes())
    found["standings"][0][key] = value
    assert faults(RESULT, found) != []
