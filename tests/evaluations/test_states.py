"""Every table of states over every ordered pair: what it allows happens, the rest is refused; of two racers one wins."""

import contextlib
import threading
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from communities.models import Decision
from communities.states import DECISION_MOVES, DecisionState
from evaluations.models import Correction, Publication, Round, RoundEvent, Season, Seat, Submission, Tally
from evaluations.states import (
    OBJECTION_MOVES,
    ROUND_MOVES,
    SEASON_MOVES,
    SEAT_MOVES,
    SUBMISSION_MOVES,
    TALLY_MOVES,
    ObjectionState,
    RoundState,
    SeasonState,
    SeatState,
    SubmissionState,
    TallyState,
)
from goldidea.lib.errors import StaleState
from goldidea.lib.moves import move
from judges.models import Judge
from judges.states import EXPERT_MOVES, JUDGE_MOVES, JudgeState
from organizations.models import SocialOrganization
from organizations.states import ORGANIZATION_MOVES, OrganizationState
from tests import make
from tests.personas import Cast

TABLES = {
    "season": (SeasonState, SEASON_MOVES),
    "round": (RoundState, ROUND_MOVES),
    "submission": (SubmissionState, SUBMISSION_MOVES),
    "seat": (SeatState, SEAT_MOVES),
    "tally": (TallyState, TALLY_MOVES),
    "objection": (ObjectionState, OBJECTION_MOVES),
    "decision": (DecisionState, DECISION_MOVES),
    "organization": (OrganizationState, ORGANIZATION_MOVES),
    "judge": (JudgeState, JUDGE_MOVES),
    "expert": (JudgeState, EXPERT_MOVES),
}
# Written out here a second time, so that a slip in a table is not repeated in its test.
ALLOWED = {
    "season": "draft>running running>finished",
    "round": "draft>open draft>cancelled open>counting open>cancelled counting>closed counting>cancelled "
    "closed>tallied tallied>on_notice on_notice>final final>on_notice",
    "submission": "draft>submitted draft>withdrawn submitted>returned submitted>accepted submitted>not_eligible "
    "submitted>withdrawn returned>submitted returned>withdrawn accepted>withdrawn not_eligible>submitted",
    "seat": "live>replaced live>withdrawn",
    "tally": "computed>provisional computed>superseded provisional>final provisional>superseded final>superseded",
    "objection": "received>upheld received>rejected",
    "decision": "pending>approved pending>declined pending>withdrawn pending>lapsed pending>void",
    "organization": "proposed>active proposed>dissolved active>suspended active>dissolved suspended>active suspended>dissolved",
    "judge": "nominated>elected nominated>not_elected nominated>declined elected>appointed elected>declined "
    "appointed>ended",
    "expert": "nominated>appointed nominated>declined appointed>ended",
}


@pytest.fixture
def rows(db):
    """One row of each kind, whose state a test sets as it needs it."""
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    round_ = make.round(season, cast.home, state="draft")
    decision = Decision.objects.create(
        district=cast.district,
        kind="open_round",
        object_code=round_.code,
        object_name="x",
        fingerprint="x",
        requested_by=cast.people["district_staff"],
        requested_at=season.submissions_open_at,
        expires_at=season.corrections_close_at,
        decided_by=cast.people["district_staff_2"],
    )
    return {
        "season": season,
        "round": round_,
        "submission": make.submission(season, cast.community, "draft", number="2018-QB-900"),
        "seat": make.seat(round_, cast.resident),
        "decision": decision,
        "organization": cast.organization,
        "judge": cast.resident,
        "expert": cast.expert,
        "cast": cast,
    }


def born_in(rows, name, state):
    """A row of this kind in this state. Rounds and tallies are inserted so: the trigger guards moves, not births."""
    row = rows.get(name)
    if name == "round":
        born = make.round(rows["season"], rows["cast"].neighbour, state=state)
        if state == RoundState.FINAL:
            correct(born)
        return born
    if name == "objection":
        return make.objection(rows["round"], state=state)
    if name == "tally":
        return Tally.objects.create(
            round=rows["round"],
            version=1,
            result={},
            rule_sha256="0" * 64,
            marks_sha256="0" * 64,
            state=state,
        )
    if name in ("judge", "expert"):
        type(row).objects.filter(pk=row.pk).update(state=state, **elected(rows) if "elected" in state else {})
    else:
        type(row).objects.filter(pk=row.pk).update(state=state)
    row.refresh_from_db()
    return row


def correct(round_):
    """What the database wants of a final round that goes back on notice: a correction with its new tally."""
    of = {"round": round_, "result": "{}"}
    old = Tally.objects.create(version=1, state="superseded", **of)
    new = Tally.objects.create(version=2, **of)
    before = Publication.objects.create(round=round_, tally=old, kind="final", body="{}", etag="0" * 64)
    event = RoundEvent.objects.create(round=round_, kind="correct", body="{}", digest=uuid.uuid4().hex * 2)
    Correction.objects.create(
        round=round_, tally=new, before=before, kind="void", changes=[], event=event, reasons="x"
    )


def elected(rows):
    """What the database wants of those on whom a meeting voted."""
    from judges.models import ElectionMeeting

    meeting = ElectionMeeting.objects.create(
        district=rows["cast"].district,
        sub_district=rows["cast"].home,
        held_on="2018-03-01",
        place="议事厅",
        present=30,
    )
    return {"meeting": meeting, "votes_for": 20, "votes_against": 5, "votes_abstaining": 5}


def every_pair(states):
    return [(old, new) for old in states.values for new in states.values]


class Undo(Exception):
    """Takes a savepoint back."""


@contextlib.contextmanager
def undone():
    """What happens in this block is taken back: one scene serves every pair."""
    with contextlib.suppress(Undo), transaction.atomic():
        yield
        raise Undo


@pytest.mark.parametrize("name", TABLES)
def test_a_move_happens_exactly_where_the_table_allows_it(rows, name):
    states, moves = TABLES[name]
    happened = set()
    for old, new in every_pair(states):
        with undone():
            row = born_in(rows, name, old)
            values = elected(rows) if name in ("judge", "expert") and "elected" in new else {}
            with contextlib.suppress(StaleState):
                move(row, moves, new, **values)
                happened.add(f"{old}>{new}")
            row.refresh_from_db()
            assert row.state == (new if f"{old}>{new}" in happened else old)
    assert happened == set(ALLOWED[name].split())


def test_the_tables_name_no_other_state():
    for name, (states, moves) in TABLES.items():
        named = set(moves) | {new for allowed in moves.values() for new in allowed}
        assert named <= set(states.values), name
        assert {f"{old}>{new}" for old, allowed in moves.items() for new in allowed} == set(
            ALLOWED[name].split()
        )


def test_the_database_holds_the_same_table_of_rounds(rows):
    happened = set()
    for old, new in every_pair(RoundState):
        with undone():
            round_ = born_in(rows, "round", old)
            try:
                with transaction.atomic():
                    Round.objects.filter(pk=round_.pk).update(state=new)
                happened.add(f"{old}>{new}")
            except DatabaseError as refused:
                assert refused.__cause__.pgcode == "GI010"
    assert happened == set(ALLOWED["round"].split()) | {f"{state}>{state}" for state in RoundState.values}


def test_only_a_round_that_was_never_opened_can_be_deleted(rows):
    gone = set()
    for state in RoundState.values:
        with undone():
            round_ = born_in(rows, "round", state)
            try:
                # Said to the database itself: Django would refuse before it where a correction hangs on the round.
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("DELETE FROM evaluations_round WHERE id = %s", [round_.pk])
                gone.add(state)
            except DatabaseError as refused:
                assert refused.__cause__.pgcode == "GI010"
    assert gone == {"draft"}


RACES = {
    "season": ("draft", "running", "running", SEASON_MOVES, Season),
    "round": ("open", "counting", "cancelled", ROUND_MOVES, Round),
    "submission": ("submitted", "accepted", "returned", SUBMISSION_MOVES, Submission),
    "seat": ("live", "replaced", "withdrawn", SEAT_MOVES, Seat),
    "organization": ("active", "suspended", "dissolved", ORGANIZATION_MOVES, SocialOrganization),
    "judge": ("appointed", "ended", "ended", JUDGE_MOVES, Judge),
}


@pytest.mark.database
@pytest.mark.parametrize("name", RACES)
def test_of_two_people_who_move_the_same_at_once_one_wins(own_database, name):
    old, first, second, moves, model = RACES[name]
    cast = Cast.shangcheng()
    season = make.season(cast.district, state="draft")
    round_ = make.round(season, cast.home, state="open")
    make.seat(round_, cast.resident)
    make.submission(season, cast.community, "submitted")
    pk = model.objects.filter(state=old).values_list("pk", flat=True)[0]
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def go(new):
        try:
            row = model.objects.get(pk=pk)
            barrier.wait(10)
            with transaction.atomic():
                move(row, moves, new)
            outcomes.append(new)
        except StaleState as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(new,)) for new in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    winner = model.objects.get(pk=pk).state
    assert sorted(outcomes) == sorted([winner, "stale-state"])
