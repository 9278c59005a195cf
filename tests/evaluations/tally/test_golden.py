"""The golden examples: inputs, and results worked by hand (golden/README.md); the engine has to give the same bytes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir())


def test_the_golden_examples_are_those_expected():
    assert NAMES == [
        "bonus-up-to-50",
        "experts-70-public-30",
        "standard-score-140-of-200",
        "two-highest-two-lowest-of-11",
        "votes-by-ladder",
    ]


def written(name):
    return json.loads((GOLDEN / name / "result.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_gives_the_result_worked_by_hand(name):
    run = subprocess.run(
        [sys.executable, "-m", "evaluations.tally", str(GOLDEN / name)],
        capture_output=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert json.loads(run.stdout) == written(name)
    canonical = json.dumps(written(name), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert run.stdout.decode() == canonical + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_arithmetic_on_paper_ends_in_the_same_totals(name):
    """The last column of each table of the README against result.json."""
    part = (GOLDEN / "README.md").read_text(encoding="utf-8").split(f"## `{name}`")[1].split("\n## ")[0]
    rows = re.findall(r"^\| \*\*([a-z])\*\* \|.*\| ([0-9.]+) \| ([0-9]+) \|$", part, re.MULTILINE)
    assert rows == [(s["entry"], s["total"], str(s["rank"])) for s in written(name)["standings"]]
