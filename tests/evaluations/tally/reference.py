"""Where the published answers lie. They are no part of the project; without them their tests are skipped."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def reference(name: str) -> Path:
    """A file of published answers. Absent: a skip, and a failure where CI is set."""
    path = Path(os.environ.get("GOLDIDEA_REFERENCE", ROOT.parent / "shared" / "reference")) / name
    if path.exists():
        return path
    reason = f"no published answers at ../shared/reference/{name}; set GOLDIDEA_REFERENCE to their folder"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
