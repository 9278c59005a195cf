"""Points from elsewhere: entered, pasted or taken over before the opening; frozen at it; in the log and in the bundle."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from evaluations.actions.adjusting import adjust_entry
from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle, manifest
from evaluations.actions.closing import close_round_early
from evaluations.actions.correcting import correct_round
from evaluations.actions.giving import save_given, take_over_totals
from evaluations.actions.opening import open_round
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.sealing import log_of
from evaluations.actions.tallying import tally_round
from evaluations.bundle import verify
from evaluations.models import GivenPoints, GivenTable, Round, ScoreSheet
from evaluations.rules.opening import readiness
from evaluations.tally import canonical
from goldidea.lib.errors import Refusal
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.bundles import files_of, score
from tests.evaluations.rooms import Room, now, room

pytestmark = pytest.mark.django_db
PANELS = [
    {"id": "residents", "kind": "marks", "weight": "0.6"},
    {"id": "preliminary", "kind": "given", "weight": "0.4"},
]
MARKS = {"厨房": [("50", "30"), ("50", "30")], "花园": [("45", "30"), ("45", "30")]}


def prepared(communities: int = 8, **rule: Any) -> Room:
    """Judges seated and assigned; the points are still missing."""
    scene = room(communities, panels=PANELS, ties=["exact"], **rule)
    scene.seat_all()
    scene.assign_all()
    return scene


def give(scene: Room, points: Any = None, source: str = "资格评审得分") -> GivenTable:
    entries = scene.round.entries.order_by("position")
    points = points or {entry.pk: Decimal(80 + place) for place, entry in enumerate(entries)}
    return save_given(scene.round, "preliminary", source, points, by=scene.staff, now=now())


def opened(scene: Room) -> Round:
    scene.round = open_round(scene.round, by=scene.staff, second=scene.second, now=now())
    return scene.round


def blockers(scene: Room) -> list[tuple[str, int]]:
    return [(item.code, len(item.names)) for item in readiness(scene.round, now()).blockers]


def test_a_round_waits_for_its_points_by_name() -> None:
    scene = prepared()
    assert blockers(scene) == [("given-missing", 8)]
    first, *others = scene.round.entries.order_by("position")
    give(scene, {entry.pk: Decimal("71.5") for entry in others} | {first.pk: None})
    finding = readiness(scene.round, now()).blockers[0]
    assert finding.names == (f"{first.submission.number} {first}",) and finding.page == "round_points"
    give(scene)
    assert blockers(scene) == []


def test_points_that_decide_nothing_are_only_said() -> None:
    scene = room(8, panels=[PANELS[0], {**PANELS[1], "weight": "0"}], ties=["exact"])
    scene.seat_all()
    scene.assign_all()
    ready = readiness(scene.round, now())
    assert [item.code for item in ready.blockers] == []
    assert "given-missing" in [item.code for item in ready.warnings]


def test_they_stay_as_they_were_at_the_opening() -> None:
    scene = prepared()
    table = give(scene)
    opened(scene)
    with pytest.raises(Refusal):
        give(scene)
    row = table.points.first()
    for change in (
        lambda: GivenPoints.objects.filter(pk=row.pk).update(points=1),
        lambda: GivenPoints.objects.filter(pk=row.pk).delete(),
        lambda: GivenPoints.objects.create(table=table, entry=row.entry, points=1),
        lambda: GivenTable.objects.filter(pk=table.pk).update(source="别处"),
        lambda: GivenTable.objects.create(round=scene.round, panel="x", source="", entered_by=scene.staff),
    ):
        with pytest.raises(DatabaseError) as error, transaction.atomic():
            change()
        assert error.value.__cause__.pgcode == "GI016"


def test_the_request_to_open_tells_them_and_is_void_when_they_change() -> None:
    scene = prepared()
    give(scene)
    asked = request_decision("open_round", scene.round, {}, by=scene.staff, now=now())
    first = scene.round.entries.first()
    give(scene, {**{e.pk: Decimal(70) for e in scene.round.entries.all()}, first.pk: Decimal(71)})
    assert approve_decision(asked, by=scene.second, now=now()).state == "void"
    from evaluations.decisions.rounds import OpenRound

    assert any("资格评审得分" in line and "8" in line for line in OpenRound().sentences(scene.round, {}))


def test_who_changed_which_points_is_recorded() -> None:
    scene = prepared()
    give(scene)
    assert AuditEvent.objects.filter(action="enter given points").count() == 8
    entries = list(scene.round.entries.order_by("position"))
    points = {entry.pk: Decimal(80 + place) for place, entry in enumerate(entries)}
    give(scene, {**points, entries[0].pk: Decimal(99)})
    assert AuditEvent.objects.filter(action="enter given points").count() == 9


def published_with_points() -> tuple[Room, Any, Any]:
    """A published round with points from elsewhere and bonus points, of which some were taken back; its tally and bundle."""
    scene = prepared(adjustments={"min": "0", "max": "5"})
    give(scene)
    round_ = opened(scene)
    score(scene)
    both = {"by": scene.staff, "second": scene.second, "now": timezone.now()}
    entry = round_.entries.get(position=1)
    for points in ("5", "-5", "1.5"):
        adjust_entry(entry, Decimal(points), reason=f"加分 {points}", **both)
    close_round_early(round_, **both)
    row = tally_round(round_.pk, timezone.now())
    assert row is not None
    round_.refresh_from_db()
    publish_provisional(round_, **both)
    analyse_tally(row.pk)
    return scene, row, build_bundle(row.pk)


def test_from_the_opening_to_a_bundle_that_holds_and_a_correction_that_keeps_them() -> None:
    scene, row, bundle = published_with_points()
    round_, files = scene.round, files_of(bundle)
    round_.refresh_from_db()
    both = {"by": scene.staff, "second": scene.second, "now": timezone.now()}
    best = row.standings.select_related("entry").order_by("position")[0]
    given = next(panel for panel in best.numbers["panels"] if panel["key"] == "preliminary")
    assert Decimal(given["score"]) == best.entry.given_points.get().points
    assert json.loads(round_.publications.get().body)["rule"]["full_marks"] == ""  # nobody knows it
    told = json.loads(files["log.jsonl"].splitlines()[0])["body"]["given_sha256"]
    assert told == canonical.sha256(files["given.csv"]) and files["given.csv"].count(b"\n") == 9
    assert verify.check(files).wrong == []
    # Whoever exchanges points and computes a result from them is found by the first line of the log.
    bent = {**files, "given.csv": files["given.csv"].replace(b",80\n", b",81\n")}
    assert bent != files
    listed = {name: canonical.sha256(data) for name, data in bent.items() if name != "manifest.json"}
    bent["manifest.json"] = manifest(log_of(round_), listed)
    assert [item[0] for item in verify.check(bent).wrong][:1] == ["given"]
    sheet = ScoreSheet.objects.filter(round=round_).counted().select_related("event")[0]
    change = {"kind": "void", "sheets": [sheet.event.digest]}
    made = correct_round(round_, change, **both, reason="评委应当回避")
    assert made.tally.standings.filter(rank=None).count() == 0  # the points still count
    analyse_tally(made.tally_id)
    assert verify.check(files_of(build_bundle(made.tally_id))).wrong == []


def final_with_points() -> tuple[Room, Round, Round]:
    """A preliminary with final results, and the season's final with the same cases, being prepared."""
    scene = prepared()
    preliminary = make.scored_round(
        scene.season, scene.cast.neighbour, MARKS, rules=make.rule_set(scene.season)
    )
    both = {"by": scene.staff, "second": scene.second, "now": timezone.now()}
    close_round_early(preliminary, **both)
    tally_round(preliminary.pk, timezone.now())
    preliminary.refresh_from_db()
    publish_provisional(preliminary, **both)
    final = make.round(scene.season, None, scene.rules, "draft")
    for entry in preliminary.entries.all():
        make.entry(final, entry.submission)
    return scene, preliminary, final


def test_totals_are_taken_over_once_they_are_final_and_again_after_a_correction() -> None:
    scene, preliminary, final = final_with_points()
    take = lambda: take_over_totals(final, "preliminary", by=scene.staff, now=now())  # noqa: E731
    with pytest.raises(Refusal) as early:
        take()
    assert early.value.code == "nothing-to-take"
    both = {"by": scene.staff, "second": scene.second, "now": timezone.now()}
    publish_final(preliminary, **both)
    table = take()
    found = {str(row.entry): row.points for row in table.points.all()}
    assert found == {"厨房": Decimal(80), "花园": Decimal(75)} and preliminary.name in table.source
    assert {row.tally.round for row in table.points.all()} == {preliminary}
    codes = lambda: [item.code for item in readiness(final, now()).blockers]  # noqa: E731
    assert "given-stale" not in codes()

    preliminary.tallies.update(state="superseded")
    assert "given-stale" in codes()


def test_the_office_types_pastes_and_takes_over(client: Any) -> None:
    scene = prepared(5)
    client.force_login(scene.staff, backend="accounts.backends.AccountBackend")
    base = f"/shangcheng/office/rounds/{scene.round.code}/points/"
    assert client.get(f"{base}nothing/given/").status_code == 404
    assert client.get(f"{base}residents/given/").status_code == 404
    entries = list(scene.round.entries.select_related("submission").order_by("position"))
    rows = {f"row_{entry.code}": "80" for entry in entries[:3]}
    url = f"{base}preliminary/given/"
    assert client.post(url, rows).status_code == 422  # no source
    assert client.post(url, {**rows, "source": "评审", f"row_{entries[0].code}": "abc"}).status_code == 422
    for wrong in (
        "2018-XX-001\t5",
        f"{entries[0].submission.number}\t1e1",
        f"{entries[0].submission.number}",
    ):
        assert client.post(url, {**rows, "source": "评审", "pasted": wrong}).status_code == 422
    twice = f"{entries[0].submission.number} 5\n{entries[0].submission.number} 6"
    assert client.post(url, {"source": "评审", "pasted": twice}).status_code == 422
    assert GivenPoints.objects.count() == 0
    pasted = "\n".join(
        [
            f"{entries[3].submission.number.lower()}\t某案例 名称\t７７．５",
            f"{entries[0].submission.number}, 61",
        ]
    )
    sent = {**rows, "source": " 资格 评审 ", "pasted": pasted}
    assert client.post(url, sent).status_code == 303
    assert dict(GivenPoints.objects.values_list("entry", "points")) == {
        entries[0].pk: 61,
        entries[1].pk: 80,
        entries[2].pk: 80,
        entries[3].pk: Decimal("77.5"),
    }
    shown = client.get(base).content.decode()
    assert "资格 评审" in shown and "77.5" in shown
    assert client.post(f"{base}preliminary/take/").status_code == 303  # nothing to take over: it says so
    assert GivenPoints.objects.count() == 4
    client.force_login(scene.cast.people["observer"], backend="accounts.backends.AccountBackend")
    assert client.get(base).status_code == 200 and client.get(url).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_table_asks_as_often_for_one_as_for_three(
    client: Any, number: int, django_assert_num_queries: Any
) -> None:
    scene = prepared(number + 2)
    give(scene)
    client.force_login(scene.staff, backend="accounts.backends.AccountBackend")
    with django_assert_num_queries(9):
        client.get(f"/shangcheng/office/rounds/{scene.round.code}/points/")
