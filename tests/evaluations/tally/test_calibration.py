"""Corrections of unequally strict judges: published answers, exact rounding, connection, what stands beside."""

import csv
import json
from fractions import Fraction as F
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.tally import DisconnectedError, RuleErrors, tally
from evaluations.tally.additive import Design, estimate, exact_severities
from evaluations.tally.calibration import corrections
from evaluations.tally.panels import SheetTotals
from evaluations.tally.rule import Calibration

from .reference import reference
from .rounds import criterion, document, entries, inputs, panel, rounding, rule
from .test_schemas import RESULT, RULE, faults

ADDITIVE = {"method": "additive", "cap": "15", "min_marks": 1, "if_disconnected": "refuse"}
BIBD = [(1, 1, 73), (1, 2, 74), (1, 4, 71), (2, 2, 75), (2, 3, 67), (2, 4, 72)]
BIBD += [(3, 1, 73), (3, 2, 75), (3, 3, 68), (4, 1, 75), (4, 3, 72), (4, 4, 75)]


def calibrated(**changes):
    plan = {"level": "sheet", "calibration": ADDITIVE, "rounding": rounding("panel", "total"), **changes}
    return rule(**{"criteria": [criterion("need", max="100")], **plan})


def sheets(rows, panel="residents"):
    return [(panel, f"E{entry}", f"s{judge}", "need", str(mark)) for entry, judge, mark in rows]


def found(rule_set, rows, names="E1 E2 E3 E4", **more):
    return json.loads(tally(rule_set, inputs(names, rows, **more)).to_bytes())


def design(rows):
    columns = [np.array([row[part] for row in rows], dtype=np.int64) for part in (0, 1)]
    return Design(*columns, *(int(column.max()) + 1 for column in columns))


def by_elimination(rows):
    """The severities by Gauss over fractions on all normal equations at once, with sum zero as one of them."""
    shape = design(rows)
    size = shape.entries + shape.judges
    table = [[F(0)] * (size + 1) for _ in range(size + 1)]
    for entry, judge, total in rows:
        at = shape.entries + judge
        for row, sign in ((entry, 1), (at, -1)):
            table[row][entry] += sign
            table[row][at] -= sign
            table[row][size] += sign * total
    table[size][shape.entries : size] = [F(1)] * shape.judges
    for column in range(size):
        pivot = next(row for row in range(column, size + 1) if table[row][column])
        table[column], table[pivot] = table[pivot], table[column]
        table[column] = [value / table[column][column] for value in table[column]]
        for row in range(size + 1):
            if row != column and table[row][column]:
                factor = table[row][column]
                table[row] = [a - factor * b for a, b in zip(table[row], table[column], strict=True)]
    return [table[shape.entries + judge][size] for judge in range(shape.judges)]


# Published answers


def test_the_balanced_incomplete_block_of_montgomery():
    answers = json.loads(reference("additive_bibd_montgomery.json").read_text(encoding="utf-8"))
    rows = [(i - 1, j - 1, y) for i, j, y in answers["data"]["rows_project_judge_score"]]
    shape = design(rows)
    fit = estimate(shape, np.array([float(row[2]) for row in rows]))
    published = answers["expected"]["published"]
    assert [round(value, 3) for value in fit.entry - fit.entry.mean()] == published["tau"]
    assert round(float(fit.residual @ fit.residual), 2) == published["SSE"]
    degrees = len(rows) - shape.entries - shape.judges + 1
    assert round(float(fit.residual @ fit.residual) / degrees, 2) == published["MSE"]
    exact = exact_severities(shape, [row[2] for row in rows], range(4))
    assert [-float(exact[judge]) for judge in range(4)] == answers["expected"]["computed"]["judge_leniency"]


def test_the_alpha_design_of_john_and_williams():
    answers = json.loads(reference("alpha_design_john_williams.json").read_text(encoding="utf-8"))["expected"]
    with reference("alpha_design_john_williams.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    judges = sorted({(row["panel"], row["judge_in_panel"]) for row in rows})
    shape = Design(
        np.array([int(row["project"][1:]) - 1 for row in rows]),
        np.array([judges.index((row["panel"], row["judge_in_panel"])) for row in rows]),
        24,
        18,
    )
    fit = estimate(shape, np.array([float(row["yield"]) for row in rows]))
    # Published with another constant: what is comparable are the differences.
    published = np.array(answers["published"]["block_fixed_first6"])
    assert np.round(fit.entry[:6] - fit.entry[0], 5).tolist() == pytest.approx(
        published - published[0], abs=1.01e-5
    )
    assert round(float(fit.residual @ fit.residual), 6) == round(answers["computed"]["rss_fixed"], 6)
    assert fit.entry[:6] == pytest.approx(answers["computed"]["block_fixed_judge_sum_zero_first6"], abs=1e-7)


# The corrections


def test_a_severe_jury_is_made_good_and_the_plain_result_stands_beside():
    result = found(calibrated(), sheets(BIBD))
    assert result["corrections"] == [
        {"panel": "residents", "seat": seat, "points": points}
        for seat, points in (("s1", "-0.88"), ("s2", "-3.00"), ("s3", "3.88"), ("s4", "0.00"))
    ]
    rows = [(row["entry"], row["rank"], row["total"], row["uncalibrated"]) for row in result["standings"]]
    assert rows == [
        ("E4", 1, "75.00", {"rank": 1, "total": "74.00"}),
        ("E3", 2, "72.00", {"rank": 3, "total": "72.00"}),
        ("E2", 3, "71.63", {"rank": 4, "total": "71.33"}),
        ("E1", 4, "71.37", {"rank": 2, "total": "72.67"}),
    ]
    assert faults(RESULT, result) == []


def test_a_half_is_rounded_away_from_zero_though_floats_miss_it():
    # The severity of s1 is 0.875 to the last digit: 0.88; as a float it may lie on either side.
    assert found(calibrated(), sheets(BIBD))["corrections"][0]["points"] == "-0.88"
    exact = exact_severities(design([(i - 1, j - 1, y) for i, j, y in BIBD]), [y for *_, y in BIBD], [0])
    assert exact[0] == F(-7, 8)


def test_the_cap_and_the_least_number_of_sheets():
    plan = {**ADDITIVE, "cap": "1.5", "min_marks": 3}
    rows = [*sheets(BIBD), ("residents", "E1", "s9", "need", "10")]
    result = found(calibrated(calibration=plan), rows)
    assert {item["seat"]: item["points"] for item in result["corrections"]} == {
        "s1": "-1.50",
        "s2": "-1.50",
        "s3": "-1.50",
        "s4": "-1.50",
        "s9": "0.00",
    }
    assert [item for item in result["warnings"] if item["code"] != "below_advised"] == [
        *(
            {"code": "correction_capped", "panel": "residents", "seat": seat, "points": "-1.50"}
            for seat in ("s1", "s2", "s3", "s4")
        ),
        {"code": "too_few_sheets", "panel": "residents", "seat": "s9", "sheets": 1, "min_marks": 3},
    ]
    assert faults(RESULT, result) == []


def test_a_severity_on_the_cap_is_not_beyond_it():
    # s1 is 2 points stricter than s2 everywhere: severities 1 and -1.
    rows = sheets([(1, 1, 70), (1, 2, 72), (2, 1, 80), (2, 2, 82), (3, 1, 33), (3, 2, 35)])
    result = found(calibrated(calibration={**ADDITIVE, "cap": "1"}), rows, "E1 E2 E3")
    assert [item["points"] for item in result["corrections"]] == ["1.00", "-1.00"]
    assert result["warnings"] == []


def test_what_is_corrected_is_the_rounded_sheet_before_trimming():
    plan = {
        "rounding": rounding("sheet", "panel", "total", places=0),
        "trim": {"high": 1, "low": 0, "from": 3, "advised": 0},
        "criteria": [criterion("need", max="100", step="0.5")],
    }
    rows = sheets([(1, 1, "70.5"), (1, 2, "72.5"), (1, 3, "71"), (2, 1, 80), (2, 2, 82), (2, 3, "80.5")])
    result = found(calibrated(**plan), rows, "E1 E2")
    # Severities 5/6, -7/6 and 1/3. E1: 71 + 0.83, 73 - 1.17, 71 + 0.33; the highest of the first two is dropped.
    assert [item["points"] for item in result["corrections"]] == ["0.83", "-1.17", "0.33"]
    exact = {row["entry"]: F(row["exact"]) for row in result["standings"]}
    assert exact["E1"] == (F("71.33") + F("71.33")) / 2
    assert exact["E2"] == (F("80.83") + F("80.83")) / 2


# Connection


def test_judges_who_cannot_be_compared_are_refused_by_name():
    rows = sheets([(1, 1, 70), (2, 1, 80), (3, 2, 70), (4, 2, 60)])
    with pytest.raises(DisconnectedError) as refusal:
        found(calibrated(), rows)
    assert refusal.value.groups == ((("E1", "E2"), ("s1",)), (("E3", "E4"), ("s2",)))
    assert str(refusal.value) == (
        'the panel "residents" cannot be calibrated: its judges and entries fall into 2 groups without a '
        "common sheet: E1, E2 (s1); E3, E4 (s2)"
    )


def test_or_are_counted_plain_where_the_rule_says_so():
    rows = sheets([(1, 1, 70), (2, 1, 80), (3, 2, 70), (4, 2, 60)])
    result = found(calibrated(calibration={**ADDITIVE, "if_disconnected": "uncalibrated"}), rows)
    assert result["corrections"] == []
    assert [row["uncalibrated"] for row in result["standings"]] == [None] * 4
    assert result["warnings"] == [{"code": "not_calibrated", "panel": "residents", "groups": 2}]
    assert faults(RESULT, result) == []


def test_a_panel_that_never_decides_refuses_nothing():
    plan = {"panels": [panel("residents"), panel("guests", "0")]}
    rows = sheets(BIBD) + sheets([(1, 1, 70), (3, 2, 70)], "guests")
    result = found(calibrated(**plan), rows)
    assert {item["panel"] for item in result["corrections"]} == {"residents"}
    assert {"code": "not_calibrated", "panel": "guests", "groups": 2} in result["warnings"]


def test_a_round_without_marks_has_no_corrections():
    result = found(calibrated(), [], "E1 E2")
    assert (result["corrections"], [row["rank"] for row in result["standings"]]) == ([], [None, None])


# The rule set


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"level": "criterion"}, "calibration.method", "calibration-needs-sheets"),
        ({"calibration": {**ADDITIVE, "cap": "0"}}, "calibration.cap", "cap-not-positive"),
        ({"calibration": {**ADDITIVE, "cap": 15}}, "calibration.cap", "not-a-decimal"),
        (
            {"calibration": {**ADDITIVE, "if_disconnected": "ignore"}},
            "calibration.if_disconnected",
            "not-one-of",
        ),
        ({"calibration": {"method": "additive"}}, "calibration.cap", "missing-key"),
    ],
)
def test_a_calibration_that_cannot_be_meant_is_refused(changes, place, code):
    with pytest.raises(RuleErrors) as refusal:
        calibrated(**changes)
    assert (refusal.value.place, refusal.value.code) == (place, code)


def test_the_schema_of_rule_sets_knows_it():
    assert faults(RULE, document(level="sheet", calibration=ADDITIVE)) == []
    assert faults(RULE, document(level="sheet", calibration={**ADDITIVE, "cap": 15})) != []


# Exactness


@st.composite
def connected_rows(draw):
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    spokes = {(i, 0) for i in range(n)} | {(0, j) for j in range(m)}
    more = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))))
    size = draw(st.sampled_from([20, 10**6, 10**25]))
    return [(i, j, draw(st.integers(-size, size))) for i, j in sorted(spokes | more)]


@settings(max_examples=150, deadline=None)
@given(connected_rows())
def test_exact_severities_are_those_of_an_elimination_over_fractions(rows):
    totals = [row[2] for row in rows]
    shape = design(rows)
    expected = by_elimination(rows)
    assert list(exact_severities(shape, totals, range(shape.judges)).values()) == expected


@settings(max_examples=150, deadline=None)
@given(connected_rows(), st.sampled_from(["0.01", "1", "7.5", "100000"]))
def test_published_corrections_are_the_exact_ones_rounded(rows, cap):
    plan = Calibration(F(cap), 0, "refuse")
    shape = design(rows)
    names = [f"e{i}" for i in range(shape.entries)], [f"s{j}" for j in range(shape.judges)]
    entry, seat, totals = (list(column) for column in zip(*rows, strict=True))
    points = corrections(plan, SheetTotals(*names, entry, seat, totals, 8, [])).points
    for judge, severity in enumerate(by_elimination(rows)):
        held = max(-F(cap), min(F(cap), severity / 8)) * 100
        away = (abs(held) + F(1, 2)) // 1 * (1 if held > 0 else -1)
        assert points[f"s{judge}"] == F(away, 100)


def test_the_order_of_rows_changes_no_byte():
    chance = Random(7)
    rows = sheets([(e, j, chance.randrange(101)) for e in range(1, 13) for j in range(9) if (e + j) % 3])
    names = " ".join(f"E{e}" for e in range(1, 13))
    rule_set = calibrated(ties=["exact", "median"])
    first = tally(rule_set, inputs(names, rows)).to_bytes()
    for _ in range(5):
        chance.shuffle(rows)
        shuffled = inputs(names, list(rows))
        assert tally(rule_set, type(shuffled)(chance.sample(entries(names), 12), rows)).to_bytes() == first


def test_many_judges_are_solved_exactly():
    """300 judges and 300 entries of 7 sheets: the float solution agrees with fractions of hundreds of digits."""
    chance = Random(3)
    pairs = [(e, j) for e in range(300) for j in chance.sample(range(300), 7)]
    rows = [(e, j, chance.randrange(2001)) for e, j in pairs]
    shape = design(rows)
    exact = exact_severities(shape, [row[2] for row in rows], [0, 150, 299])
    fit = estimate(shape, np.array([float(row[2]) for row in rows]))
    assert [float(exact[j]) for j in (0, 150, 299)] == pytest.approx(fit.severity[[0, 150, 299]], abs=1e-8)
    assert all(value.denominator > 10**50 for value in exact.values())
