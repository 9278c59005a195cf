"""Closing, tallying, publishing, advancing: by actions, on the real database."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from evaluations.actions.advancing import advance_entries
from evaluations.actions.closing import close_due_rounds, close_round_early
from evaluations.actions.counting import tally_inputs
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.tallying import percent, readable, tally_round
from evaluations.actions.voiding import void_sheet
from evaluations.models import Publication, Round, RoundEvent
from evaluations.tally import folder_files
from goldidea.lib.errors import Refusal, StaleState
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]

# Worked by hand, trim 1/1 from 5: a mark list of five loses its highest and its lowest.
FIVE = [("50", "30"), ("55", "35"), ("60", "40"), ("40", "20"), ("52", "31")]
# need: 50, 52, 55 → 52.333… → 52.33; effect: 30, 31, 35 → 32 → 84.33
THREE = [("50.5", "30"), ("51", "31.5"), ("49", "33")]
# fewer than five, nothing dropped: need 150.5/3 → 50.17; effect 94.5/3 → 31.50 → 81.67


@pytest.fixture
def cast():
    return Cast.shangcheng()


@pytest.fixture
def round_(cast):
    season = make.season(cast.district)
    return make.scored_round(season, cast.home, {"早安": FIVE, "夜灯": THREE, "无人": [("1", "1")]})


def closed(round_):
    close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())
    return round_


def tallied(round_):
    return tally_round(closed(round_).pk, timezone.now())


def test_a_round_closes_at_its_time_by_the_databases_clock(cast):
    season = make.season(cast.district)
    now = timezone.now()
    due = make.round(
        season, cast.home, opens_at=now - dt.timedelta(hours=2), closes_at=now - dt.timedelta(seconds=1)
    )
    open_ = make.round(season, cast.neighbour)
    # A wrong clock of the caller closes nothing early.
    assert close_due_rounds(now + dt.timedelta(days=9)) == [due.pk]
    states = dict(Round.objects.values_list("pk", "state"))
    assert states == {due.pk: "closed", open_.pk: "open"}
    assert close_due_rounds(now) == []
    assert list(RoundEvent.objects.values_list("round", "kind")) == [(due.pk, "close")]


def test_the_tally_gives_the_figures_worked_by_hand(round_):
    row = tallied(round_)
    places = [(s.rank, str(s.entry), s.total, s.numbers["flags"]) for s in row.standings.order_by("position")]
    assert places == [
        (1, "早安", "84.33", []),
        (2, "夜灯", "81.67", []),
        (None, "无人", "", ["missing_panel:residents"]),
    ]
    need = row.standings.first().numbers["panels"][0]["criteria"][0]
    assert need == {
        "key": "need",
        "score": "52.33",
        "weighted": "52.33",
        "marks": 5,
        "dropped": 2,
        "percent": "87.2",
    }
    round_.refresh_from_db()
    assert round_.state == "tallied"


@pytest.mark.parametrize(
    ("score", "maximum", "expected"),
    [("18.43", "20", "92.1"), ("0.00", "20", "0.0"), (None, "20", "0"), ("60", "60", "100.0")],
)
def test_a_bars_length(score, maximum, expected):
    assert percent(score, maximum) == expected


def test_a_second_tally_does_nothing(round_):
    first = tallied(round_)
    assert tally_round(round_.pk, timezone.now()) is None
    assert list(round_.tallies.all()) == [first]


def test_the_command_prints_the_same_bytes(round_, tmp_path):
    row = tallied(round_)
    for name, content in folder_files(round_.rule_set.text, tally_inputs(round_)).items():
        (tmp_path / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "evaluations.tally", str(tmp_path)], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == row.result.encode()


def test_superseded_void_and_recused_sheets_do_not_count(round_):
    entry = round_.entries.get(snapshot__body__title="夜灯")
    seats = [assignment.seat for assignment in entry.assignments.order_by("seat__number")]
    make.sheet(seats[0], entry, revision=2, need="60", effect="40")
    sheet = entry.sheets.get(seat=seats[1])
    RoundEvent.objects.create(round=round_, kind="sheet", sheet=sheet, body="{}", digest="1" * 64)
    void_sheet(sheet, by=make.user(), second=make.user(), reason="typed by another", now=timezone.now())
    seats[2].recusals.create(entry=entry, reason="kin")
    marks = [(seat, key, mark) for _p, e, seat, key, mark in tally_inputs(round_).marks if e == entry.key]
    assert sorted(marks) == [(seats[0].pseudonym, "effect", "40.000"), (seats[0].pseudonym, "need", "60.000")]


def test_a_sub_district_is_told_beside_a_pseudonym_from_five_seats_up(round_):
    assert {place for _panel, _seat, place in tally_inputs(round_).seats} == {"清波街道"}
    lonely = make.round(make.season(round_.district, "2019 届"), None)
    make.seat(lonely, make.judge(make.community(round_.sub_district)))
    assert tally_inputs(lonely).seats[0][2] == ""


def test_publication_provisional_then_final(round_):
    tallied(round_)
    by, second, now = make.user(), make.user(), timezone.now()
    round_.refresh_from_db()
    provisional = publish_provisional(round_, by=by, second=second, now=now)
    body = json.loads(provisional.body)
    assert [(s["rank"], s["title"], s["total"]) for s in body["standings"]][:2] == [
        (1, "早安", "84.33"),
        (2, "夜灯", "81.67"),
    ]
    assert body["full_marks" if "full_marks" in body else "rule"]["full_marks"] == "100"
    assert body["notice"]["working_days"] == 0
    round_.refresh_from_db()
    final = publish_final(round_, by=by, second=second, now=now)
    assert final.etag != provisional.etag
    assert [(p.kind, p.tally.state) for p in Publication.objects.order_by("pk")] == [
        ("provisional", "final"),
        ("final", "final"),
    ]


def test_final_waits_for_the_notice(cast):
    season = make.season(cast.district)
    conduct = {**make.RULE["conduct"], "notice_working_days": 3}
    rules = make.rule_set(season, conduct=conduct)
    round_ = make.scored_round(season, cast.home, {"早安": FIVE}, rules=rules)
    tallied(round_)
    round_.refresh_from_db()
    thursday = dt.datetime(2018, 11, 8, 4, tzinfo=dt.UTC)
    publish_provisional(round_, by=make.user(), second=make.user(), now=thursday)
    assert round_.notice_to == dt.date(2018, 11, 13)  # Friday, Monday, Tuesday
    with pytest.raises(Refusal):
        publish_final(
            round_, by=make.user(), second=make.user(), now=dt.datetime(2018, 11, 13, 15, 59, tzinfo=dt.UTC)
        )
    publish_final(
        round_, by=make.user(), second=make.user(), now=dt.datetime(2018, 11, 13, 16, 1, tzinfo=dt.UTC)
    )
    assert round_.state == "final"


def test_publishing_takes_two_people_of_the_place(round_, cast):
    tallied(round_)
    round_.refresh_from_db()
    people, now = cast.people, timezone.now()
    decision = request_decision("publish_provisional", round_, {}, by=people["subdistrict_staff"], now=now)
    approve_decision(decision, by=people["subdistrict_staff_2"], now=now)
    round_.refresh_from_db()
    assert round_.state == "on_notice"


def test_a_published_snapshot_never_changes(round_):
    tallied(round_)
    round_.refresh_from_db()
    publish_provisional(round_, by=make.user(), second=make.user(), now=timezone.now())
    from django.db import DatabaseError, transaction

    for change in (lambda: Publication.objects.update(body="{}"), lambda: Publication.objects.all().delete()):
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            change()
        assert error.value.__cause__.pgcode == "GI014"


def test_entries_advance_into_the_final(cast):
    season = make.season(cast.district)
    rules = make.rule_set(season, advance={"per_sub_district": 1, "others": 0, "ties": "all"})
    rounds = [
        make.scored_round(season, cast.home, {"早安": FIVE, "夜灯": THREE}, rules=rules),
        make.scored_round(season, cast.neighbour, {"桥下": THREE, "菜场": FIVE}, rules=rules),
    ]
    final = make.round(season, None, rules, "draft")
    by, now = cast.people["district_staff"], timezone.now()
    with pytest.raises(Refusal, match="清波街道评选、湖滨街道评选"):
        advance_entries(final, by=by, now=now)
    for round_ in rounds:
        tallied(round_)
        round_.refresh_from_db()
        publish_provisional(round_, by=by, second=make.user(), now=now)
        publish_final(round_, by=by, second=make.user(), now=now)
    came, gone = advance_entries(final, by=by, now=now)
    assert (sorted(map(str, came)), gone) == (["早安", "菜场"], [])
    assert advance_entries(final, by=by, now=now) == ([], [])
    assert final.entries.count() == 2


def test_nobody_advances_on_other_figures_than_the_published_ones(cast):
    season = make.season(cast.district)
    rules = make.rule_set(season, advance={"per_sub_district": 1, "others": 0, "ties": "all"})
    round_ = make.scored_round(season, cast.home, {"早安": FIVE, "夜灯": THREE}, rules=rules)
    final = make.round(season, None, rules, "draft")
    people = {"by": cast.people["district_staff"], "second": make.user(), "now": timezone.now()}
    tallied(round_)
    round_.refresh_from_db()
    publish_provisional(round_, **people)
    publish_final(round_, **people)
    # No action does this after the close; a row written by hand would.
    round_.seats.first().recusals.create(entry=round_.entries.first(), reason="kin")
    with pytest.raises(Refusal) as refused:
        advance_entries(final, by=people["by"], now=people["now"])
    assert (refused.value.code, final.entries.count()) == ("not-as-published", 0)


def test_closing_twice_is_told(round_):
    closed(round_)
    with pytest.raises(StaleState):
        close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())


@pytest.mark.parametrize(
    ("figure", "places", "shown"),
    [
        ("629/38", 2, "16.55"),
        ("89/6", 2, "14.83"),
        ("-1/3", 1, "-0.3"),
        ("1/3", 0, "0"),
        ("1/300", 2, "0.00"),
        ("18.21", 2, "18.21"),
        (None, 2, None),
    ],
)
def test_a_score_that_no_stage_rounds_is_shown_rounded(figure, places, shown):
    assert readable(figure, places) == shown


def test_where_whole_sheets_are_averaged_a_criterion_is_shown_with_decimals_and_kept_as_a_fraction(cast):
    season = make.season(cast.district)
    rules = make.rule_set(
        season, level="sheet", rounding={"mode": "half_up", "places": 2, "stages": ["panel", "total"]}
    )
    marks = {"早安": [("50", "30"), ("50.5", "30"), ("50.5", "31")]}
    round_ = make.scored_round(season, cast.home, marks, rules=rules)
    close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())
    row = tally_round(round_.pk, timezone.now())
    kept = json.loads(row.result)["standings"][0]["panels"]["residents"]["criteria"]["need"]["score"]
    (panel,) = row.standings.get().numbers["panels"]
    assert (kept, panel["criteria"][0]["score"]) == ("151/3", "50.33")
