"""Line by line: what is shown of an entry adds up to the digit, and is what the result says, for random rules and rounds."""

import json
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from evaluations.bundle import verify
from evaluations.tally import Inputs, TallyError, parse_rule, tally
from evaluations.tally.computation import Disagreement, PublishedRows, compute, equals_of
from evaluations.tally.messages import FolderError, RuleErrors
from tests.evaluations.agreement import random_case

from .rounds import document, entries, marks


def rows_of(inputs: Inputs, *who: str) -> PublishedRows:
    """The rows that one entry needs."""
    own = [row for row in inputs.marks if row[1] in who]
    return PublishedRows(own, inputs.given, inputs.adjustments, inputs.votes)


def counted(rule: dict, inputs: Inputs) -> dict:
    return json.loads(tally(parse_rule(json.dumps(rule)), inputs).to_bytes())


def rounded(rule: dict, stage: str, value: Fraction) -> Fraction:
    """By the program that is written apart from the engine."""
    plan = rule["rounding"]
    return verify.rounded(value, plan["places"], plan["mode"]) if stage in plan["stages"] else value


def written(rule: dict, value: Fraction | None) -> str | None:
    return None if value is None else verify.figure(value, rule["rounding"]["places"])


def by_pencil(rule: dict, averaged) -> Fraction:
    """The average that a reader gets from the figures shown."""
    shown = averaged.middle or averaged.values
    return sum(shown, Fraction(0)) / len(shown)


def check_struck(rule: dict, pairs: list) -> None:
    """So many as the rule says are struck at each end, and none of them lies inside of what counts."""
    kept = [value for value, end in pairs if not end]
    high = [value for value, end in pairs if end == "high"]
    low = [value for value, end in pairs if end == "low"]
    trims = len(pairs) >= rule["trim"]["from"]
    assert (len(high), len(low)) == ((rule["trim"]["high"], rule["trim"]["low"]) if trims else (0, 0))
    assert all(value >= max(kept) for value in high) and all(value <= min(kept) for value in low)


def check_panel(rule: dict, line, told: dict, corrections: dict) -> None:
    weights = {item["id"]: Fraction(item["weight"]) for item in rule["criteria"]}
    for item in line.criteria:
        published = told["criteria"][item.criterion.id]
        assert written(rule, item.score) == published["score"]
        assert written(rule, item.weighted) == published["weighted"]
        assert (item.marks, item.dropped) == (published["marks"], published["dropped"])
    if rule["level"] == "criterion" and line.sheets is not None:
        for index, item in enumerate(line.criteria):
            cells = [sheet.cells[index] for sheet in line.sheets]
            pairs = [(cell.mark, cell.struck) for cell in cells if cell.mark is not None]
            assert len(pairs) == item.marks
            if item.averaged is None:
                continue
            check_struck(rule, pairs)
            assert item.averaged.values == tuple(value for value, end in pairs if not end)
            assert by_pencil(rule, item.averaged) == item.averaged.exact
            assert rounded(rule, "criterion", item.averaged.exact) == item.score
            assert item.score * weights[item.criterion.id] == item.product
            assert rounded(rule, "weighted", item.product) == item.weighted
    if rule["level"] == "sheet" and line.sheets is not None:
        whole = [sheet for sheet in line.sheets if not sheet.incomplete]
        for sheet in whole:
            names = [item.criterion.id for item in line.criteria]
            assert sheet.total == sum(
                cell.mark * weights[name] for cell, name in zip(sheet.cells, names, strict=True)
            )
            assert rounded(rule, "sheet", sheet.total) == sheet.rounded
            assert sheet.points == corrections.get((line.panel.id, sheet.seat))
            assert sheet.rounded + (sheet.points or 0) == sheet.counted
        assert all(sheet.counted is None for sheet in line.sheets if sheet.incomplete)
        if line.averaged is not None:
            check_struck(rule, [(sheet.counted, sheet.struck) for sheet in whole])
            assert by_pencil(rule, line.averaged) == line.averaged.exact == line.found
    elif line.panel.kind == "marks" and line.found is not None and rule["level"] == "criterion":
        assert sum(item.weighted for item in line.criteria) == line.found
    if line.votes is not None and line.found is not None:
        check_votes(line)
    if line.found is not None and line.panel.kind != "given":
        assert rounded(rule, "panel", line.found) == line.score
    assert written(rule, line.score) == told["score"] and written(rule, line.share) == told["share"]
    if line.score is not None:
        assert line.score * Fraction(line.panel.weight) == line.product
        assert rounded(rule, "share", line.product) == line.share


def check_votes(line) -> None:
    plan, own = line.panel.conversion, line.votes
    by_hand = {
        "top": lambda: Fraction(plan.full) * own.votes / own.most,
        "ladder": lambda: max(Fraction(0), Fraction(plan.first) - Fraction(plan.step) * own.ahead),
        "standard": lambda: (
            Fraction(plan.mean) + Fraction(plan.spread) * (own.votes - own.mean) / own.deviation
        ),
    }
    assert by_hand[plan.method]() == line.found


def check_total(rule: dict, found) -> None:
    assert written(rule, found.total) == found.standing["total"]
    if found.found is not None:
        shares = [line.share for line in found.panels if line.panel.weight > 0]
        assert found.found == sum([*shares, found.adjusted], Fraction(0))
        assert rounded(rule, "total", found.found) == found.total
    if found.adjustments is not None:
        assert sum((points for points, _why in found.adjustments), Fraction(0)) == found.adjusted


def check_place(result: dict, found) -> None:
    """The place follows from the totals above and from what the ladder did."""
    own = found.standing
    if own["rank"] is None:
        assert found.total is None
        return
    above = sum(
        1
        for item in result["standings"]
        if item["rank"] is not None and Fraction(item["total"]) > Fraction(own["total"])
    )
    assert found.ahead == above
    assert found.ahead + sum(len(line.ahead) for line in found.ties) + 1 == own["rank"]
    for line in found.ties:
        if not line.skipped:
            values = [value for _entry, value in line.values]
            assert values == sorted(values, reverse=True)
            value_of = dict(line.values)
            assert all(value_of[entry] > value_of[own["entry"]] for entry in line.ahead)
            assert all(value_of[entry] < value_of[own["entry"]] for entry in line.behind)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_every_figure_shown_adds_up_and_is_that_of_the_result(seed):
    rule, inputs = random_case(Random(seed))
    try:
        result = counted(rule, inputs)
    except (RuleErrors, FolderError, TallyError):
        reject()
    parsed = parse_rule(json.dumps(rule))
    corrections = {(item["panel"], item["seat"]): Fraction(item["points"]) for item in result["corrections"]}
    for told in result["standings"]:
        rows = rows_of(inputs, *equals_of(result, told["entry"]))
        for published in (rows, PublishedRows()):
            found = compute(parsed, result, published, told["entry"])
            for line in found.panels:
                check_panel(rule, line, told["panels"][line.panel.id], corrections)
            check_total(rule, found)
        check_place(result, compute(parsed, result, rows, told["entry"]))


def test_rows_that_were_not_counted_are_refused_and_never_shown():
    """A mark, points, votes or a place that the result does not follow from."""
    rule = document()
    inputs = Inputs(
        entries=entries("A B"),
        marks=[
            *marks("residents", "A", need="10 12", effect="5 6"),
            *marks("residents", "B", need="9 9", effect="5 5"),
        ],
    )
    result, parsed = counted(rule, inputs), parse_rule(json.dumps(rule))
    assert compute(parsed, result, rows_of(inputs, "A"), "A").total == Fraction("16.5")
    bent = [(*row[:4], "11" if row[4] == "10" else row[4]) for row in inputs.marks]
    with pytest.raises(Disagreement):
        compute(parsed, result, PublishedRows([row for row in bent if row[1] == "A"], [], [], []), "A")
    with pytest.raises(Disagreement):
        compute(parsed, result, PublishedRows([], [], [], []), "A")
    result["standings"][0]["rank"] = 2
    with pytest.raises(Disagreement):
        compute(parsed, result, rows_of(inputs, "A"), "A")
