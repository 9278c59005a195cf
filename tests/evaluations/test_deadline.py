"""The deadline is exact: real threads, real connections, a committed database of the test's own."""

import datetime as dt

import pytest
from django.utils import timezone

from evaluations.models import Round, RoundEvent, ScoreSheet
from tests import make
from tests.evaluations.judging import Scene
from tests.evaluations.races import (
    Figures,
    Race,
    close_by_clock,
    close_by_hand,
    close_carelessly,
    double_tap,
    run_races,
)
from tests.personas import Cast

pytestmark = pytest.mark.database
CONNECTIONS, SHEETS, RACES = 8, 2_000, 3


@pytest.fixture
def scenes(own_database):
    """Rounds, each in a district of its own."""

    def make_scene(**values):
        slug = f"d{next(make.count)}"
        return Scene.open(Cast.shangcheng(slug), entries=4, seats=CONNECTIONS, **values)

    return make_scene


def test_closing_against_submitting(scenes, capsys):
    figures = run_races(scenes, close_by_hand, connections=CONNECTIONS, sheets=SHEETS, races=RACES)
    with capsys.disabled():
        print(f"\ndeadline race: {figures}")
    assert figures.errors == []
    assert figures.attempts >= SHEETS
    assert (figures.acked_but_uncounted, figures.late, figures.counted_but_unacked) == (0, 0, 0)


def test_the_clock_closes_as_exactly(scenes, capsys):
    figures, scene = Figures(), scenes()
    Round.objects.filter(pk=scene.round.pk).update(closes_at=timezone.now() + dt.timedelta(seconds=3))
    Race(scene, CONNECTIONS, close_by_clock, 0).run(figures)
    with capsys.disabled():
        print(f"\nby the clock: {figures}")
    assert figures.errors == []
    assert figures.acked > CONNECTIONS
    assert (figures.acked_but_uncounted, figures.late, figures.counted_but_unacked) == (0, 0, 0)


def test_a_careless_closer_is_noticed(scenes):
    """The check itself: without the lock acknowledged sheets go uncounted, and the figures say so."""
    figures = run_races(scenes, close_carelessly, connections=CONNECTIONS, sheets=100, races=1)
    assert figures.errors == []
    assert figures.acked_but_uncounted > 0
    assert figures.late > 0


def test_a_double_tap_twenty_times_is_one_sheet(scenes):
    rows, events, receipts, errors = double_tap(scenes())
    assert errors == []
    assert (rows, events, len(receipts)) == (1, 1, 1)
    assert ScoreSheet.objects.count() == RoundEvent.objects.count() == 1
