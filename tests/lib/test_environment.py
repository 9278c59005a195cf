"""What an operator sets: a wrong value stops the start with one sentence that names the variable."""

import os
import subprocess
import sys

import pytest


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` as an operator starts it."""
    command = [sys.executable, "manage.py", "check"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "goldidea.settings.base", **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [
        ("SESSION_IDLE_MINUTES", "-5", 0),
        ("SESSION_IDLE_MINUTES", "half an hour", 0),
        ("SESSION_IDLE_MINUTES", "", 0),
        ("EMAIL_PORT", "0", 1),
    ],
)
def test_a_number_that_means_nothing_stops_the_start(name: str, value: str, least: int) -> None:
    said = start(**{name: value})
    assert said.returncode == 1
    assert said.stderr == f"{name} is a whole number, {least} or more, not {value!r}.\n"


def test_no_idle_limit_is_zero() -> None:
    assert start(SESSION_IDLE_MINUTES="0").returncode == 0
