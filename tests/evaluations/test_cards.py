"""Judges' cards: the QR says whose it is, the code opens it, one phone at a time, one seat of one round, nothing else."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SignInFailure
from evaluations.actions.cards import DIGITS, find_card, issue_cards, revoke_card
from evaluations.models import Card, Round
from evaluations.rules import scoring as rules
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditDetail, AuditEvent
from tests import make
from tests.evaluations.judging import Scene, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return Scene.open()


@pytest.fixture
def item(scene):
    return issue_cards([scene.seat], by=scene.cast.people["subdistrict_staff"], now=timezone.now())[0]


def test_token_and_code_are_stored_nowhere(scene, item):
    assert re.fullmatch(rf"[0-9]{{{DIGITS}}}", item.secret)
    card = Card.objects.get()
    stored = " ".join(str(value) for value in vars(card).values())
    assert item.token not in stored and item.secret not in stored
    trail = " ".join(f"{e.object_code} {e.action}" for e in AuditEvent.objects.all())
    trail += " ".join(f"{d.object_name} {d.changes} {d.reason}" for d in AuditDetail.objects.all())
    assert item.token not in trail and item.secret not in trail
    assert find_card(item.token) == card
    assert find_card(item.token[:-1]) is None


def test_a_reprint_revokes_the_card_before(scene, item):
    again = issue_cards([scene.seat], by=None, now=timezone.now())[0]
    assert Card.objects.live().get() == again.card
    assert Card.objects.get(pk=item.card.pk).revoked_at is not None


def test_cards_are_printed_for_seats_in_place_until_the_close(scene):
    scene.seat.state = "withdrawn"
    scene.seat.save()
    with pytest.raises(Refusal):
        issue_cards([scene.seat], by=None, now=timezone.now())
    Round.objects.filter(pk=scene.round.pk).update(state="counting")
    with pytest.raises(Refusal):
        issue_cards([scene.seats[1]], by=None, now=timezone.now())


def test_the_code_opens_the_list_once_and_the_phone_remembers(client, scene, item):
    page = client.get(f"/card/{item.token}/")
    assert page.status_code == 200
    assert 'inputmode="numeric"' in page.content.decode()
    answer = client.post(f"/card/{item.token}/", {"code": item.groups})
    assert (answer.status_code, answer["Location"]) == (303, scene.url())
    assert client.get(scene.url()).status_code == 200
    device = answer.cookies["device"]
    assert device["httponly"] and device["samesite"] == "Lax"
    client.cookies.pop("session")  # the browser was closed for weeks
    answer = client.get(f"/card/{item.token}/")
    assert (answer.status_code, answer["Location"]) == (303, scene.url())


@pytest.mark.parametrize("spelling", ["{0}{1}", "{0} {1}", " {0}-{1} ", "{0}　{1}"])
def test_the_code_is_understood_as_people_type_it(client, scene, item, spelling):
    typed_code = spelling.format(item.secret[:4], item.secret[4:])
    wide = typed_code.translate({ord(str(n)): chr(ord("０") + n) for n in range(10)})
    assert client.post(f"/card/{item.token}/", {"code": wide}).status_code == 303


@pytest.mark.parametrize(
    "code", ["", "1", "abcdefgh", "1234567", "1" * 9, "1" * 5000, "1234\x005678", "٣٤٥٦٧٨٩٠"]
)
def test_what_is_no_code_is_said_at_the_field_and_does_not_count(client, item, code):
    answer = client.post(f"/card/{item.token}/", {"code": code})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not SignInFailure.objects.exists()


def wrong(item):
    return str((int(item.secret) + 1) % 10**DIGITS).zfill(DIGITS)


def test_wrong_codes_are_limited_by_card_and_not_for_the_neighbour(client, scene, item):
    url = f"/card/{item.token}/"
    statuses = [client.post(url, {"code": wrong(item)}).status_code for _n in range(6)]
    assert statuses == [422] * 5 + [429]
    locked = client.post(url, {"code": item.secret})
    assert locked.status_code == 429
    assert int(locked["Retry-After"]) > 0
    neighbour = issue_cards([scene.seats[1]], by=None, now=timezone.now())[0]
    assert Client().post(f"/card/{neighbour.token}/", {"code": neighbour.secret}).status_code == 303


def test_another_phone_needs_the_code_and_takes_over(client, scene, item):
    client.post(f"/card/{item.token}/", {"code": item.secret})
    other = Client()
    assert other.get(f"/card/{item.token}/").status_code == 200
    assert client.get(scene.url()).status_code == 200
    other.post(f"/card/{item.token}/", {"code": item.secret})
    assert other.get(scene.url()).status_code == 200
    old = client.get(scene.url())
    assert old.status_code == 403
    assert "另一部手机" in old.content.decode()
    assert client.get(scene.url()).status_code == 302  # signed out
    assert client.get(f"/card/{item.token}/").status_code == 200


def test_the_script_of_a_phone_that_lost_the_card_is_told_so(client, scene, item):
    client.post(f"/card/{item.token}/", {"code": item.secret})
    Client().post(f"/card/{item.token}/", {"code": item.secret})
    json_ = {"headers": {"Accept": "application/json"}}
    answer = client.post(scene.url(f"{scene.entry.code}/"), typed(), **json_)
    assert (answer.status_code, answer.json()["code"]) == (403, "signed-out")


def test_a_card_taken_back_opens_nothing_from_then_on(client, scene, item):
    client.post(f"/card/{item.token}/", {"code": item.secret})
    revoke_card(item.card, by=None, now=timezone.now())
    with pytest.raises(StaleState):
        revoke_card(item.card, by=None, now=timezone.now())
    assert client.get(scene.url()).status_code == 403
    for answer in (
        client.get(f"/card/{item.token}/"),
        client.post(f"/card/{item.token}/", {"code": item.secret}),
    ):
        assert answer.status_code == 403
        assert "清波街道" in answer.content.decode()  # whom to ask


def test_a_replaced_seat_s_card_opens_nothing(client, scene, item):
    client.post(f"/card/{item.token}/", {"code": item.secret})
    scene.seat.state = "replaced"
    scene.seat.save()
    assert client.get(scene.url()).status_code == 403
    assert Client().get(f"/card/{item.token}/").status_code == 403


def test_after_the_close_a_known_phone_reads_and_a_new_one_is_told(client, scene, item):
    client.post(f"/card/{item.token}/", {"code": item.secret})
    Round.objects.filter(pk=scene.round.pk).update(state="counting")
    assert client.get(f"/card/{item.token}/").status_code == 303
    assert "评分已经截止" in client.get(scene.url()).content.decode()
    assert Client().get(f"/card/{item.token}/").status_code == 403
    assert Client().post(f"/card/{item.token}/", {"code": item.secret}).status_code == 403


def test_an_unknown_token_and_no_token_are_kind_pages(client):
    assert client.get("/card/nosuchtoken/").status_code == 404
    assert client.get("/card/").status_code == 200


def test_experts_come_in_the_same_way(client, scene):
    seat = make.seat(scene.round, scene.cast.expert, "experts")
    scene.sit(client, seat)
    assert client.get(scene.url()).status_code == 200


def test_the_session_grants_the_seat_of_its_card_only(client, scene):
    """The same judge sits in two rounds: each card opens its own."""
    other = make.round(scene.round.season, None, scene.round.rule_set)
    final_seat = make.seat(other, scene.seat.judge)
    final_entry = make.entry(other, scene.entry.submission)
    make.assign(final_seat, final_entry)
    scene.sit(client)
    assert client.get(scene.url(f"{scene.entry.code}/")).status_code == 200
    assert client.get(scene.url(f"{final_entry.code}/")).status_code == 404
    scene.sit(client, final_seat)
    assert client.get(scene.url(f"{scene.entry.code}/")).status_code == 404
    assert client.get(scene.url(f"{final_entry.code}/")).status_code == 200


def test_another_district_s_judging_does_not_exist_for_a_judge(client, scene):
    make.district("gongshu", name="拱墅区", division_code="330105")
    scene.sit(client)
    assert client.get("/gongshu/judging/").status_code == 404


def test_without_a_card_nobody_sits(client, scene):
    urls = [scene.url(), scene.url("receipts/"), scene.url(f"{scene.entry.code}/")]
    for url in urls:
        answer = client.get(url)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/card/")
    for role, person in scene.cast.people.items():
        if person is None:
            continue
        backend = "JudgeBackend" if person.kind == "judge" else "AccountBackend"
        client.force_login(person, f"accounts.backends.{backend}")
        assert [client.get(url).status_code for url in urls] == [403] * 3, role


# ---- the office ----

MAY_PRINT = {"district_staff", "district_staff_2", "subdistrict_staff", "subdistrict_staff_2"}
REFUSED = {"observer"}


def office(scene, round_=None):
    return f"/{scene.cast.district.slug}/office/rounds/{(round_ or scene.round).code}/cards/"


def test_who_may_print_the_cards_of_a_preliminary(scene):
    for role, person in scene.cast.people.items():
        client = Client()
        if person is not None:
            backend = "JudgeBackend" if person.kind == "judge" else "AccountBackend"
            client.force_login(person, f"accounts.backends.{backend}")
        expected = 302 if person is None else 200 if role in MAY_PRINT else 403 if role in REFUSED else 404
        assert client.get(office(scene)).status_code == expected, role
        posted = client.post(office(scene), {"seat": f"{scene.seats[1].code}:"}).status_code
        assert posted == (422 if role in MAY_PRINT and role != "district_staff" else expected), role
        if person is not None:
            mine = set(rules.rounds_with_cards(person, scene.cast.district))
            allowed = {r for r in Round.objects.all() if rules.can_issue_cards(person, r)}
            assert mine == allowed, role


def test_the_final_s_cards_are_the_district_s(scene):
    final = make.round(scene.round.season, None, scene.round.rule_set)
    answers = {}
    for role in ("district_staff", "subdistrict_staff", "neighbour_staff", "community_user"):
        client = Client()
        client.force_login(scene.cast.people[role], "accounts.backends.AccountBackend")
        answers[role] = client.get(office(scene, final)).status_code
    assert answers == {
        "district_staff": 200,
        "subdistrict_staff": 403,
        "neighbour_staff": 403,
        "community_user": 404,
    }


@pytest.mark.parametrize(
    "state", ["draft", "open", "counting", "closed", "tallied", "on_notice", "final", "cancelled"]
)
def test_printing_in_every_state_agrees_with_its_twin(state):
    scene = Scene.open(state=state)
    staff = scene.cast.people["subdistrict_staff"]
    allowed = bool(rules.can_issue_cards(staff, scene.round))
    assert allowed == rules.rounds_with_cards(staff, scene.cast.district).exists()
    assert allowed == (state in ("draft", "open"))


@pytest.fixture
def desk(client, scene):
    client.force_login(scene.cast.people["subdistrict_staff"], "accounts.backends.AccountBackend")
    return client


def test_a_printed_sheet_shows_qr_and_code_once(desk, scene):
    choices = [f"{seat.code}:" for seat in scene.seats]
    answer = desk.post(office(scene), {"seat": choices})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    codes = re.findall(r"<p class=\"code\">(\d{4} \d{4})</p>", text)
    assert (len(codes), text.count("<svg role")) == (2, 2)
    again = desk.get(office(scene)).content.decode()
    assert not any(code in again for code in codes)
    # A reload of the printed page would print again: it is told that these cards are out.
    assert desk.post(office(scene), {"seat": choices}).status_code == 422
    assert Card.objects.count() == 2
    card = Card.objects.live().get(seat=scene.seat)
    assert desk.post(office(scene), {"seat": f"{scene.seat.code}:{card.code}"}).status_code == 200
    assert Card.objects.live().get(seat=scene.seat) != card


@pytest.mark.parametrize("given", [{}, {"seat": ""}, {"seat": "x\x00"}, {"seat": ["a:b", "c" * 9000]}])
def test_nothing_or_nonsense_ticked_is_a_message(desk, scene, given):
    assert desk.post(office(scene), given).status_code == 422
    assert not Card.objects.exists()


def test_the_office_takes_a_card_back(desk, scene, item):
    url = f"{office(scene)}{item.card.code}/revoke/"
    assert desk.get(url).status_code == 405
    assert desk.post(url).status_code == 303
    assert not Card.objects.live().exists()
    assert desk.post(url).status_code == 409
    assert desk.post(f"{office(scene)}0000000000/revoke/").status_code == 404
    neighbour = Client()
    neighbour.force_login(scene.cast.people["neighbour_staff"], "accounts.backends.AccountBackend")
    assert neighbour.post(url).status_code == 404


@pytest.mark.parametrize("seats", [1, 3])
def test_the_list_of_cards_costs_the_same_at_one_and_three(client, seats, django_assert_num_queries):
    scene = Scene.open(seats=seats)
    client.force_login(scene.cast.people["subdistrict_staff"], "accounts.backends.AccountBackend")
    issue_cards(scene.seats, by=None, now=timezone.now())
    with django_assert_num_queries(8):
        assert client.get(office(scene)).status_code == 200


def test_cards_of_a_round_that_opens_later_may_be_printed_now(scene):
    later = timezone.now() + dt.timedelta(days=3)
    draft = Scene.open(
        cast=type(scene.cast).shangcheng("gongshu"),
        state="draft",
        opens_at=later,
        closes_at=later + dt.timedelta(days=1),
    )
    assert len(issue_cards(draft.seats, by=None, now=timezone.now())) == 2


def test_thirty_judges_of_one_hall_sign_in_while_a_neighbour_mistypes():
    """One hall, one network address: twenty wrong codes of one judge hold up nobody else."""
    scene = Scene.open(entries=1, seats=31)
    neighbour, *judges = issue_cards(scene.seats, by=None, now=timezone.now())
    hall = {"REMOTE_ADDR": "10.1.2.3"}
    mistyped = []
    for number, judge in enumerate(judges):
        if number < 20:
            mistyped.append(
                Client(**hall).post(f"/card/{neighbour.token}/", {"code": wrong(neighbour)}).status_code
            )
        assert Client(**hall).post(f"/card/{judge.token}/", {"code": judge.secret}).status_code == 303
    assert (len(judges), mistyped) == (30, [422] * 5 + [429] * 15)
