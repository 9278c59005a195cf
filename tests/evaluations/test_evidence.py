"""What the database itself refuses, as the application's role."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from evaluations.models import (
    Adjustment,
    Analysis,
    Bundle,
    Correction,
    Mark,
    Publication,
    Reading,
    RoundEvent,
    ScoreSheet,
    SheetVoid,
    SubmissionSnapshot,
    Tally,
    TrialSheet,
    VoteCount,
    VotePanel,
)
from goldidea.lib import audit
from goldidea.lib.audit_sealing import seal_audit
from goldidea.lib.evidence import EVIDENCE_TABLES
from goldidea.lib.sealing import checkpoint
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """An open round with one entry, one assigned seat and one sheet with its mark, event and void."""
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    rules = make.rule_set(season)
    case = make.submission(season, cast.neighbour_community, "accepted")
    round_ = make.round(season, cast.neighbour, rules)
    entry, seat = make.entry(round_, case), make.seat(round_, cast.resident)
    make.assign(seat, entry)
    sheet = ScoreSheet.objects.create(
        round=round_, seat=seat, entry=entry, revision=1, client_key=uuid.uuid4(), salt="00"
    )
    Mark.objects.create(sheet=sheet, criterion=rules.criteria.first(), value="30.5")
    event = RoundEvent.objects.create(round=round_, kind="sheet", sheet=sheet, body="{}", digest="0" * 64)
    SheetVoid.objects.create(sheet=sheet, event=event)
    Reading.objects.create(seat=seat, entry=entry)
    TrialSheet.objects.create(seat=seat, marks={})
    audit.record("look", case, by=cast.people["district_staff"])
    seal_audit()
    head = checkpoint("audit", "hourly")
    tally = Tally.objects.create(round=round_, version=1, result="{}")
    Analysis.objects.create(tally=tally, body="{}")
    before = Publication.objects.create(round=round_, tally=tally, kind="final", body="{}", etag="0" * 64)
    logged = [
        RoundEvent.objects.create(round=round_, kind=kind, body="{}", digest=digit * 64)
        for kind, digit in (("correct", "1"), ("adjust", "2"))
    ]
    Correction.objects.create(
        round=round_, tally=tally, before=before, kind="adjustment", changes=[], event=logged[0]
    )
    Adjustment.objects.create(entry=entry, points=1, event=logged[1])
    _voted(cast, season)
    Bundle.objects.create(tally=tally, checkpoint=head, sha256="0" * 64, size=1, with_marks=True)
    return {
        "cast": cast,
        "round": round_,
        "entry": entry,
        "seat": seat,
        "sheet": sheet,
        "rules": rules,
        "case": case,
    }


def _voted(cast, season):
    """A row of votes, of another round that is closed."""
    closed = make.round(season, cast.home, state="closed")
    entry = make.entry(closed, make.submission(season, cast.community, "accepted"))
    VoteCount.objects.create(panel=VotePanel.objects.create(round=closed, key="online"), entry=entry, votes=1)


def refused(action, code=None):
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        action()
    if code:
        assert error.value.__cause__.pgcode == code


@pytest.mark.parametrize("table", EVIDENCE_TABLES)
@pytest.mark.parametrize("verb", ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_evidence_is_never_changed(scene, table, verb):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    refused(lambda: connection.cursor().execute(verb.format(table)))


def test_the_application_cannot_switch_the_triggers_off(scene):
    for sql in (
        "ALTER TABLE evaluations_scoresheet DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE goldidea_owner",
        "DROP TABLE evaluations_mark",
    ):
        refused(lambda sql=sql: connection.cursor().execute(sql))


def sheet(scene, **values):
    fields = {
        "round": scene["round"],
        "seat": scene["seat"],
        "entry": scene["entry"],
        "revision": 2,
        "salt": "00",
    }
    return lambda: ScoreSheet.objects.create(client_key=uuid.uuid4(), **{**fields, **values})


def test_a_sheet_is_refused_when_the_round_is_not_open(scene):
    scene["round"].__class__.objects.filter(pk=scene["round"].pk).update(state="counting")
    refused(sheet(scene), "GI001")


def test_a_sheet_is_refused_for_a_locked_entry(scene):
    entry = scene["entry"]
    entry.locked_at = scene["round"].opens_at
    entry.save()
    refused(sheet(scene), "GI002")


def test_a_sheet_is_refused_from_a_seat_that_was_withdrawn(scene):
    scene["seat"].state = "withdrawn"
    scene["seat"].save()
    refused(sheet(scene), "GI003")


def test_a_sheet_is_refused_after_a_recusal(scene):
    scene["seat"].recusals.create(entry=scene["entry"], reason="kin")
    refused(sheet(scene), "GI004")


@pytest.mark.parametrize("value", ["-0.5", "40.5", "12.3"])
def test_a_mark_off_its_range_or_step_is_refused(scene, value):
    fresh = sheet(scene)()
    refused(
        lambda: Mark.objects.create(sheet=fresh, criterion=scene["rules"].criteria.last(), value=value),
        "GI006",
    )


@pytest.mark.parametrize("state", ["draft", "closed", "final", "tallied"])
def test_a_round_moves_along_its_table_only(scene, state):
    rounds = type(scene["round"]).objects.filter(pk=scene["round"].pk)
    refused(lambda: rounds.update(state=state), "GI010")


def test_a_frozen_rule_is_never_changed(scene):
    rules = scene["rules"]
    type(rules).objects.filter(pk=rules.pk).update(frozen_at=scene["round"].opens_at)
    refused(lambda: type(rules).objects.filter(pk=rules.pk).update(text="{}"), "GI012")
    refused(lambda: rules.criteria.update(maximum=100), "GI012")


def test_snapshots_and_voids_exist_for_the_test_above(scene):
    assert SubmissionSnapshot.objects.exists()
    assert SheetVoid.objects.exists()
