"""The idle limit: pages lead back, forms keep what was typed, judges are never asked, guesses are counted."""

import json
import time
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client

from accounts.actions import limits
from accounts.models import User
from goldidea.lib.models import AuditEvent
from tests.accounts.test_second_factor import app_of, code_of, with_password
from tests.accounts.test_sign_in import PASSWORD
from tests.personas import Cast

pytestmark = pytest.mark.django_db
OFFICE, IDLE = "/shangcheng/office/", "/accounts/idle/"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def person(cast: Cast) -> User:
    return with_password(cast.people["subdistrict_staff"])


def entered(person: User, backend: str = "accounts.backends.AccountBackend") -> Client:
    client = Client()
    client.force_login(person, backend=backend)
    return client


def leave(client: Client, minutes: float) -> None:
    """As if nobody had touched the page for so long."""
    session = client.session
    session["seen"] = int(time.time() - minutes * 60)
    session.save()


def test_a_page_leads_to_the_password_and_back(person: User) -> None:
    client = entered(person)
    leave(client, 29)
    assert client.get(OFFICE).status_code == 200  # and counts as being here
    assert time.time() - client.session["seen"] < 60
    leave(client, 31)
    asked = client.get(OFFICE + "accounts/?page=2")
    assert asked.headers["Location"] == IDLE + "?next=%2Fshangcheng%2Foffice%2Faccounts%2F%3Fpage%3D2"
    again = client.get(asked.headers["Location"])
    assert (again.status_code, again.context["next"]) == (200, "/shangcheng/office/accounts/?page=2")
    back = client.post(IDLE, {"password": PASSWORD, "next": again.context["next"]})
    assert back.headers["Location"] == "/shangcheng/office/accounts/?page=2"
    assert client.get(OFFICE).status_code == 200
    assert AuditEvent.objects.filter(action="come back", role="subdistrict_staff").count() == 1


def test_a_form_keeps_what_was_typed_but_no_password(person: User) -> None:
    client = entered(person)
    leave(client, 31)
    typed = {"name": "赵 <书记>", "tag": ["a", "b"], "password1": "secret", "empty": ""}
    page = client.post(OFFICE + "accounts/new/community/", typed)
    assert page.status_code == 403 and not User.objects.filter(name="赵 <书记>").exists()
    kept = page.context["kept"]
    assert json.loads(kept) == [["name", "赵 <书记>"], ["tag", "a"], ["tag", "b"], ["empty", ""]]
    form = {"kept": kept, "next": page.context["next"]}
    wrong = client.post(IDLE, {**form, "password": "wrong"})
    assert (wrong.status_code, wrong.context["kept"]) == (422, kept)
    right = client.post(IDLE, {**form, "password": PASSWORD})
    assert right.context["fields"] == [("name", "赵 <书记>"), ("tag", "a"), ("tag", "b"), ("empty", "")]
    assert right.context["onward"] == OFFICE + "accounts/new/community/"
    assert "赵 &lt;书记&gt;" in right.content.decode()


@pytest.mark.parametrize("kept", ["[", "7", '{"a": 1}', "[[1]]", "null"])
def test_nonsense_is_nothing_kept(person: User, kept: str) -> None:
    client = entered(person)
    leave(client, 31)
    answer = client.post(IDLE, {"kept": kept, "next": "https://evil.example/", "password": PASSWORD})
    assert (answer.status_code, answer.context["fields"], answer.context["onward"]) == (
        200,
        [],
        "/desk/",
    )


def test_guesses_at_a_deserted_screen_are_counted(person: User) -> None:
    client = entered(person)
    leave(client, 31)
    codes = [client.post(IDLE, {"password": "wrong", "next": OFFICE}).status_code for _try in range(6)]
    assert codes == [422] * limits.OF_A_PAIR + [429]
    assert client.post(IDLE, {"password": PASSWORD, "next": OFFICE}).status_code == 429


def test_an_account_without_password_gives_its_second_factor(person: User) -> None:
    person.set_unusable_password()
    person.save()
    secret = app_of(person)
    client = entered(person)
    leave(client, 31)
    assert client.post(IDLE, {"code": "000000", "next": OFFICE}).status_code == 422
    assert client.post(IDLE, {"code": code_of(secret), "next": OFFICE}).headers["Location"] == OFFICE


def test_on_public_pages_who_is_away_is_nobody(person: User) -> None:
    client = entered(person)
    leave(client, 31)
    assert not client.get("/shangcheng/").context["user"].is_authenticated
    assert client.post("/accounts/logout/").status_code == 302
    assert not get_user(client).is_authenticated


def test_a_page_that_asks_by_itself_keeps_nobody_here(person: User) -> None:
    client = entered(person)
    leave(client, 20)
    seen = client.session["seen"]
    client.get(OFFICE, headers={"HX-Request": "true"})
    assert client.session["seen"] == seen
    leave(client, 31)
    answer = client.get(OFFICE, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"].startswith(IDLE)) == (204, True)


def test_judges_on_cards_have_no_limit(cast: Cast) -> None:
    client = entered(cast.people["resident_judge"], backend="accounts.backends.JudgeBackend")
    leave(client, 10_000)
    assert client.get("/shangcheng/judging/").status_code == 403  # it speaks of the card, not of being away
    assert client.get("/shangcheng/").context["user"].is_authenticated


def test_the_limit_can_be_taken_away(person: User, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 0
    client = entered(person)
    leave(client, 10_000)
    assert client.get(OFFICE).status_code == 200
