"""The second factor: who needs one, what opens without, how often one may guess, and that a code is good once."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client

from accounts.actions import limits
from accounts.models import User
from goldidea.lib.models import AuditEvent
from tests import make
from tests.accounts.test_sign_in import PASSWORD, sign_in
from tests.personas import Cast

pytestmark = pytest.mark.django_db
SECOND, SETUP = "/accounts/second-factor/", "/accounts/sign-in/"


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.REQUIRE_SECOND_FACTOR = True
    return Cast.shangcheng()


def with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save()
    return person


def app_of(person: User) -> str:
    """Set up an app for the person. Gives its key."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def give(client: Client, code: str) -> Any:
    return client.post(SECOND, {"code": code})


@pytest.mark.parametrize(
    ("role", "led"),
    [
        ("platform_admin", True),
        ("district_staff", True),
        ("subdistrict_staff", True),
        ("observer", True),
        ("community_user", False),
        ("organization_user", False),
    ],
)
def test_offices_are_led_to_the_set_up_and_nothing_else_opens(cast: Cast, role: str, led: bool) -> None:
    client = Client()
    assert sign_in(with_password(cast.people[role]).username, client=client).status_code == 302
    for path in (
        "/desk/",
        "/desks/",
        "/shangcheng/office/",
        "/shangcheng/cases/",
        "/accounts/password/change/",
    ):
        answer = client.get(path)
        assert (answer.headers.get("Location") == SETUP) is led, path
    answer = client.post("/shangcheng/office/accounts/new/community/", {"name": "x"})
    assert (answer.headers.get("Location") == SETUP) is led
    assert client.get(SETUP).status_code == 200
    # On pages that everybody reads one is nobody until then.
    assert client.get("/shangcheng/").context["user"].is_authenticated is not led


def test_a_judge_on_a_card_is_never_asked(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.people["resident_judge"], backend="accounts.backends.JudgeBackend")
    answer = client.get("/shangcheng/judging/")  # it speaks of the card that this session lacks, of no factor
    assert (answer.status_code, answer.headers.get("Location")) == (403, None)


def test_nobody_is_led_where_it_is_not_required(cast: Cast, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    client = Client()
    sign_in(with_password(cast.people["district_staff"]).username, client=client)
    assert client.get("/shangcheng/office/").status_code == 200


def test_the_password_alone_opens_nothing(cast: Cast) -> None:
    person = with_password(cast.people["district_staff"])
    secret = app_of(person)
    client = Client()
    assert sign_in(person.username, client=client).headers["Location"] == SECOND
    assert client.get("/shangcheng/office/").headers["Location"].startswith("/accounts/login/")
    assert give(client, "000000").status_code == 422
    assert AuditEvent.objects.filter(action="sign in").count() == 0
    assert give(client, code_of(secret)).headers["Location"] == "/desk/"
    assert client.get("/shangcheng/office/").status_code == 200
    event = AuditEvent.objects.get(action="sign in")
    assert (event.actor, event.role) == (person.person_key, "district_staff")


def test_a_code_is_good_once_in_whichever_process(cast: Cast) -> None:
    person = with_password(cast.people["district_staff"])
    secret = app_of(person)
    code = code_of(secret)
    answers = []
    for _sign_in in range(2):
        client = Client()
        sign_in(person.username, client=client)
        cache.clear()  # another process knows nothing of this one's memory
        answers.append(give(client, code).status_code)
    assert answers == [302, 422]
    older = Client()
    sign_in(person.username, client=older)
    assert give(older, code_of(secret, later=-1)).status_code == 422
    assert give(older, code_of(secret, later=1)).status_code == 302


def test_guesses_are_counted_in_the_database_by_account(cast: Cast, settings: Any) -> None:
    person = with_password(cast.people["district_staff"])
    secret = app_of(person)
    codes = []
    for n in range(12):
        client = Client(REMOTE_ADDR=f"10.7.{n}.1", HTTP_X_FORWARDED_FOR=f"10.8.{n}.1")
        sign_in(person.username, client=client)
        codes.append(give(client, "000000").status_code)
    assert codes == [422] * limits.OF_AN_ACCOUNT + [429] * 2
    cache.clear()
    client = Client(REMOTE_ADDR="10.9.9.9")
    sign_in(person.username, client=client)
    assert give(client, code_of(secret)).status_code == 429  # the right one too
    assert AuditEvent.objects.filter(action="lock second factor").count() == 1


def test_a_slip_does_not_go_round_the_second_factor(cast: Cast) -> None:
    from django.utils import timezone

    from accounts.actions.slips import issue_slip

    person = cast.people["district_staff"]
    app_of(person)
    printed = issue_slip(person, by=None, now=timezone.now())
    client = Client()
    form = {"username": person.username, "digits": printed.digits}
    answer = client.post("/accounts/activate/", {**form, "password1": PASSWORD, "password2": PASSWORD})
    assert answer.headers["Location"] == SECOND
    assert client.get("/desk/").status_code == 302


def test_secrets_are_encrypted_at_rest(cast: Cast) -> None:
    person = cast.people["district_staff"]
    secret = app_of(person)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    kept = " ".join(str(row) for row in Authenticator.objects.values_list("data", flat=True))
    assert secret not in kept and not any(code in kept for code in codes)
    assert len(codes) == 40


def test_delicate_pages_ask_for_the_password_again(cast: Cast) -> None:
    person = with_password(cast.people["district_staff"])
    app_of(person)
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    factor = Authenticator.objects.get(user=person)
    for path in ("app/", "passkey/", "list/", f"{factor.pk}/remove/"):
        answer = client.get(SETUP + path)
        where = SETUP if path == "app/" else "/accounts/reauthenticate/"
        assert answer.headers["Location"].startswith(where), path
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_a_factor_is_its_persons_own(cast: Cast) -> None:
    mine, other = cast.people["district_staff"], with_password(cast.people["subdistrict_staff"])
    app_of(mine)
    secret = app_of(other)
    client = Client()
    sign_in(other.username, client=client)
    give(client, code_of(secret))
    theirs = Authenticator.objects.get(user=mine)
    assert client.post(f"{SETUP}{theirs.pk}/remove/").headers["Location"] == SETUP
    assert Authenticator.objects.count() == 2
    own = Authenticator.objects.get(user=other)
    assert client.post(f"{SETUP}{own.pk}/remove/").status_code == 303
    assert list(Authenticator.objects.all()) == [theirs]
    assert client.get("/shangcheng/office/").headers["Location"] == SETUP  # another one at once
    assert AuditEvent.objects.filter(action="remove factor", role="subdistrict_staff").count() == 1


def test_an_account_without_password_gives_the_factor_again(cast: Cast) -> None:
    person = make.user("从统一登录来的人")
    person.set_unusable_password()
    person.save()
    secret = app_of(person)
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    again = client.get(SETUP + "list/").headers["Location"]
    assert again.startswith("/accounts/reauthenticate/factor/")
    assert client.get(again).status_code == 200
    assert client.post(again, {"code": "000000"}).status_code == 422
    answer = client.post(again, {"code": code_of(secret)})
    assert answer.headers["Location"] == SETUP + "list/" or answer.status_code == 200
    assert client.get(SETUP + "list/").status_code == 200


def test_a_list_that_runs_out_says_so_in_time(cast: Cast) -> None:
    person = with_password(cast.people["district_staff"])
    codes = RecoveryCodes.activate(person).get_unused_codes()
    said = []
    for number in (0, 33, 34):
        Authenticator.objects.update(data={**Authenticator.objects.get().data, "used_mask": 2**number - 1})
        client = Client()
        sign_in(person.username, client=client)
        assert give(client, codes[number]).status_code == 302
        said.append([str(m) for m in get_messages(client.get("/shangcheng/office/").wsgi_request)])
    assert [len(words) for words in said] == [0, 0, 1] and "5" in said[2][0]
