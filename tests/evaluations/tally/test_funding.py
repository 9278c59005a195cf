"""Money after the ranking, by hand: greedy by place, caps, least amounts, ties."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.tally.funding import Applicant, FundingRule, TiedError, fund


def applicant(
    entry: str, rank: int | None, asked: int, least: int | None = None, place: str = "qb"
) -> Applicant:
    return Applicant(entry, rank, place, asked, asked if least is None else least)


def given_to(rule: FundingRule, *applicants: Applicant) -> dict[str, tuple[int, str]]:
    return {grant.entry: (grant.amount, grant.reason) for grant in fund(rule, applicants)}


def test_by_place_until_the_budget_is_spent() -> None:
    # 100 = 40 (first) + 35 (second) + 25 of the 30 that the third asks for and could do with 20; nothing is left for the fourth.
    found = fund(
        FundingRule(budget=100),
        [applicant("a", 1, 40), applicant("b", 2, 35), applicant("c", 3, 30, 20), applicant("d", 4, 6)],
    )
    assert [(g.entry, g.amount, g.reason, g.budget_left) for g in found] == [
        ("a", 40, "funded", 100),
        ("b", 35, "funded", 60),
        ("c", 25, "in-part", 25),
        ("d", 0, "budget", 0),
    ]


def test_one_that_needs_too_much_lets_the_next_have_its_turn() -> None:
    found = given_to(FundingRule(budget=50), applicant("a", 1, 60, 55), applicant("b", 2, 30))
    assert found == {"a": (0, "budget"), "b": (30, "funded")}


def test_a_cap_holds_for_the_projects_of_a_sub_district_together() -> None:
    rule = FundingRule(budget=100, caps={"qb": 50})
    found = fund(
        rule,
        [
            applicant("a", 1, 40),
            applicant("b", 2, 40),
            applicant("c", 3, 40, place="hb"),
            applicant("d", 4, 10),
        ],
    )
    assert [(g.entry, g.amount, g.reason, g.cap_left) for g in found] == [
        ("a", 40, "funded", 50),
        ("b", 0, "sub-district", 10),
        ("c", 40, "funded", None),
        ("d", 10, "funded", 10),
    ]


def test_without_a_place_or_a_wish_there_is_nothing() -> None:
    found = given_to(FundingRule(budget=100), applicant("a", None, 10), applicant("b", 1, 0))
    assert found == {"b": (0, "nothing-asked"), "a": (0, "no-place")}


def test_equals_for_whom_the_money_suffices_need_no_lot() -> None:
    found = given_to(FundingRule(budget=60), applicant("b", 1, 30), applicant("a", 1, 30))
    assert found == {"a": (30, "funded"), "b": (30, "funded")}


def test_equals_for_whom_it_does_not_suffice_need_one() -> None:
    both = [applicant("a", 1, 30), applicant("b", 1, 30)]
    with pytest.raises(TiedError) as refused:
        fund(FundingRule(budget=50), both)
    assert refused.value.entries == ("a", "b")
    seed, marks = "今天是个好日子", "f" * 64
    first = min("ab", key=lambda entry: hashlib.sha256((seed + marks + entry).encode()).hexdigest())
    grants = fund(FundingRule(budget=50, lot_seed=seed, marks_sha256=marks), both)
    assert {g.entry: g.amount for g in grants} == {first: 30, ({"a", "b"} - {first}).pop(): 0}
    assert all(grant.by_lot for grant in grants)


@given(
    st.integers(0, 500),
    st.dictionaries(st.sampled_from("xyz"), st.integers(0, 200)),
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 100), st.integers(0, 100), st.sampled_from("xyz")),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_never_more_than_there_is_and_never_by_the_order_of_rows(budget, caps, wishes, chance) -> None:
    applicants = [
        Applicant(f"e{n}", rank, place, asked, min(least, asked))
        for n, (rank, asked, least, place) in enumerate(wishes)
    ]
    rule = FundingRule(budget, caps, "lot", "0" * 64)
    grants = fund(rule, applicants)
    home = {one.entry: one for one in applicants}
    assert sum(grant.amount for grant in grants) <= budget
    for place, cap in caps.items():
        assert sum(g.amount for g in grants if home[g.entry].sub_district == place) <= cap
    for grant in grants:
        assert grant.amount == 0 or home[grant.entry].least <= grant.amount <= home[grant.entry].asked
    shuffled = list(applicants)
    chance.shuffle(shuffled)
    assert fund(rule, shuffled) == grants


def test_the_example_of_the_documentation() -> None:
    found = given_to(
        FundingRule(budget=90_000),
        *(applicant(name, n, asked, asked // 2) for n, (name, asked) in enumerate(
            {"a": 40_000, "b": 35_000, "c": 30_000, "d": 8_000}.items(), 1)),
    )  # fmt: skip
    assert found == {
        "a": (40_000, "funded"),
        "b": (35_000, "funded"),
        "c": (15_000, "in-part"),
        "d": (0, "budget"),
    }
