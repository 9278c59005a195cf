"""Money after a ranking: planned by the district, decided by two, kept for good, explained to everybody."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from communities.models import Decision
from evaluations.actions.closing import close_round_early
from evaluations.actions.funding import LotNeeded, funding_lines, save_funding_plan
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import FundingPlan, Round
from evaluations.rules import results as rules
from evaluations.states import RoundState
from goldidea.lib.errors import StaleState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
ASKED = {"厨房": "40000.00", "花园": "35000.00", "书屋": "30000.00", "车棚": ""}
MARKS = {"厨房": ("50", "30"), "花园": ("45", "30"), "书屋": ("40", "30"), "车棚": ("35", "30")}
VALUES: dict[str, Any] = {"budget": Decimal(90000), "least_percent": 50, "lot_seed": "", "caps": {}}


def final_round(cast: Cast, marks: dict[str, tuple[str, str]] = MARKS) -> Round:
    """A preliminary of 清波 with final results; each case asks for its amount."""
    season = make.season(cast.district, f"第 {next(make.count)} 届")
    round_ = make.round(season, cast.home)
    seats = [make.seat(round_, make.judge(make.community(cast.home))) for _n in range(2)]
    for title, (need, effect) in marks.items():
        case = make.submission(season, cast.community, "accepted", title)
        make.snapshot(case, amount_asked=ASKED[title])
        what = make.entry(round_, case)
        for seat in seats:
            make.assign(seat, what)
            make.sheet(seat, what, need=need, effect=effect)
    people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
    close_round_early(round_, **people)
    tally_round(round_.pk, timezone.now())
    round_.refresh_from_db()
    publish_provisional(round_, **people)
    publish_final(round_, **people)
    return round_


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def plan(cast: Cast, round_: Round, **values: Any) -> FundingPlan:
    by = cast.people["district_staff"]
    return save_funding_plan(round_, {**VALUES, **values}, by=by, now=timezone.now())


def given(found: FundingPlan) -> dict[str, tuple[str, str]]:
    return {line["title"]: (line["amount"], line["reason"]) for line in funding_lines(found)}


def test_by_place_with_a_least_share(cast: Cast) -> None:
    found = plan(cast, final_round(cast))
    # 90,000 - 40,000 - 35,000 leaves 15,000: half of the 30,000 that the third asks for.
    assert given(found) == {
        "厨房": ("40000.00", "funded"),
        "花园": ("35000.00", "funded"),
        "书屋": ("15000.00", "in-part"),
        "车棚": ("0.00", "nothing-asked"),
    }


def test_a_cap_of_the_sub_district(cast: Cast) -> None:
    found = plan(cast, final_round(cast), caps={cast.home.code: "50000"}, least_percent=100)
    assert [line["reason"] for line in funding_lines(found)] == [
        "funded",
        "sub-district",
        "sub-district",
        "nothing-asked",
    ]
    assert funding_lines(found)[1]["cap_left"] == "10000.00"


def test_equals_wait_for_a_lot(cast: Cast) -> None:
    round_ = final_round(cast, {"厨房": ("50", "30"), "花园": ("50", "30")})
    with pytest.raises(LotNeeded, match="厨房"):
        funding_lines(plan(cast, round_, budget=Decimal(45000), least_percent=100))
    found = plan(cast, round_, budget=Decimal(45000), least_percent=100, lot_seed="春风又绿江南岸")
    assert [line["by_lot"] for line in funding_lines(found)] == [True, True]
    assert sum(line["amount"] != "0.00" for line in funding_lines(found)) == 1


def test_two_people_decide_and_nothing_changes_it_afterwards(cast: Cast) -> None:
    round_ = final_round(cast)
    found = plan(cast, round_)
    lines = funding_lines(found)
    first, second = cast.people["district_staff"], cast.people["district_staff_2"]
    decision = request_decision("decide_funding", round_, {}, by=first, now=timezone.now())
    approve_decision(decision, by=second, now=timezone.now())
    found.refresh_from_db()
    assert found.decided_at and found.lines == lines == funding_lines(found)
    assert AuditEvent.objects.filter(action="decide funding", role="district_staff").count() == 1
    with pytest.raises(StaleState):
        plan(cast, round_, budget=Decimal(1))
    for change in (
        lambda: FundingPlan.objects.filter(pk=found.pk).update(budget=1),
        lambda: FundingPlan.objects.filter(pk=found.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="stays given"), transaction.atomic():
            change()


def test_a_changed_plan_voids_the_request(cast: Cast) -> None:
    round_ = final_round(cast)
    plan(cast, round_)
    decision = request_decision(
        "decide_funding", round_, {}, by=cast.people["district_staff"], now=timezone.now()
    )
    plan(cast, round_, budget=Decimal(1000))
    approve_decision(decision, by=cast.people["district_staff_2"], now=timezone.now())
    assert Decision.objects.get().state == "void"
    assert not FundingPlan.objects.decided().exists()


def test_rule_and_twin_agree(cast: Cast) -> None:
    for state in RoundState:
        make.round(make.season(cast.district, f"届 {state}"), cast.home, state=state)
    rounds = list(Round.objects.select_related("season__district"))
    for role, person in cast.people.items():
        if person is None:
            continue
        twin = set(rules.funded_by(person, cast.district).values_list("pk", flat=True))
        assert {r.pk for r in rounds if rules.can_fund(person, r)} == twin, role


def test_only_the_district_plans(cast: Cast) -> None:
    round_ = final_round(cast)
    with pytest.raises(PermissionDenied):
        save_funding_plan(round_, VALUES, by=cast.people["subdistrict_staff"], now=timezone.now())


def test_the_office_plans_asks_and_the_public_reads(cast: Cast, client: Any) -> None:
    round_ = final_round(cast)
    office = f"/shangcheng/office/rounds/{round_.code}/funding/"
    public = f"/shangcheng/results/{round_.code}/funding/"
    client.force_login(cast.people["district_staff"], backend="accounts.backends.AccountBackend")
    assert client.get(office).status_code == 200
    bad = client.post(office, {"budget": "viel", "least_percent": "0", "lot_seed": "甲"})
    assert bad.status_code == 422 and "viel" in bad.content.decode()
    typed = {"budget": "90000", "least_percent": "50", "lot_seed": "", f"cap_{cast.home.code}": "75000"}
    assert client.post(office, typed).status_code == 303
    shown = client.get(office).content.decode()
    assert "75000.00" in shown and "35000.00" in shown
    assert client.post(f"{office}ask/").status_code == 303
    assert client.get(public).status_code == 404
    approve_decision(Decision.objects.get(), by=cast.people["district_staff_2"], now=timezone.now())
    client.logout()
    page = client.get(public).content.decode()
    assert "40000.00" in page and "厨房" in page
    assert public in client.get("/shangcheng/results/").content.decode()


@pytest.mark.parametrize("cases", [1, 3])
def test_the_pages_cost_the_same_for_one_and_three(
    cast: Cast, client: Any, django_assert_num_queries: Any, cases: int
) -> None:
    round_ = final_round(cast, dict(list(MARKS.items())[:cases]))
    found = plan(cast, round_)
    client.force_login(cast.people["district_staff"], backend="accounts.backends.AccountBackend")
    with django_assert_num_queries(11):
        assert client.get(f"/shangcheng/office/rounds/{round_.code}/funding/").status_code == 200
    client.logout()
    found.lines, found.decided_at = funding_lines(found), dt.datetime.now(dt.UTC)
    found.save()
    with django_assert_num_queries(2):
        assert client.get(f"/shangcheng/results/{round_.code}/funding/").status_code == 200
