"""The analysis: how sure ranks are, who judged how, which awards hang on one judge. Reproducible, never official."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest

from evaluations.tally import awards, folder_files, tally
from evaluations.tally.additive import Design
from evaluations.tally.analysis import analyse
from evaluations.tally.diagnostics import adjusted_p, home_advantage, judge_figures, same_marks
from evaluations.tally.inputs import Inputs
from evaluations.tally.intervals import Belief, belief, rank_draws, seed_words

from .rounds import criterion, document, panel, rounding
from .rounds import rule as make_rule
from .test_calibration import ADDITIVE
from .test_schemas import faults, validator

ROOT = Path(__file__).resolve().parents[3]
ANALYSIS = validator("analysis")
AWARDS = [
    {"id": "first", "name": {"en": "First"}, "places": 2},
    {"id": "second", "name": {"en": "Second"}, "places": 3},
]
PLAN = {
    "criteria": [criterion("need", max="60", step="0.01"), criterion("effect", max="40", step="0.01")],
    "trim": {"high": 1, "low": 1, "from": 5, "advised": 0},
    "awards": AWARDS,
    "adjustments": {"min": "-5", "max": "5"},
    "rounding": rounding("panel", "total"),
    "min_marks": 3,
    "level": "sheet",
}


def season(seed=5, entries=14, judges=9, each=6, gap=3.0):
    """Marks of judges of different strictness for entries of different quality."""
    chance = Random(seed)
    quality = [chance.gauss(0, gap) for _ in range(entries)]
    severity = [chance.gauss(0, 4) for _ in range(judges)]
    rows = []
    for e in range(entries):
        for j in chance.sample(range(judges), each):
            for name, middle, most in (("need", 40, 60), ("effect", 25, 40)):
                mark = round(middle + quality[e] - severity[j] + chance.gauss(0, 2), 2)
                rows.append(("residents", f"E{e:02d}", f"s{j}", name, f"{min(max(mark, 0), most):g}"))
    places = [(f"E{e:02d}", f"Case {e}", f"c{e}", f"d{e % 3}") for e in range(entries)]
    seats = [("residents", f"s{j}", f"d{j % 3}") for j in range(judges)]
    return Inputs(places, rows, seats, adjustments=[("E00", "2", "")])


def found(rule_set, given, **more):
    return json.loads(analyse(rule_set, given, **more))


def test_an_analysis_fits_its_schema_and_names_the_marks():
    rule_set, given = make_rule(**PLAN), season()
    document_ = found(rule_set, given)
    assert faults(ANALYSIS, document_) == []
    result = tally(rule_set, given)
    assert document_["marks_sha256"] == result.marks_sha256
    assert [(row["entry"], row["rank"]) for row in document_["standings"]] == [
        (row.entry, row.rank) for row in result.standings
    ]
    for row in document_["standings"]:
        low, high = row["interval"]
        assert 1 <= low <= float(row["expected_rank"]) <= high <= 14
        assert float(row["p_top"]["award:first"]) <= float(row["p_top"]["award:second"])
        assert row["outside"] == (not low <= row["rank"] <= high)
    for line, places in (("award:first", 2), ("award:second", 5)):
        total = sum(float(row["p_top"][line]) for row in document_["standings"])
        assert total == pytest.approx(places, abs=0.01)
    band = {item["line"]: item["borderline"] for item in document_["lines"]}
    assert band["award:first"] == [
        row["entry"] for row in document_["standings"] if 0.05 < float(row["p_top"]["award:first"]) < 0.95
    ]


def test_the_same_marks_give_the_same_bytes_in_any_order():
    rule_set, given = make_rule(**PLAN), season()
    first = analyse(rule_set, given)
    mixed = Random(1).sample(given.marks, len(given.marks))
    assert (
        analyse(
            rule_set, Inputs(given.entries[::-1], mixed, given.seats[::-1], adjustments=given.adjustments)
        )
        == first
    )
    other = season(seed=6)
    assert analyse(rule_set, other) != first


def test_the_command_prints_it(tmp_path):
    rule_set, given = make_rule(**PLAN), season()
    for name, data in folder_files(json.dumps(document(**PLAN)), given).items():
        (tmp_path / name).write_bytes(data)
    ran = subprocess.run(
        [sys.executable, "-m", "evaluations.tally", str(tmp_path), "--analysis"],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "1"},
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout == analyse(rule_set, given)


def test_clear_quality_gives_narrow_intervals_and_noise_wide_ones():
    rule_set = make_rule(**PLAN)
    widths = [
        sum(row["interval"][1] - row["interval"][0] for row in found(rule_set, season(gap=gap))["standings"])
        for gap in (20.0, 0.3)
    ]
    assert widths[0] < 40 < widths[1], widths


def test_nothing_is_claimed_where_nothing_is_left_to_measure_chance_by():
    rule_set = make_rule(**{**PLAN, "min_marks": 1})
    given = season()
    rows = [row for row in given.marks if row[2] == "s0"]
    names = {row[1] for row in rows}
    alone = Inputs([entry for entry in given.entries if entry[0] in names], rows)
    document_ = found(rule_set, alone)
    assert faults(ANALYSIS, document_) == []
    assert {row["interval"] is None for row in document_["standings"]} == {True}
    assert document_["lines"] == []
    assert found(rule_set, Inputs(given.entries, []))["panels"] == []


def test_several_panels_votes_and_advance():
    plan = {
        **PLAN,
        "panels": [
            panel("residents", "0.7"),
            panel("experts", "0.3", criteria=["need"]),
            panel("online", "0.1", "votes", conversion={"method": "top", "full": "100"}),
        ],
        "advance": {"per_sub_district": 2, "ties": "all"},
    }
    given = season()
    experts = [("experts", *row[1:]) for row in season(9, each=4).marks if row[3] == "need"]
    votes = [("online", entry[0], str(number)) for number, entry in enumerate(given.entries)]
    both = Inputs(given.entries, [*given.marks, *experts], votes=votes)
    document_ = found(make_rule(**plan), both)
    assert faults(ANALYSIS, document_) == []
    assert [item["panel"] for item in document_["panels"]] == ["residents", "experts"]
    total = sum(float(row["p_top"]["advance"]) for row in document_["standings"])
    assert total == pytest.approx(3 * 2, abs=0.01)


# Draws


def test_known_beliefs_give_known_chances():
    """Two entries a standard deviation of their difference apart: Φ(1) = .8413."""
    two = Belief(np.array([1.0, 0.0]), np.eye(2) / 2, 0.0, 1.0)
    drawn = rank_draws([(1.0, two)], np.zeros(2), seed_words("1" * 64))
    assert drawn.top(1) == pytest.approx([0.8413, 0.1587], abs=0.01)
    assert [ends.tolist() for ends in drawn.interval()] == [[1, 1], [2, 2]]
    assert drawn.expected() == pytest.approx([1.1587, 1.8413], abs=0.01)
    weighted = rank_draws([(2.0, two)], np.array([0.0, 2.0]), seed_words("1" * 64))
    assert weighted.top(1) == pytest.approx([0.5, 0.5], abs=0.02)


def test_pure_noise_is_shrunken_away():
    chance = np.random.RandomState(4)
    entry, judge = (found.ravel() for found in np.meshgrid(np.arange(30), np.arange(8), indexing="ij"))
    noise = belief(Design(entry, judge, 30, 8), chance.standard_normal(240))
    clear = belief(Design(entry, judge, 30, 8), 10.0 * entry + chance.standard_normal(240))
    assert np.ptp(noise.mean) < 0.3
    assert clear.mean == pytest.approx(np.arange(30) * 10.0, abs=1.5)


# Judges


def test_a_judge_who_marks_at_random_is_found_and_nobody_else():
    chance = np.random.RandomState(1)
    entry, judge = (found.ravel() for found in np.meshgrid(np.arange(40), np.arange(10), indexing="ij"))
    totals = entry - 3.0 * (judge == 2) + chance.standard_normal(400)
    totals[judge == 7] = chance.uniform(0, 40, 40)
    figures = judge_figures(Design(entry, judge, 40, 10), totals, np.zeros(10))
    assert np.flatnonzero(figures.adjusted < 0.05).tolist() == [7]
    assert figures.severity[2] - np.delete(figures.severity, [2, 7]).mean() == pytest.approx(3, abs=1.5)
    assert figures.degrees.sum() == pytest.approx(400 - 40 - 10 + 1)


def test_benjamini_and_hochbergs_own_example():
    """The fifteen p of their paper (1995, section 3.2): four are rejected at .05."""
    p = np.array(
        [
            *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
            *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
        ]
    )
    assert int((adjusted_p(p) <= 0.05).sum()) == 4
    assert adjusted_p(p[::-1]).tolist() == adjusted_p(p)[::-1].tolist()


def test_the_same_marks_again_and_again_are_noticed():
    judge, patterns = np.array([0, 0, 0, 1, 1, 1]), np.array([5, 5, 5, 1, 2, 2])
    assert same_marks(judge, patterns, 2).tolist() == [1.0, 2 / 3]
    given = season()
    rows = [(*row[:4], "20") if row[2] == "s4" else row for row in given.marks]
    document_ = found(make_rule(**PLAN), Inputs(given.entries, rows))
    assert [item["seat"] for item in document_["judges"] if "same_marks" in item["review"]] == ["s4"]


def test_a_home_advantage_is_measured():
    chance = np.random.RandomState(2)
    entry, judge = (found.ravel() for found in np.meshgrid(np.arange(40), np.arange(10), indexing="ij"))
    own = entry % 10 == judge
    totals = entry - judge + 2.5 * own + chance.standard_normal(400)
    home = home_advantage(Design(entry, judge, 40, 10), totals, own)
    assert home.coefficient == pytest.approx(2.5, abs=3 * home.error)
    assert home.marks == 40 and home.t > 5 and home.p < 1e-4
    assert home.degrees == 400 - 40 - 10 + 1 - 1
    assert home_advantage(Design(entry, judge, 40, 10), totals, judge == 3) is None


@pytest.mark.parametrize(("sheets", "told"), [(4, False), (5, True)])
def test_a_home_advantage_of_few_sheets_would_tell_whose_they_are(sheets, told):
    entry, judge = (found.ravel() for found in np.meshgrid(np.arange(40), np.arange(10), indexing="ij"))
    totals = entry - judge + np.random.RandomState(2).standard_normal(400)
    own = np.cumsum(entry % 10 == judge) * (entry % 10 == judge)
    design = Design(entry, judge, 40, 10)
    assert (home_advantage(design, totals, (own > 0) & (own <= sheets)) is not None) is told


def test_homes_come_from_the_seats_or_from_who_asks():
    rule_set, given = make_rule(**PLAN), season()
    assert {item["place"] for item in found(rule_set, given)["home"]} == {"sub_district"}
    homes = {("residents", f"s{j}"): ("", f"c{j}") for j in range(9)}
    assert {item["place"] for item in found(rule_set, given, homes=homes)["home"]} == {"community"}
    assert found(rule_set, given, homes={})["home"] == []


# Influence


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"level": "criterion", "rounding": rounding("criterion", "weighted", "panel", "total")},
        {"average": "median"},
        {"calibration": {**ADDITIVE, "cap": "3", "min_marks": 4}},
        {"panels": [panel("residents", "0.7"), panel("experts", "0.3", criteria=["need"])]},
    ],
)
def test_influence_is_what_a_tally_without_the_judge_gives(changes):
    rule_set, given = make_rule(**{**PLAN, **changes}), season(11, each=5, gap=1.0)
    if "panels" in changes:
        more = [("experts", *row[1:]) for row in season(9, each=4).marks if row[3] == "need"]
        given = Inputs(given.entries, [*given.marks, *more], adjustments=given.adjustments)
    official = tally(rule_set, given)
    now = {entry: line for line, names in awards(rule_set, official).items() for entry in names}
    expected = []
    for panel_id, seat in sorted(
        {row[:3:2] for row in given.marks}, key=lambda x: ([p.id for p in rule_set.panels].index(x[0]), x[1])
    ):
        rest = [row for row in given.marks if row[:3:2] != (panel_id, seat)]
        result = tally(rule_set, Inputs(given.entries, rest, adjustments=given.adjustments))
        then = {entry: line for line, names in awards(rule_set, result).items() for entry in names}
        changed = {
            e: (now.get(e), then.get(e)) for e in now.keys() | then.keys() if now.get(e) != then.get(e)
        }
        if changed:
            expected.append((panel_id, seat, changed))
    computed = [
        (item["panel"], item["seat"], {c["entry"]: (c["award"], c["without"]) for c in item["changes"]})
        for item in found(rule_set, given)["influence"]
    ]
    assert computed == expected
    assert expected
