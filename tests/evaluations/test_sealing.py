"""The log of a round in order: sealed as it grows, signed at opening, hourly and at the close, complete at the close."""

import base64
import json

import pytest
from django.utils import timezone

from evaluations.actions.closing import close_round_at_deadline, close_round_early
from evaluations.actions.opening import cancel_round, open_round
from evaluations.actions.sealing import checkpoint_rounds, log_of, seal_round, seal_rounds
from evaluations.models import RoundEvent
from goldidea.lib import merkle, sealing, signing
from goldidea.lib.models import Checkpoint, Seal
from tests.evaluations.judging import Scene, hand_in
from tests.evaluations.rooms import now, room

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene.open()


@pytest.fixture
def ready():
    scene = room(6)
    scene.seat_all()
    scene.assign_all()
    return scene


def lines(round_):
    """The log as anybody would write it from the events."""
    prev, found = "0" * 64, []
    bodies = dict(RoundEvent.objects.filter(round=round_).values_list("pk", "body"))
    for place, seal in enumerate(Seal.objects.filter(log=log_of(round_)).order_by("seq")):
        body = json.loads(bodies[seal.event])
        text = json.dumps(
            {"body": body, "prev": prev, "seq": place},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        prev = merkle.leaf_hash(text.encode()).hex()
        assert (seal.seq, seal.leaf) == (place, prev)
        found.append(body["event"])
    return found


def notes(round_):
    return list(Checkpoint.objects.filter(log=log_of(round_)).values_list("occasion", "size"))


def test_the_tick_chains_what_was_written_and_nothing_twice(scene):
    for entry in scene.entries:
        hand_in(scene.seat, entry)
    assert seal_rounds() == 3 and seal_rounds() == 0
    hand_in(scene.seats[1], scene.entry)
    assert seal_rounds() == 1
    assert lines(scene.round) == ["sheet"] * 4


def test_hourly_checkpoints_sign_what_has_grown(scene):
    hand_in(scene.seat, scene.entry)
    assert (checkpoint_rounds(), checkpoint_rounds()) == (1, 0)
    hand_in(scene.seats[1], scene.entry)
    assert checkpoint_rounds() == 1
    assert notes(scene.round) == [("hourly", 1), ("hourly", 2)]


def test_closing_seals_everything_and_signs_the_whole(scene):
    hand_in(scene.seat, scene.entry)
    scene.close()
    assert close_round_at_deadline(scene.round.pk)
    assert lines(scene.round) == ["sheet", "close"]
    (checkpoint,) = Checkpoint.objects.filter(log=log_of(scene.round))
    name, size, root = checkpoint.note.split("\n")[:3]
    assert (name, size) == (f"goldidea/round/{scene.round.code}", "2")
    assert base64.b64decode(root) == merkle.root_hash(sealing.leaves_of(log_of(scene.round)))
    assert signing.is_signed(name, checkpoint.note)
    assert checkpoint.occasion == "closing"


def test_an_event_that_was_committed_late_is_sealed_after_the_others(scene):
    """A smaller id may be committed after a greater one was sealed."""
    hand_in(scene.seat, scene.entry)
    hand_in(scene.seat, scene.entries[1])
    first, second = RoundEvent.objects.order_by("pk")
    sealing.seal(log_of(scene.round), [(second.pk, second.body)])
    assert seal_round(scene.round) == 1
    assert [s.event for s in Seal.objects.order_by("seq")] == [second.pk, first.pk]


def test_opening_publishes_the_key_and_signs_the_beginning(ready):
    opened = open_round(ready.round, by=ready.staff, second=ready.second, now=now())
    assert lines(opened) == ["open", "assign"]
    assert notes(opened) == [("opening", 2)]
    row = opened.assignments.select_related("seat__judge__user", "entry").first()
    hand_in(row.seat, row.entry)
    close_round_early(opened, by=ready.staff, second=ready.second, now=now())
    assert lines(opened) == ["open", "assign", "sheet", "close"]
    assert notes(opened) == [("opening", 2), ("closing", 4)]


def test_a_cancelled_round_keeps_its_log(scene):
    hand_in(scene.seat, scene.entry)
    staff = scene.cast.people["district_staff"]
    cancel_round(scene.round, by=staff, second=staff, reason="雨", now=timezone.now())
    assert lines(scene.round) == ["sheet", "cancel"]
    assert notes(scene.round) == [("closing", 2)]
