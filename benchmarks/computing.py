"""Calibration, analysis and assignment of 500 entries and 500 judges, 7 marks an entry: seconds of wall and CPU.

python benchmarks/computing.py
"""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import json
import os

from evaluations.matching import Task, match, quality
from evaluations.tally import Inputs, parse_rule, tally
from evaluations.tally.analysis import analyse

SIZE, MARKS = 500, 7
RULE = {
    "format": "goldidea-rule/1",
    "criteria": [
        {"id": key, "name": {"en": key}, "min": "0", "max": "25", "step": "0.5", "weight": "1"}
        for key in ("need", "effect", "participation", "innovation")
    ],
    "panels": [{"id": "residents", "kind": "marks", "weight": "1"}],
    "level": "sheet",
    "average": "mean",
    "trim": {"high": 1, "low": 1, "from": 5, "advised": 7},
    "min_marks": 3,
    "calibration": {"method": "additive", "cap": "15", "min_marks": 5, "if_disconnected": "refuse"},
    "rounding": {"mode": "half_up", "places": 2, "stages": ["panel", "total"]},
    "ties": ["exact"],
    "lot_seed": None,
    "awards": [{"id": "first", "name": {"en": "First"}, "places": 30}],
}


def timed(name: str, work: Callable[[], object]) -> object:
    """Run something; print the best of three."""
    best = (9e9, 9e9)
    for _n in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    print(f"{name:24} {best[0]:6.2f} s wall {best[1]:6.2f} s CPU")
    return found


def marks(pairs: frozenset[tuple[str, str]]) -> list[tuple[str, str, str, str, str]]:
    """Marks of entries of different quality by judges of different strictness."""
    chance = random.Random(1)
    names = [f"{kind}{n:03d}" for kind in "ej" for n in range(SIZE)]
    worth = {name: chance.gauss(0, 1.2) for name in names}
    rows = []
    for entry, judge in sorted(pairs):
        for criterion in RULE["criteria"]:
            mark = round(2 * (15 + worth[entry] - worth[judge] + chance.gauss(0, 2))) / 2
            rows.append(("residents", entry, judge, criterion["id"], f"{min(max(mark, 0), 25):g}"))
    return rows


def main() -> None:
    eligible = {f"e{n:03d}": [f"j{m:03d}" for m in range(SIZE) if (n + m) % 50] for n in range(SIZE)}
    home = {f"j{m:03d}": str(m % 14) for m in range(SIZE)}
    task = Task(eligible, dict.fromkeys(eligible, MARKS), 20, "seed", home, 2)
    one, five, _fifteen = os.getloadavg()
    print(f"{SIZE} entries, {SIZE} judges, {MARKS} marks; {os.cpu_count()} cores, load {one:.1f} {five:.1f}")
    pairs = timed("assignment", lambda: match(task))
    timed("quality of a design", lambda: quality(pairs))
    rule = parse_rule(json.dumps(RULE))
    inputs = Inputs([(name, "", "", "") for name in eligible], marks(pairs))
    timed("tally, calibrated", lambda: tally(rule, inputs))
    timed("tally and analysis", lambda: analyse(rule, inputs))


if __name__ == "__main__":
    main()
