"""Tokens: made by the district's staff after their password, shown once, kept hashed; they read what their scopes name."""

import datetime as dt
import re

import pytest
from django.core import serializers
from django.utils import timezone

from accounts.actions import tokens as actions
from accounts.actions.tokens import find_token, make_token, revoke_token
from accounts.models import ApiToken
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditDetail, AuditEvent
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
V1 = "/api/v1/districts/shangcheng/"
PAGES = "/shangcheng/office/tokens/"
PASSWORD = "金点子 2018 上城"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def made(cast):
    return make.api_token(cast.district, cast.people["district_staff"])


def bearer(text: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Authorization": f"Bearer {text}"}}


def asked(client, text: str, path: str = "seasons/"):
    return client.get(f"{V1}{path}", **bearer(text))


def test_a_program_reads_with_its_token(client, made):
    answer = asked(client, made.text)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")
    assert ApiToken.objects.get().used_at is not None


def test_only_a_hash_is_kept(made):
    everything = serializers.serialize("json", [*ApiToken.objects.all(), *AuditEvent.objects.all()])
    everything += serializers.serialize("json", AuditDetail.objects.all())
    assert made.text not in everything
    assert made.text.removeprefix("goldidea_") not in everything


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("names:read", ""),
        ("names:read", "sub-districts/"),
        ("seasons:read", "seasons/"),
        ("cases:read", "projects/"),
        ("cases:read", "projects.csv"),
        ("results:read", "results/"),
        ("results:read", "notices/"),
    ],
)
def test_a_token_reads_what_its_scopes_name(client, cast, scope, path):
    staff = cast.people["district_staff"]
    with_it = make.api_token(cast.district, staff, [scope])
    others = [name for name in ApiToken.Scope.values if name != scope]
    without = make.api_token(cast.district, staff, others)
    assert asked(client, with_it.text, path).status_code == 200
    refused = asked(client, without.text, path)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope")
    assert scope in refused.json()["detail"]


def test_a_token_is_for_its_own_district(client, made):
    Cast.shangcheng("elsewhere")
    answer = client.get("/api/v1/districts/elsewhere/seasons/", **bearer(made.text))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")


@pytest.mark.parametrize(
    "why", ["revoked", "expired", "maker disabled", "mistyped", "of nobody", "another scheme"]
)
def test_a_token_that_is_not_good_opens_nothing(client, cast, made, why):
    text, headers = made.text, {}
    if why == "revoked":
        revoke_token(made.row, by=cast.people["district_staff_2"], now=timezone.now(), district=cast.district)
    elif why == "expired":
        ApiToken.objects.update(expires_at=timezone.now())
    elif why == "maker disabled":
        type(made.row.made_by).objects.filter(pk=made.row.made_by_id).update(is_active=False)
    elif why == "mistyped":
        text = made.text[:-1] + ("a" if made.text[-1] != "a" else "b")
    elif why == "of nobody":
        text = "goldidea_"
    headers = {"Authorization": f"Basic {text}" if why == "another scheme" else f"Bearer {text}"}
    client.force_login(cast.people["district_staff"])  # a session helps nobody who sends a token
    for path in ("seasons/", "registers/communities/"):
        answer = client.get(f"{V1}{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad-token")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_is_no_person(client, cast, made):
    client.force_login(cast.people["district_staff"])
    for path in (f"{V1}registers/communities/", "/api/v1/me/", f"{V1}cases/"):
        answer = client.get(path, **bearer(made.text))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-for-tokens")
    assert client.get("/shangcheng/office/", **bearer(made.text)).status_code == 200  # the session's, as ever
    client.logout()
    assert client.get("/shangcheng/office/", **bearer(made.text)).status_code == 302


def test_no_cookie_travels_with_a_token(client, cast, made):
    client.force_login(cast.people["district_staff"])
    answer = asked(client, made.text)
    assert (len(answer.cookies), "Cookie" in answer.get("Vary", "")) == (0, False)


def at_the_form(client, cast) -> str:
    """The staff's way to the form: signed in long ago, so the password once more. Gives the form's key."""
    staff = cast.people["district_staff"]
    staff.set_password(PASSWORD)
    staff.save()
    client.force_login(staff, backend="accounts.backends.AccountBackend")
    first = client.get(f"{PAGES}new/")
    assert first.status_code == 302
    assert first["Location"].startswith("/accounts/reauthenticate/")
    client.post(first["Location"], {"password": PASSWORD})
    return str(client.get(f"{PAGES}new/").context["form"].initial["client_key"])


def test_it_is_made_after_the_password_and_shown_once(client, cast):
    key = at_the_form(client, cast)
    typed = {"name": "统计局", "scopes": ["seasons:read"], "days": "30", "client_key": key}
    shown = client.post(f"{PAGES}new/", typed)
    text = re.search(r"goldidea_[\w-]{43}", shown.content.decode()).group()
    assert "no-store" in shown["Cache-Control"]
    assert asked(client, text).status_code == 200
    assert text not in client.get(PAGES).content.decode()
    again = client.post(f"{PAGES}new/", typed)  # the page reloaded
    assert (again.status_code, again["X-Refusal"], ApiToken.objects.count()) == (409, "shown-once", 1)


def test_a_form_with_nothing_ticked_says_so(client, cast):
    answer = client.post(f"{PAGES}new/", {"name": "", "client_key": at_the_form(client, cast)})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "scopes", "days"}


def test_a_colleague_revokes_it(client, cast, made):
    client.force_login(cast.people["district_staff_2"])
    assert client.post(f"{PAGES}{made.row.code}/revoke/").status_code == 303
    assert asked(client, made.text).status_code == 401
    assert client.post(f"{PAGES}{made.row.code}/revoke/").status_code == 409
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.role, event.district) == ("revoke API token", "district_staff", "shangcheng")


def test_twice_is_once(cast, made):
    values = {"name": "x", "scopes": ["names:read"], "days": 1, "by": made.row.made_by, "now": timezone.now()}
    with pytest.raises(Refusal):
        make_token(cast.district, **values, client_key=made.row.client_key)
    revoke_token(made.row, by=made.row.made_by, now=timezone.now(), district=cast.district)
    with pytest.raises(StaleState):
        revoke_token(made.row, by=made.row.made_by, now=timezone.now(), district=cast.district)


def test_its_use_is_noted_to_the_minute(made, django_assert_num_queries):
    now = timezone.now()
    assert find_token(made.text, now=now) == made.row
    with django_assert_num_queries(1):
        find_token(made.text, now=now + dt.timedelta(seconds=59))
    find_token(made.text, now=now + actions.USE_NOTED)
    assert ApiToken.objects.get().used_at == now + actions.USE_NOTED
