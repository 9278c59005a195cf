"""Published answers: two skating competitions figure by figure, and rounding after GB/T 8170."""

import csv
import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest

from evaluations.tally.rounding import figure, rounded

from .reference import reference
from .rounds import criterion, inputs, panel, rounding, rule, standings


def rows(name: str) -> list[dict[str, str]]:
    with reference(f"skating/{name}").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slug(name: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in name.lower())


@pytest.fixture(scope="module")
def skating() -> dict[str, dict]:
    """Every performance's computed standing, tallied by the official rule with its own weights."""
    weights = defaultdict(dict)
    for row in rows("panel_scores.csv"):
        weights[row["entry"]][slug(row["criterion"])] = row["weight"]
    marks = defaultdict(list)
    for row in rows("scores.csv"):
        key = ("judges", row["entry"], row["judge"], slug(row["criterion"]), row["score"])
        marks[row["entry"]].append(key)
    groups = defaultdict(list)
    for entry, by_criterion in weights.items():
        groups[tuple(sorted(by_criterion.items()))].append(entry)
    computed = {}
    for group, members in groups.items():
        rule_set = rule(
            criteria=[criterion(name, max="10", step="0.25", weight=weight) for name, weight in group],
            panels=[panel("judges")],
            trim={"high": 1, "low": 1, "from": 3, "advised": 0},
            rounding=rounding("criterion", "weighted"),
        )
        given = inputs(" ".join(members), [mark for entry in members for mark in marks[entry]])
        computed |= standings(rule_set, given)
    return computed


def test_every_published_panel_score_of_the_skating_competitions(skating):
    published = rows("panel_scores.csv")
    found = [skating[row["entry"]]["panels"]["judges"]["criteria"] for row in published]
    computed = [
        Decimal(by[slug(row["criterion"])]["score"]) for row, by in zip(published, found, strict=True)
    ]
    assert computed == [Decimal(row["panel_score"]) for row in published]
    assert len(computed) == 780


def test_every_published_total_of_the_skating_competitions(skating):
    published = {row["entry"]: Decimal(row["total"]) for row in rows("totals.csv")}
    assert {entry: Decimal(standing["total"]) for entry, standing in skating.items()} == published
    assert len(published) == 156


def vectors() -> dict:
    return json.loads(reference("rounding_vectors.json").read_text(encoding="utf-8"))["data"]


def test_half_up_and_half_even_of_the_rounding_vectors():
    table = vectors()["rows"]
    up, even = (
        [figure(rounded(Fraction(row[0]), 2, mode), 2) for row in table] for mode in ("half_up", "half_even")
    )
    assert (up, even) == ([row[1] for row in table], [row[2] for row in table])
    assert len(table) == 7


def test_examples_of_gbt_8170():
    examples = [
        (exact, interval, published.split()[0]) for exact, interval, published in vectors()["gbt8170"]
    ]
    places = {"0.01": 2, "0.1": 1, "1000": -3}
    computed = [
        figure(rounded(Fraction(exact), places[interval], "half_even"), max(0, places[interval]))
        for exact, interval, _ in examples
    ]
    assert computed == [published for _, _, published in examples]
    assert len(computed) == 7


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("-2.675", "half_up", "-2.68"),
        ("-2.665", "half_even", "-2.66"),
        ("-2.675", "half_even", "-2.68"),
        ("-0.004", "half_up", "0.00"),
        ("0.005", "half_up", "0.01"),
        ("0.005", "half_even", "0.00"),
        ("7", "half_up", "7.00"),
    ],
)
def test_rounding_below_and_at_zero(value, mode, expected):
    assert figure(rounded(Fraction(value), 2, mode), 2) == expected


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(55, 3), 2, "55/3"),
        (Fraction(-55, 3), 2, "-55/3"),
        (Fraction(1, 8), 2, "0.125"),
        (Fraction(-1, 8), 0, "-0.125"),
        (Fraction(18), 2, "18.00"),
        (Fraction(18), 0, "18"),
        (Fraction(1, 20), 1, "0.05"),
        (Fraction(0), 0, "0"),
    ],
)
def test_figures_are_written_exactly(value, places, expected):
    assert figure(value, places) == expected
