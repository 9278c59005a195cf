"""Decisions of two: who may be the second, what voids a request, and what the loser of a race is told."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from communities.actions import decisions
from communities.decisions import can_see_decision, decision_kind, decisions_within, waiting_for
from communities.models import Appointment, Decision
from communities.states import DECISION_MOVES, DecisionState
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditEvent
from goldidea.lib.moves import may_move
from tests import make
from tests.personas import Cast


@pytest.fixture
def cast(db: Any) -> Cast:
    return Cast.shangcheng()


def ask(cast: Cast, account: User | None = None, by: str = "district_staff") -> Decision:
    """A request for a staff role."""
    account = account or make.user("湖滨的新同事")
    account.granting_district = cast.district
    return decisions.request_decision(
        "grant_staff",
        account,
        {
            "role": "subdistrict_staff",
            "sub_district": cast.neighbour.code,
            "since": "2026-03-02",
            "until": "",
        },
        by=cast.people[by],
        reason="原经办人调离",
        now=timezone.now(),
        district=cast.district,
    )


def enter(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    return client


def press(client: Client, decision: Decision, what: str, **typed: str) -> Any:
    return client.post(f"/shangcheng/office/decisions/{decision.code}/{what}/", typed)


def test_the_second_person_carries_it_out(cast: Cast) -> None:
    decision = ask(cast)
    answer = press(enter(cast.people["district_staff_2"]), decision, "approve")
    assert answer.status_code == 303
    given = Appointment.objects.get(user__code=decision.object_code)
    assert (given.role, given.sub_district, given.since) == (
        "subdistrict_staff",
        cast.neighbour,
        dt.date(2026, 3, 2),
    )
    recorded = (
        AuditEvent.objects.filter(district="shangcheng").order_by("pk").values_list("action", flat=True)
    )
    assert list(recorded) == ["request grant_staff", "appoint", "approve grant_staff"]


def test_the_same_person_cannot_under_any_account(cast: Cast) -> None:
    asker, twin = cast.people["district_staff"], cast.people["district_staff_2"]
    User.objects.filter(pk=asker.pk).update(phone_hash="the same")
    decision = Decision.objects.get(pk=ask(cast).pk)
    obj = decision_kind(decision.kind).find(cast.district, decision.object_code)
    assert decisions.can_approve(twin, decision, obj)
    twin.phone_hash = "the same"
    for person in (asker, twin):
        assert not decisions.can_approve(person, decision, obj)
        assert list(waiting_for(person, cast.district, timezone.now())) == []
    mine = enter(asker)
    assert press(mine, decision, "approve").status_code == 403
    assert mine.get(f"/shangcheng/office/decisions/{decision.code}/").context["is_mine"] is True


def test_a_changed_object_voids_the_request(cast: Cast) -> None:
    account = make.user("湖滨的新同事")
    decision = ask(cast, account)
    make.appoint(account, "community_user", cast.community)
    client = enter(cast.people["district_staff_2"])
    shown = client.get(f"/shangcheng/office/decisions/{decision.code}/")
    assert shown.context["has_changed"] is True
    assert press(client, decision, "approve").status_code == 303
    decision.refresh_from_db()
    assert (decision.state, account.appointments.count()) == ("void", 1)


def test_after_seven_days_it_has_lapsed(cast: Cast) -> None:
    decision = ask(cast)
    late = decision.expires_at
    assert (
        decisions.approve_decision(decision, by=cast.people["district_staff_2"], now=late).state == "lapsed"
    )
    other = ask(cast)
    assert decisions.lapse_decisions(other.expires_at - dt.timedelta(seconds=1)) == 0
    assert decisions.lapse_decisions(other.expires_at) == 1
    assert list(waiting_for(cast.people["district_staff_2"], cast.district, timezone.now())) == []


def test_declining_needs_a_remark_and_only_the_asker_withdraws(cast: Cast) -> None:
    decision, second = ask(cast), enter(cast.people["district_staff_2"])
    assert press(second, decision, "decline", remark=" ").status_code == 422
    assert press(second, decision, "withdraw").status_code == 403
    assert press(second, decision, "decline", remark="缺少任命文件").status_code == 303
    decision.refresh_from_db()
    assert (decision.state, decision.remark) == ("declined", "缺少任命文件")
    assert press(enter(cast.people["district_staff"]), decision, "withdraw").status_code == 409
    another = ask(cast)
    assert press(enter(cast.people["district_staff"]), another, "withdraw").status_code == 303


def test_the_same_is_not_asked_twice(cast: Cast) -> None:
    account = make.user()
    ask(cast, account)
    with pytest.raises(Refusal):
        ask(cast, account)


def test_who_presses_second_is_told_that_it_is_decided(cast: Cast) -> None:
    decision = ask(cast)
    make.appoint(third := make.user("区里的第三人"), "district_staff", cast.district)
    assert press(enter(cast.people["district_staff_2"]), decision, "approve").status_code == 303
    assert press(enter(third), decision, "approve").status_code == 409


def test_of_two_who_press_at_once_one_wins(own_database: str, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        cast = Cast.shangcheng()
        decision = ask(cast)
        people = [make.user(f"区里的第{n}人") for n in range(4)]
        for person in people:
            make.appoint(person, "district_staff", cast.district)

        def approve(person: User) -> str:
            try:
                return str(decisions.approve_decision(decision, by=person, now=timezone.now()).state)
            except StaleState:
                return "too late"
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as crowd:
            outcomes = sorted(crowd.map(approve, people))
        assert outcomes == ["approved", "too late", "too late", "too late"]
        assert Appointment.objects.filter(user__code=decision.object_code).count() == 1


def test_the_lists_say_what_the_rules_say(cast: Cast) -> None:
    """Every rule against its twin: for every persona and a request of every kind of area."""
    season = make.season(cast.district)
    rounds = [make.round(season, cast.home, state="draft"), make.round(season, None, state="draft")]
    now = timezone.now()
    made = [ask(cast)]
    for n, of in enumerate(rounds):
        for kind in ("cancel_round", "void_sheet"):
            made.append(
                Decision.objects.create(
                    district=cast.district,
                    sub_district_id=decision_kind(kind).sub_district_id(of),
                    kind=kind,
                    object_code=of.code,
                    object_name=str(n),
                    fingerprint="",
                    requested_by=cast.people["district_staff"],
                    requested_at=now,
                    expires_at=now + dt.timedelta(days=7),
                )
            )
    for role, person in cast.people.items():
        if person is None:
            continue
        seen = {d.pk for d in made if can_see_decision(person, d)}
        assert seen == set(decisions_within(person, cast.district).values_list("pk", flat=True)), role
        for decision in made:
            listed = waiting_for(person, cast.district, now).filter(pk=decision.pk).exists()
            of_kind = decision_kind(decision.kind)
            obj = of_kind.find(cast.district, decision.object_code)
            verdict = decisions.can_approve(person, decision, obj)
            assert listed >= bool(verdict), (role, decision.kind)
            if not listed and not verdict:
                continue
            assert not verdict.hidden, (role, decision.kind, decision.object_name)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("district_staff", 200),
        ("subdistrict_staff", 404),
        ("neighbour_staff", 404),
        ("observer", 404),
        ("platform_admin", 200),
        ("community_user", 404),
        ("resident_judge", 404),
    ],
)
def test_a_staff_role_is_seen_by_those_who_decide_it(cast: Cast, role: str, status: int) -> None:
    decision = ask(cast)
    assert (
        enter(cast.people[role]).get(f"/shangcheng/office/decisions/{decision.code}/").status_code == status
    )


@pytest.mark.parametrize("path", ["decisions/", "decisions/asked/", "decisions/decided/"])
def test_the_inbox_costs_the_same_for_one_and_three(
    cast: Cast, path: str, django_assert_num_queries: Any
) -> None:
    person = cast.people["district_staff" if "asked" in path else "district_staff_2"]
    for number in (1, 2):
        for _more in range(number):
            decision = ask(cast)
            if "decided" in path:
                decisions.decline_decision(
                    decision, by=cast.people["district_staff_2"], remark="不行", now=timezone.now()
                )
        client = enter(person)
        with django_assert_num_queries(8):
            client.get(f"/shangcheng/office/{path}")


def test_every_pair_of_states() -> None:
    for old in DecisionState:
        for new in DecisionState:
            assert may_move(DECISION_MOVES, old, new) == (old == "pending" and new != "pending")
