"""Closing against submitting: how many acknowledged sheets go uncounted, how many late ones are counted. Both must be 0.

    python benchmarks/faults/deadline.py --sheets 10000 --connections 8 --races 20

Makes a database of its own on the server of DATABASE_OWNER_URL, works in it as the application's role, and drops it.
Exit status 1 when a figure is not 0.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "goldidea.settings.test"

import django

django.setup()

from benchmarks.measuring import own_database
from evaluations.models import Round
from tests import make
from tests.evaluations.judging import Scene
from tests.evaluations.races import Figures, Race, close_by_clock, close_by_hand, double_tap, run_races
from tests.personas import Cast


def make_scene(seats: int, **values: object) -> Scene:
    return Scene.open(Cast.shangcheng(f"d{next(make.count)}"), entries=10, seats=seats, **values)


def by_the_clock(connections: int, seconds: float) -> Figures:
    """One round whose time passes while sheets come in."""
    import datetime as dt

    from django.utils import timezone

    scene, figures = make_scene(connections * 2), Figures()
    Round.objects.filter(pk=scene.round.pk).update(closes_at=timezone.now() + dt.timedelta(seconds=seconds))
    Race(scene, connections, close_by_clock, 0).run(figures)
    return figures


def measure(given: argparse.Namespace) -> bool:
    """Run everything and print the figures. Gives whether all of them are as they must be."""
    closed = run_races(
        lambda: make_scene(given.connections * 2),
        close_by_hand,
        connections=given.connections,
        sheets=given.sheets,
        races=given.races,
    )
    print(
        f"closing against submitting: {closed}; {closed.attempts / closed.seconds:.0f} attempts/s on {given.connections} connections"
    )
    clock = by_the_clock(given.connections, given.seconds)
    print(f"closing by the clock:       {clock}")
    rows, events, receipts, errors = double_tap(make_scene(1), given.taps)
    print(f"double tap x {given.taps}: {rows} row, {events} event, {len(receipts)} different receipt")
    problems = [*closed.errors, *clock.errors, *errors]
    print("\n".join(problems), end="\n" if problems else "")
    lost = [f.acked_but_uncounted + f.late + f.counted_but_unacked for f in (closed, clock)]
    return not problems and lost == [0, 0] and (rows, events, len(receipts)) == (1, 1, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--sheets", type=int, default=10_000, help="sheets to acknowledge before the last close"
    )
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--races", type=int, default=20, help="rounds, each closed once")
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="length of the round that the clock closes"
    )
    parser.add_argument("--taps", type=int, default=20)
    given = parser.parse_args()
    with own_database("deadline"):
        good = measure(given)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
