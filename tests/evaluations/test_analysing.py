"""Calibration and analysis in the application: corrections in the standings, the analysis beside the tally, refusals."""

import json
import random

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from evaluations.actions import analysing
from evaluations.actions.closing import close_round_early
from evaluations.actions.counting import tally_inputs
from evaluations.actions.tallying import tally_round
from evaluations.models import Analysis, Round, TallyRefusal
from evaluations.parsed import parsed_rule
from evaluations.tally.analysis import analyse
from evaluations.tasks import analyse_tally, tick
from tests import make
from tests.evaluations.tally.test_schemas import faults, validator
from tests.personas import Cast

pytestmark = pytest.mark.django_db
CALIBRATED = {
    "level": "sheet",
    "calibration": {"method": "additive", "cap": "15", "min_marks": 1, "if_disconnected": "refuse"},
    "rounding": {"mode": "half_up", "places": 2, "stages": ["panel", "total"]},
    "min_marks": 1,
}


def scored(entries=6, seats=5, **rule):
    """An open round in which each seat marks its own way."""
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    chance = random.Random(4)
    marks = {
        f"案例{e}": [
            (str(min(60, 40 + e - s + chance.randrange(4))), str(20 + chance.randrange(6)))
            for s in range(seats)
        ]
        for e in range(entries)
    }
    return make.scored_round(season, cast.home, marks, rules=make.rule_set(season, **rule))


def tallied(round_):
    close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())
    return tally_round(round_.pk, timezone.now())


def test_corrections_and_the_plain_rank_stand_in_the_tally():
    row = tallied(scored(**CALIBRATED))
    result = json.loads(row.result)
    assert sum(abs(float(item["points"])) for item in result["corrections"]) > 4
    for standing in row.standings.select_related("entry"):
        assert standing.numbers["uncalibrated"]["rank"] in range(1, 7)


def test_a_tally_is_analysed_once_and_beside_it():
    row = tallied(scored())
    before = row.result
    analyse_tally(row.pk)
    analyse_tally(row.pk)
    found = Analysis.objects.get(tally=row)
    row.refresh_from_db()
    assert row.result == before
    document = json.loads(found.body)
    assert faults(validator("analysis"), document) == []
    assert document["marks_sha256"] == row.marks_sha256
    # Seats and entries of the round tell where judges are at home, communities too.
    rule, inputs = parsed_rule(row.round.rule_set), tally_inputs(row.round)
    homes = analysing.homes_of(row.round)
    assert found.body.encode() == analyse(rule, inputs, homes)
    assert all(place and community for place, community in homes.values())


def test_an_analysis_is_never_changed():
    row = tallied(scored())
    analyse_tally(row.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Analysis.objects.filter(tally=row).update(body="{}")


def test_the_tick_rings_for_a_lost_message(monkeypatch):
    row = tallied(scored())
    rung = []
    monkeypatch.setattr("evaluations.tasks.enqueue", lambda path, **ids: rung.append((path, ids)))
    tick()
    assert ("evaluations.tasks.analyse_tally", {"tally_id": row.pk}) in rung
    analyse_tally(row.pk)
    rung.clear()
    tick()
    assert rung == []


def test_a_failing_analysis_leaves_the_tally_alone(monkeypatch, caplog):
    row = tallied(scored())

    def fail(*_given):
        raise ValueError("singular")

    monkeypatch.setattr("evaluations.tally.analysis.analyse", fail)
    assert analysing.analyse_tally(row.pk).body == ""
    assert "could not be computed" in caplog.text
    assert Round.objects.get(pk=row.round_id).state == "tallied"


def test_judges_who_cannot_be_compared_leave_the_round_closed_with_the_reason():
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    rules = make.rule_set(season, **CALIBRATED)
    round_ = make.scored_round(season, cast.home, {"甲": [("50", "30")]}, rules=rules)
    other = make.entry(round_, make.submission(season, make.community(cast.home), "accepted", "乙"))
    seat = make.seat(round_, make.judge(make.community(cast.home)))
    make.assign(seat, other)
    make.sheet(seat, other, need="20", effect="30")
    assert tallied(round_) is None
    refusal = TallyRefusal.objects.get()
    round_.refresh_from_db()
    assert (round_.state, refusal.code) == ("closed", "disconnected")
    assert list(Round.objects.awaiting_tally()) == []
    with translation.override("zh-hans"):
        assert str(refusal).startswith("评委组“residents”无法校正")
