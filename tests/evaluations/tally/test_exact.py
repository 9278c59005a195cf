"""Exact and order-free: no binary float on the way to an official figure, the same bytes for any order of any rows."""

import ast
import dataclasses
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.tally import Inputs, awards, parse_rule, tally

from .rounds import criterion, document, entries, panel, rounding

TALLY = Path(__file__).parents[3] / "evaluations" / "tally"
# The corrections are solved in floats, and again in whole numbers wherever that could change a published digit: their own
# tests hold them (test_calibration*.py). Nothing else of the tally may meet a float.
SOLVERS = {"additive.py", "calibration.py"}
# What is said beside the result and decides nothing; no other module may read it.
ANALYSIS = {"analysis.py", "diagnostics.py", "influence.py", "intervals.py", "reliability.py"}
# Counts in columns of whole numbers, and is held against the rows' arithmetic (test_packed.py).
COLUMNS = {"columns.py", "grouped.py", "packed.py", "sheets.py"}
FROM_MATH = {"isqrt", "gcd", "lcm", "prod"}


def modules(package=TALLY):
    return [path for path in sorted(package.glob("*.py")) if path.name not in SOLVERS | ANALYSIS]


def floats_in(tree):
    """Every place of a module where a float could be born: a literal, float(), round(), a sum or root of floats."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()):
                yield node.lineno, "a literal"
            case ast.Call(func=ast.Name(id="float" | "round" | "complex")):
                yield node.lineno, f"{node.func.id}()"
            case ast.Import(names=names) if {name.name.partition(".")[0] for name in names} & {
                "math",
                "numpy",
                "scipy",
                "statistics",
                "random",
            }:
                yield node.lineno, "import"
            case ast.ImportFrom(module="math", names=names) if {name.name for name in names} - FROM_MATH:
                yield node.lineno, "from math"
            case ast.ImportFrom(module="numpy" | "scipy" | "statistics" | "random"):
                yield node.lineno, "import"
            case ast.Constant(value=str(text)) if text.endswith(("e", "f", "g", "%")) and text.startswith(
                "."
            ):
                yield node.lineno, "a format of floats"


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.name)
def test_no_float_is_born_in_the_official_path(path):
    found = list(floats_in(ast.parse(path.read_text(encoding="utf-8"))))
    # Reading refuses floats, so it has to name them.
    if path.name in COLUMNS:
        found = [item for item in found if item[1] != "import"]
        assert "float" not in path.read_text(encoding="utf-8")
    assert [item for item in found if path.name not in ("canonical.py", "rows.py")] == []


def test_the_official_path_reads_nothing_of_the_analysis():
    names = {name.removesuffix(".py") for name in ANALYSIS}
    for path in modules():
        if path.name in ("__init__.py", "__main__.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").rpartition(".")[2] not in names, (path.name, node.lineno)


def test_the_check_finds_floats():
    bad = "from math import sqrt\nimport numpy\nx = 0.5\ny = float('1')\nz = round(3)\n"
    assert [line for line, _what in sorted(floats_in(ast.parse(bad)))] == [1, 2, 3, 4, 5]


def numbers(value):
    """Every value that hangs on a result."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from numbers(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from numbers(key)
            yield from numbers(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from numbers(item)
    else:
        yield value


NAMES = ["A", "B", "C", "D", "E"]
WAYS = [
    {"method": "top", "full": "100"},
    {"method": "ladder", "first": "10", "step": "0.5"},
    {"method": "standard", "mean": "140", "spread": "20"},
]


@st.composite
def rounds(draw):
    """A rule with every kind of panel, awards and any level, average, rounding and ladder; and rows for it."""
    level = draw(st.sampled_from(["criterion", "sheet"]))
    stages = ["criterion", "weighted", "panel", "share", "total"]
    wanted = document(
        level=level,
        average=draw(st.sampled_from(["mean", "median"])),
        trim={"high": 1, "low": 1, "from": 3, "advised": 4},
        criteria=[
            criterion("need", step="0.5", weight="0.7"),
            criterion("effect", max="3", step="1", weight="1.3"),
        ],
        panels=[
            panel("residents", "0.7"),
            panel("experts", draw(st.sampled_from(["0", "0.3"])), criteria=["effect"]),
            panel("online", "0.125", "votes", conversion=draw(st.sampled_from(WAYS))),
            panel("before", "0", "given"),
        ],
        rounding=rounding(
            *(draw(st.lists(st.sampled_from(stages), unique=True)) if level == "criterion" else ["sheet"]),
            mode=draw(st.sampled_from(["half_up", "half_even"])),
            places=draw(st.integers(0, 3)),
        ),
        ties=draw(st.permutations(["exact", "panel:residents", "median", "lot"])),
        lot_seed="seed",
        adjustments={"min": "-5", "max": "5"},
        awards=[{"id": "first", "name": {"en": "First"}, "places": 2}],
    )
    random = Random(draw(st.integers(0, 2**32)))
    marks = [
        (p, e, f"{p}{n}", c, random.choice(["0", "1", "2", "3.0"]))
        for p, criteria in (("residents", ["need", "effect"]), ("experts", ["effect"]))
        for e in NAMES
        for n in range(4)
        for c in criteria
        if random.random() < 0.9
    ]
    seats = [(p, f"{p}{n}", "") for p in ("residents", "experts") for n in range(4)]
    rows = Inputs(
        entries(" ".join(NAMES)),
        marks,
        seats=seats,
        given=[("before", e, str(random.randint(0, 9))) for e in NAMES[:3]],
        adjustments=[(e, random.choice(["-0.5", "2"]), "") for e in NAMES[1:] for _ in range(2)],
        votes=[("online", e, random.randint(0, 3)) for e in NAMES],
    )
    return wanted, rows


@settings(max_examples=100, deadline=None)
@given(rounds(), st.randoms(use_true_random=False))
def test_any_order_of_any_rows_gives_the_same_bytes_and_awards(round_, random):
    wanted, rows = round_
    rule = parse_rule(json.dumps(wanted))

    def shuffled(some):
        return random.sample(list(some), len(some))

    kinds = ("entries", "marks", "seats", "given", "adjustments", "votes")
    other = Inputs(**{kind: shuffled(getattr(rows, kind)) for kind in kinds})
    one, two = tally(rule, rows), tally(rule, other)
    assert one.to_bytes() == two.to_bytes()
    assert awards(rule, one) == awards(rule, two)


@settings(max_examples=100, deadline=None)
@given(rounds())
def test_every_figure_of_a_result_is_whole_or_a_fraction(round_):
    wanted, rows = round_
    result = tally(parse_rule(json.dumps(wanted)), rows)
    kinds = {type(value) for value in numbers(result)}
    assert Fraction in kinds
    assert kinds <= {Fraction, int, str, bool, Decimal, bytes, type(None)}
    assert {type(value) for value in numbers(json.loads(result.to_bytes()))} <= {int, str, bool, type(None)}
