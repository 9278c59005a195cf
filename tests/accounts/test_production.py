"""What production settings say, read by the real programs: cookies, second factor, `check --deploy`; and `make run`'s."""

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT

PRINT = """
import django, json; django.setup()
from django.conf import settings as s
print(json.dumps({n: getattr(s, n) for n in (
  "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE",
  "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "REQUIRE_SECOND_FACTOR", "SESSION_IDLE_MINUTES", "PHONE_GATEWAY",
  "EMAIL_GATEWAY", "OIDC_ISSUER")}))
"""


def environment(**also: str) -> dict[str, str]:
    """A production machine's environment: nothing of a development machine but where the servers are."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "DATABASE_URL", "REDIS_URL", "PERSONAL_DATA_KEY")
        if name in os.environ
    }
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "goldidea.settings.base",
        "SECRET_KEY": "q7W-e2Rt_y5Uio9Pas3Dfg8Hjk1Lzx6Cvb4Nm0Q-wErTy7UiOp_AsDfGh",
        "ALLOWED_HOSTS": "jindianzi.example.cn",
        "SIGNING_KEY_FILE": "/run/secrets/signing_key",
        **also,
    }


def run(*command: str, **also: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(**also),
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(**also: str) -> dict[str, Any]:
    import json

    done = run("-c", PRINT, **also)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_production_is_strict_without_being_told() -> None:
    assert settings_of() == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "REQUIRE_SECOND_FACTOR": True,
        "SESSION_IDLE_MINUTES": 30,
        "PHONE_GATEWAY": "",
        "EMAIL_GATEWAY": "",
        "OIDC_ISSUER": "",
    }


def test_a_development_machine_is_not() -> None:
    given = settings_of(DEVELOPMENT="1")
    assert (given["SESSION_COOKIE_NAME"], given["SESSION_COOKIE_SECURE"]) == ("session", False)
    assert (given["REQUIRE_SECOND_FACTOR"], given["PHONE_GATEWAY"]) == (False, "console")


@pytest.mark.parametrize("issuer", ["http://id.example.cn", "id.example.cn"])
def test_the_sign_in_service_is_asked_over_tls(issuer: str) -> None:
    done = run("manage.py", "check", OIDC_ISSUER=issuer)
    assert done.returncode == 1 and "OIDC_ISSUER begins with https://" in done.stderr
    assert settings_of(OIDC_ISSUER="https://id.example.cn")["OIDC_ISSUER"] == "https://id.example.cn"


def test_the_deployment_check_is_silent_in_production() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("also", "found"),
    [
        ({"REQUIRE_SECOND_FACTOR": "0"}, "accounts.W001"),
        ({"SESSION_IDLE_MINUTES": "0"}, "accounts.W002"),
        ({"PHONE_GATEWAY": "console"}, "accounts.E001"),
        ({"DEVELOPMENT": "1"}, "accounts.E002"),
    ],
)
def test_the_deployment_check_names_what_is_loose(also: dict[str, str], found: str) -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **also)
    assert done.returncode == 1 and found in done.stderr
