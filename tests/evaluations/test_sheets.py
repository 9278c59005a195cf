"""Score sheets: complete, on their scale, on top of what was seen, once for each tap, and nobody else's business."""

import json
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.actions.events import instant, receipt_code
from evaluations.actions.sheets import commit_to
from evaluations.models import Mark, Round, RoundEvent, ScoreSheet
from evaluations.rules import scoring as rules
from evaluations.tally import canonical
from goldidea.lib.errors import Refusal, StaleRevision, TooLate
from tests import make
from tests.evaluations.judging import MARKS, Scene, hand_in, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene.open()


def test_a_sheet_is_one_row_with_its_marks_and_its_event(scene):
    receipt = hand_in(scene.seat, scene.entry)
    sheet = ScoreSheet.objects.get()
    assert (sheet.revision, sheet.channel, len(sheet.salt)) == (1, "screen", 64)
    assert dict(sheet.marks.values_list("criterion__key", "value")) == MARKS
    event = RoundEvent.objects.get(sheet=sheet)
    body = json.loads(event.body)
    assert set(body) == {
        *("id", "at", "event", "round", "seat", "entry", "revision", "replaces", "channel", "commitment")
    }
    assert (body["seat"], body["entry"], body["replaces"]) == (scene.seat.pseudonym, scene.entry.key, None)
    assert body["at"] == instant(sheet.submitted_at)
    assert body["commitment"] == commit_to(scene.entry, scene.seat, MARKS, 1, sheet.salt)
    assert event.digest == canonical.sha256(event.body.encode())
    assert receipt.code == receipt_code(event.digest)
    assert (receipt.digest, receipt.revision, receipt.submitted_at) == (event.digest, 1, sheet.submitted_at)


def test_a_revision_names_what_it_replaces(scene):
    first = hand_in(scene.seat, scene.entry)
    second = hand_in(scene.seat, scene.entry, {**MARKS, "need": Decimal("10")}, base=1, channel="assisted")
    body = json.loads(RoundEvent.objects.get(digest=second.digest).body)
    assert (body["replaces"], body["revision"], body["channel"]) == (first.digest, 2, "assisted")
    assert ScoreSheet.objects.latest().get(seat=scene.seat).revision == 2


def test_the_same_tap_is_one_sheet_and_one_receipt(scene):
    key = uuid.uuid4()
    receipts = {hand_in(scene.seat, scene.entry, client_key=key) for _n in range(3)}
    assert (len(receipts), ScoreSheet.objects.count(), RoundEvent.objects.count()) == (1, 1, 1)


def test_the_same_tap_is_answered_with_its_receipt_after_the_close(scene):
    key = uuid.uuid4()
    receipt = hand_in(scene.seat, scene.entry, client_key=key)
    scene.close()
    assert hand_in(scene.seat, scene.entry, client_key=key) == receipt
    with pytest.raises(TooLate):
        hand_in(scene.seat, scene.entry, base=1)


def test_other_marks_under_the_same_key_are_never_lost_silently(scene):
    key = uuid.uuid4()
    hand_in(scene.seat, scene.entry, client_key=key)
    with pytest.raises(StaleRevision):
        hand_in(scene.seat, scene.entry, {**MARKS, "need": Decimal("1")}, client_key=key)


def test_a_key_of_another_seat_gives_no_receipt(scene):
    key = uuid.uuid4()
    hand_in(scene.seats[1], scene.entry, client_key=key)
    with pytest.raises(StaleRevision):
        hand_in(scene.seat, scene.entry, client_key=key)


@pytest.mark.parametrize("base", [0, 2, 9])
def test_a_stale_or_invented_revision_is_refused(scene, base):
    hand_in(scene.seat, scene.entry)
    with pytest.raises(StaleRevision):
        hand_in(scene.seat, scene.entry, base=base)
    assert ScoreSheet.objects.count() == 1


@pytest.mark.parametrize(
    ("marks", "at"),
    [
        ({"need": Decimal("1")}, ["effect"]),
        ({}, ["need", "effect"]),
        ({**MARKS, "need": Decimal("60.5")}, ["need"]),
        ({**MARKS, "need": Decimal("-0.5")}, ["need"]),
        ({**MARKS, "effect": Decimal("0.3")}, ["effect"]),
        ({**MARKS, "effect": Decimal("NaN")}, ["effect"]),
        ({**MARKS, "foreign": Decimal("1")}, ["__all__"]),
    ],
)
def test_incomplete_or_off_the_scale_is_refused_at_its_criterion(scene, marks, at):
    with pytest.raises(ValidationError) as error:
        hand_in(scene.seat, scene.entry, marks or {"need": None})
    assert list(error.value.message_dict) == at
    assert not ScoreSheet.objects.exists()


def test_what_the_database_refuses_is_said_in_words(scene):
    scene.entry.locked_at = timezone.now()
    scene.entry.save()
    with pytest.raises(Refusal) as locked:
        hand_in(scene.seat, scene.entry)
    scene.seat.recusals.create(entry=scene.entries[1], reason="kin")
    with pytest.raises(Refusal) as recused:
        hand_in(scene.seat, scene.entries[1])
    scene.seat.state = "withdrawn"
    scene.seat.save()
    with pytest.raises(Refusal) as unseated:
        hand_in(scene.seat, scene.entries[2])
    assert [e.value.code for e in (locked, recused, unseated)] == ["locked", "not-assigned", "not-seated"]
    assert all(e.value.message for e in (locked, recused, unseated))


def test_nobody_hands_in_for_another(scene):
    with pytest.raises(PermissionDenied):
        hand_in(scene.seat, scene.entry, by=scene.seats[1].judge.user)


def test_events_of_an_open_round_hold_neither_marks_nor_names(scene):
    """Canary: an odd mark and the judge's name and phone are looked for in every event."""
    judge = scene.seat.judge
    judge.phone = "+8613812345678"
    judge.save()
    hand_in(scene.seat, scene.entry, {"need": Decimal("37.5"), "effect": Decimal("38.5")})
    scene.seat.recusals.create(entry=scene.entries[1], reason="kin", note="我表妹住在那里")
    bodies = "".join(RoundEvent.objects.values_list("body", flat=True))
    for canary in ("37.5", "38.5", judge.name, "13812345678", "表妹", scene.seat.judge.user.username):
        assert canary not in bodies


# ---- rules and their twins ----


@pytest.mark.parametrize(
    "state", ["draft", "open", "counting", "closed", "tallied", "on_notice", "final", "cancelled"]
)
@pytest.mark.parametrize("late", [False, True])
def test_can_score_agrees_with_its_twin_in_every_state(state, late):
    from evaluations.models import Entry

    scene = Scene.open(entries=4, state=state)
    now = timezone.now() + (scene.round.closes_at - timezone.now()) * 2 if late else timezone.now()
    one, two, three, four = scene.entries
    scene.seat.recusals.create(entry=one, reason="kin")
    scene.seat.recusals.create(entry=two, reason="kin", withdrawn_at=now)
    type(three).objects.filter(pk=three.pk).update(locked_at=now)
    scene.seat.assignments.filter(entry=four).delete()
    for seat_state in ("live", "replaced", "withdrawn"):
        for seat in scene.seats:
            seat.state = seat_state
            seat.save()
            entries = Entry.objects.with_round()
            allowed = {e.pk for e in entries if rules.can_score(seat, e, now)}
            assert allowed == set(Entry.objects.scorable_by(seat, now).values_list("pk", flat=True))
            seen = {e.pk for e in entries if rules.can_view_entry(seat, e)}
            assert seen == set(Entry.objects.assigned_to(seat).values_list("pk", flat=True))
    assert bool(allowed) is False


def test_only_open_and_in_time_may_be_scored():
    scene = Scene.open()
    assert rules.can_score(scene.seat, scene.entry, timezone.now())
    assert not rules.can_score(scene.seat, scene.entry, scene.round.closes_at)
    assert rules.can_score(
        make.seat(scene.round, make.judge(make.community(scene.cast.home))), scene.entry, timezone.now()
    ).hidden


def test_nobody_sees_anothers_sheet(scene):
    for seat in scene.seats:
        hand_in(seat, scene.entry)
    for seat in scene.seats:
        allowed = {sheet.pk for sheet in ScoreSheet.objects.all() if rules.can_view_sheet(seat, sheet)}
        assert allowed == set(ScoreSheet.objects.of(seat).values_list("pk", flat=True))
        assert len(allowed) == 1


# ---- the pages ----


def statements(queries) -> list[str]:
    return [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


@pytest.mark.parametrize("entries", [1, 3, 12])
def test_a_sheet_costs_eight_queries_however_many_entries(client, entries):
    scene = Scene.open(entries=entries)
    scene.sit(client)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.post(scene.url(f"{scene.entry.code}/"), typed())
    assert answer.status_code == 303
    assert len(statements(queries)) == 8


@pytest.mark.parametrize(("page", "count"), [("", 6), ("receipts/", 6)])
@pytest.mark.parametrize("entries", [1, 3])
def test_lists_cost_the_same_at_one_and_three(client, page, count, entries, django_assert_num_queries):
    scene = Scene.open(entries=entries)
    scene.sit(client)
    for entry in scene.entries:
        hand_in(scene.seat, entry)
    with django_assert_num_queries(count):
        assert client.get(scene.url(page)).status_code == 200


def test_the_list_says_what_was_received(client, scene):
    scene.sit(client)
    hand_in(scene.seat, scene.entries[1])
    text = client.get(scene.url()).content.decode()
    assert "已收到 1/3" in text
    assert [text.count(word) for word in ("is-ok", 'is-warn">未评')] == [1, 2]


def test_the_entry_page_presets_nothing(client, scene):
    scene.sit(client)
    text = client.get(scene.url(f"{scene.entry.code}/")).content.decode()
    assert " checked" not in text
    assert 'name="mark_need" value=""' in text


def test_marks_are_looked_at_before_they_are_handed_in(client, scene):
    scene.sit(client)
    url = scene.url(f"{scene.entry.code}/")
    answer = client.post(url, typed(step="review"))
    assert answer.status_code == 200
    assert not ScoreSheet.objects.exists()
    assert 'name="mark_need" value="45.5"' in answer.content.decode()
    answer = client.post(url, typed())
    assert answer["Location"] == scene.url(f"{scene.entry.code}/received/")
    shown = client.get(answer["Location"]).content.decode()
    assert receipt_code(RoundEvent.objects.get().digest) in shown


@pytest.mark.parametrize("text", ["４５．５", "45.5分", " 45.5 ", "45,5"])
def test_marks_are_understood_as_people_type_them(client, scene, text):
    scene.sit(client)
    client.post(scene.url(f"{scene.entry.code}/"), typed(mark_need=text))
    assert Mark.objects.get(criterion__key="need").value == Decimal("45.5")


@pytest.mark.parametrize(
    "bad",
    [
        {"mark_need": ""},
        {"mark_need": None},
        {"mark_need": "1e1"},
        {"mark_need": "9" * 5000},
        {"mark_need": "1\x002"},
        {"mark_need": "NaN"},
        {"mark_need": "0.3"},
        {"mark_need": "", "level_need": "50"},
        {"mark_need": "45", "level_need": "50"},
        {"client_key": ""},
        {"client_key": "x\x00"},
        {"client_key": None},
        {"base_revision": "-1"},
        {"base_revision": "99999999999999999999"},
        {"base_revision": None},
        {"level_need": "x" * 3000},
    ],
)
def test_bad_input_is_a_message_and_never_a_500(client, scene, bad):
    scene.sit(client)
    answer = client.post(scene.url(f"{scene.entry.code}/"), typed(**bad))
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert 'name="mark_effect" value="30"' in answer.content.decode()
    assert not ScoreSheet.objects.exists()


def test_too_late_is_409_and_the_marks_stay_on_the_screen(client, scene):
    scene.sit(client)
    scene.close()
    answer = client.post(scene.url(f"{scene.entry.code}/"), typed())
    assert (answer.status_code, answer["X-Refusal"]) == (409, "too-late")
    assert 'name="mark_need" value="45.5"' in answer.content.decode()


def test_a_stale_revision_shows_both_and_lets_choose(client, scene):
    scene.sit(client)
    url = scene.url(f"{scene.entry.code}/")
    hand_in(scene.seat, scene.entry, {**MARKS, "need": Decimal("12.5")})
    answer = client.post(url, typed())
    text = answer.content.decode()
    assert (answer.status_code, answer["X-Refusal"]) == (409, "stale-revision")
    assert "12.5" in text and "45.5" in text and 'name="base_revision" value="1"' in text
    key = text.split('name="client_key" value="')[1][:36]
    assert client.post(url, typed(base=1, client_key=key)).status_code == 303
    assert ScoreSheet.objects.latest().get().revision == 2


def test_the_page_s_script_gets_receipts_and_reasons_as_data(client, scene):
    scene.sit(client)
    url, json_ = scene.url(f"{scene.entry.code}/"), {"headers": {"Accept": "application/json"}}
    good = client.post(url, typed(), **json_)
    assert (good.status_code, good.json()["revision"], good.json()["url"]) == (200, 1, f"{url}received/")
    stale = client.post(url, typed(), **json_)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale-revision")
    assert client.post(url, typed(mark_need=""), **json_).json()["code"] == "invalid"
    scene.close()
    late = client.post(url, typed(base=1), **json_)
    assert (late.status_code, late.json()["code"]) == (409, "too-late")


def test_an_unassigned_or_foreign_project_does_not_exist(client, scene):
    scene.sit(client)
    scene.seat.assignments.filter(entry=scene.entries[2]).delete()
    other = make.round(scene.round.season, scene.cast.neighbour, scene.round.rule_set)
    foreign = make.entry(other, scene.entries[0].submission)
    for code in (scene.entries[2].code, foreign.code, "0000000000"):
        for rest in ("", "received/", "conflict/"):
            assert client.get(scene.url(f"{code}/{rest}")).status_code == 404
        assert client.post(scene.url(f"{code}/"), typed()).status_code == 404


@pytest.mark.parametrize("state", ["draft", "counting", "closed", "tallied", "final", "cancelled"])
def test_every_page_stands_in_every_state_of_the_round(client, state):
    scene = Scene.open()
    scene.sit(client)
    hand_in(scene.seat, scene.entry)
    moves = {
        "draft": [],
        "cancelled": ["cancelled"],
        "counting": ["counting"],
        "closed": ["counting", "closed"],
    }
    moves["tallied"] = [*moves["closed"], "tallied"]
    moves["final"] = [*moves["tallied"], "on_notice", "final"]
    for step in moves[state]:
        Round.objects.filter(pk=scene.round.pk).update(state=step)
    for page in (
        "",
        "receipts/",
        f"{scene.entry.code}/",
        f"{scene.entry.code}/received/",
        f"{scene.entry.code}/conflict/",
    ):
        assert client.get(scene.url(page)).status_code == 200, page
    assert client.get(scene.url(f"{scene.entries[1].code}/received/")).status_code == 404


def test_a_round_that_opens_later_says_when(client):
    now = timezone.now()
    import datetime as dt

    scene = Scene.open(opens_at=now + dt.timedelta(hours=1), closes_at=now + dt.timedelta(hours=2))
    scene.sit(client)
    assert "评分还没有开始" in client.get(scene.url()).content.decode()
    assert client.post(scene.url(f"{scene.entry.code}/"), typed()).status_code == 409
