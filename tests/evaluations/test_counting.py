"""What is read for a tally: every counted mark once, however the sheets of rounds lie among each other."""

from decimal import Decimal

import pytest

from evaluations.actions.counting import mark_columns
from evaluations.models import Mark
from tests import make

EVERY = ("sheet__entry__key", "sheet__seat__pseudonym", "criterion__key", "value")


@pytest.fixture
def rounds(db):
    """Two rounds with two seats each, and their sheets yet to come."""
    season = make.season(make.district())
    places = [make.sub_district(season.district, name) for name in ("清波街道", "湖滨街道")]
    return [make.round(season, place) for place in places]


def fill(rounds, order):
    """Hand in the sheets in this order of rounds, every seat for every entry."""
    waiting = []
    for round_ in rounds:
        lead = make.community(round_.sub_district)
        seats = [make.seat(round_, make.judge(lead)) for _n in range(2)]
        what = [
            make.entry(round_, make.submission(round_.season, lead, "accepted", f"案例{n}"))
            for n in (1, 2, 3)
        ]
        for seat in seats:
            for entry in what:
                make.assign(seat, entry)
        waiting.append([(seat, entry) for seat in seats for entry in what])
    for number, which in enumerate(order):
        seat, entry = waiting[which].pop()
        make.sheet(seat, entry, need=f"{number}.5", effect=str(number))


def read(round_, **how):
    return sorted(
        (e, seat, key, Decimal(mark)) for _panel, e, seat, key, mark in mark_columns(round_, **how).rows()
    )


def expected(round_):
    return sorted(Mark.objects.filter(sheet__round=round_).values_list(*EVERY))


@pytest.mark.parametrize("order", ["000000111111", "010101010101", "000011111100", "000001111110"])
def test_every_mark_of_the_round_is_read_once(rounds, order):
    fill(rounds, map(int, order))
    for round_ in rounds:
        assert len(expected(round_)) == 12
        for at_once in (1, 4, 8, 10, 200):
            assert read(round_, at_once=at_once) == expected(round_), at_once


def test_a_round_without_a_sheet_has_no_mark(rounds):
    fill(rounds, [])
    assert read(rounds[0]) == []


def test_the_least_and_the_greatest_mark_that_a_rule_can_ask_for(rounds):
    season, place = rounds[0].season, rounds[0].sub_district
    criterion = {"min": "-999999.999", "max": "999999.999", "step": "0.001", "weight": "1"}
    names = [{"id": key, "name": {"zh-hans": key, "en": key}, **criterion} for key in ("need", "effect")]
    round_ = make.round(
        season, make.sub_district(season.district, "望江街道"), make.rule_set(season, criteria=names)
    )
    seat = make.seat(round_, make.judge(make.community(place)))
    entry = make.entry(
        round_, make.submission(season, make.community(round_.sub_district), "accepted", "案例")
    )
    make.assign(seat, entry)
    make.sheet(seat, entry, need="-999999.999", effect="999999.999")
    assert [mark for *_names, mark in read(round_)] == [Decimal("999999.999"), Decimal("-999999.999")]
