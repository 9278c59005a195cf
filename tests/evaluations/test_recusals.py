"""Recusals: one button, before anything else; an event without the reason; taken back until somebody sits in."""

import json

import pytest
from django.utils import timezone

from evaluations.actions.events import record_event
from evaluations.actions.recusals import declare_recusal, withdraw_recusal
from evaluations.models import Recusal, RoundEvent, ScoreSheet
from evaluations.rules import scoring as rules
from evaluations.rules.rounds import can_record_recusals, rounds_taking_recusals
from evaluations.tally import canonical
from goldidea.lib.errors import Refusal, StaleState, TooLate
from tests import make
from tests.evaluations.judging import Scene, hand_in
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene.open()


def declare(scene, **values):
    given = {"reason": "kin", "note": "", "by": scene.seat.judge.user, "now": timezone.now()}
    return declare_recusal(scene.seat, scene.entry, **{**given, **values})


def test_a_recusal_takes_the_sheet_out_and_back(scene):
    hand_in(scene.seat, scene.entry)
    hand_in(scene.seats[1], scene.entry)
    assert ScoreSheet.objects.counted().count() == 2
    recusal = declare(scene)
    assert [s.seat for s in ScoreSheet.objects.counted()] == [scene.seats[1]]
    with pytest.raises(Refusal):
        hand_in(scene.seat, scene.entry, base=1)
    withdraw_recusal(recusal, by=scene.seat.judge.user, now=timezone.now())
    assert ScoreSheet.objects.counted().count() == 2
    hand_in(scene.seat, scene.entry, base=1)


def test_twice_is_once(scene):
    assert declare(scene) == declare(scene, reason="work")
    assert (Recusal.objects.count(), RoundEvent.objects.count()) == (1, 1)


def test_the_event_names_the_entry_and_commits_to_the_seat(scene):
    recusal = declare(scene, note="我侄子在那里上班")
    withdraw_recusal(recusal, by=scene.seat.judge.user, now=timezone.now())
    bodies = [json.loads(body) for body in RoundEvent.objects.values_list("body", flat=True)]
    document = {"entry": scene.entry.key, "salt": recusal.salt, "seat": scene.seat.pseudonym}
    commitment = canonical.sha256(canonical.dumps(document))
    assert [(b["event"], b["act"], b["commitment"], b["entry"]) for b in bodies] == [
        ("recuse", "declared", commitment, scene.entry.key),
        ("recuse", "withdrawn", commitment, scene.entry.key),
    ]
    assert all(set(b) == {"event", "act", "commitment", "entry", "round", "at"} for b in bodies)
    assert scene.seat.pseudonym not in json.dumps(bodies)


def test_taken_back_once_and_not_after_somebody_sits_in(scene):
    recusal = declare(scene)
    record_event(scene.round, "assign", {"seat": "p0000001", "entries": [scene.entry.key]})
    with pytest.raises(Refusal):
        withdraw_recusal(recusal, by=None, now=timezone.now())
    other = declare_recusal(scene.seat, scene.entries[1], reason="work", by=None, now=timezone.now())
    withdraw_recusal(other, by=None, now=timezone.now())
    with pytest.raises(StaleState):
        withdraw_recusal(other, by=None, now=timezone.now())


def test_after_the_close_or_the_lock_nothing_is_declared_or_taken_back(scene):
    recusal = declare(scene)
    locked = scene.entries[1]
    type(locked).objects.filter(pk=locked.pk).update(locked_at=timezone.now())
    with pytest.raises(Refusal):
        declare_recusal(scene.seat, locked, reason="kin", by=None, now=timezone.now())
    scene.close()
    with pytest.raises(TooLate):
        declare_recusal(scene.seat, scene.entries[2], reason="kin", by=None, now=timezone.now())
    with pytest.raises(TooLate):
        withdraw_recusal(recusal, by=None, now=timezone.now())


def test_the_pages_ask_declare_and_take_back(client, scene):
    scene.sit(client)
    page, entry = scene.url(f"{scene.entry.code}/conflict/"), scene.url(f"{scene.entry.code}/")
    assert " checked" not in client.get(page).content.decode()
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "nonsense", "note": "x\x00" * 300}).status_code == 422
    assert client.post(page, {"reason": "kin", "note": "表妹"}).status_code == 303
    assert Recusal.objects.get().declared_by == scene.seat.judge.user
    assert client.get(entry)["Location"] == page
    assert "这个项目您不评" in client.get(page).content.decode()
    assert "已回避" in client.get(scene.url()).content.decode()
    assert client.post(f"{page}take-back/")["Location"] == entry
    assert client.get(entry).status_code == 200
    assert client.post(f"{page}take-back/").status_code == 404


def test_others_cannot_recuse_for_a_judge(client, scene):
    scene.sit(client, scene.seats[1])
    client.post(scene.url(f"{scene.entry.code}/conflict/"), {"reason": "kin"})
    assert [r.seat for r in Recusal.objects.all()] == [scene.seats[1]]


@pytest.mark.parametrize(
    "state", ["draft", "open", "counting", "closed", "tallied", "on_notice", "final", "cancelled"]
)
def test_a_conflict_is_declared_while_the_round_takes_sheets(state):
    scene = Scene.open(state=state)
    assert bool(rules.can_recuse(scene.seat, scene.entry, timezone.now())) == (state == "open")


def test_rule_and_twin_agree_on_whose_recusals_the_office_records() -> None:
    cast = Cast.shangcheng()
    states = ("draft", "open", "counting", "final")
    rounds = [make.round(make.season(cast.district, state), cast.home, state=state) for state in states]
    seen = {}
    for role, person in cast.people.items():
        if person is not None:
            allowed = {one.pk for one in rounds if can_record_recusals(person, one)}
            listed = set(rounds_taking_recusals(person, cast.district).values_list("pk", flat=True))
            assert listed == allowed, role
            seen[role] = len(allowed)
    assert {role for role, count in seen.items() if count} == {
        "district_staff",
        "district_staff_2",
        "subdistrict_staff",
        "subdistrict_staff_2",
    }


def test_the_office_records_and_only_the_office_takes_back(client, scene):
    staff = scene.cast.people["subdistrict_staff"]
    hand_in(scene.seat, scene.entry)
    page = f"/shangcheng/office/rounds/{scene.round.code}/seat/{scene.seat.code}/recuse/"
    client.force_login(staff, backend="accounts.backends.AccountBackend")
    typed = {"entry": scene.entry.code, "reason": "kin", "note": "来电"}
    assert client.post(page, {**typed, "note": ""}).status_code == 422
    assert client.post(page, {**typed, "entry": "0000000000"}).status_code == 422
    assert client.post(page, {"back": scene.entry.code}).status_code == 404
    asked = client.post(page, typed)
    assert (asked.status_code, Recusal.objects.count()) == (200, 0)  # first it is told what will happen
    assert client.post(page, {**typed, "sure": "1"}).status_code == 303
    assert (Recusal.objects.get().declared_by, ScoreSheet.objects.counted().count()) == (staff, 0)
    with pytest.raises(Refusal):
        withdraw_recusal(Recusal.objects.get(), by=scene.seat.judge.user, now=timezone.now())
    assert client.post(page, {"back": scene.entry.code}).status_code == 303
    assert ScoreSheet.objects.counted().count() == 1
    scene.close()
    assert client.post(page, {**typed, "sure": "1"}).status_code == 422
