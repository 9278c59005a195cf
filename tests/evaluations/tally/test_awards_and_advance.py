"""What follows from a result: awards, and who goes on to the final."""

import pytest

from evaluations.tally import AdvanceError, advance, awards, tally

from .rounds import ONE, inputs, of_one, panel, rule

LINES = [
    {"id": "first", "name": {"en": "First"}, "places": 1},
    {"id": "second", "name": {"en": "Second"}, "places": 2},
    {"id": "third", "name": {"en": "Third"}, "places": 1},
]


def awarded(**by_entry):
    rule_set = rule(criteria=ONE, awards=LINES)
    result = tally(rule_set, inputs(" ".join(by_entry), of_one(**{k: v for k, v in by_entry.items() if v})))
    return awards(rule_set, result)


def test_lines_of_awards_are_filled_one_after_the_other():
    assert awarded(A="90", B="80", C="70", D="60", E="50") == {
        "first": ("A",),
        "second": ("B", "C"),
        "third": ("D",),
    }


def test_entries_that_share_a_rank_get_the_same_award():
    # Ranks 1 2 2 2 5: three share the two second places, so nothing is left for the third line.
    assert awarded(A="90", B="80", C="80", D="80", E="50") == {
        "first": ("A",),
        "second": ("B", "C", "D"),
        "third": (),
    }
    # Ranks 1 1 3 4: two first places leave one second place.
    assert awarded(A="90", B="90", C="80", D="70") == {"first": ("A", "B"), "second": ("C",), "third": ("D",)}


def test_entries_without_a_rank_get_no_award():
    assert awarded(A="90", B=None) == {"first": ("A",), "second": (), "third": ()}


def test_without_lines_there_are_no_awards():
    rule_set = rule(criteria=ONE)
    assert awards(rule_set, tally(rule_set, inputs("A", of_one(A="1")))) == {}


def preliminaries(rule_set, **sub_districts):
    """One result for each sub-district, and the entries of all; marks are given as {entry: mark}."""
    results, all_entries = [], []
    for name, by_entry in sub_districts.items():
        results.append(tally(rule_set, inputs(" ".join(by_entry), of_one(**by_entry))))
        all_entries += [(entry, "", "", name) for entry in by_entry]
    return results, all_entries


def going_on(plan, cases=None, *, same_judges=False, seed=None, **sub_districts):
    rule_set = rule(criteria=ONE, advance=plan, lot_seed=seed)
    found = advance(rule_set, *preliminaries(rule_set, **sub_districts), cases, same_judges=same_judges)
    return {
        name: [item.entry for item in found.entries if item.sub_district == name] for name in sub_districts
    }


NORTH = {"A": "90", "B": "80", "C": "80", "D": "70"}
SOUTH = {"K": "60", "L": "50"}


def test_each_sub_district_sends_its_best():
    plan = {"per_sub_district": 1, "others": 0, "ties": "all"}
    assert going_on(plan, north=NORTH, south=SOUTH) == {"north": ["A"], "south": ["K"]}


def test_equals_at_the_line_all_go_on_or_draw_lots():
    plan = {"per_sub_district": 2, "ties": "all"}
    assert going_on(plan, north=NORTH, south=SOUTH) == {"north": ["A", "B", "C"], "south": ["K", "L"]}
    drawn = [going_on({**plan, "ties": "lot"}, seed=str(seed), north=NORTH)["north"] for seed in range(12)]
    assert {tuple(names) for names in drawn} == {("A", "B"), ("A", "C")}


def test_equals_that_all_have_a_place_draw_no_lots():
    plan = {"per_sub_district": 3, "ties": "lot"}
    assert going_on(plan, seed="x", north=NORTH) == {"north": ["A", "B", "C"]}


def test_places_that_cannot_be_filled_lapse():
    plan = {"per_sub_district": 3, "ties": "all"}
    rule_set = rule(criteria=ONE, advance=plan)
    given = inputs("K L M", of_one(**SOUTH))  # M has no marks, so no rank
    found = advance(rule_set, [tally(rule_set, given)], [(name, "", "", "south") for name in "KLM"])
    assert [item.entry for item in found.entries] == ["K", "L"]
    assert found.places == {"south": 3}


def places(total, ties="all", seed=None, **cases):
    """Each sub-district has one entry; only the numbers of places matter here."""
    rule_set = rule(criteria=ONE, advance={"places": total, "ties": ties}, lot_seed=seed)
    found = preliminaries(rule_set, **{name: {f"E{name}": "50"} for name in cases})
    return advance(rule_set, *found, cases).places


def test_places_in_proportion_to_accepted_cases_by_the_largest_remainder():
    # 10 places for 27, 14 and 9 cases of 50: quotas 5.4, 2.8, 1.8.
    assert places(10, a=27, b=14, c=9) == {"a": 5, "b": 3, "c": 2}
    assert places(10, a=50, b=30, c=20) == {"a": 5, "b": 3, "c": 2}
    assert places(3, a=0, b=0) == {"a": 0, "b": 0}


def test_equal_remainders_at_the_line_all_get_the_place_or_draw_lots():
    assert places(3, a=5, b=5) == {"a": 2, "b": 2}
    drawn = [tuple(places(3, "lot", str(seed), a=5, b=5).values()) for seed in range(12)]
    assert set(drawn) == {(1, 2), (2, 1)}


def test_places_need_the_number_of_cases():
    plan = {"places": 3, "ties": "all"}
    with pytest.raises(AdvanceError) as refused:
        going_on(plan, {"north": 4}, north=NORTH, south=SOUTH)
    assert refused.value.message == ('the number of accepted cases of the sub-district "south" is missing')
    assert going_on(plan, {"north": 4, "south": 2}, north=NORTH, south=SOUTH) == {
        "north": ["A", "B", "C"],
        "south": ["K"],
    }


OTHERS = {"per_sub_district": 1, "others": 2, "others_by": "total", "ties": "all"}


def test_other_places_go_to_the_best_totals_of_the_rest():
    found = going_on(OTHERS, same_judges=True, north=NORTH, south={"K": "60", "L": "85"})
    assert found == {"north": ["A", "B", "C"], "south": ["L"]}
    equal = going_on(OTHERS, same_judges=True, north=NORTH, south={"K": "80", "L": "85"})
    assert equal == {"north": ["A", "B", "C"], "south": ["K", "L"]}


def test_other_places_are_marked_as_such():
    rule_set = rule(criteria=ONE, advance=OTHERS)
    found = advance(rule_set, *preliminaries(rule_set, north=NORTH), same_judges=True)
    assert [(item.entry, item.by) for item in found.entries] == [
        ("A", "sub_district"),
        ("B", "others"),
        ("C", "others"),
    ]


def test_other_places_are_refused_where_different_judges_scored():
    with pytest.raises(AdvanceError) as refused:
        going_on(OTHERS, north=NORTH)
    assert refused.value.code == "advance-not-comparable"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda results, entries: (results, entries[:-1]), "advance-unknown-entry"),
        (lambda results, entries: (results + results[:1], entries), "advance-twice"),
        (
            lambda results, entries: (results, [(name, "", "", "north") for name, *_ in entries]),
            "advance-two-rounds",
        ),
    ],
)
def test_results_that_do_not_fit_are_refused(change, code):
    rule_set = rule(criteria=ONE, advance={"per_sub_district": 1, "ties": "all"})
    results, entries = change(*preliminaries(rule_set, north=NORTH, south=SOUTH))
    with pytest.raises(AdvanceError) as refused:
        advance(rule_set, results, entries)
    assert refused.value.code == code


def test_a_rule_set_without_advance_sends_nobody():
    with pytest.raises(AdvanceError) as refused:
        advance(rule(panels=[panel("residents")]), [], [])
    assert refused.value.code == "advance-not-in-rule"
