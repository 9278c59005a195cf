"""The assignment against an exhaustive search: whatever can be had is found, and loads differ as little as they can."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.matching import Task, groups, match, quality

JUDGES = ("a", "b", "c", "d")


def assign(eligible, wanted, capacity, seed, fixed=(), **more):
    return match(Task(eligible, wanted, capacity, seed, fixed=frozenset(fixed), **more))


@st.composite
def tasks(draw):
    entries = [f"e{i}" for i in range(draw(st.integers(1, 4)))]
    eligible = {e: draw(st.frozensets(st.sampled_from(JUDGES))) for e in entries}
    wanted = {e: draw(st.integers(0, 3)) for e in entries}
    return eligible, wanted, draw(st.one_of(st.none(), st.integers(1, 4))), draw(st.text(max_size=3))


def loads(pairs):
    return sorted(sum(1 for _e, judge in pairs if judge == name) for name in JUDGES)


def every_full_assignment(eligible, wanted, capacity):
    """All ways to give each entry exactly what it wants, within the capacity."""
    choices = [list(itertools.combinations(sorted(eligible[e]), wanted[e])) for e in eligible]
    for chosen in itertools.product(*choices):
        pairs = {(e, judge) for e, judges in zip(eligible, chosen, strict=True) for judge in judges}
        if capacity is None or max(loads(pairs)) <= capacity:
            yield pairs


def most_marks(eligible, wanted, capacity):
    """The largest number of marks by exhaustive search over what each entry gets."""
    best = 0
    for given_ in itertools.product(*[range(wanted[e] + 1) for e in eligible]):
        if sum(given_) > best and any(
            every_full_assignment(eligible, dict(zip(eligible, given_, strict=True)), capacity)
        ):
            best = sum(given_)
    return best


@settings(max_examples=150, deadline=None)
@given(tasks())
def test_a_full_assignment_is_found_and_its_loads_are_the_evenest(task):
    eligible, wanted, capacity, seed = task
    pairs = assign(eligible, wanted, capacity, seed)
    full = list(every_full_assignment(eligible, wanted, capacity))
    assert all(judge in eligible[entry] for entry, judge in pairs)
    assert capacity is None or max(loads(pairs)) <= capacity
    if full:
        assert {e: sum(1 for x, _j in pairs if x == e) for e in eligible} == wanted
        squares = min(sum(n * n for n in loads(found)) for found in full)
        assert sum(n * n for n in loads(pairs)) == squares
        assert max(loads(pairs)) == min(max(loads(found)) for found in full)
        assert min(loads(pairs)) == max(min(loads(found)) for found in full)


@settings(max_examples=60, deadline=None)
@given(tasks())
def test_a_shortage_loses_no_mark_that_could_be_had(task):
    eligible, wanted, capacity, seed = task
    assert len(assign(eligible, wanted, capacity, seed)) == most_marks(eligible, wanted, capacity)


@settings(max_examples=60, deadline=None)
@given(tasks())
def test_the_same_seed_gives_the_same_pairs_whatever_the_order(task):
    eligible, wanted, capacity, seed = task
    again = {e: sorted(eligible[e], reverse=True) for e in reversed(list(eligible))}
    assert assign(again, wanted, capacity, seed) == assign(eligible, wanted, capacity, seed)


@settings(max_examples=60, deadline=None)
@given(tasks(), st.data())
def test_what_was_decided_by_hand_stays(task, data):
    eligible, wanted, capacity, seed = task
    possible = sorted((e, judge) for e in eligible for judge in eligible[e])
    fixed = set(data.draw(st.lists(st.sampled_from(possible), max_size=3))) if possible else set()
    assert assign(eligible, wanted, capacity, seed, fixed) >= fixed


def test_loads_differ_by_at_most_one_where_everybody_may_mark_everything():
    eligible = {f"e{i:02d}": [f"j{i}" for i in range(9)] for i in range(54)}
    pairs = assign(eligible, dict.fromkeys(eligible, 7), 50, "seed")
    counts = [sum(1 for _e, judge in pairs if judge == f"j{i}") for i in range(9)]
    assert counts == [42] * 9
    assert len(groups(pairs)) == 1


def test_groups_that_share_nobody_are_told_apart():
    assert sorted(map(sorted, groups({("e1", "a"), ("e2", "a"), ("e3", "b")}))) == [
        ["a", "e1", "e2"],
        ["b", "e3"],
    ]


# Limits and quality


def shortage_by_search(eligible, wanted, capacity):
    """The most even of the smallest shortages: how many entries lack how many, sorted."""
    best = None
    for given_ in itertools.product(*[range(wanted[e] + 1) for e in eligible]):
        missing = sorted((wanted[e] - n for e, n in zip(eligible, given_, strict=True)), reverse=True)
        key = (sum(missing), sum(n * n for n in missing))
        if (best is None or key < best) and any(
            True for _ in every_full_assignment(eligible, dict(zip(eligible, given_, strict=True)), capacity)
        ):
            best = key
    return best


@settings(max_examples=60, deadline=None)
@given(tasks())
def test_a_shortage_is_shared_out_evenly(task):
    eligible, wanted, capacity, seed = task
    pairs = assign(eligible, wanted, capacity, seed)
    missing = [wanted[e] - sum(1 for x, _j in pairs if x == e) for e in eligible]
    assert (sum(missing), sum(n * n for n in missing)) == shortage_by_search(eligible, wanted, capacity)


@settings(max_examples=80, deadline=None)
@given(tasks(), st.integers(1, 2))
def test_no_entry_has_too_many_judges_of_one_sub_district(task, limit):
    eligible, wanted, capacity, seed = task
    home = {"a": "north", "b": "north", "c": "south"}
    pairs = assign(eligible, wanted, capacity, seed, home=home, per_home=limit)
    for entry in eligible:
        here = [home[judge] for e, judge in pairs if e == entry and judge in home]
        assert all(here.count(place) <= limit for place in here)


def test_a_limit_of_a_sub_district_costs_marks_only_where_nobody_else_is_left():
    eligible = {"e1": JUDGES, "e2": JUDGES}
    home = dict.fromkeys("abc", "north")
    pairs = assign(eligible, {"e1": 2, "e2": 3}, None, "s", home=home, per_home=1)
    assert sorted(e for e, _j in pairs) == ["e1", "e1", "e2", "e2"]
    assert {("e1", "d"), ("e2", "d")} <= pairs


def test_pairs_decided_by_hand_stay_beyond_every_limit():
    fixed = {("e1", "a"), ("e1", "b"), ("e2", "a")}
    home = dict.fromkeys(JUDGES, "north")
    pairs = assign({"e1": ("c",), "e2": ("c",)}, {"e1": 1, "e2": 2}, 1, "s", fixed, home=home, per_home=1)
    assert pairs == fixed


def test_500_entries_500_judges_and_7_marks_are_even_and_connected():
    eligible = {f"e{i}": [f"j{j}" for j in range(500) if (i + j) % 50] for i in range(500)}
    home = {f"j{j}": f"d{j % 14}" for j in range(500)}
    pairs = assign(eligible, dict.fromkeys(eligible, 7), 20, "seed", home=home, per_home=2)
    assert {sum(1 for e, _j in pairs if e == name) for name in list(eligible)[:20]} == {7}
    assert {sum(1 for _e, j in pairs if j == f"j{i}") for i in range(20)} == {7}
    design = quality(pairs)
    # A random regular design of this size: 1 - (2 sqrt(6) / 7)^2 = .51 at the limit.
    assert design.groups == 1 and 0.45 < design.connectivity < 0.6 < design.efficiency < 0.9


def test_a_design_that_falls_apart_by_bad_luck_is_drawn_again():
    eligible = {f"e{i}": [f"j{j}" for j in range(6) if j != i] for i in range(6)}
    for seed in map(str, range(10)):
        pairs = assign(eligible, dict.fromkeys(eligible, 2), 2, seed)
        assert len(groups(pairs)) == 1, seed


def test_the_quality_of_known_designs():
    """A complete design loses nothing; a balanced incomplete block of 4 treatments in blocks of 3 has E = 8/9."""
    complete = quality({(f"e{i}", f"j{j}") for i in range(5) for j in range(3)})
    assert (complete.groups, round(complete.connectivity, 9), round(complete.efficiency, 9)) == (1, 1, 1)
    block = quality({(f"e{i}", f"j{j}") for i in range(4) for j in range(4) if i != j})
    assert (round(block.connectivity, 9), round(block.efficiency, 9)) == (round(8 / 9, 9),) * 2
    apart = quality({("e1", "a"), ("e2", "a"), ("e3", "b")})
    assert (apart.groups, apart.connectivity, apart.efficiency) == (2, 0.0, 0.0)
    assert quality(set()).groups == 0
