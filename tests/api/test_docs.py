"""The commands of docs/api.md run as they stand, and say what stands below them."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from tests import make
from tests.conftest import ROOT
from tests.personas import Cast


def commands() -> list[tuple[str, str]]:
    """(command, what it prints) of every console block."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"```console\n(.*?)```", text, re.S):
        for part in block.split("$ curl")[1:]:
            command, _newline, output = part.partition("\n")
            found.append((f"curl{command}", output.strip()))
    return found


@pytest.mark.database
def test_the_commands_run(own_database: str, tmp_path: Path) -> None:
    cast = Cast.shangcheng()
    make.round(make.season(cast.district), cast.home)
    token = make.api_token(cast.district, cast.people["district_staff"], now=timezone.now())
    server = LiveServer("127.0.0.1")
    environment = {**os.environ, "BASE": server.url, "TOKEN": token.text, "NO_PROXY": "*"}
    try:
        for command, output in commands():
            ran = subprocess.run(
                ["bash", "-c", command],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert ran.returncode == 0, (command, ran.stderr)
            assert not output or ran.stdout.strip() == output, (command, ran.stdout)
    finally:
        server.stop()
    assert len(commands()) == 11
