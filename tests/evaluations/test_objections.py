"""Objections: recorded by the office, decided by two of the district with reasons, public as a number, waited for."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from communities.actions.decisions import approve_decision, request_decision
from evaluations.actions.closing import close_round_early
from evaluations.actions.objections import record_objection
from evaluations.actions.publication import publish_final, publish_provisional
from evaluations.actions.retention import erase_season
from evaluations.actions.tallying import tally_round
from evaluations.models import Objection, Round
from evaluations.rules import objections as rules
from evaluations.states import RoundState
from goldidea.lib.errors import Refusal
from goldidea.lib.models import AuditEvent
from tests import make
from tests.architecture.world import jpeg
from tests.personas import Cast

pytestmark = pytest.mark.django_db
MARKS = {"厨房": [("50", "30"), ("40", "20")], "花园": [("30", "30"), ("40", "20")]}


def noticed_round(cast: Cast, marks: Any = None, **values: Any) -> Round:
    """A preliminary of 清波 on notice."""
    season = make.season(cast.district, f"第 {next(make.count)} 届")
    round_ = make.scored_round(season, cast.home, marks or MARKS, **values)
    people = {"by": make.user(), "second": make.user(), "now": timezone.now()}
    close_round_early(round_, **people)
    tally_round(round_.pk, timezone.now())
    round_.refresh_from_db()
    publish_provisional(round_, **people)
    return round_


def finish(round_: Round) -> None:
    publish_final(round_, by=make.user(), second=make.user(), now=timezone.now())


def decided(cast: Cast, row: Objection, outcome: str = "rejected", reason: str = "经核查不属实") -> Objection:
    first, second = cast.people["district_staff"], cast.people["district_staff_2"]
    payload = {"outcome": outcome}
    decision = request_decision("decide_objection", row, payload, by=first, reason=reason, now=timezone.now())
    approve_decision(decision, by=second, now=timezone.now())
    row.refresh_from_db()
    return row


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def test_final_results_wait_until_two_people_have_decided(cast: Cast) -> None:
    round_ = noticed_round(cast)
    row = make.objection(round_)
    with pytest.raises(Refusal) as refused:
        finish(round_)
    assert refused.value.code == "objection-undecided"
    assert decided(cast, row).reasons == "经核查不属实" and row.state == "rejected"
    finish(round_)
    assert round_.state == "final"
    event = AuditEvent.objects.get(action="decide objection")
    assert event.role == "district_staff"


def test_what_was_decided_stays(cast: Cast) -> None:
    row = decided(cast, make.objection(noticed_round(cast)), "upheld")
    for change in (
        lambda: Objection.objects.filter(pk=row.pk).update(state="rejected"),
        lambda: Objection.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            change()
    with pytest.raises(PermissionDenied):
        request_decision(
            "decide_objection",
            row,
            {"outcome": "rejected"},
            by=cast.people["district_staff"],
            now=timezone.now(),
        )


def test_rules_and_twins_agree(cast: Cast) -> None:
    for state in RoundState:
        make.round(make.season(cast.district, f"届 {state}"), cast.home, state=state)
        make.round(make.season(cast.district, f"邻 {state}"), cast.neighbour, state=state)
    rounds = list(Round.objects.select_related("season__district"))
    for round_ in rounds:
        make.objection(round_)
        make.objection(round_, state="upheld", reasons="属实", decided_at=timezone.now())
    rows = list(Objection.objects.select_related("round__season__district"))
    for role, person in cast.people.items():
        if person is None:
            continue
        for rule, twin, objects in (
            (rules.can_record_objection, rules.rounds_objected_to, rounds),
            (rules.can_see_objection, rules.objections_visible_to, rows),
            (rules.can_decide_objection, rules.objections_decided_by, rows),
        ):
            listed = set(twin(person, cast.district).values_list("pk", flat=True))
            assert {one.pk for one in objects if rule(person, one)} == listed, (role, rule.__name__)


def test_the_office_records_reads_and_the_public_sees_a_number(cast: Cast, client: Any) -> None:
    round_ = noticed_round(cast)
    office = f"/shangcheng/office/rounds/{round_.code}/objections/"
    client.force_login(cast.people["subdistrict_staff"], backend="accounts.backends.AccountBackend")
    assert client.post(office + "new/", {}).status_code == 422
    told = {
        "kind": "person",
        "name": "赵先生",
        "contact": "13900001234",
        "entry": "",
        "text": "评委应当回避",
        "received_on": timezone.localdate().isoformat(),
    }
    bad = SimpleUploadedFile("x.pdf", b"not a paper")
    answer = client.post(office + "new/", {**told, "scan": bad})
    assert answer.status_code == 422 and not Objection.objects.exists()
    late = client.post(office + "new/", {**told, "received_on": "2999-01-01"})
    assert late.status_code == 422
    assert (
        client.post(office + "new/", {**told, "scan": SimpleUploadedFile("x.jpg", jpeg())}).status_code == 303
    )
    row = Objection.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name || contact || text FROM evaluations_objection")
        assert "赵" not in cursor.fetchone()[0]
    page = f"/shangcheng/office/objections/{row.code}/"
    shown = client.get(page).content.decode()
    assert "评委应当回避" in shown and "赵先生" not in shown and "13900001234" not in shown
    who = client.post(page + "contact/", {"reason": "书面答复"}).content.decode()
    assert "赵先生" in who and AuditEvent.objects.filter(action="view objector").count() == 1
    scan = client.get(page + "scan/")
    assert scan["Content-Type"] == "image/jpeg" and b"".join(scan.streaming_content)
    assert AuditEvent.objects.filter(action="download objection").count() == 1
    assert client.get(page + "decide/").status_code == 403  # the district decides
    publication = round_.publications.get()
    client.logout()
    public = client.get(f"/shangcheng/notices/{publication.code}/", headers={"accept-language": "en"})
    assert "Received: 1. Upheld: 0. Rejected: 0." in public.content.decode()
    assert "赵" not in public.content.decode()


@pytest.mark.parametrize("state", ["draft", "open", "tallied", "cancelled"])
def test_only_published_results_are_objected_to(cast: Cast, state: str) -> None:
    round_ = make.round(make.season(cast.district), cast.home, state=state)
    with pytest.raises(PermissionDenied):
        record_objection(round_, {}, None, by=cast.people["district_staff"], now=timezone.now())


def test_the_persons_are_erased_and_the_outcome_stays(cast: Cast) -> None:
    row = make.objection(noticed_round(cast), scan=jpeg())
    decided(cast, row, "upheld")
    assert erase_season(row.round.season, timezone.now())["objections"] == 1
    row.refresh_from_db()
    assert (row.name, row.contact, row.text, row.reasons, row.scan.name) == ("", "", "", "", "")
    assert row.round.objections.outcomes() == {"received": 1, "upheld": 1, "rejected": 0}
    assert erase_season(row.round.season, timezone.now())["objections"] == 0


def test_the_list_costs_the_same_for_one_and_for_three(
    cast: Cast, client: Any, django_assert_num_queries: Any
) -> None:
    round_ = noticed_round(cast)
    client.force_login(cast.people["district_staff"], backend="accounts.backends.AccountBackend")
    url = f"/shangcheng/office/rounds/{round_.code}/objections/"
    for many in (1, 2):
        for _n in range(many):
            make.objection(round_, entry=round_.entries.first())
        client.get(url)
        with django_assert_num_queries(8):
            client.get(url)
