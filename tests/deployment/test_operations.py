"""docs/operations.md names only commands, options, secrets and metrics that there are."""

import re
import shlex

import pytest
from django.core.management import get_commands, load_command_class

from goldidea.lib.metrics import exposition
from tests.conftest import ROOT
from tests.deployment.stage import COMPOSE

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
VOLUMES = set(re.findall(r"docker volume rm (.*)", PAGE)[0].split())
COMMANDS = re.findall(r"manage\.py ([a-z_]+)([^\n`#]*)", PAGE)


def test_every_management_command_takes_what_is_written():
    assert {name for name, _rest in COMMANDS} >= {"backup", "restore", "begin", "rotate_personal_data_key"}
    for name, rest in COMMANDS:
        command = load_command_class(get_commands()[name], name)
        options = [word for word in shlex.split(rest.rstrip("\\)")) if word.startswith("--")]
        known = command.create_parser("manage.py", name)._option_string_actions
        assert set(options) <= set(known), (name, options)


def test_every_secret_is_made():
    made = set(re.findall(r"secrets/([a-z_]+)", PAGE))
    assert set(COMPOSE["secrets"]) <= made


@pytest.mark.django_db
def test_every_metric_is_there():
    named = {
        re.sub(r"_(total|bucket|sum|count)$", "", name) for name in re.findall(r"goldidea_[a-z_]+", PAGE)
    }
    named -= {"goldidea_owner", "goldidea_app", *VOLUMES}
    there = {
        re.sub(r"_total$", "", n) for n in re.findall(r"# TYPE (goldidea_[a-z_]+)", exposition().decode())
    }
    assert named - there == set()
    assert len(named) > 8


def test_services_and_volumes_are_those_of_the_file():
    one = re.findall(r"docker compose (?:exec|up -d --scale) ([a-z]+)", PAGE)
    several = re.findall(r"docker compose (?:restart|stop|logs|up -d --force-recreate) ([a-z ]+)", PAGE)
    assert {*one, *" ".join(several).split()} - {*COMPOSE["services"]} == set()
    assert {f"goldidea_{name}" for name in COMPOSE["volumes"]} > VOLUMES
