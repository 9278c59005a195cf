"""The door for people: names, phones, e-mails, judges, locks, and where one is led afterwards."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User
from goldidea.lib.models import AuditEvent
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
PASSWORD = "three lamps over the lake"
LOGIN = "/accounts/login/"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def person(cast: Cast) -> User:
    user = cast.people["community_user"]
    user.phone, user.email = "+8613805710001", "zhou@example.cn"
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(name: str, password: str = PASSWORD, client: Client | None = None, **extra: str):
    return (client or Client()).post(LOGIN, {"login": name, "password": password, **extra})


@pytest.mark.parametrize(
    "name",
    [
        "shangcheng-community-user",
        "SHANGCHENG-community-user ",
        "13805710001",
        "+86 138 0571 0001",
        "Zhou@example.cn",
    ],
)
def test_one_signs_in_by_name_phone_or_email(person: User, name: str) -> None:
    response = sign_in(name)
    assert (response.status_code, response.headers.get("Location")) == (302, "/desk/")


@pytest.mark.parametrize("name", ["nobody", "13900000000", "nobody@example.cn", "a\x00b", "9" * 254, "李四"])
def test_an_unknown_name_gets_the_answer_of_a_wrong_password(person: User, name: str) -> None:
    wrong = sign_in(person.username, "wrong").context["form"].non_field_errors()
    response = sign_in(name, "wrong")
    assert response.status_code == 422
    if "\x00" not in name:
        assert response.context["form"].non_field_errors() == wrong


def test_a_name_that_is_also_somebody_elses_phone_is_nobodys(person: User) -> None:
    make.user(username="13805710001", password=PASSWORD)
    assert sign_in("13805710001").status_code == 422


def test_the_hasher_runs_once_whoever_is_named(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    runs: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *a, **k: runs.append("run") or encode(self, *a, **k)
    )
    counts = []
    for name in (person.username, "nobody", "13900000000"):
        runs.clear()
        sign_in(name, "wrong")
        counts.append(len(runs))
    assert counts == [1, 1, 1]


def test_a_judge_never_signs_in_by_password(cast: Cast) -> None:
    User.objects.filter(pk=cast.resident.user.pk).update(password=make_password(PASSWORD))
    assert sign_in(cast.resident.user.username).status_code == 422


def test_a_disabled_account_stays_outside(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)
    client = Client()
    assert sign_in(person.username, client=client).headers["Location"] == "/accounts/inactive/"
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/shangcheng/cases/", "/shangcheng/cases/"),
        ("https://evil.example/", "/desk/"),
        ("//evil.example/", "/desk/"),
        ("/\\evil.example", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("https:evil.example", "/desk/"),
    ],
)
def test_nobody_is_led_away(person: User, wanted: str, given: str) -> None:
    assert sign_in(person.username, next=wanted).headers["Location"] == given
    answer = Client().post("/preferences/", {"text": "elder", "next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (303, given if given != "/desk/" else "/")


def test_five_mistakes_then_429_for_the_right_password_too(person: User) -> None:
    assert [sign_in(person.username, "wrong").status_code for _try in range(6)] == [422] * 5 + [429]
    refused = sign_in(person.phone)
    assert (refused.status_code, int(refused["Retry-After"]) > 800) == (429, True)
    assert sign_in(person.username, client=Client(REMOTE_ADDR="10.0.0.9")).status_code == 302


def test_forged_headers_change_nothing(person: User) -> None:
    codes = [
        sign_in(
            person.username, "wrong", Client(HTTP_X_FORWARDED_FOR=f"10.0.0.{n}", HTTP_X_REAL_IP=f"10.0.1.{n}")
        )
        for n in range(7)
    ]
    assert [answer.status_code for answer in codes] == [422] * 5 + [429] * 2


def test_ten_guesses_from_200_addresses_lock_the_account_and_are_recorded(person: User) -> None:
    codes = [
        sign_in(person.username, "wrong", Client(REMOTE_ADDR=f"10.0.{n}.1")).status_code for n in range(200)
    ]
    assert codes == [422] * 10 + [429] * 190
    assert AuditEvent.objects.filter(action="lock sign-in", object_code=person.code).count() == 1


def test_signing_in_and_out_is_recorded_and_the_session_changes(person: User) -> None:
    client = Client()
    client.get(LOGIN)
    sign_in(person.username, client=client)
    assert client.post("/accounts/logout/").status_code == 302
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == ["sign in", "sign out"]
    assert client.get("/desk/").headers["Location"].startswith(LOGIN)


def test_a_password_is_changed_with_the_present_one(person: User) -> None:
    client, other = Client(), Client()
    sign_in(person.username, client=client)
    sign_in(person.username, client=other)
    new = {"password1": "seven boats under a bridge", "password2": "seven boats under a bridge"}
    assert client.post("/accounts/password/change/", {"oldpassword": "wrong", **new}).status_code == 422
    assert client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new}).status_code == 302
    assert (client.get("/desks/").status_code, other.get("/desks/").status_code) == (200, 302)
    assert sign_in(person.username, new["password1"]).status_code == 302


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/email/", "/accounts/password/set/", "/accounts/"]
)
def test_of_allauth_only_what_is_needed_has_an_address(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_somebody_without_a_password_is_sent_for_a_slip(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.people["observer"], backend="accounts.backends.AccountBackend")
    assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/reset/"


def test_preferences_are_remembered_for_a_year_and_nonsense_is_not() -> None:
    client = Client()
    answer = client.post("/preferences/", {"text": "elder", "theme": "neon", "contrast": "more"})
    assert {name: morsel.value for name, morsel in answer.cookies.items()} == {
        "text": "elder",
        "contrast": "more",
    }
    assert answer.cookies["text"]["max-age"] == 60 * 60 * 24 * 365
    assert client.get("/preferences/").status_code == 405
