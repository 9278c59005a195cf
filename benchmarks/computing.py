"""Calibration, analysis and assignment of 500 entries and 500 judges, 7 marks an entry and all to all: seconds of wall and CPU.

python benchmarks/computing.py
"""

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import json
import os

import numpy as np

from evaluations.matching import Task, match, quality
from evaluations.tally import Inputs, parse_rule, tally_columns
from evaluations.tally.analysis import analyse
from evaluations.tally.columns import SCALE, Columns

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
    print(f"{name:32} {best[0]:6.2f} s wall {best[1]:6.2f} s CPU")
    return found


def marks(pairs: Iterable[tuple[str, str]]) -> Columns:
    """Marks of entries of different quality by judges of different strictness, as a database hands them over."""
    names = [[f"{kind}{n:03d}" for n in range(SIZE)] for kind in "ej"]
    place = [{name: n for n, name in enumerate(of)} for of in names]
    entry, judge = (np.array([place[n][pair[n]] for pair in sorted(pairs)]) for n in (0, 1))
    chance, criteria = np.random.RandomState(1), [item["id"] for item in RULE["criteria"]]
    worth, strict = chance.normal(0, 1.2, (2, SIZE))
    shape = len(entry), len(criteria)
    mark = 15 + (worth[entry] - strict[judge])[:, None] + chance.normal(0, 2, shape)
    value = (np.clip(np.round(2 * mark), 0, 50) * (SCALE // 2)).astype(np.int64).ravel()
    sheet, criterion = (axis.ravel() for axis in np.indices(shape))
    panel = np.zeros(len(entry), dtype=np.int64)
    return Columns(["residents"], *names, criteria, panel, entry, judge, sheet, criterion, value)


def main() -> None:
    eligible = {f"e{n:03d}": [f"j{m:03d}" for m in range(SIZE) if (n + m) % 50] for n in range(SIZE)}
    home = {f"j{m:03d}": str(m % 14) for m in range(SIZE)}
    task = Task(eligible, dict.fromkeys(eligible, MARKS), 20, "seed", home, 2)
    one, five, _fifteen = os.getloadavg()
    print(f"{SIZE} entries, {SIZE} judges, {MARKS} marks; {os.cpu_count()} cores, load {one:.1f} {five:.1f}")
    pairs = timed("assignment", lambda: match(task))
    timed("quality of a design", lambda: quality(pairs))
    rule = parse_rule(json.dumps(RULE))
    seats = [("residents", f"j{n:03d}", "") for n in range(SIZE)]
    inputs = Inputs([(name, "", "", "") for name in eligible], (), seats)
    for name, of in (("7 marks", pairs), ("all to all", {(e, j) for e in eligible for j in home})):
        columns = marks(of)
        timed(f"tally, calibrated: {name}", lambda: tally_columns(rule, inputs, columns))  # noqa: B023
        timed(f"tally and analysis: {name}", lambda: analyse(rule, inputs, columns=columns))  # noqa: B023


if __name__ == "__main__":
    main()
