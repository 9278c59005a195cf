"""Signing in by OpenID Connect, against a provider that runs as a process of its own."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.actions.factors import reset_sign_in
from accounts.models import User
from goldidea.lib.models import AuditEvent
from tests import make
from tests.accounts.test_second_factor import app_of, with_password
from tests.personas import Cast

LOGIN = "/accounts/oidc/district/login/"
PEOPLE = {
    "zhou": {"name": "周书记", "email": "zhou@example.cn", "email_verified": True},
    "shen": {"name": "沈主任", "phone_number": "+8613805710002", "phone_number_verified": True},
    "liar": {"name": "冒名者", "email": "zhou@example.cn", "email_verified": False},
    "double": {"name": "另一个周", "email": "zhou@example.cn", "email_verified": True},
    "names": {"name": "叫这个名字的人", "email": "zhou@shangcheng.cn", "email_verified": True},
    "number": {"name": "叫这个号码的人", "phone_number": "13805719999", "phone_number_verified": True},
    "stranger": {"name": "陌生人", "email": "stranger@example.cn", "email_verified": True},
}


def oidc_settings(port: int) -> dict[str, Any]:
    """What goldidea/settings/base.py makes of OIDC_ISSUER and its kin."""
    from goldidea.settings.base import oidc_providers

    issuer = f"http://127.0.0.1:{port}"
    return {
        "OIDC_ISSUER": issuer,
        "SOCIALACCOUNT_PROVIDERS": oidc_providers(issuer, "goldidea", "between-us", "统一身份认证"),
    }


def start_provider(folder: Path) -> tuple[subprocess.Popen, int]:
    """The provider's process, answering, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "people.json").write_text(json.dumps(PEOPLE), encoding="utf-8")
    program = Path(__file__).resolve().parents[1] / "oidc_provider.py"
    process = subprocess.Popen([sys.executable, str(program), str(port), str(folder / "people.json")])
    deadline = time.monotonic() + 30
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/jwks", timeout=5)
            return process, port
        except requests.ConnectionError:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.1)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen, int]]:
    process, port = start_provider(tmp_path_factory.mktemp("oidc"))
    yield process, port
    process.kill()
    process.wait()


@pytest.fixture
def provider(service: tuple[subprocess.Popen, int], settings: Any) -> int:
    for name, value in oidc_settings(service[1]).items():
        setattr(settings, name, value)
    return service[1]


@pytest.fixture
def cast(db: Any) -> Cast:
    cast = Cast.shangcheng()
    zhou, shen = cast.people["community_user"], cast.people["subdistrict_staff"]
    zhou.email, shen.phone = "zhou@example.cn", "+8613805710002"
    with_password(zhou), with_password(shen)
    return cast


def come_back(client: Client, person: str, **also: str) -> str:
    """Go to the service as a browser does and be somebody there. Gives the address to which it leads back."""
    to_service = client.post(LOGIN, also)
    assert to_service.status_code == 302
    asked = dict(parse_qsl(urlsplit(to_service.headers["Location"]).query))
    assert requests.get(to_service.headers["Location"], timeout=10).status_code == 200
    address = to_service.headers["Location"].partition("?")[0]
    back = requests.post(address, {**asked, "person": person}, allow_redirects=False, timeout=10)
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def enter(person: str, client: Client | None = None, **also: str) -> Any:
    client = client or Client()
    return client.get(come_back(client, person, **also))


def test_a_verified_address_finds_the_account_and_the_identifier_afterwards(
    cast: Cast, provider: int
) -> None:
    zhou = cast.people["community_user"]
    client = Client()
    assert enter("zhou", client).headers["Location"] == "/desk/"
    assert client.get("/shangcheng/cases/").status_code == 200
    assert AuditEvent.objects.filter(action="link sign-in service", actor=zhou.person_key).count() == 1
    link = SocialAccount.objects.get(user=zhou)
    assert (link.uid, link.extra_data) == ("zhou", {})  # no name, no address
    User.objects.filter(pk=zhou.pk).update(email="")
    assert enter("zhou").headers["Location"] == "/desk/"
    assert SocialAccount.objects.get(user=zhou).extra_data == {}
    assert AuditEvent.objects.filter(action="sign in", actor=zhou.person_key).count() == 2


def test_a_verified_phone_finds_it_too_and_staff_give_their_second_factor(cast: Cast, provider: int) -> None:
    app_of(cast.people["subdistrict_staff"])
    client = Client()
    assert enter("shen", client).headers["Location"] == "/accounts/second-factor/"
    assert client.get("/shangcheng/office/").status_code == 302


@pytest.mark.parametrize("person", ["liar", "stranger"])
def test_who_is_unknown_or_unverified_gets_no_account(cast: Cast, provider: int, person: str) -> None:
    before = User.objects.count()
    assert enter(person).status_code == 403
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("person", "sign_in_name"), [("names", "zhou@shangcheng.cn"), ("number", "13805719999")]
)
def test_a_verified_claim_that_reads_like_a_sign_in_name_opens_no_account(
    cast: Cast, provider: int, person: str, sign_in_name: str
) -> None:
    """Offices may give any sign-in name; who brings the same words as an address of the service is somebody else."""
    User.objects.filter(pk=cast.people["community_user"].pk).update(username=sign_in_name)
    assert enter(person).status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_second_person_of_the_service_does_not_take_an_account_over(cast: Cast, provider: int) -> None:
    enter("zhou")
    assert enter("double").status_code == 403
    assert list(SocialAccount.objects.values_list("uid", flat=True)) == ["zhou"]


def test_disabled_and_reset_accounts_stay_outside(cast: Cast, provider: int) -> None:
    zhou = cast.people["community_user"]
    enter("zhou")
    User.objects.filter(pk=zhou.pk).update(is_active=False)
    assert enter("zhou").headers["Location"] == "/accounts/inactive/"
    User.objects.filter(pk=zhou.pk).update(is_active=True)
    reset_sign_in(zhou, by=None, reason="遗失")
    assert enter("zhou").status_code == 403  # a slip is the way in


def test_nobody_links_another_identity_to_an_account(cast: Cast, provider: int) -> None:
    client = Client()
    client.force_login(cast.people["district_staff"], backend="accounts.backends.AccountBackend")
    for process in ("connect", "redirect"):
        assert enter("stranger", client, process=process).status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_answer_that_was_not_asked_for_opens_nothing(cast: Cast, provider: int) -> None:
    theirs = Client()
    address = come_back(theirs, "zhou")
    mine = Client()
    assert mine.get(address).status_code == 403  # begun in another browser
    assert theirs.get(address).headers["Location"] == "/desk/"
    assert theirs.get(address).status_code in (302, 403)  # once
    assert mine.get(LOGIN + "callback/?error=access_denied&state=x").status_code == 403
    assert mine.get(LOGIN).headers["Location"] == "/accounts/login/"  # a link begins nothing
    assert mine.get("/desk/").status_code == 302


def test_a_wrong_secret_is_said_and_nobody_enters(cast: Cast, provider: int, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["secret"] = "not this"
    assert enter("zhou").status_code == 403


def test_the_service_away_is_a_page_not_an_error(cast: Cast, settings: Any) -> None:
    for name, value in oidc_settings(9).items():
        setattr(settings, name, value)
    assert Client().post(LOGIN).status_code == 503


def test_without_settings_there_is_no_such_door(cast: Cast) -> None:
    assert Client().post(LOGIN).status_code == 404
    assert b"oidc" not in Client().get("/accounts/login/").content
    assert make.user("x").is_active
