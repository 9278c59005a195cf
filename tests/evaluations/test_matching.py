"""The assignment against an exhaustive search: whatever can be had is found, and loads differ as little as they can."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.matching import groups, match

JUDGES = ("a", "b", "c", "d")


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
    pairs = match(eligible, wanted, capacity, seed)
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
    assert len(match(eligible, wanted, capacity, seed)) == most_marks(eligible, wanted, capacity)


@settings(max_examples=60, deadline=None)
@given(tasks())
def test_the_same_seed_gives_the_same_pairs_whatever_the_order(task):
    eligible, wanted, capacity, seed = task
    again = {e: sorted(eligible[e], reverse=True) for e in reversed(list(eligible))}
    assert match(again, wanted, capacity, seed) == match(eligible, wanted, capacity, seed)


@settings(max_examples=60, deadline=None)
@given(tasks(), st.data())
def test_what_was_decided_by_hand_stays(task, data):
    eligible, wanted, capacity, seed = task
    possible = sorted((e, judge) for e in eligible for judge in eligible[e])
    fixed = set(data.draw(st.lists(st.sampled_from(possible), max_size=3))) if possible else set()
    assert match(eligible, wanted, capacity, seed, fixed) >= fixed


def test_loads_differ_by_at_most_one_where_everybody_may_mark_everything():
    eligible = {f"e{i:02d}": [f"j{i}" for i in range(9)] for i in range(54)}
    pairs = match(eligible, dict.fromkeys(eligible, 7), 50, "seed")
    counts = [sum(1 for _e, judge in pairs if judge == f"j{i}") for i in range(9)]
    assert counts == [42] * 9
    assert len(groups(pairs)) == 1


def test_groups_that_share_nobody_are_told_apart():
    assert sorted(map(sorted, groups({("e1", "a"), ("e2", "a"), ("e3", "b")}))) == [
        ["a", "e1", "e2"],
        ["b", "e3"],
    ]
