"""Random rules with random rounds, and the three programs that count them: the engine, verify.py, the page's module.

Each writes the whole result; the bytes have to be equal. All options of a rule set occur: levels, averages, trimming,
panels of marks, votes and given points, calibration, roundings, ladders of ties with lots, adjustments, gaps.
"""

import contextlib
import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluations.bundle import verify
from evaluations.tally import Inputs, TallyError, folder_files, parse_rule, tally
from evaluations.tally.messages import FolderError, RuleErrors

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("check-sha256.js", "check-tally.js")
STAGES = {
    "criterion": ("criterion", "weighted", "panel", "share", "total"),
    "sheet": ("sheet", "panel", "share", "total"),
}
RUNNER = """
import { createInterface } from "readline";
import { Tally, canonical } from "./check-tally.js";
for await (const line of createInterface({ input: process.stdin })) {
  const { rule, rows, published } = JSON.parse(line);
  let told;
  try {
    const names = rows["entries.csv"].map((row) => row[0]);
    const found = new Tally(rule, names, rows["marks.csv"], rows["given.csv"], rows["adjustments.csv"], rows["votes.csv"]);
    told = canonical(found.document(published));
  } catch (error) {
    told = `wrong ${error.code || error.stack}`;
  }
  process.stdout.write(`${told}\\n`);
}
"""


def random_case(chance: random.Random) -> tuple[dict[str, Any], Inputs]:
    """A rule set and a round under it; not every one is accepted by the engine."""
    level = chance.choice(("criterion", "sheet"))
    criteria = [
        {
            "id": f"c{number}",
            "name": {"zh-hans": f"指标{number}", "en": f"Criterion {number}"},
            "min": chance.choice(("0", "0", "-5", "1")),
            "max": chance.choice(("10", "20", "100")),
            "step": chance.choice(("1", "0.5", "0.25", "0.1")),
            "weight": chance.choice(("1", "1", "0.5", "2", "0.333", "0")),
        }
        for number in range(chance.randint(1, 4))
    ]
    panels = [_panel(chance, number, [c["id"] for c in criteria]) for number in range(chance.randint(1, 3))]
    drops = (chance.randint(0, 2), chance.randint(0, 2))
    trim = {"high": drops[0], "low": drops[1], "from": sum(drops) + chance.randint(1, 3)}
    rule: dict[str, Any] = {
        "format": "goldidea-rule/1",
        "criteria": criteria,
        "panels": panels,
        "level": level,
        "average": chance.choice(("mean", "mean", "median")),
        "trim": {**trim, "advised": chance.randint(0, 7)},
        "min_marks": chance.randint(0, 3),
        "calibration": _calibration(chance, level),
        "rounding": {
            "mode": chance.choice(("half_up", "half_even")),
            "places": chance.randint(0, 4),
            "stages": [stage for stage in STAGES[level] if chance.random() < 0.6],
        },
        "ties": _ties(chance, panels, criteria),
        "lot_seed": "晴天 sunny" if chance.random() < 0.7 else None,
    }
    if chance.random() < 0.5:
        rule["adjustments"] = {"min": "-5", "max": "10"}
    return rule, _round(chance, rule)


def _panel(chance: random.Random, number: int, criteria: list[str]) -> dict[str, Any]:
    kind = chance.choice(("marks", "marks", "marks", "votes", "given"))
    panel: dict[str, Any] = {
        "id": f"p{number}",
        "kind": kind,
        "weight": chance.choice(("1", "0.7", "0.3", "0.333", "0")),
    }
    if kind == "marks" and chance.random() < 0.3:
        panel["criteria"] = sorted(chance.sample(criteria, chance.randint(1, len(criteria))))
    if kind == "votes":
        panel["conversion"] = chance.choice(
            (
                {"method": "top", "full": "100"},
                {"method": "ladder", "first": "10", "step": chance.choice(("0.5", "3", "0"))},
                {"method": "standard", "mean": "70", "spread": "10"},
            )
        )
    return panel


def _calibration(chance: random.Random, level: str) -> dict[str, Any]:
    if level != "sheet" or chance.random() < 0.4:
        return {"method": "none"}
    return {
        "method": "additive",
        "cap": chance.choice(("15", "2", "0.5")),
        "min_marks": chance.randint(0, 4),
        "if_disconnected": chance.choice(("refuse", "uncalibrated")),
    }


def _ties(chance: random.Random, panels: list[dict[str, Any]], criteria: list[dict[str, Any]]) -> list[str]:
    marking = [panel for panel in panels if panel["kind"] == "marks" and panel["weight"] != "0"]
    steps = [
        "exact",
        "median",
        "lot",
        *(f"panel:{panel['id']}" for panel in panels if panel["weight"] != "0"),
    ]
    for panel in marking:
        names = panel.get("criteria", [criterion["id"] for criterion in criteria])
        steps += [f"criterion:{panel['id']}/{name}" for name in names]
    chance.shuffle(steps)
    return steps[: chance.randint(0, len(steps))]


def _round(chance: random.Random, rule: dict[str, Any]) -> Inputs:
    """Few different marks, so that many totals are equal; gaps on sheets, entries that hardly anybody marked."""
    entries = [(f"2018-q{n:02d}", f"案例“{n}”, 之{n}", "社区", "街道") for n in range(chance.randint(1, 9))]
    marks, votes, given, adjustments = [], [], [], []
    few = chance.random() < 0.5
    gap = chance.choice((0, 0, 0.05, 0.2))
    for panel in rule["panels"]:
        if panel["kind"] == "votes":
            most = chance.choice((0, 1, 3, 100_000))
            votes += [(panel["id"], entry[0], str(chance.randint(0, most))) for entry in entries]
        elif panel["kind"] == "given":
            given += [
                (panel["id"], entry[0], chance.choice(("80", "80.5", "77.77", "", "-3")))
                for entry in entries
                if chance.random() < 0.9
            ]
        else:
            marks += _marks(chance, rule, panel, entries, few, gap)
    if "adjustments" in rule:
        adjustments = [
            (entry[0], chance.choice(("1", "0.5", "-2.25")), "依据“三”")
            for entry in entries
            if chance.random() < 0.3
        ]
    return Inputs(entries=entries, marks=marks, given=given, adjustments=adjustments, votes=votes)


def _marks(
    chance: random.Random,
    rule: dict[str, Any],
    panel: dict[str, Any],
    entries: list[Any],
    few: bool,
    gap: float,
) -> Iterator[tuple[str, str, str, str, str]]:
    criteria = [c for c in rule["criteria"] if c["id"] in panel.get("criteria", [c["id"]])]
    seats = [f"s{panel['id']}{n}" for n in range(chance.randint(1, 8))]
    for entry in entries:
        for seat in seats:
            if chance.random() < 0.15:
                continue
            for criterion in criteria:
                text = "" if chance.random() < gap else _mark(chance, criterion, few)
                yield panel["id"], entry[0], seat, criterion["id"], text


def _mark(chance: random.Random, criterion: dict[str, str], few: bool) -> str:
    low, step = verify.decimal(criterion["min"]), verify.decimal(criterion["step"])
    steps = (verify.decimal(criterion["max"]) - low) // step
    value = low + step * (chance.choice((0, steps // 2, steps)) if few else chance.randint(0, int(steps)))
    text = verify.figure(value, chance.randint(0, 3))
    return str(text)


def half_sheets() -> tuple[dict[str, Any], Inputs]:
    """Equal totals and no whole sheet: the step `median` has no value to compare, which chance hardly ever brings."""
    scale = {"min": "0", "max": "10", "step": "1", "weight": "1"}
    rule = {
        **random_case(random.Random(1))[0],
        "criteria": [{"id": key, "name": {"en": key}, **scale} for key in ("c0", "c1")],
        "panels": [{"id": "p0", "kind": "marks", "weight": "1"}],
        "level": "criterion",
        "average": "mean",
        "trim": {"high": 0, "low": 0, "from": 1, "advised": 0},
        "min_marks": 1,
        "calibration": {"method": "none"},
        "rounding": {"mode": "half_up", "places": 2, "stages": ["total"]},
        "ties": ["median", "lot"],
        "lot_seed": "晴天",
    }
    entries = [(name, name, "社区", "街道") for name in ("a", "b")]
    marks = [("p0", entry, seat, key, "5") for entry in "ab" for seat, key in (("s1", "c0"), ("s2", "c1"))]
    return rule, Inputs(entries=entries, marks=marks)


def accepted_cases(count: int, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, bytes], bytes]]:
    """So many rule sets with the files of a round and the engine's result.json. What the engine refuses is left out."""
    chance = random.Random(seed)
    first: list[tuple[dict[str, Any], Inputs]] = [half_sheets()]
    while count:
        rule, inputs = first.pop() if first else random_case(chance)
        text = json.dumps(rule)
        with contextlib.suppress(RuleErrors, FolderError, TallyError):
            result = tally(parse_rule(text), inputs).to_bytes()
            files = folder_files(text, inputs)
            count -= 1
            yield rule, files, result


def by_verifier(rule: dict[str, Any], files: dict[str, bytes], published: dict[str, Any]) -> bytes:
    rows = {name: verify.read_rows(files, name) for name in files if name.endswith(".csv")}
    found = verify.Tally(
        rule,
        [row[0] for row in rows["entries.csv"]],
        rows["marks.csv"],
        *(rows[name] for name in ("given.csv", "adjustments.csv", "votes.csv")),
    )
    return verify.canonical(found.document(published))


class Page:
    """The modules of the page, run by Node from a folder of their own."""

    def __init__(self, folder: Path) -> None:
        for name in MODULES:
            shutil.copy(ROOT / "goldidea" / "static" / "js" / name, folder / name)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "run.js").write_text(RUNNER)
        self.folder = folder

    def results(self, lines: list[str]) -> list[bytes]:
        done = subprocess.run(
            ["node", str(self.folder / "run.js")],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            check=True,
        )
        return [line.encode() for line in done.stdout.splitlines()]


def compare(count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """How often each option occurred, and the cases in which the three do not agree (as JSON)."""
    seen: Counter[str] = Counter()
    apart, asked, engine = [], [], []
    for rule, files, result in accepted_cases(count, seed):
        published = json.loads(result)
        rows = {name: verify.read_rows(files, name) for name in files if name.endswith(".csv")}
        asked.append(json.dumps({"rule": rule, "rows": rows, "published": published}))
        engine.append(result.rstrip(b"\n"))
        try:
            own = by_verifier(rule, files, published)
        except verify.Wrong as wrong:
            own = f"wrong {wrong.code}".encode()
        if own != engine[-1]:
            apart.append(f"verify.py {own[:3000]!r} {asked[-1]}")
        seen.update(options_of(rule, published))
    for line, own, page in zip(asked, engine, Page(folder).results(asked), strict=True):
        if page != own:
            apart.append(f"page {page[:3000]!r} {line}")
    return seen, apart


def options_of(rule: dict[str, Any], published: dict[str, Any]) -> set[str]:
    """What of a rule set this case exercised."""
    found = {rule["level"], rule["average"], *(panel["kind"] for panel in rule["panels"])}
    found |= {panel["conversion"]["method"] for panel in rule["panels"] if "conversion" in panel}
    found |= {str(line["tie_broken_by"]).partition(":")[0] for line in published["standings"]}
    found |= {warning["code"] for warning in published["warnings"]}
    found |= {"shared rank"} if any(line["tied"] for line in published["standings"]) else set()
    found |= {"unranked"} if any(line["rank"] is None for line in published["standings"]) else set()
    found |= {"adjusted"} if "adjustments" in rule else set()
    found |= {"corrected"} if published["corrections"] else set()
    return found - {"None"}
