"""What the deployments of the tests share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="session")
def static_files(tmp_path_factory) -> Path:
    """The static files as the image holds them, gathered once."""
    folder = tmp_path_factory.mktemp("static")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
        env={**os.environ, "STATIC_ROOT": str(folder), "DJANGO_SETTINGS_MODULE": "goldidea.settings.base"},
        cwd=ROOT,
        check=True,
    )
    return folder
