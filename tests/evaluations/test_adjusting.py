"""Bonus points and deductions by the office: two people, before the close, by the rule, with a reason that everybody reads."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from communities.models import Decision
from evaluations.actions.adjusting import adjust_entry
from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle
from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.bundle import verify
from evaluations.models import Adjustment, Entry, Round, RoundEvent
from evaluations.rules import adjustments as rules
from evaluations.states import RoundState
from evaluations.tally import canonical
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.bundles import files_of, open_room, score
from tests.personas import Cast

pytestmark = pytest.mark.django_db
MARKS = {"厨房": [("50", "30"), ("50", "30")], "花园": [("45", "30"), ("45", "30")]}
RANGE = {"min": "-5", "max": "20"}


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def open_round(cast: Cast, allowed: Any = RANGE, **values: Any) -> Round:
    season = make.season(cast.district, f"第 {next(make.count)} 届")
    rule = make.rule_set(season, **({"adjustments": allowed} if allowed else {}))
    return make.scored_round(season, cast.home, MARKS, rules=rule, **values)


def entry_of(round_: Round, title: str = "花园") -> Entry:
    return Entry.objects.with_round().get(round=round_, snapshot__body__title=title)


def people(cast: Cast) -> dict[str, Any]:
    return {
        "by": cast.people["district_staff"],
        "second": cast.people["subdistrict_staff"],
        "now": timezone.now(),
    }


def ask(cast: Cast, entry: Entry, points: str, reason: str = "获市级表彰") -> Decision:
    first = cast.people["district_staff"]
    return request_decision(
        "adjust_entry", entry, {"points": points}, by=first, reason=reason, now=timezone.now()
    )


def test_two_people_give_points_and_the_log_holds_the_line(cast: Cast) -> None:
    round_ = open_round(cast)
    entry = entry_of(round_)
    approve_decision(ask(cast, entry, "6.5"), by=cast.people["subdistrict_staff"], now=timezone.now())
    row = Adjustment.objects.get()
    assert (row.entry, row.points, row.reason, row.correction) == (entry, Decimal("6.5"), "获市级表彰", None)
    assert row.actor == cast.people["district_staff"].person_key
    assert row.second == cast.people["subdistrict_staff"].person_key
    told = json.loads(row.event.body)
    assert {key: told[key] for key in ("event", "entry", "points", "reason_sha256")} == {
        "event": "adjust",
        "entry": entry.key,
        "points": "6.5",
        "reason_sha256": canonical.sha256("获市级表彰".encode()),
    }
    assert "表彰" not in row.event.body
    assert AuditEvent.objects.filter(action="adjust entry").count() == 1
    close_round_early(round_, **people(cast))
    tallied = tally_round(round_.pk, timezone.now())
    places = [(s.entry.snapshot.body["title"], s.total) for s in tallied.standings.order_by("position")]
    assert places == [("花园", "81.50"), ("厨房", "80.00")]
    round_.refresh_from_db()
    body = json.loads(publish_provisional(round_, **people(cast)).body)
    lines = {line["title"]: line["adjusted"] for line in body["standings"]}
    assert lines == {"花园": [{"points": "6.5", "reason": "获市级表彰"}], "厨房": []}


@pytest.mark.parametrize(
    ("allowed", "before", "points", "fits"),
    [
        (RANGE, [], "20", True),
        (RANGE, [], "20.5", False),
        (RANGE, [], "-5.001", False),
        (RANGE, ["15"], "5", True),
        (RANGE, ["15"], "5.5", False),
        (RANGE, ["20"], "-20", True),  # takes it back
        ({"min": "0", "max": "5"}, ["5"], "-5", True),
        ({"min": "0", "max": "5"}, ["2"], "-3", False),
        (None, [], "1", False),
    ],
)
def test_points_stay_within_the_rule(
    cast: Cast, allowed: Any, before: list[str], points: str, fits: bool
) -> None:
    round_ = open_round(cast, allowed)
    entry = entry_of(round_)
    for earlier in before:
        adjust_entry(entry, Decimal(earlier), reason="先", **people(cast))
    if fits:
        adjust_entry(entry, Decimal(points), reason="后", **people(cast))
        close_round_early(round_, **people(cast))
        assert tally_round(round_.pk, timezone.now()) is not None  # the tally takes what was allowed here
        return
    with pytest.raises(Refusal) as refused:
        adjust_entry(entry, Decimal(points), reason="后", **people(cast))
    assert refused.value.code == "points-not-allowed"
    assert Adjustment.objects.count() == len(before)
    assert RoundEvent.objects.filter(kind="adjust").count() == len(before)


def test_nothing_after_the_close(cast: Cast) -> None:
    round_ = open_round(cast)
    entry = entry_of(round_)
    waiting = ask(cast, entry, "1")
    close_round_early(round_, **people(cast))
    with pytest.raises(PermissionDenied):
        approve_decision(waiting, by=cast.people["subdistrict_staff"], now=timezone.now())
    with pytest.raises(StaleState):
        adjust_entry(entry, Decimal(1), reason="迟", **people(cast))
    event = RoundEvent.objects.create(round=round_, kind="adjust", body="{}", digest="0" * 64)
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        Adjustment.objects.create(entry=entry, points=1, reason="迟", event=event)
    assert error.value.__cause__.pgcode == "GI015"


def test_points_come_with_their_line_in_the_log(cast: Cast) -> None:
    round_ = open_round(cast)
    other = make.round(make.season(cast.district), cast.neighbour)
    entry = entry_of(round_)
    for of, kind in ((round_, "void"), (other, "adjust")):
        event = RoundEvent.objects.create(round=of, kind=kind, body="{}", digest=f"{of.pk:064x}")
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            Adjustment.objects.create(entry=entry, points=1, reason="", event=event)
        assert error.value.__cause__.pgcode == "GI015"


def test_a_request_is_void_once_other_points_were_decided(cast: Cast) -> None:
    entry = entry_of(open_round(cast))
    waiting = ask(cast, entry, "1")
    with pytest.raises(Refusal):
        ask(cast, entry, "2")
    ask(cast, entry_of(entry.round, "厨房"), "2")  # another case is another request
    adjust_entry(entry, Decimal(3), reason="另", **people(cast))
    assert approve_decision(waiting, by=cast.people["subdistrict_staff"], now=timezone.now()).state == "void"
    assert Adjustment.objects.get().points == 3


def test_each_rule_agrees_with_its_twin(cast: Cast) -> None:
    for place in (cast.home, cast.neighbour, None):
        for state in RoundState:
            for allowed in (RANGE, None):
                season = make.season(cast.district, f"{place} {state} {allowed}")
                rule = make.rule_set(season, **({"adjustments": allowed} if allowed else {}))
                make.round(season, place, rule, state=state)
    abroad = Cast.shangcheng("elsewhere")
    open_round(abroad)
    rounds = list(Round.objects.select_related("season__district", "rule_set"))
    for role, person in cast.people.items():
        twin = set(rules.adjustable_by(person, cast.district).values_list("pk", flat=True))
        assert {r.pk for r in rounds if rules.can_adjust(person, r)} == twin, role
    assert rules.adjustable_by(cast.people["district_staff"], cast.district).count() == 6


def test_the_bundle_holds_points_and_reasons_and_is_verified(cast: Cast) -> None:
    scene = open_room(8, "bonus", adjustments=RANGE)
    score(scene)
    both = {"by": scene.staff, "second": scene.second, "now": timezone.now()}
    entries = list(scene.round.entries.order_by("position")[:2])
    for entry, points, reason in (
        (entries[0], "2.50", "获市级表彰"),
        (entries[1], "-1", "陈述超时"),
        (entries[1], "1", "撤回：计时有误"),
    ):
        adjust_entry(entry, Decimal(points), reason=reason, **both)
    close_round_early(scene.round, **both)
    row = tally_round(scene.round.pk, timezone.now())
    scene.round.refresh_from_db()
    publish_provisional(scene.round, **both)
    analyse_tally(row.pk)
    files = files_of(build_bundle(row.pk))
    assert files["adjustments.csv"].decode().splitlines()[1:] == sorted(
        [
            f"{entries[0].key},2.5,获市级表彰",
            f"{entries[1].key},-1,陈述超时",
            f"{entries[1].key},1,撤回：计时有误",
        ]
    )
    report = verify.check(files)
    assert report.wrong == []
    bent = {**files, "adjustments.csv": files["adjustments.csv"].replace(b",2.5,", b",3.5,")}
    assert not verify.check(bent).holds


def test_the_office_asks_on_a_page(cast: Cast, client: Any) -> None:
    round_ = open_round(cast)
    entry = entry_of(round_)
    client.force_login(cast.people["district_staff"], backend="accounts.backends.AccountBackend")
    page, here = f"/shangcheng/office/rounds/{round_.code}/adjust/", {"entry": entry.key, "reason": "获奖"}
    assert 'value="-3"' in client.get(f"{page}?entry={entry.key}&points=-3").content.decode()
    for bad in (
        {},
        {**here, "points": "0"},
        {**here, "points": "21"},
        {**here, "entry": "no", "points": "1"},
    ):
        assert client.post(page, bad).status_code == 422
    assert Decision.objects.count() == 0
    assert client.post(page, {**here, "points": "3"}).status_code == 303
    assert client.post(page, {**here, "points": "3"}).status_code == 422  # asked for already
    shown = client.get(f"/shangcheng/office/rounds/{round_.code}/").content.decode()
    assert Decision.objects.get().code in shown
    client.force_login(cast.people["observer"], backend="accounts.backends.AccountBackend")
    assert client.get(page).status_code == 403
    assert client.get(f"/shangcheng/office/rounds/{round_.code}/adjustments/").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_for_one_as_for_three(
    cast: Cast, client: Any, number: int, django_assert_num_queries: Any
) -> None:
    round_ = open_round(cast)
    for _n in range(number):
        adjust_entry(entry_of(round_), Decimal(1), reason="获奖", **people(cast))
    client.force_login(cast.people["district_staff"], backend="accounts.backends.AccountBackend")
    with django_assert_num_queries(9):
        page = client.get(f"/shangcheng/office/rounds/{round_.code}/adjustments/").content.decode()
    assert page.count('<td class="num"><strong>+1</strong>') == number
