"""Before the first sheet: cases read (`start_after`), the trial case marked (`calibration_item`); none of it counts."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from evaluations.actions.beginning import (
    choose_trial_case,
    record_reading,
    submit_trial_sheet,
    trial_cases,
    trial_marks,
)
from evaluations.actions.counting import tally_inputs
from evaluations.actions.rules import save_rule_set
from evaluations.actions.sheets import submit_score_sheet
from evaluations.models import Entry, Recusal, RuleSet, ScoreSheet, Seat
from evaluations.rules.opening import readiness
from evaluations.rules.scoring import can_score, can_try
from goldidea.lib.errors import Refusal
from tests import make
from tests.evaluations.judging import Scene as Judging
from tests.evaluations.judging import typed
from tests.evaluations.rooms import now
from tests.personas import Cast

pytestmark = pytest.mark.django_db
MARKS = {"need": Decimal("50"), "effect": Decimal("30")}


class Scene:
    """An open round of three entries under a rule with this conduct, a judge assigned to all of them."""

    def __init__(self, entries=3, state="open", **conduct):
        self.cast = Cast.shangcheng()
        self.season = make.season(self.cast.district)
        text = make.rule_text(conduct={**make.RULE["conduct"], **conduct})
        rules = save_rule_set(self.season, text, "规则", by=None, now=now())
        self.round = make.round(self.season, self.cast.home, rules, state)
        lead = make.community(self.cast.home)
        self.entries = [
            make.entry(self.round, make.submission(self.season, lead, "accepted")) for _ in range(entries)
        ]
        self.judge = make.judge(make.community(self.cast.home))
        self.seat_pk = make.seat(self.round, self.judge).pk
        for entry in self.entries:
            make.assign(self.seat, entry)

    @property
    def seat(self):
        """Read again, as a request does."""
        rows = Seat.objects.select_related(
            "judge__user", "panel", "round__rule_set", "round__season__district"
        )
        return rows.get(pk=self.seat_pk)

    def read(self, entry):
        return record_reading(self.seat, entry, by=self.judge.user, now=now())

    def submit(self, entry):
        return submit_score_sheet(
            entry,
            self.seat,
            marks=MARKS,
            client_key=uuid.uuid4(),
            base_revision=0,
            by=self.judge.user,
            now=now(),
        )

    def allowed(self):
        return [bool(can_score(self.seat, entry, now())) for entry in self.entries]

    def scorable(self):
        return set(Entry.objects.scorable_by(self.seat, now()))

    def with_trial(self):
        before = make.season(self.cast.district, "2017 届", year=2017)
        case = make.submission(before, self.cast.community, "accepted", "去年的案例")
        make.snapshot(case)
        return case


def test_scoring_starts_after_so_many_cases_are_read():
    scene = Scene(start_after=2)
    assert (scene.allowed(), scene.scorable(), scene.seat.to_read) == ([False] * 3, set(), 2)
    with pytest.raises(Refusal) as refused:
        scene.submit(scene.entries[0])
    assert refused.value.code == "not-begun"
    scene.read(scene.entries[2])
    scene.read(scene.entries[2])
    assert scene.seat.to_read == 1
    scene.read(scene.entries[0])
    assert (scene.allowed(), scene.scorable()) == ([True] * 3, set(scene.entries))
    scene.submit(scene.entries[1])
    assert ScoreSheet.objects.count() == 1


def test_the_database_refuses_a_sheet_before_the_cases_are_read():
    scene = Scene(start_after=1)
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        make.sheet(scene.seat, scene.entries[0], **MARKS)
    assert error.value.__cause__.pgcode == "GI007"


def test_nobody_reads_more_than_there_is_to_mark():
    scene = Scene(entries=2, start_after=9)
    scene.read(scene.entries[0])
    assert scene.seat.to_read == 1
    make.saved(Recusal(seat=scene.seat, entry=scene.entries[1], reason="kin"))
    assert scene.seat.to_read == 0
    scene.submit(scene.entries[0])


def test_only_the_judge_reads_and_only_own_cases():
    scene = Scene(start_after=1)
    with pytest.raises(PermissionDenied):
        record_reading(scene.seat, scene.entries[0], by=make.user(), now=now())
    foreign = make.entry(scene.round, make.submission(scene.season, scene.cast.community, "accepted"))
    with pytest.raises(Exception) as refused:
        scene.read(foreign)
    assert refused.type.__name__ == "Http404"


def test_the_trial_case_comes_first_and_counts_nowhere():
    scene = Scene(calibration_item=True, state="draft")
    assert "no-trial-case" in {finding.code for finding in readiness(scene.round, now()).blockers}
    case = scene.with_trial()
    choose_trial_case(scene.round, case, by=None, now=now())
    scene.round.refresh_from_db()
    assert "no-trial-case" not in {finding.code for finding in readiness(scene.round, now()).blockers}
    type(scene.round).objects.filter(pk=scene.round.pk).update(state="open")
    assert (scene.allowed(), scene.scorable()) == ([False] * 3, set())
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        make.sheet(scene.seat, scene.entries[0], **MARKS)
    assert error.value.__cause__.pgcode == "GI008"
    with pytest.raises(Refusal):
        scene.submit(Entry.objects.select_related("round").get(pk=scene.entries[0].pk))
    with pytest.raises(ValidationError):
        submit_trial_sheet(
            scene.seat, {"need": Decimal("61"), "effect": Decimal(1)}, by=scene.judge.user, now=now()
        )
    submit_trial_sheet(scene.seat, MARKS, by=scene.judge.user, now=now())
    assert trial_marks(scene.seat) == {"need": ["50"], "effect": ["30"]}
    assert not can_try(scene.seat, now())
    with pytest.raises(PermissionDenied):
        submit_trial_sheet(scene.seat, MARKS, by=scene.judge.user, now=now())
    assert scene.scorable() == set(scene.entries)
    inputs = tally_inputs(scene.round)
    assert (len(inputs.entries), list(inputs.marks)) == (3, [])


def test_a_case_that_competes_is_no_trial_case():
    scene = Scene(calibration_item=True, state="draft")
    with pytest.raises(Refusal) as refused:
        choose_trial_case(scene.round, scene.entries[0].submission, by=None, now=now())
    assert refused.value.code == "competes"
    assert list(trial_cases(scene.round)) == []


def test_an_opened_round_keeps_its_trial_case():
    scene = Scene(calibration_item=True)
    frozen = scene.with_trial().snapshots.get()
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        type(scene.round).objects.filter(pk=scene.round.pk).update(trial_case=frozen)
    assert error.value.__cause__.pgcode == "GI011"


@pytest.mark.parametrize("table", ["evaluations_reading", "evaluations_trialsheet"])
def test_what_was_read_and_tried_is_evidence(table):
    scene = Scene(start_after=1)
    scene.read(scene.entries[0])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_a_rule_without_them_asks_for_nothing():
    scene = Scene()
    assert RuleSet.objects.get().start_after == 0
    scene.submit(scene.entries[0])


# Pages


def test_a_judge_is_led_from_the_trial_case_to_the_first_sheet(client):
    scene = Judging.open(state="draft")
    scene.round.rule_set.start_after, scene.round.rule_set.calibration_item = 2, True
    scene.round.rule_set.save(update_fields=["start_after", "calibration_item"])
    case = make.submission(
        make.season(scene.cast.district, "2017 届", year=2017), scene.cast.community, "accepted", "去年"
    )
    make.snapshot(case)
    choose_trial_case(scene.round, case, by=None, now=now())
    type(scene.round).objects.filter(pk=scene.round.pk).update(state="open")
    scene.sit(client)
    trial = scene.url("trial/")
    assert trial in client.get(scene.url()).content.decode()
    entry = scene.url(f"{scene.entry.code}/")
    assert trial in client.get(entry).content.decode()
    assert client.post(entry, typed()).status_code == 409
    marks = {f"mark_{key}": str(value) for key, value in MARKS.items()}
    assert client.post(trial, {"mark_need": "61"}).status_code == 422
    assert client.post(trial, marks).status_code == 303
    assert "<td>50</td>" in client.get(trial).content.decode()
    assert client.post(trial, marks).status_code == 403
    read = scene.url(f"{scene.entry.code}/read/")
    assert read in client.get(entry).content.decode()
    assert client.post(entry, typed()).status_code == 409
    assert client.post(read).headers["Location"] == scene.url()
    other = scene.url(f"{scene.entries[1].code}/")
    assert client.post(f"{other}read/").headers["Location"] == other
    assert "data-score" in client.get(entry).content.decode()
    assert client.post(entry, typed()).status_code == 303


def test_there_is_no_trial_page_where_the_rule_asks_for_none(client):
    scene = Judging.open()
    scene.sit(client)
    assert client.get(scene.url("trial/")).status_code == 404


def test_the_office_chooses_the_trial_case(client):
    scene = Scene(calibration_item=True, state="draft")
    case = scene.with_trial()
    client.force_login(scene.cast.people["district_staff"])
    page = reverse("office:round_trial", args=[scene.cast.district.slug, scene.round.code])
    assert "去年的案例" in client.get(page).content.decode()
    assert client.post(page, {"case": scene.entries[0].submission.code}).status_code == 422
    assert client.post(page, {"case": case.code}).status_code == 303
    scene.round.refresh_from_db()
    assert scene.round.trial_case.submission == case
