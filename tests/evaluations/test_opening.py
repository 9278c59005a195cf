"""Opening a round: refused with the entries named and what to do, else frozen and written into its log."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from communities.actions.decisions import approve_decision, request_decision
from evaluations.actions.assignment import assign_late
from evaluations.actions.opening import NotReady, cancel_round, extend_round, open_round
from evaluations.actions.rules import change_rule_set, save_rule_set
from evaluations.actions.seats import replace_seat, seat_guests
from evaluations.models import RoundEvent, SheetVoid
from evaluations.rules.bench import guests_for
from evaluations.rules.opening import readiness
from goldidea.lib.errors import Refusal, StaleState, TooLate
from tests import make
from tests.evaluations.rooms import now, room

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def ready():
    scene = room(6)
    scene.seat_all()
    scene.assign_all()
    return scene


def codes(findings):
    return [finding.code for finding in findings]


def open_it(scene):
    return open_round(scene.round, by=scene.staff, second=scene.second, now=now())


def test_a_round_opens_frozen_and_logged(ready):
    opened = open_it(ready)
    ready.rules.refresh_from_db()
    first, second = RoundEvent.objects.filter(round=opened)
    body, assigned = json.loads(first.body), json.loads(second.body)
    seats = list(opened.seats.order_by("number"))
    assert (opened.state, ready.rules.frozen_at) == ("open", opened.opened_at)
    assert (first.kind, second.kind) == ("open", "assign")
    assert body["rule_sha256"] == ready.rules.sha256
    assert body["entries"] == list(opened.entries.order_by("key").values_list("key", flat=True))
    assert body["panels"] == [{"key": "residents", "places": 6}]
    assert body["seats"] == [
        {"panel": "residents", "seat": name} for name in sorted(s.pseudonym for s in seats)
    ]
    assert body["rule"] == json.loads(ready.rules.text)
    assert body["public_key"].startswith(f"goldidea/round/{opened.code}+")
    assert set(body) == {
        "at",
        "closes_at",
        "entries",
        "event",
        "opens_at",
        "panels",
        "public_key",
        "round",
        "rule",
        "rule_sha256",
        "seats",
    }
    assert assigned["removed"] == {}
    assert {s: len(keys) for s, keys in assigned["added"].items()} == {s.pseudonym: 5 for s in seats}
    assert list(opened.entries.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert not any(judge.name in first.body + second.body for judge in ready.judges)


def test_a_round_opened_early_takes_sheets_from_its_time_on(ready):
    type(ready.round).objects.filter(pk=ready.round.pk).update(opens_at=now() + dt.timedelta(minutes=30))
    opened = open_it(ready)
    row = opened.assignments.select_related("seat", "entry__round").first()
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        make.sheet(row.seat, row.entry, need="30", effect="20")
    assert refused.value.__cause__.pgcode == "GI001"


def test_an_entry_with_too_few_judges_keeps_the_round_shut():
    scene = room(3, min_marks=3)
    scene.seat_all()
    scene.assign_all()
    (finding,) = readiness(scene.round, now()).blockers
    entries = scene.round.entries.select_related("submission")
    assert finding.code == "too-few-seats"
    assert finding.names == tuple(f"{e.submission.number} {e} (2)" for e in entries)
    assert "exchange" in finding.remedy
    with pytest.raises(NotReady):
        open_it(scene)
    scene.round.refresh_from_db()
    scene.rules.refresh_from_db()
    assert (scene.round.state, scene.rules.frozen_at, scene.round.events.count()) == ("draft", None, 0)


def test_guest_judges_by_two_people_let_it_open():
    scene = room(3, min_marks=3)
    guest = make.judge(scene.cast.neighbour_community)
    scene.seat_all()
    assert list(guests_for(scene.panel, now())) == [guest]
    seat_guests(scene.panel, [guest], by=scene.staff, second=scene.second, reason="人手不足", now=now())
    scene.assign_all()
    assert codes(readiness(scene.round, now()).blockers) == []
    assert open_it(scene).state == "open"


def test_five_communities_with_one_judge_each_are_told_that_nothing_is_trimmed():
    scene = room(5, min_marks=3)
    scene.seat_all()
    scene.assign_all()
    found = readiness(scene.round, now())
    assert codes(found.blockers) == []
    assert codes(found.warnings) == ["nothing-trimmed"]
    assert len(found.warnings[0].names) == 5
    assert "only 4 judges" in found.warnings[0].sentence


def test_what_is_missing_is_told_one_by_one(ready):
    ready.round.assignments.all().delete()
    assert codes(readiness(ready.round, now()).blockers) == ["too-few-seats"]
    assert readiness(ready.round, now()).blockers[0].remedy == "Propose the assignment and apply it."
    ready.round.seats.all().delete()
    assert codes(readiness(ready.round, now()).blockers) == ["empty-panel"]
    ready.round.closes_at = now() - dt.timedelta(seconds=1)
    assert codes(readiness(ready.round, now()).blockers) == ["close-is-past", "empty-panel"]
    ready.round.entries.all().delete()
    ready.season.state = ready.round.season.state = "finished"
    assert codes(readiness(ready.round, now()).blockers) == [
        "season-not-running",
        "close-is-past",
        "no-entries",
        "empty-panel",
    ]


def test_a_withdrawn_case_and_a_judge_whose_term_ended_keep_it_shut(ready):
    entry = ready.round.entries.first()
    type(entry.submission).objects.filter(pk=entry.submission_id).update(state="withdrawn")
    judge = ready.judges[0]
    judge.term_to = now().date() - dt.timedelta(days=1)
    judge.save()
    assert codes(readiness(ready.round, now()).blockers) == ["not-accepted", "not-serving"]


def test_a_tie_recorded_after_the_assignment_keeps_it_shut(ready):
    seat = ready.round.seats.order_by("number").first()
    entry = seat.assignments.select_related("entry__submission").first().entry
    seat.judge.interests.create(kind="kin", community=entry.submission.lead_community)
    finding = readiness(ready.round, now()).blockers[0]
    assert finding.code == "barred-pairs"
    assert finding.names == (f"{seat.judge.name} · {entry.submission.number} (tied to the community)",)


def split_in_two(ready):
    first, *others = ready.round.entries.order_by("key")
    seats = list(ready.round.seats.order_by("number"))
    ready.round.assignments.all().delete()
    for entry, marking in ((first, seats[4:]), *((entry, seats[:4]) for entry in others)):
        for seat in marking:
            make.assign(seat, entry)


def test_entries_that_share_no_judge_are_warned_of(ready):
    split_in_two(ready)
    assert "disconnected" in codes(readiness(ready.round, now()).warnings)


@pytest.mark.parametrize(("choice", "blocks"), [("refuse", True), ("uncalibrated", False)])
def test_a_calibration_that_could_not_be_computed_keeps_the_round_closed(choice, blocks):
    plan = {"method": "additive", "cap": "15", "min_marks": 1, "if_disconnected": choice}
    stages = {"mode": "half_up", "places": 2, "stages": ["panel", "total"]}
    scene = room(6, level="sheet", calibration=plan, rounding=stages)
    scene.seat_all()
    scene.assign_all()
    assert "disconnected" not in codes(readiness(scene.round, now()).blockers)
    split_in_two(scene)
    found = readiness(scene.round, now())
    assert ("disconnected" in codes(found.blockers), "disconnected" in codes(found.warnings)) == (
        blocks,
        not blocks,
    )


def test_cases_left_out_and_undecided_are_warned_of(ready):
    home = ready.cast.community
    make.snapshot(make.submission(ready.season, home, "accepted"))
    make.submission(ready.season, home, "returned")
    assert codes(readiness(ready.round, now()).warnings) == [
        "below-advised",
        "accepted-outside",
        "cases-waiting",
    ]


def test_readiness_asks_a_constant_number_of_questions(django_assert_num_queries):
    for communities, slug in ((1, "one"), (3, "three")):
        scene = room(communities, slug)
        scene.seat_all()
        round_ = (
            type(scene.round).objects.select_related("season__district", "rule_set").get(pk=scene.round.pk)
        )
        with django_assert_num_queries(13):
            readiness(round_, now())


# Two people


def test_the_second_person_opens_it(ready):
    decision = request_decision("open_round", ready.round, {}, by=ready.staff, now=now())
    approve_decision(decision, by=ready.second, now=now())
    ready.round.refresh_from_db()
    assert ready.round.state == "open"


def test_a_request_is_void_when_the_assignment_has_changed(ready):
    decision = request_decision("open_round", ready.round, {}, by=ready.staff, now=now())
    ready.round.assignments.first().delete()
    assert approve_decision(decision, by=ready.second, now=now()).state == "void"
    ready.round.refresh_from_db()
    assert ready.round.state == "draft"


def test_a_rule_is_frozen_by_its_first_opening(ready):
    open_it(ready)
    ready.rules.refresh_from_db()
    with pytest.raises(Refusal):
        change_rule_set(ready.rules, ready.rules.text, "另一个", by=ready.staff, now=now())
    with pytest.raises(DatabaseError), transaction.atomic():
        type(ready.rules).objects.filter(pk=ready.rules.pk).update(name="另一个")
    version = save_rule_set(ready.season, ready.rules.text, "新版", by=ready.staff, now=now())
    assert version.version == 2


# Extending and cancelling


def test_an_open_round_is_extended_only_to_later(ready):
    opened = open_it(ready)
    later = opened.closes_at + dt.timedelta(hours=1)
    people = {"by": ready.staff, "second": ready.second, "reason": "停电"}
    with pytest.raises(Refusal):
        extend_round(opened, opened.closes_at, **people, now=now())
    extended = extend_round(opened, later, **people, now=now())
    event = RoundEvent.objects.filter(round=opened).last()
    assert (extended.closes_at, event.kind) == (later, "extend")
    assert set(json.loads(event.body)) == {"at", "before", "closes_at", "event", "round"}


def test_a_round_whose_time_is_over_is_not_extended(ready):
    opened = open_it(ready)
    type(opened).objects.filter(pk=opened.pk).update(closes_at=now() - dt.timedelta(seconds=1))
    with pytest.raises(TooLate):
        extend_round(
            opened, now() + dt.timedelta(hours=1), by=ready.staff, second=ready.second, reason="", now=now()
        )


@pytest.mark.parametrize("state", ["draft", "open", "counting"])
def test_a_round_is_cancelled_with_its_reason(ready, state):
    round_ = make.round(ready.season, ready.cast.neighbour, state=state)
    cancel_round(round_, by=ready.staff, second=ready.second, reason="疫情", now=now())
    round_.refresh_from_db()
    event = RoundEvent.objects.get(round=round_)
    assert (round_.state, round_.cancel_reason) == ("cancelled", "疫情")
    assert json.loads(event.body)["from"] == state
    assert "疫情" not in event.body


@pytest.mark.parametrize("state", ["closed", "tallied", "on_notice", "final", "cancelled"])
def test_a_closed_round_is_not_cancelled(ready, state):
    round_ = make.round(ready.season, ready.cast.neighbour, state=state)
    with pytest.raises(StaleState):
        cancel_round(round_, by=ready.staff, second=ready.second, reason="", now=now())


# Seats after opening


def test_a_replacement_takes_over_what_is_not_handed_in(ready):
    spare = make.judge(make.community(ready.cast.home))
    opened = open_it(ready)
    old = opened.seats.order_by("number").first()
    done, *open_entries = [
        row.entry for row in old.assignments.order_by("entry__key").select_related("entry__round")
    ]
    sheet = make.sheet(old, done, need="30", effect="20")
    new = replace_seat(old, spare, by=ready.staff, second=ready.second, reason="生病", now=now())
    old.refresh_from_db()
    kinds = list(RoundEvent.objects.filter(round=opened).values_list("kind", flat=True))
    assert (old.state, new.replaces, new.number) == ("replaced", old, 7)
    assert list(old.assignments.values_list("entry__key", flat=True)) == [done.key]
    assert list(new.assignments.order_by("entry__key").values_list("entry__key", flat=True)) == [
        entry.key for entry in open_entries
    ]
    assert kinds[-3:] == ["unseat", "seat", "assign"]
    assert not SheetVoid.objects.filter(sheet=sheet).exists()


def test_a_judge_may_leave_without_a_replacement(ready):
    opened = open_it(ready)
    seat = opened.seats.first()
    assert replace_seat(seat, None, by=ready.staff, second=ready.second, reason="", now=now()) is None
    seat.refresh_from_db()
    assert (seat.state, seat.assignments.count()) == ("withdrawn", 0)


def test_one_more_case_for_a_judge_after_opening(ready):
    scene = ready
    scene.round.assignments.filter(seat=scene.round.seats.first()).first().delete()
    seat = scene.round.seats.first()
    open_it(scene)
    given = set(seat.assignments.values_list("entry", flat=True))
    own, other = None, None
    for entry in scene.round.entries.select_related("submission"):
        if entry.submission.lead_community_id == seat.judge.community_id:
            own = entry
        elif entry.pk not in given:
            other = entry
    people = {"by": scene.staff, "second": scene.second, "reason": "", "now": now()}
    with pytest.raises(Refusal) as barred:
        assign_late(seat, own, **people)
    assert "own community" in barred.value.message
    assign_late(seat, other, **people)
    with pytest.raises(Refusal):
        assign_late(seat, other, **people)
    assert set(seat.assignments.values_list("entry", flat=True)) == given | {other.pk}
