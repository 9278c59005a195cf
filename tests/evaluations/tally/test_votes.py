"""Votes as points: each method worked out by hand, and what has no result."""

import pytest

from evaluations.tally import FolderError, tally

from .rounds import inputs, panel, rounding, rule, standings

TOP = {"method": "top", "full": "100"}
LADDER = {"method": "ladder", "first": "10", "step": "4"}
STANDARD = {"method": "standard", "mean": "70", "spread": "10"}


def voting(conversion, **changes):
    return rule(panels=[panel("online", "1", "votes", conversion=conversion)], **changes)


def votes(**by_entry):
    return [("online", entry, str(count)) for entry, count in by_entry.items()]


def totals(rule_set, **by_entry):
    found = standings(rule_set, inputs(" ".join(by_entry), [], votes=votes(**by_entry)))
    return {entry: found[entry]["total"] for entry in by_entry}


def test_top_is_in_proportion_to_the_most_votes():
    assert totals(voting(TOP), A=300, B=100, C=0) == {"A": "100.00", "B": "33.33", "C": "0.00"}


def test_ladder_goes_down_by_shared_ranks_and_not_below_zero():
    # Ranks 1, 2, 2, 4, 5: 10, 6, 6, 10 - 12 and 10 - 16, both below 0.
    assert totals(voting(LADDER), A=9, B=7, C=7, D=5, E=0) == {
        "A": "10.00",
        "B": "6.00",
        "C": "6.00",
        "D": "0.00",
        "E": "0.00",
    }


def test_standard_score_of_a_round_deviation():
    # 2 4 4 4 5 5 7 9 have mean 5 and population standard deviation 2.
    found = totals(voting(STANDARD), A=2, B=4, C=4, D=4, E=5, F=5, G=7, H=9)
    assert list(found.values()) == ["55.00", "65.00", "65.00", "65.00", "70.00", "70.00", "80.00", "90.00"]


def test_standard_score_takes_the_root_down_to_twelve_decimals():
    # 0 0 1: variance 2/9, root 0.471404520791|03…; 70 + 10 * (2/3) / 0.471404520791.
    found = standings(voting(STANDARD, rounding=rounding()), inputs("A B C", [], votes=votes(A=0, B=0, C=1)))
    assert found["C"]["exact"] == "118994949366110/1414213562373"
    assert found["C"]["total"] == found["C"]["exact"]


@pytest.mark.parametrize(
    ("conversion", "counts", "code"),
    [
        (TOP, {"A": 0, "B": 0}, "votes_all_zero"),
        (LADDER, {"A": 0, "B": 0}, "votes_all_zero"),
        (STANDARD, {"A": 0, "B": 0}, "votes_all_zero"),
        (STANDARD, {"A": 5, "B": 5}, "votes_no_spread"),
    ],
)
def test_votes_without_a_result(conversion, counts, code):
    result = tally(voting(conversion), inputs("A B", [], votes=votes(**counts)))
    assert [(item.rank, item.flags) for item in result.standings] == [(None, ("missing_panel:online",))] * 2
    assert [dict(warning) for warning in result.warnings] == [{"code": code, "panel": "online"}]


def test_equal_votes_have_a_result_by_the_other_methods():
    assert totals(voting(TOP), A=5, B=5) == {"A": "100.00", "B": "100.00"}
    assert totals(voting(LADDER), A=5, B=5) == {"A": "10.00", "B": "10.00"}


def test_votes_round_at_the_stage_panel():
    assert totals(voting(TOP, rounding=rounding("panel", places=0)), A=3, B=1) == {"A": "100", "B": "33"}
    assert totals(voting(TOP, rounding=rounding()), A=3, B=1) == {"A": "100.00", "B": "100/3"}


@pytest.mark.parametrize(
    ("rows", "row", "code"),
    [
        ([("online", "A", "1")], None, "votes-missing"),
        ([("online", "A", "1"), ("online", "A", "1")], 3, "duplicate-row"),
        ([("online", "A", "")], 2, "not-votes"),
        ([("online", "A", "-1")], 2, "not-votes"),
        ([("online", "A", "1.0")], 2, "not-votes"),
        ([("online", "A", True)], 2, "not-votes"),
        ([("online", "A", "１")], 2, "not-votes"),
        ([("online", "A", "1" * 16)], 2, "not-votes"),
        ([("online", "A", 10**5000)], 2, "not-votes"),
        ([("online", "C", "1")], 2, "unknown-entry"),
        ([("hall", "A", "1")], 2, "unknown-panel"),
    ],
)
def test_votes_refused(rows, row, code):
    with pytest.raises(FolderError) as refused:
        tally(voting(TOP), inputs("A B", [], votes=rows))
    assert (refused.value.file, refused.value.row, refused.value.code) == ("votes.csv", row, code)


def test_votes_may_be_numbers():
    as_numbers = inputs("A B", [], votes=[("online", "A", 3), ("online", "B", 0)])
    as_text = inputs("A B", [], votes=votes(A=3, B=0))
    assert tally(voting(TOP), as_numbers).to_bytes() == tally(voting(TOP), as_text).to_bytes()
