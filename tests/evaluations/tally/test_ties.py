"""The ladder among equal totals: every step, what it skips, and what remains shared."""

import hashlib
import json

import pytest

from evaluations.tally import tally

from .rounds import (
    ONE,
    criterion,
    inputs,
    marks,
    of_one,
    order,
    panel,
    rounding,
    rule,
    standings,
)

WHOLE = rounding("total", places=0)


def test_without_a_ladder_equals_share_the_rank():
    found = standings(rule(criteria=ONE), inputs("A B C D E", of_one(A="90", B="80", C="80", D="70", E="70")))
    assert [(entry, row["rank"], row["tied"]) for entry, row in found.items()] == [
        ("A", 1, False),
        ("B", 2, True),
        ("C", 2, True),
        ("D", 4, True),
        ("E", 4, True),
    ]


def test_exact_compares_without_rounding():
    # 80.333… and 80.25 both round to 80.
    rule_set = rule(criteria=ONE, rounding=WHOLE, ties=["exact"])
    given = inputs("A B C", of_one(A="80 80 81 80", B="80 80 81", C="90"))
    assert order(rule_set, given) == [("C", 1, None), ("B", 2, "exact"), ("A", 3, "exact")]


def test_exact_leaves_out_the_rounding_of_every_stage():
    # A: 1/3 rounds to 0.33, times 3 is 0.99, rounded to 1. B: 1. Unrounded both are 1, so they stay equal.
    criteria = [criterion("need", weight="3", step="1")]
    rule_set = rule(criteria=criteria, rounding=rounding("criterion"), ties=["exact"])
    found = order(rule_set, inputs("A B", of_one(A="0 0 1", B="0 0 0 1 1 0")))
    assert found == [("A", 1, None), ("B", 1, None)]
    whole = rule(criteria=criteria, rounding=rounding("criterion", "total", places=0), ties=["exact"])
    # A: 1/3 -> 0 -> 0; C: 1/4 -> 0 -> 0; unrounded 1 and 3/4.
    assert order(whole, inputs("A C", of_one(A="0 0 1", C="0 0 0 1"))) == [
        ("A", 1, "exact"),
        ("C", 2, "exact"),
    ]


def test_a_panel_decides():
    panels = [panel("residents", "0.5"), panel("experts", "0.5")]
    rows = of_one(A="80", B="90") + marks("experts", "A", need="90") + marks("experts", "B", need="80")
    given = inputs("A B", rows)
    assert order(rule(criteria=ONE, panels=panels, ties=["panel:experts"]), given) == [
        ("A", 1, "panel:experts"),
        ("B", 2, "panel:experts"),
    ]
    assert order(rule(criteria=ONE, panels=panels, ties=["panel:residents"]), given)[0][0] == "B"


def test_a_criterion_decides_named_bare_or_with_its_panel():
    rows = marks("residents", "A", need="10", effect="5") + marks("residents", "B", need="9", effect="6")
    for step in ("criterion:effect", "criterion:residents/effect"):
        assert order(rule(ties=[step]), inputs("A B", rows)) == [("B", 1, step), ("A", 2, step)]
    assert order(rule(ties=["criterion:need"]), inputs("A B", rows))[0][0] == "A"


def test_a_criterion_decides_unrounded_and_unweighted_at_the_level_sheet_too():
    # Sheet sums A: 15 15, B: 15 15. need: A 10 10, B 10 11; effect the other way round.
    rows = marks("residents", "A", need="10 10", effect="5 5") + marks(
        "residents", "B", need="10 11", effect="5 4"
    )
    rule_set = rule(level="sheet", rounding=rounding("panel"), ties=["criterion:need"])
    assert order(rule_set, inputs("A B", rows))[0] == ("B", 1, "criterion:need")


def test_the_median_of_sheets_decides_over_all_weighted_panels_before_trimming():
    # Residents' averages are equal (20); the sheets of both panels: A 10 20 30 40 -> 25, B 19 20 21 40 -> 20.5.
    panels = [panel("residents"), panel("experts"), panel("guests", "0")]
    rows = (
        of_one(A="10 20 30", B="19 20 21")
        + marks("experts", "A", need="40")
        + marks("experts", "B", need="40")
    )
    rows += marks("guests", "B", need="100 100 100 100")
    rule_set = rule(
        criteria=ONE, panels=panels, trim={"high": 1, "low": 1, "from": 3, "advised": 0}, ties=["median"]
    )
    assert order(rule_set, inputs("A B", rows)) == [("A", 1, "median"), ("B", 2, "median")]


def test_the_median_of_sheets_leaves_out_incomplete_sheets():
    # A's complete sheet is 10 + 4, B's 10 + 5; the averages are equal.
    rows = marks("residents", "A", need="10 10", effect="4 6") + marks(
        "residents", "B", need="10 10", effect="5 5"
    )
    rows = [row for row in rows if row[1:4] != ("A", "s2", "need")]
    rule_set = rule(ties=["median"])
    assert order(rule_set, inputs("A B", rows)) == [("B", 1, "median"), ("A", 2, "median")]


def test_a_step_is_skipped_for_a_group_in_which_an_entry_lacks_the_value():
    # A has no complete sheet, so the median is skipped for A and B, and used for C and D.
    rows = [("residents", "A", "s1", "need", "10"), ("residents", "A", "s2", "effect", "5")]
    rows += marks("residents", "B", need="9 9", effect="6 6")
    rows += marks("residents", "C", need="1 2 6", effect="0 0 0")
    rows += marks("residents", "D", need="0 4 5", effect="0 0 0")
    rule_set = rule(ties=["median", "criterion:need"])
    given = inputs("A B C D", rows)
    assert order(rule_set, given) == [
        ("A", 1, "criterion:need"),
        ("B", 2, "criterion:need"),
        ("D", 3, "median"),
        ("C", 4, "median"),
    ]
    assert [dict(warning) for warning in tally(rule_set, given).warnings] == [
        {"code": "tie_step_skipped", "step": "median", "entries": ["A", "B"]}
    ]


def test_each_subgroup_goes_on_with_the_next_step():
    # need parts A from B C D; effect parts B from C and D, which remain equal.
    criteria = [criterion("need"), criterion("effect"), criterion("third")]
    rows = [
        *marks("residents", "A", need="12", effect="1", third="7"),
        *marks("residents", "B", need="10", effect="6", third="4"),
        *marks("residents", "C", need="10", effect="5", third="5"),
        *marks("residents", "D", need="10", effect="5", third="5"),
    ]
    rule_set = rule(criteria=criteria, ties=["criterion:need", "criterion:effect"])
    given = inputs("D C B A", rows)
    assert order(rule_set, given) == [
        ("A", 1, "criterion:need"),
        ("B", 2, "criterion:effect"),
        ("C", 3, "criterion:effect"),
        ("D", 3, "criterion:effect"),
    ]
    assert [row["tied"] for row in standings(rule_set, given).values()] == [False, False, True, True]


def test_the_lot_is_the_lowest_hash_of_seed_marks_and_entry():
    seed = "the sentence"
    rule_set = rule(criteria=ONE, ties=["lot"], lot_seed=seed)
    names = "A B C D E F"
    result = json.loads(
        tally(rule_set, inputs(names, of_one(**dict.fromkeys(names.split(), "80")))).to_bytes()
    )
    rows = "".join(f"residents,{entry},s1,need,80\n" for entry in names.split())
    marks_sha256 = hashlib.sha256(f"panel,entry,seat,criterion,mark\n{rows}".encode()).hexdigest()
    drawn = sorted(
        names.split(), key=lambda entry: hashlib.sha256(f"{seed}{marks_sha256}{entry}".encode()).digest()
    )
    assert result["marks_sha256"] == marks_sha256
    assert [row["entry"] for row in result["standings"]] == drawn
    assert [(row["rank"], row["tie_broken_by"]) for row in result["standings"]] == [
        (rank, "lot") for rank in range(1, 7)
    ]
    assert drawn != names.split()  # it was not the order of the names


def test_another_seed_draws_another_order():
    names = "A B C D E F G H"
    given = inputs(names, of_one(**dict.fromkeys(names.split(), "80")))
    drawn = {tuple(order(rule(criteria=ONE, ties=["lot"], lot_seed=seed), given)) for seed in "abcd"}
    assert len(drawn) > 1


@pytest.mark.parametrize("step", ["exact", "criterion:need", "median", "panel:residents"])
def test_a_step_on_which_all_agree_parts_nobody(step):
    found = order(rule(criteria=ONE, ties=[step]), inputs("A B", of_one(A="80", B="80")))
    assert found == [("A", 1, None), ("B", 1, None)]


def test_adjustments_count_in_exact():
    rule_set = rule(criteria=ONE, rounding=WHOLE, ties=["exact"], adjustments={"min": "0", "max": "1"})
    given = inputs("A B", of_one(A="80", B="80"), adjustments=[("B", "0.25", "a bonus")])
    assert order(rule_set, given) == [("B", 1, "exact"), ("A", 2, "exact")]
