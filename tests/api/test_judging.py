"""A judge's own seat over the API: the same door, the same action, the same receipt as on the pages."""

import uuid

import pytest
from django.test import Client

from evaluations.models import Mark, ScoreSheet
from tests import make
from tests.api.test_problems import problem
from tests.evaluations.judging import Scene, hand_in

pytestmark = pytest.mark.django_db
V1 = "/api/v1/districts/shangcheng/judging/"


@pytest.fixture
def scene() -> Scene:
    return Scene.open()


def sheet(marks=None, base: int = 0, **values) -> dict:
    given = {"need": "45.5", "effect": "30"} if marks is None else marks
    return {"client_key": str(uuid.uuid4()), "base_revision": base, "marks": given, **values}


def send(client, entry, body, **values):
    address = f"{V1}entries/{entry.code}/sheets/"
    return client.post(address, body, content_type="application/json", **values)


def test_without_a_card_there_is_no_seat(client, scene):
    for user in (scene.cast.resident.user, scene.cast.people["district_staff"]):
        client.force_login(user)
        assert problem(client.get(f"{V1}seat/")) == (403, "not-permitted")
        assert problem(send(client, scene.entry, sheet())) == (403, "not-permitted")
    assert ScoreSheet.objects.count() == 0


def test_the_seat_and_its_scale(client, scene):
    scene.sit(client)
    seat = client.get(f"{V1}seat/").json()
    assert (seat["code"], seat["panel"], seat["round"]["code"]) == (
        scene.seat.code, "residents", scene.round.code,
    )  # fmt: skip
    need = {"id": "need", "name": {"zh-hans": "需求", "en": "Need"}, "min": "0", "max": "60", "step": "0.5"}
    assert seat["criteria"][0] == need


def test_handed_in_and_read_again(client, scene):
    scene.sit(client)
    body = sheet()
    first, again = send(client, scene.entry, body), send(client, scene.entry, body)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert ScoreSheet.objects.count() == 1
    receipt = first.json()
    assert receipt.pop("signed")
    entry = next(e for e in client.get(f"{V1}entries/").json()["results"] if e["code"] == scene.entry.code)
    assert (entry["revision"], entry["receipt"]) == (1, receipt["receipt"])
    (own,) = client.get(f"{V1}entries/{scene.entry.code}/sheets/").json()
    assert (own["marks"], own["receipt"]) == ({"need": "45.5", "effect": "30"}, receipt["receipt"])
    assert client.get(f"{V1}receipts/").json()["results"] == [receipt]
    assert "45.5" not in client.get(f"{V1}receipts/").content.decode()
    on_the_page = client.get(scene.url(f"{scene.entry.code}/received/")).content.decode()
    assert receipt["receipt"] in on_the_page


def test_a_stale_revision_is_409(client, scene):
    scene.sit(client)
    hand_in(scene.seat, scene.entry)
    assert problem(send(client, scene.entry, sheet())) == (409, "stale-revision")
    assert send(client, scene.entry, sheet(base=1)).json()["revision"] == 2


@pytest.mark.parametrize(
    ("marks", "fields"),
    [
        ({}, {"marks.need", "marks.effect"}),
        ({"need": "45.5"}, {"marks.effect"}),
        ({"need": "45.3", "effect": "30"}, {"marks.need"}),
        ({"need": "61", "effect": "-1"}, {"marks.need", "marks.effect"}),
        ({"need": "45.5", "effect": "30", "charm": "1"}, {""}),
        ({"need": 45.5, "effect": "30"}, {"marks.need"}),
        ({"need": "NaN", "effect": "Infinity"}, {"marks.need", "marks.effect"}),
        ({"need": None, "effect": "1e9"}, {"marks.need", "marks.effect"}),
        ([], {"marks"}),
    ],
)
def test_what_is_wrong_is_said_at_the_mark(client, scene, marks, fields):
    scene.sit(client)
    answer = send(client, scene.entry, sheet(marks))
    assert problem(answer) == (422, "invalid")
    assert {error["field"] for error in answer.json()["errors"]} == fields
    assert (ScoreSheet.objects.count(), Mark.objects.count()) == (0, 0)


def test_too_late_is_409_with_its_code(client, scene):
    scene.sit(client)
    scene.close()
    assert problem(send(client, scene.entry, sheet())) == (409, "too-late")


def test_only_what_is_assigned_and_only_ones_own(client, scene):
    scene.sit(client)
    hand_in(scene.seats[1], scene.entry)
    assert client.get(f"{V1}entries/{scene.entry.code}/sheets/").json() == []
    other = make.scored_round(
        make.season(scene.cast.district, "x"), scene.cast.neighbour, {"丙": [("1", "1")]}
    )
    foreign = send(client, other.entries.get(), sheet())
    nothing = client.post(f"{V1}entries/0000000000/sheets/", sheet(), content_type="application/json")
    assert problem(foreign) == problem(nothing) == (404, "not-found")


def test_another_phone_does_not_sit_there(client, scene):
    scene.sit(client)
    elsewhere = Client()
    elsewhere.cookies["session"] = client.cookies["session"].value
    assert problem(elsewhere.get(f"{V1}seat/")) == (403, "not-permitted")


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_queries_of_a_page(client, django_assert_num_queries, rows):
    scene = Scene.open(entries=rows, seats=1)
    scene.sit(client)
    with django_assert_num_queries(6):  # session, person, district, count, card with its seat, entries
        assert len(client.get(f"{V1}entries/").json()["results"]) == rows
    for entry in scene.entries:
        hand_in(scene.seat, entry)
    with django_assert_num_queries(6):
        assert len(client.get(f"{V1}receipts/").json()["results"]) == rows
