"""Marks as columns of numbers: the same bytes as row by row, for any rule and any marks; refusals by row."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.tally import DisconnectedError, FolderError, Inputs, parse_rule, tally
from evaluations.tally.analysis import analyse
from evaluations.tally.columns import SCALE, Columns
from evaluations.tally.count import tally_columns
from evaluations.tally.packed import pack

from .rounds import criterion, entries, inputs, of_one, panel, rounding
from .rounds import rule as make_rule
from .test_calibration import ADDITIVE
from .test_oracle import NAMES, rule_documents


def columns(rows):
    """Columns of rows, the names and the sheets in an order of their own."""
    sheets = sorted({row[:3] for row in rows}, reverse=True)
    names = [sorted({row[part] for row in rows}, reverse=True) for part in range(4)]
    numbers = [
        np.array([of.index(sheet[part]) for sheet in sheets], dtype=np.int32)
        for part, of in enumerate(names[:3])
    ]
    sheet = np.array([sheets.index(row[:3]) for row in rows], dtype=np.int32)
    criterion = np.array([names[3].index(row[3]) for row in rows], dtype=np.int16)
    value = np.array([int(Fraction(row[4]) * SCALE) for row in rows], dtype=np.int64)
    return Columns(*names, *numbers, sheet, criterion, value)


def seats_of(rows, *more):
    return sorted({(row[0], row[2], "") for row in rows} | set(more))


def same(rule_set, rows, names, **more):
    given_ = Inputs(entries(names), rows, seats_of(rows, ("residents", "s9", "")), **more)
    packed = pack(rule_set, replace(given_, marks=()), columns(rows))
    assert packed is not None
    slow = tally(rule_set, given_).to_bytes()
    assert tally_columns(rule_set, replace(given_, marks=()), columns(rows)).to_bytes() == slow
    return slow


@st.composite
def rounds(draw):
    document = draw(rule_documents())
    if document["level"] == "sheet" and draw(st.booleans()):
        document["calibration"] = {
            **ADDITIVE,
            "cap": draw(st.sampled_from(["0.05", "1", "3.333"])),
            "min_marks": draw(st.integers(0, 2)),
            "if_disconnected": "uncalibrated",
        }
    steps = {"need": st.integers(0, 4).map(lambda n: n / 2), "effect": st.integers(0, 6).map(lambda n: n / 4)}
    keys = [
        (jury, entry, f"s{seat}", name)
        for jury, names in (
            ("residents", ("need", "effect")),
            ("experts", ("effect",)),
            ("guests", ("need", "effect")),
        )
        for entry in NAMES
        for seat in range(4)
        for name in names
    ]
    chosen = draw(st.lists(st.sampled_from(keys), unique=True, min_size=1, max_size=len(keys)))
    rows = [(*key, f"{draw(steps[key[3]]):g}") for key in chosen]
    points = [
        ("before", name, str(draw(st.integers(0, 3)))) for name in draw(st.sets(st.sampled_from(NAMES)))
    ]
    return document, rows, points


@settings(max_examples=300, deadline=None)
@given(rounds())
def test_columns_and_rows_give_the_same_bytes(case):
    document, rows, points = case
    same(parse_rule(json.dumps(document)), rows, " ".join(NAMES), given=points)


@settings(max_examples=60, deadline=None)
@given(rounds(), st.integers(0, 2))
def test_columns_and_rows_give_the_same_analysis(case, places):
    document, rows, points = case
    document["awards"] = [{"id": "first", "name": {"en": "First"}, "places": 1}] if places else []
    given_ = Inputs(entries(" ".join(NAMES)), rows, seats_of(rows), given=points)
    rule_set = parse_rule(json.dumps(document))
    fast = analyse(rule_set, replace(given_, marks=()), columns=columns(rows))
    assert fast == analyse(rule_set, given_)


def test_names_that_need_quotes_and_marks_below_zero():
    rule_set = make_rule(criteria=[criterion("need", min="-5.5", max="5", step="0.25")])
    rows = [("residents", 'a "b", c', "s1", "need", "-5.25"), ("residents", "é", "s,2", "need", "0")]
    given_ = Inputs([(row[1], "", "", "") for row in rows], rows, seats_of(rows))
    found = tally_columns(rule_set, replace(given_, marks=()), columns(rows))
    assert found.to_bytes() == tally(rule_set, given_).to_bytes()
    assert [str(row.total) for row in found.standings] == ["0", "-21/4"]


def test_rounding_of_sheets_at_halves():
    for mode in ("half_up", "half_even"):
        rule_set = make_rule(
            level="sheet",
            criteria=[criterion("need", min="-5", max="5", step="0.5", weight="0.1")],
            rounding=rounding("sheet", "panel", "total", mode=mode, places=1),
        )
        marks = [
            (*row[:4], mark)
            for row, mark in zip(
                of_one(A="1 1 1", B="1 1 1"), ["0.5", "1.5", "-0.5", "-1.5", "2.5", "1"], strict=True
            )
        ]
        same(rule_set, marks, "A B")


@pytest.mark.parametrize(
    "row",
    [
        ("residents", "A", "s1", "need", "20.5"),
        ("residents", "A", "s1", "need", "1.25"),
        ("residents", "Z", "s1", "need", "1"),
        ("residents", "A", "s8", "need", "1"),
        ("guests", "A", "s1", "need", "1"),
        ("residents", "A", "s2", "effect", "1"),
        ("residents", "B", "s1", "need", "1"),
    ],
)
def test_what_is_refused_is_refused_by_its_row(row):
    rule_set = make_rule(panels=[panel("residents", criteria=["need"])])
    rows = [("residents", "B", "s1", "need", "1"), ("residents", "B", "s2", "need", "2"), row]
    given_ = Inputs(entries("A B"), rows, [("residents", "s1", ""), ("residents", "s2", "")])
    with pytest.raises(FolderError) as slow:
        tally(rule_set, given_)
    with pytest.raises(FolderError) as fast:
        tally_columns(rule_set, replace(given_, marks=()), columns(rows))
    assert str(fast.value) == str(slow.value)
    assert fast.value.row == 4


def test_what_could_overflow_is_counted_row_by_row():
    big = criterion("need", max="999999", step="0.001", weight="999999999999.123456789012")
    rule_set = make_rule(criteria=[big], level="sheet", rounding=rounding("panel", "total"))
    rows = of_one(A="999999 999998.999", B="0.001 5")
    given_ = Inputs(entries("A B"), rows, seats_of(rows))
    assert pack(rule_set, replace(given_, marks=()), columns(rows)) is None
    fast = tally_columns(rule_set, replace(given_, marks=()), columns(rows))
    assert fast.to_bytes() == tally(rule_set, given_).to_bytes()


def test_a_disconnected_panel_is_refused_alike():
    rule_set = make_rule(
        level="sheet", calibration=ADDITIVE, rounding=rounding("total"), criteria=[criterion("need")]
    )
    rows = [("residents", "A", "s1", "need", "1"), ("residents", "B", "s2", "need", "2")]
    given_ = Inputs(entries("A B"), (), seats_of(rows))
    with pytest.raises(DisconnectedError) as refusal:
        tally_columns(rule_set, given_, columns(rows))
    assert len(refusal.value.groups) == 2


def test_no_mark_at_all():
    rule_set = make_rule()
    none = Columns([], [], [], [], *(np.empty(0, dtype=np.int64) for _ in range(6)))
    given_ = Inputs(entries("A"), (), [("residents", "s1", "")])
    assert tally_columns(rule_set, given_, none).to_bytes() == tally(rule_set, inputs("A", [])).to_bytes()
