"""Where these tests can run at all."""

import sys
from pathlib import Path

import pytest

from tests.embedded import processes


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout of its own."""
    if sys.platform != "linux":
        pytest.skip("looks at processes through /proc, which only Linux has")
    folder = tmp_path / "checkout"
    folder.mkdir()
    return processes.checkout(folder)
