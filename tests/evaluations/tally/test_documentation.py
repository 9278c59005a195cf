"""Every worked example of docs/tally.md, run as it is written."""

import csv
import io
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from evaluations.tally import Inputs, advance, awards, parse_rule, tally
from evaluations.tally.funding import Applicant, FundingRule, fund
from evaluations.tally.inputs import COLUMNS

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(r"^```(?:json|csv) ([a-z-]+)/([a-z.-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples():
    """Example -> file -> text."""
    found = defaultdict(dict)
    for name, file, text in BLOCK.findall((ROOT / "docs" / "tally.md").read_text(encoding="utf-8")):
        assert file not in found[name]
        found[name][file] = text
    return dict(found)


EXAMPLES = examples()
BASE = json.loads(EXAMPLES.pop("base")["rule.json"])
FUNDING = EXAMPLES.pop("funding")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def marks(files):
    """Rows of marks.csv from tables with a column for each seat; such a table is named PANEL.CRITERION.csv."""
    found = []
    for file, text in files.items():
        if file.count(".") == 2:
            panel, criterion, _ = file.split(".")
            for row in rows(text):
                entry = row.pop("entry")
                found += [(panel, entry, seat, criterion, mark) for seat, mark in row.items()]
    return found


def computed(files):
    rule = parse_rule(json.dumps({**BASE, **json.loads(files["changes.json"])}))
    votes, points, adjusted = (
        [tuple(row.values()) for row in rows(files.get(name, ""))]
        for name in ("votes.csv", "given.csv", "adjustments.csv")
    )
    given = marks(files)
    if "entries.csv" in files:
        entries = [tuple(row.values()) for row in rows(files["entries.csv"])]
    else:
        entries = [(name, "", "", "") for name in sorted({row[1] for row in [*given, *votes]})]
    return rule, entries, tally(rule, Inputs(entries, given, given=points, adjustments=adjusted, votes=votes))


def shown(value):
    return " ".join(value) if isinstance(value, list) else "" if value is None else str(value)


EXPECTED = {"standings.csv", "corrections.csv", "awards.csv", "going-on.csv", "warnings.csv"}


def test_the_examples_are_those_expected():
    assert {name: sorted(set(files) & EXPECTED) for name, files in EXAMPLES.items()} == {
        "trim": ["standings.csv"],
        "stages": ["standings.csv"],
        "sheet": ["standings.csv"],
        "panels": ["standings.csv"],
        "advised": ["standings.csv", "warnings.csv"],
        "calibration": ["corrections.csv", "standings.csv"],
        "calibration-cap": ["corrections.csv", "standings.csv"],
        "calibration-few": ["corrections.csv", "standings.csv"],
        "calibration-apart": ["standings.csv", "warnings.csv"],
        "ties": ["standings.csv"],
        "votes-top": ["standings.csv"],
        "votes-ladder": ["standings.csv"],
        "votes-standard": ["standings.csv"],
        "awards": ["awards.csv"],
        "advance": ["going-on.csv"],
        "median": ["standings.csv"],
        "share": ["standings.csv"],
        "few": ["standings.csv"],
        "even": ["standings.csv"],
        "partial": ["standings.csv"],
        "apart": ["standings.csv"],
        "given": ["standings.csv"],
        "tie-median": ["standings.csv"],
        "tie-lot": ["standings.csv"],
        "advance-each": ["going-on.csv"],
    }


@pytest.mark.parametrize("name", [name for name, files in EXAMPLES.items() if "standings.csv" in files])
def test_the_standings_of_an_example(name):
    written = rows(EXAMPLES[name]["standings.csv"])
    _, _, result = computed(EXAMPLES[name])
    standings = json.loads(result.to_bytes())["standings"]
    assert [{key: shown(standing[key]) for key in written[0]} for standing in standings] == written


@pytest.mark.parametrize("kind", ["corrections", "warnings"])
def test_the_corrections_and_warnings_of_an_example(kind):
    files = {name: found for name, found in EXAMPLES.items() if f"{kind}.csv" in found}
    for name, found in files.items():
        written = rows(found[f"{kind}.csv"])
        _, _, result = computed(found)
        items = json.loads(result.to_bytes())[kind]
        assert [{key: shown(item[key]) for key in written[0]} for item in items] == written, name
    assert len(files) > 1


def test_the_money_of_the_example():
    asked = rows(FUNDING["asked.csv"])
    applicants = [
        Applicant(row["entry"], int(row["place"]), "", *(int(row[key]) * 100 for key in ("asked", "least")))
        for row in asked
    ]
    grants = fund(FundingRule(budget=90_000 * 100), applicants)
    found = [(one.entry, one.budget_left // 100, one.amount // 100, one.reason) for one in grants]
    assert [tuple(map(str, row)) for row in found] == [
        tuple(row.values()) for row in rows(FUNDING["given.csv"])
    ]


def test_the_awards_of_the_example():
    rule, _, result = computed(EXAMPLES["awards"])
    found = [{"award": award, "entries": " ".join(names)} for award, names in awards(rule, result).items()]
    assert found == rows(EXAMPLES["awards"]["awards.csv"])


@pytest.mark.parametrize("name", ["advance", "advance-each"])
def test_who_goes_on_in_the_example(name):
    files = EXAMPLES[name]
    rule, entries, result = computed(files)
    cases = {row["sub_district"]: int(row["cases"]) for row in rows(files.get("cases.csv", ""))}
    found = advance(rule, [result], entries, cases, same_judges=True)
    assert [
        {
            "sub_district": name,
            "places": str(places),
            "entries": " ".join(item.entry for item in found.entries if item.sub_district == name),
        }
        for name, places in found.places.items()
    ] == rows(files["going-on.csv"])


def values(document, key=""):
    """Every word of a rule document: `average=median`, `ties=lot`, and every key by itself."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from values(value, name)
    elif isinstance(document, list):
        for item in document:
            yield from values(item, key)
    elif isinstance(document, str):
        yield f"{key}={document.partition(':')[0]}"


def test_every_option_that_changes_a_figure_has_an_example():
    options = {
        *(
            "level=criterion",
            "level=sheet",
            "average=mean",
            "average=median",
            "mode=half_up",
            "mode=half_even",
        ),
        *(
            "kind=marks",
            "kind=votes",
            "kind=given",
            "method=none",
            "if_disconnected=refuse",
            "if_disconnected=uncalibrated",
            "cap",
            "advised",
            "method=additive",
            "method=top",
        ),
        *("method=ladder", "method=standard", "ties=exact", "ties=panel", "ties=criterion", "ties=median"),
        *("ties=lot", "ties=all", "stages=criterion", "stages=weighted", "stages=sheet", "stages=panel"),
        *(
            "stages=total",
            "adjustments",
            "awards",
            "per_sub_district",
            "places",
            "others",
            "min_marks",
            "trim",
        ),
    }
    shown_options = {
        word for files in EXAMPLES.values() for word in values(json.loads(files["changes.json"]))
    }
    assert options - shown_options - set(values(BASE)) == set()


def test_the_documentation_names_every_column_file_and_key():
    text = (ROOT / "docs" / "tally.md").read_text(encoding="utf-8")
    tables = dict(re.findall(r"^\| `([a-z]+\.csv)` \| `([a-z_,]+)` \|", text, re.MULTILINE))
    assert tables == {name: ",".join(columns) for name, columns in COLUMNS.items()}
    schema = json.loads((ROOT / "evaluations/schemas/rule-1.schema.json").read_text(encoding="utf-8"))
    missing = [key for key in schema["properties"] if f'"{key}"' not in text and f"`{key}`" not in text]
    assert missing == []
