"""The deployment without containers: the very commands of docker-compose.yml and the Dockerfile, in production settings.

What differs from a real one is written down here and nowhere else: folders, ports and the servers' addresses.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tests.conftest import ROOT, program_environment

SITE = "localhost"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
TOKEN = "the-watchers-token"
FORMER_KEY = "a-former-production-key-of-many-characters-9876543210-fedcba"


def instruction(word: str) -> str:
    """The last instruction of the Dockerfile that begins with this word, without it."""
    return [line for line in DOCKERFILE.splitlines() if line.startswith(f"{word} ")][-1].partition(" ")[2]


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in shlex.split(instruction("ENV")))


def command_of(service: str) -> list[str]:
    """What the service runs: its own command, or the image's."""
    return COMPOSE["services"][service].get("command") or json.loads(instruction("CMD"))


def health_command() -> list[str]:
    return json.loads(instruction("HEALTHCHECK").partition(" CMD ")[2])


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(holds: Callable[[], Any], seconds: float = 120) -> Any:
    """Wait for something that another process does; gives what it became."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


class Stage:
    """One deployment: its secrets, its folders, its processes. `logs/NAME.log` is what a container would have said."""

    def __init__(self, database: str, folder: Path, static: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.processes: dict[str, subprocess.Popen] = {}
        for name in ("secrets", "metrics", "media", "published", "evidence", "logs"):
            (folder / name).mkdir()
        here = program_environment(database)
        secrets = {
            "app_url": here["DATABASE_URL"],
            "secret_key": "a-production-key-of-many-different-characters-0123456789-abcdef",
            "secret_key_fallbacks": FORMER_KEY,
            "personal_data_key": settings.PERSONAL_DATA_KEY,
            "metrics_token": TOKEN,
        }
        for name, value in secrets.items():
            (folder / "secrets" / name).write_text(value + "\n", encoding="utf-8")
        (folder / "release").write_text("tested")
        moved = {
            "/run/secrets": str(folder / "secrets"),
            "/run/metrics": str(folder / "metrics"),
            "/srv/release": str(folder / "release"),
            "/srv/goldidea": str(ROOT),
            "redis://redis:6379/0": os.environ["REDIS_URL"],
            "${SITE:?the name of your site}": SITE,
            "/srv/static": str(static),
            **{f"/srv/{name}": str(folder / name) for name in ("media", "published", "evidence")},
        }
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
        for name, value in (image_environment() | COMPOSE["services"]["web"]["environment"]).items():
            for there, place in moved.items():
                value = value.replace(there, place)
            self.environment[name] = value

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """What a management command says; it has to succeed."""
        done = subprocess.run(
            [sys.executable, "-W", "error::UserWarning", "manage.py", *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, service: str) -> subprocess.Popen:
        """Start a service as its container would, in a process group of its own."""
        command = command_of(service)
        if command[0] == "granian":
            command = [*command[:-1], "--host", "127.0.0.1", "--port", str(self.port), command[-1]]
        command = [word.replace("/tmp/", f"{self.folder}/") for word in command]
        # As modules: the first line of an installed script holds no long path.
        with (self.folder / "logs" / f"{service}.log").open("ab") as log:
            self.processes[service] = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=self.environment | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.processes[service]

    def kill(self, service: str) -> None:
        """kill -9 of everything in the container."""
        process = self.processes.pop(service)
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, service: str, seconds: float = 40) -> int:
        """docker stop: SIGTERM to the first process, and its status; more than the grace period fails."""
        process = self.processes.pop(service)
        process.terminate()
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise

    def close(self) -> None:
        for service in list(self.processes):
            self.kill(service)

    def said(self, service: str) -> str:
        return (self.folder / "logs" / f"{service}.log").read_text(encoding="utf-8", errors="replace")

    def lines(self, service: str) -> list[dict[str, Any]]:
        """The service's log; every line of it has to be JSON."""
        return [json.loads(line) for line in self.said(service).splitlines()]

    def answers(self) -> bool:
        """What the health check says."""
        command = [word.replace(":8000", f":{self.port}") for word in health_command()]
        done = subprocess.run([sys.executable, *command[1:]], env=self.environment, capture_output=True)
        return done.returncode == 0
