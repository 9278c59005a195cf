"""docker-compose.yml and the Dockerfile, read as their engines would."""

import json
import stat
import subprocess
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT
from tests.deployment.stage import COMPOSE, DOCKERFILE, command_of, health_command, instruction

# The Compose specification's schema, Apache-2.0 (compose-spec.LICENSE), as check-jsonschema 0.39.0 carries it.
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
PRODUCT = ("migrate", "web", "worker", "beat")


def problems(document) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(document)]


def test_it_keeps_to_the_specification():
    assert problems(COMPOSE) == []


def test_a_misspelt_word_would_be_found():
    wrong = json.loads(json.dumps(COMPOSE))
    wrong["services"]["redis"]["healthcheck"]["intervall"] = "5s"
    assert problems(wrong) != []


def test_every_secret_volume_and_network_that_is_named_is_there():
    for name, service in SERVICES.items():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], (
                volume
            )
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, variable)
        assert set(service.get("depends_on", {})) <= set(SERVICES), name


def test_secrets_come_by_file_only():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert all(entry["file"] == f"./secrets/{name}" for name, entry in COMPOSE["secrets"].items())
    for word in ("PASSWORD:", "SECRET_KEY:", "PERSONAL_DATA_KEY:", "DATABASE_URL:"):
        assert word not in text


def test_the_owner_migrates_and_nothing_else_reaches_its_address():
    assert [name for name in PRODUCT if "owner_url" in SERVICES[name]["secrets"]] == ["migrate"]
    assert SERVICES["migrate"]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/owner_url"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/app_url"
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_only_the_front_server_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["data"]


@pytest.mark.parametrize("name", PRODUCT)
def test_the_product_may_do_little(name):
    service = SERVICES[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_image_is_small_and_nobodys():
    lines = DOCKERFILE.splitlines()
    assert instruction("FROM") == "python:3.11-slim"
    assert lines.index("USER goldidea") < min(n for n, line in enumerate(lines) if line.startswith("CMD"))
    assert "--uid 10001" in DOCKERFILE and "uid=10001" in SERVICES["web"]["tmpfs"][1]
    assert "--require-hashes" in DOCKERFILE
    assert health_command()[0] == "python"
    assert command_of("web")[0] == "granian" and "celery" in command_of("worker")[0]
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"secrets", ".git", "var", "tests"} <= set(ignored)


@pytest.mark.parametrize("script", ["deploy/roles.sh", "deploy/nginx/network-log.sh"])
def test_scripts_are_ones_that_a_shell_takes(script):
    assert subprocess.run(["sh", "-n", ROOT / script]).returncode == 0
    assert (ROOT / script).stat().st_mode & stat.S_IXUSR
