"""Random rule sets and marks: equal to an independent oracle, and the same bytes for any order of rows."""

import json
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.tally import Inputs, parse_rule, tally

from .oracle import Oracle
from .rounds import criterion, document, entries, panel, rounding

STAGES = {
    "criterion": ["criterion", "weighted", "panel", "share", "total"],
    "sheet": ["sheet", "panel", "share", "total"],
}
LADDER = [
    "exact",
    "panel:residents",
    "panel:experts",
    "criterion:residents/need",
    "criterion:experts/effect",
    "median",
]
NAMES = ["A", "B", "C", "D"]
POINTS = st.decimals(min_value=-5, max_value=5, places=2).map(str)


@st.composite
def rule_documents(draw):
    level = draw(st.sampled_from(["criterion", "sheet"]))
    high, low = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    trim = {"high": high, "low": low, "from": high + low + draw(st.integers(1, 2)), "advised": 3}
    weight = st.sampled_from(["1", "0.5", "1.25", "0.333"])
    return document(
        level=level,
        average=draw(st.sampled_from(["mean", "median"])),
        trim=trim,
        min_marks=draw(st.integers(0, 3)),
        criteria=[
            criterion("need", max="2", step="0.5", weight=draw(weight)),
            criterion("effect", max="1.5", step="0.25", weight=draw(weight)),
        ],
        panels=[
            panel("residents", draw(weight)),
            panel("experts", draw(weight), criteria=["effect"]),
            panel("guests", "0"),
            panel("before", draw(st.sampled_from(["0", "0.5"])), "given"),
        ],
        rounding=rounding(
            *draw(st.lists(st.sampled_from(STAGES[level]), unique=True)),
            mode=draw(st.sampled_from(["half_up", "half_even"])),
            places=draw(st.integers(0, 2)),
        ),
        ties=draw(st.lists(st.sampled_from(LADDER), unique=True)),
        adjustments={"min": "-5", "max": "5"},
    )


@st.composite
def rounds(draw):
    wanted = draw(rule_documents())
    keys = [
        (p, e, f"s{n}", c)
        for p, criteria in (("residents", ["need", "effect"]), ("experts", ["effect"]), ("guests", ["need"]))
        for e in NAMES
        for n in range(5)
        for c in criteria
    ]
    # One seed instead of some two hundred draws: they would take far longer than the tally.
    chance, random = draw(st.sampled_from([0.5, 0.9, 1])), Random(draw(st.integers(0, 2**32)))
    steps = {
        "need": ["0", "0.5", "1", "1.50", "2.0"],
        "effect": ["0", "0.25", "0.5", "0.75", "1", "1.25", "1.5"],
    }
    marks = [(*key, random.choice(steps[key[3]])) for key in keys if random.random() < chance]
    points = [("before", e, draw(POINTS)) for e in NAMES if draw(st.booleans())]
    adjustments = [(e, draw(POINTS), "") for e in NAMES if draw(st.booleans())]
    return wanted, Inputs(entries(" ".join(NAMES)), marks, given=points, adjustments=adjustments)


def number(text):
    return None if text is None else Fraction(text)


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_the_engine_equals_an_independent_oracle(round_):
    wanted, rows = round_
    oracle = Oracle(wanted, NAMES, rows.marks, rows.given, rows.adjustments)
    found = json.loads(tally(parse_rule(json.dumps(wanted)), rows).to_bytes())["standings"]
    ranks = oracle.ranks()
    computed = {
        row["entry"]: (row["rank"], number(row["total"]), number(row["exact"]), row["tied"]) for row in found
    }
    assert computed == {
        e: (
            ranks[e],
            oracle.total(e),
            oracle.total(e, exact=True),
            ranks[e] is not None and list(ranks.values()).count(ranks[e]) > 1,
        )
        for e in NAMES
    }
    scores = {
        (row["entry"], p): number(score["score"]) for row in found for p, score in row["panels"].items()
    }
    assert scores == {(e, p["id"]): oracle.score(p, e, exact=False) for e in NAMES for p in wanted["panels"]}


@settings(max_examples=60, deadline=None)
@given(rounds(), st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_bytes(round_, random):
    wanted, rows = round_
    rule = parse_rule(json.dumps({**wanted, "ties": ["exact", "lot"], "lot_seed": "seed"}))

    def shuffled(some):
        return random.sample(list(some), len(some))

    other = Inputs(
        shuffled(rows.entries),
        shuffled(rows.marks),
        given=shuffled(rows.given),
        adjustments=shuffled(rows.adjustments),
    )
    assert tally(rule, other).to_bytes() == tally(rule, rows).to_bytes()
