"""Each step from marks to total, with figures worked out by hand."""

from decimal import Decimal

import pytest

from evaluations.tally import FolderError, Inputs, full_marks, mark_scale, tally

from .rounds import (
    ONE,
    criterion,
    entries,
    inputs,
    marks,
    of_one,
    panel,
    rounding,
    rule,
    standings,
)

TRIM = {"high": 1, "low": 1, "from": 5, "advised": 7}


def total(rule_set, rows, **more):
    return standings(rule_set, inputs("A", rows, **more))["A"]["total"]


def test_criterion_level_averages_weighs_and_adds():
    # need 10 11 12: 11; effect 7 8: 7.5, times 1.5: 11.25; together 22.25
    rule_set = rule(criteria=[criterion("need"), criterion("effect", weight="1.5")])
    found = standings(rule_set, inputs("A", marks("residents", "A", need="10 11 12", effect="7 - 8")))["A"]
    assert found["panels"] == {
        "residents": {
            "score": "22.25",
            "share": "22.25",
            "judges": 3,
            "criteria": {
                "need": {"score": "11.00", "weighted": "11.00", "marks": 3, "dropped": 0},
                "effect": {"score": "7.50", "weighted": "11.25", "marks": 2, "dropped": 0},
            },
        }
    }
    assert (found["total"], found["exact"], found["adjustments"]) == ("22.25", "89/4", "0.00")


@pytest.mark.parametrize(
    ("written", "expected", "dropped"),
    [
        ("10 12 14 20", "14.00", 0),  # four marks: all count
        ("10 12 14 20 18", "14.67", 2),  # five: 12 14 18
        ("10 10 20 20 20", "16.67", 2),  # one copy of each tie: 10 20 20
        ("10 10 10 10 10", "10.00", 2),
        ("20 20 - 0 0 10", "10.00", 2),  # a gap is no zero: 20 0 10
    ],
)
def test_trimming_begins_at_its_number_of_marks(written, expected, dropped):
    found = standings(rule(criteria=ONE, trim=TRIM), inputs("A", of_one(A=written)))["A"]
    assert found["total"] == expected
    assert found["panels"]["residents"]["criteria"]["need"]["dropped"] == dropped


def test_trimming_may_drop_different_numbers_at_the_two_ends():
    # 1 2 3 4 10 without the highest two and the lowest one: 2 3
    rule_set = rule(criteria=ONE, trim={"high": 2, "low": 1, "from": 5, "advised": 0})
    assert total(rule_set, of_one(A="10 3 1 4 2")) == "2.50"


@pytest.mark.parametrize(
    ("written", "expected"), [("1 2 9", "2.00"), ("1 2 4 9", "3.00"), ("0 1 2 4 100", "2.00")]
)
def test_the_median_takes_the_middle(written, expected):
    assert total(rule(criteria=ONE, average="median", trim=TRIM), of_one(A=written)) == expected


def test_too_few_marks_for_one_criterion_leave_the_panel_without_a_result():
    rule_set = rule(min_marks=2)
    found = standings(rule_set, inputs("A B", marks("residents", "A", need="10 11", effect="7 -")))
    assert found["A"]["panels"]["residents"] == {
        "score": None,
        "share": None,
        "judges": 2,
        "criteria": {
            "need": {"score": "10.50", "weighted": "10.50", "marks": 2, "dropped": 0},
            "effect": {"score": None, "weighted": None, "marks": 1, "dropped": 0},
        },
    }
    for entry in "AB":
        assert (found[entry]["rank"], found[entry]["total"], found[entry]["exact"]) == (None, None, None)
        assert found[entry]["flags"] == ["missing_panel:residents"]


def test_no_marks_are_no_result_even_where_none_are_required():
    assert standings(rule(min_marks=0), inputs("A", []))["A"]["total"] is None


def test_a_zero_is_a_mark():
    assert total(rule(criteria=ONE, min_marks=2), of_one(A="0 0")) == "0.00"


def test_each_stage_rounds_only_if_listed():
    # Three marks 10 10 11 average 31/3 = 10.333…; weight 1.5 gives 15.5 exactly, 15.495 after rounding.
    need = [criterion("need", max="100", weight="1.5")]
    rows = of_one(A="10 10 11")
    assert total(rule(criteria=need, rounding=rounding()), rows) == "15.50"
    assert total(rule(criteria=need, rounding=rounding("criterion")), rows) == "15.495"
    assert total(rule(criteria=need, rounding=rounding("criterion", "weighted")), rows) == "15.50"
    assert total(rule(criteria=need, rounding=rounding("criterion", "panel")), rows) == "15.50"
    assert (
        total(rule(criteria=need, rounding=rounding("criterion", "total", mode="half_even")), rows) == "15.50"
    )
    assert total(rule(criteria=need, rounding=rounding("criterion", places=0)), rows) == "15"


def test_an_unrounded_total_is_written_as_a_fraction():
    found = standings(rule(criteria=ONE, rounding=rounding()), inputs("A", of_one(A="10 10 11")))["A"]
    assert (found["total"], found["exact"]) == ("31/3", "31/3")


def test_half_up_and_half_even_differ_at_a_half():
    rows = of_one(A="0 0 0 0 0 0 0 0.5")  # an average of 0.0625
    for mode, places, expected in (("half_up", 3, "0.063"), ("half_even", 3, "0.062")):
        assert (
            total(rule(criteria=ONE, rounding=rounding("total", mode=mode, places=places)), rows) == expected
        )


def test_only_a_single_stage_of_half_even_is_called_by_the_standard():
    assert rule(rounding=rounding("total", mode="half_even")).rounding.follows_gbt_8170
    assert not rule(rounding=rounding("panel", "total", mode="half_even")).rounding.follows_gbt_8170
    assert not rule(rounding=rounding("total")).rounding.follows_gbt_8170


def test_sheet_level_averages_complete_sheets():
    # Sheets: s1 10 + 2*4 = 18, s2 12 + 2*5 = 22, s3 has no effect and does not count. Average 20.
    rule_set = rule(
        level="sheet",
        criteria=[criterion("need"), criterion("effect", weight="2")],
        rounding=rounding("sheet", "panel", "total"),
    )
    given = inputs("A", marks("residents", "A", need="10 12 20", effect="4 5 -"))
    found = standings(rule_set, given)["A"]
    assert found["panels"]["residents"] == {
        "score": "20.00",
        "share": "20.00",
        "judges": 2,
        "criteria": {
            "need": {"score": "11.00", "weighted": None, "marks": 2, "dropped": 0},
            "effect": {"score": "4.50", "weighted": None, "marks": 2, "dropped": 0},
        },
    }
    assert found["flags"] == ["incomplete_sheet"]
    assert [dict(warning) for warning in tally(rule_set, given).warnings] == [
        {"code": "incomplete_sheet", "panel": "residents", "entry": "A", "seat": "s3"}
    ]


def test_sheet_level_trims_whole_sheets():
    # Sheet totals 10 11 15 15 30, trimmed 11 15 15: 41/3. By criterion it would be need 8 9 10 and effect 3 5 5.
    rule_set = rule(level="sheet", trim=TRIM, rounding=rounding("sheet", "panel"))
    rows = marks("residents", "A", need="7 8 10 9 20", effect="3 3 5 6 10")
    found = standings(rule_set, inputs("A", rows))["A"]
    assert (found["total"], found["exact"]) == ("13.67", "41/3")
    assert found["panels"]["residents"]["criteria"]["need"] == {
        "score": "9.00",
        "weighted": None,
        "marks": 5,
        "dropped": 2,
    }


def test_sheet_level_rounds_each_sheet_before_it_averages():
    # Weight 0.333: sheets 3.333 and 3.3330 + … 3.4995 round to 3.33 and 3.50: average 3.415, half up 3.42.
    rule_set = rule(
        level="sheet",
        criteria=[criterion("need", weight="0.333")],
        rounding=rounding("sheet", "panel"),
    )
    found = standings(rule_set, inputs("A", of_one(A="10 10.5")))["A"]
    assert (found["total"], found["exact"]) == ("3.42", "13653/4000")


def test_sheet_level_counts_sheets_for_the_least_number_of_marks():
    rule_set = rule(level="sheet", min_marks=3, rounding=rounding("panel"))
    found = standings(rule_set, inputs("A", marks("residents", "A", need="10 12 20", effect="4 5 -")))["A"]
    assert (found["rank"], found["flags"]) == (None, ["incomplete_sheet", "missing_panel:residents"])


def two_panels(**changes):
    panels = [panel("residents", "0.7"), panel("experts", "0.3", criteria=["need"])]
    return rule(criteria=[criterion("need", max="100")], panels=panels, **changes)


def test_panels_are_weighed_and_added():
    # 0.7 * 80.33 = 56.231, 0.3 * 90 = 27; together 83.231. With the stage share 56.23 + 27.
    rows = of_one(A="80 80 81") + marks("experts", "A", need="90")
    stages = ("criterion", "weighted", "panel")
    assert total(two_panels(rounding=rounding(*stages)), rows) == "83.231"
    found = standings(two_panels(rounding=rounding(*stages, "share")), inputs("A", rows))["A"]
    assert (found["total"], found["panels"]["residents"]["share"]) == ("83.23", "56.23")
    assert found["exact"] == "2497/30"  # 0.7 * 241/3 + 27


def test_an_entry_without_a_weighted_panel_has_no_rank_and_stands_last():
    rows = (
        of_one(A="100", B="10", C="20") + marks("experts", "B", need="10") + marks("experts", "C", need="10")
    )
    found = standings(two_panels(), inputs("A B C", rows))
    assert [(entry, row["rank"], row["flags"]) for entry, row in found.items()] == [
        ("C", 1, []),
        ("B", 2, []),
        ("A", None, ["missing_panel:experts"]),
    ]
    assert found["A"]["panels"]["residents"]["score"] == "100.00"


def test_a_panel_of_weight_zero_is_shown_and_never_required():
    panels = [panel("residents"), panel("guests", "0")]
    rule_set = rule(criteria=ONE, panels=panels)
    found = standings(rule_set, inputs("A B", of_one(A="10", B="20") + marks("guests", "A", need="100")))
    assert [(entry, row["total"]) for entry, row in found.items()] == [("B", "20.00"), ("A", "10.00")]
    assert (found["A"]["panels"]["guests"]["score"], found["A"]["panels"]["guests"]["share"]) == (
        "100.00",
        "0.00",
    )
    assert (found["B"]["panels"]["guests"]["score"], found["B"]["flags"]) == (None, [])


def test_weights_are_never_normalised():
    rule_set = rule(criteria=ONE, panels=[panel("residents", "0.5")])
    assert total(rule_set, of_one(A="80")) == "40.00"


def test_a_panel_marks_only_its_own_criteria():
    panels = [panel("residents"), panel("experts", criteria=["effect"])]
    rows = marks("residents", "A", need="10", effect="5") + marks("experts", "A", effect="8")
    assert total(rule(panels=panels), rows) == "23.00"
    with pytest.raises(FolderError) as refused:
        tally(rule(panels=panels), inputs("A", [*rows, ("experts", "A", "s1", "need", "3")]))
    assert str(refused.value) == 'marks.csv, row 5: the panel "experts" does not mark a criterion "need"'


def test_given_points_are_taken_as_they_are():
    rule_set = rule(criteria=ONE, panels=[panel("residents", "0.5"), panel("first-round", "0.5", "given")])
    given = [("first-round", "A", "88.125"), ("first-round", "B", "")]
    found = standings(rule_set, inputs("A B", of_one(A="80", B="90"), given=given))
    assert found["A"]["panels"]["first-round"] == {
        "score": "88.125",
        "share": "44.0625",
        "judges": 0,
        "criteria": {},
    }
    assert (found["A"]["total"], found["A"]["exact"]) == ("84.06", "1345/16")
    assert (found["B"]["total"], found["B"]["flags"]) == (None, ["missing_panel:first-round"])


def test_adjustments_are_added_before_the_last_rounding():
    rule_set = rule(criteria=ONE, adjustments={"min": "-5", "max": "20"})
    adjustments = [("A", "1.125", "a bonus"), ("A", "-3", "late"), ("B", "20", "a bonus")]
    found = standings(rule_set, inputs("A B", of_one(A="80", B="1"), adjustments=adjustments))
    assert (found["A"]["total"], found["A"]["exact"], found["A"]["adjustments"]) == (
        "78.13",
        "625/8",
        "-1.875",
    )
    assert (found["B"]["total"], found["B"]["adjustments"]) == ("21.00", "20.00")


@pytest.mark.parametrize(
    ("rows", "row", "code"),
    [
        ([("A", "20.5", "")], 2, "adjustment-out-of-range"),
        # Beyond the least points, and no opposite of allowed ones either: those may be taken back.
        ([("A", "1", ""), ("A", "-20.01", "")], 3, "adjustment-out-of-range"),
        ([("A", "-5.01", "")], None, "adjustments-sum-out-of-range"),
        ([("A", "15", ""), ("A", "15", "")], None, "adjustments-sum-out-of-range"),
    ],
)
def test_adjustments_stay_in_their_range_one_by_one_and_together(rows, row, code):
    rule_set = rule(criteria=ONE, adjustments={"min": "-5", "max": "20"})
    with pytest.raises(FolderError) as refused:
        tally(rule_set, inputs("A", of_one(A="80"), adjustments=rows))
    assert (refused.value.row, refused.value.code) == (row, code)


def test_warnings_of_few_marks():
    rule_set = rule(min_marks=2, trim={"high": 1, "low": 1, "from": 3, "advised": 4})
    rows = marks("residents", "A", need="1 2 3 4", effect="1 2 3 4")
    rows += marks("residents", "B", need="1 2 3 4", effect="1 2 3 -") + marks(
        "residents", "C", need="1", effect="1"
    )
    warnings = [dict(warning) for warning in tally(rule_set, inputs("A B C", rows)).warnings]
    assert warnings == [
        {"code": "below_advised", "panel": "residents", "entry": "B", "marks": 3, "advised": 4},
        {"code": "below_min_marks", "panel": "residents", "entry": "C", "marks": 1, "min_marks": 2},
    ]


def test_marks_may_come_as_numbers_but_never_as_floats():
    rows = [("residents", "A", "s1", "need", Decimal("8.50")), ("residents", "A", "s2", "need", 9)]
    text = [("residents", "A", "s1", "need", "8.5"), ("residents", "A", "s2", "need", "9.0")]
    rule_set = rule(criteria=ONE)
    assert tally(rule_set, inputs("A", rows)).to_bytes() == tally(rule_set, inputs("A", text)).to_bytes()
    for float_like in (8.5, 9.0, True, Decimal("NaN"), Decimal("1E+30"), Decimal("1E-1000000"), 10**5000):
        with pytest.raises(FolderError) as refused:
            tally(rule_set, inputs("A", [*rows, ("residents", "A", "s3", "need", float_like)]))
        assert (refused.value.row, refused.value.code) == (4, "not-a-mark")


def test_marks_may_be_an_iterator_and_none_is_no_mark():
    rows = [("residents", "A", "s1", "need", "8"), ("residents", "A", "s2", "need", None)]
    result = tally(rule(criteria=ONE), Inputs(entries=entries("A"), marks=iter(rows)))
    assert result.standings[0].panels["residents"].judges == 1


def test_no_entries_are_an_empty_result():
    assert tally(rule(), inputs("", [])).standings == ()


def test_full_marks_of_panels_and_total():
    panels = [
        panel("residents", "0.7"),
        panel("online", "0.3", "votes", conversion={"method": "top", "full": "50"}),
        panel("hall", "0", "votes", conversion={"method": "standard", "mean": "70", "spread": "10"}),
    ]
    full = full_marks(rule(criteria=[criterion("need", weight="1.5"), criterion("effect")], panels=panels))
    assert full.panels == {"residents": 50, "online": 50, "hall": None}
    assert full.total == 50
    ladder = panel("online", "2", "votes", conversion={"method": "ladder", "first": "10", "step": "0.5"})
    assert full_marks(rule(panels=[ladder])).total == 20
    assert full_marks(rule(panels=[panel("before", "1", "given")])).total is None


def test_the_scale_of_marks_for_forms():
    (scale,) = rule(criteria=[criterion("need", min="1", max="6", step="0.250")]).criteria
    found = mark_scale(scale)
    assert (found.min, found.max, found.step, found.decimals) == (1, 6, Decimal("0.25"), 2)


def test_steps_are_counted_from_the_least_mark():
    rule_set = rule(criteria=[criterion("need", min="1", max="5", step="2")])
    assert total(rule_set, of_one(A="1 3 5")) == "3.00"
    with pytest.raises(FolderError) as refused:
        tally(rule_set, inputs("A", of_one(A="2")))
    assert str(refused.value) == 'marks.csv, row 2: the mark 2 for "need" is not on a step of 2 from 1'
