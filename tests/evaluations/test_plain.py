"""A round whose judges cannot be compared: refused, then counted plain by two people, and checked by everybody."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from communities.models import Decision
from evaluations.actions import bundling
from evaluations.actions.advancing import advance_entries
from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle, bundles_waiting
from evaluations.actions.closing import close_round_early
from evaluations.actions.plain import count_plain
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.bundle import verify
from evaluations.models import Publication, Round, RoundEvent, Tally, TallyRefusal
from evaluations.refusals import refused_panels
from evaluations.rules import results as rules
from goldidea.lib import signing
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations import bent
from tests.evaluations.bundles import files_of, marks_for, open_room
from tests.evaluations.judging import hand_in
from tests.evaluations.page_check import asked_of_the_page
from tests.evaluations.rooms import Room
from tests.evaluations.test_analysing import CALIBRATED

pytestmark = pytest.mark.django_db


def refused(slug: str = "shangcheng", **rule: Any) -> Room:
    """A closed round of which two judges have marked, and no case in common: it has no result."""
    scene = open_room(6, slug, **{**CALIBRATED, **rule})
    rows = list(scene.round.assignments.select_related("seat__judge__user", "entry").order_by("pk"))
    first, second = sorted({row.seat.pk for row in rows})[:2]
    of_first = [row for row in rows if row.seat.pk == first][:2]
    taken = {row.entry_id for row in of_first}
    of_second = [row for row in rows if row.seat.pk == second and row.entry_id not in taken][:2]
    for number, row in enumerate((*of_first, *of_second)):
        hand_in(row.seat, row.entry, marks_for(number * 7))
    close_round_early(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    assert tally_round(scene.round.pk, timezone.now()) is None
    scene.round.refresh_from_db()
    return scene


def asked(scene: Room) -> Decision:
    person = {"by": scene.staff, "reason": "评委缺席", "now": timezone.now()}
    return request_decision("count_plain", scene.round, {}, **person)


def decided(scene: Room) -> Tally:
    assert approve_decision(asked(scene), by=scene.second, now=timezone.now()).state == "approved"
    row = tally_round(scene.round.pk, timezone.now())
    assert row is not None
    scene.round.refresh_from_db()
    return row


def published(scene: Room) -> dict[str, bytes]:
    row = decided(scene)
    publish_provisional(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    analyse_tally(row.pk)
    return files_of(build_bundle(row.pk))


def test_two_people_let_it_be_counted_and_the_log_says_so():
    scene = refused()
    ((panel, groups),) = refused_panels(scene.round)
    assert (panel, [len(group["entries"]) for group in groups]) == ("residents", [2, 2])
    assert all(len(group["seats"]) == 1 for group in groups)
    rule_before = scene.round.rule_set.text
    row = decided(scene)
    result = json.loads(row.result)
    assert result["warnings"][-1] == {"code": "not_calibrated", "panel": "residents", "groups": 2}
    assert (result["corrections"], scene.round.state) == ([], "tallied")
    assert (row.rule_sha256, scene.round.rule_set.text) == (scene.round.rule_set.sha256, rule_before)
    event = RoundEvent.objects.get(kind="plain")
    assert json.loads(event.body)["panels"] == ["residents"]
    assert "评委缺席" not in event.body
    line = AuditEvent.objects.select_related("detail").get(action="count plain")
    assert line.object_code == scene.round.code
    # The analysis is of the same count.
    assert analyse_tally(row.pk).body


def test_a_refusal_kept_before_it_named_the_groups_is_shown_and_decided_alike(client):
    scene = refused()
    kept = TallyRefusal.objects.get()
    groups = refused_panels(scene.round)
    TallyRefusal.objects.update(params={name: kept.params[name] for name in ("panel", "count", "groups")})
    scene.round = Round.objects.get(pk=scene.round.pk)
    assert refused_panels(scene.round) == groups
    client.force_login(scene.staff, backend="accounts.backends.AccountBackend")
    assert client.get(f"/shangcheng/office/rounds/{scene.round.code}/").status_code == 200
    decided(scene)
    assert json.loads(RoundEvent.objects.get(kind="plain").body)["panels"] == ["residents"]


def test_it_is_decided_once_and_for_refused_rounds_only():
    scene = refused()
    both = {"by": scene.staff, "second": scene.second, "reason": "缺席", "now": timezone.now()}
    asked(scene)
    with pytest.raises(Refusal):
        asked(scene)
    count_plain(scene.round, **both)
    with pytest.raises(StaleState):
        count_plain(scene.round, **both)
    assert not rules.can_count_plain(scene.staff, scene.round)


def test_the_rule_agrees_with_its_twin():
    scene = refused()
    abroad = refused("elsewhere")
    people = {**scene.cast.people, "stranger": abroad.staff}
    rounds = list(Round.objects.select_related("season__district"))

    def may() -> dict[str, set[int]]:
        found = {}
        for role, person in people.items():
            found[role] = {
                r.pk for r in rounds if r.district == scene.cast.district and rules.can_count_plain(person, r)
            }
            twin = rules.countable_plain_by(person, scene.cast.district)
            assert found[role] == set(twin.values_list("pk", flat=True)), role
        return found

    hosts = {"district_staff", "district_staff_2", "subdistrict_staff", "subdistrict_staff_2"}
    assert {role for role, found in may().items() if found} == hosts
    decided(scene)
    assert not any(may().values())


def test_strangers_and_observers_are_turned_away(client):
    scene = refused()
    at = f"/shangcheng/office/rounds/{scene.round.code}/plain/"
    client.force_login(scene.cast.people["observer"])
    assert client.get(at).status_code == 403
    client.force_login(scene.cast.people["neighbour_staff"])
    assert client.get(at).status_code == 404
    client.force_login(scene.staff)
    assert client.post(at, {"reason": ""}).status_code == 422
    assert client.post(at, {"reason": "缺席"}).status_code == 303
    assert Decision.objects.get().kind == "count_plain"


def test_the_bundle_says_it_and_verify_wants_it():
    scene = refused()
    files = published(scene)
    report = verify.check(files)
    assert report.holds, report.wrong
    assert "plain" in [code for code, _zh, _en in report.notes]
    assert json.loads(files["rule.json"])["calibration"]["if_disconnected"] == "refuse"
    events = bent.events_of(files)
    without = bent.relog(files, [e for e in events if e["event"] != "plain"], signing.sign)
    other = bent.relog(
        files, [{**e, "panels": ["guests"]} if e["event"] == "plain" else e for e in events], signing.sign
    )
    early = bent.relog(
        files, [{**e, "at": events[0]["at"]} if e["event"] == "plain" else e for e in events], signing.sign
    )
    for bad in (without, other, early):
        found = verify.check(bent.relist(bad, signing.sign))
        assert [code for code, _zh, _en in found.wrong] == ["plain"]


def test_the_page_module_wants_it_too(tmp_path):
    files = published(refused())
    events = bent.events_of(files)
    without = bent.relog(files, [e for e in events if e["event"] != "plain"], signing.sign)
    early = bent.relog(
        files, [{**e, "at": events[0]["at"]} if e["event"] == "plain" else e for e in events], signing.sign
    )
    asked = [files, bent.relist(without, signing.sign), bent.relist(early, signing.sign)]
    assert asked_of_the_page(asked, tmp_path) == ["holds", "result: plain", "log: plain"]


def test_the_public_reads_it(client):
    scene = refused()
    published(scene)
    told = json.loads(Publication.objects.get().body)["not_calibrated"]
    assert told == {"panels": ["residents"], "decided_on": timezone.localdate().isoformat()}
    page = client.get(f"/shangcheng/results/{scene.round.code}/").content.decode()
    assert "评委未作宽严校正" in page and "两人" in page


def test_cases_advance_from_a_round_that_was_counted_plain():
    scene = refused(
        advance={"per_sub_district": 1, "others": 0, "ties": "all"}, conduct={"notice_working_days": 0}
    )
    published(scene)
    both = {"by": scene.staff, "second": scene.second, "now": timezone.now()}
    publish_final(scene.round, **both)
    final = make.round(scene.round.season, None, scene.round.rule_set, "draft")
    came, gone = advance_entries(final, by=scene.staff, now=timezone.now())
    assert (len(came), gone) == (1, [])


def test_a_bundle_does_not_wait_for_ever_for_its_analysis(monkeypatch):
    scene = refused()
    row = decided(scene)
    publish_provisional(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    assert build_bundle(row.pk) is None
    monkeypatch.setattr(bundling, "PATIENCE", dt.timedelta(0))
    assert bundles_waiting().get().pk == row.pk
    assert "analysis.json" not in files_of(build_bundle(row.pk))
