"""The office checks cases: list, reasons at the fields, decisions, history."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from evaluations.actions.screening import (
    accept_submission,
    refuse_submission,
    reopen_submission,
    return_submission,
)
from evaluations.actions.submissions import save_submission, submit_submission
from evaluations.models import ScreeningNote, Season, Submission
from evaluations.states import SUBMISSION_MOVES, SubmissionState
from goldidea.lib.errors import Refusal, StaleState, TooLate
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.cases import draft, handed_in
from tests.personas import Cast

pytestmark = pytest.mark.django_db
S = SubmissionState


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def season(cast: Cast) -> Season:
    return make.season(cast.district)


@pytest.fixture
def staff(cast: Cast, client: Any) -> Any:
    client.force_login(cast.people["subdistrict_staff"])
    return client


def url(name: str, case: Submission | None = None) -> str:
    return reverse(f"office:{name}", args=["shangcheng", *([case.code] if case else [])])


ACTS: dict[str, Any] = {
    S.RETURNED: lambda case, by, now: return_submission(case, {"need": "写明日期"}, by=by, now=now),
    S.ACCEPTED: lambda case, by, now: accept_submission(case, by=by, now=now),
    S.NOT_ELIGIBLE: lambda case, by, now: refuse_submission(case, reason="重复申报", by=by, now=now),
    S.SUBMITTED: lambda case, by, now: reopen_submission(case, by=by, now=now),
}


# ---- The actions


@pytest.mark.parametrize("old", [S.SUBMITTED, S.RETURNED, S.ACCEPTED, S.NOT_ELIGIBLE, S.WITHDRAWN])
@pytest.mark.parametrize("new", ACTS)
def test_every_move_of_the_office(cast: Cast, season: Season, old: str, new: str) -> None:
    """The office moves a case where the table lets it, and from nowhere else."""
    case = make.submission(season, cast.community, state=old)
    allowed = new in SUBMISSION_MOVES.get(old, frozenset()) and (new != S.SUBMITTED or old == S.NOT_ELIGIBLE)
    staff, now = cast.people["subdistrict_staff"], timezone.now()
    if allowed:
        ACTS[new](case, staff, now)
    else:
        with pytest.raises(StaleState):
            ACTS[new](case, staff, now)
    case.refresh_from_db()
    assert case.state == (new if allowed else old)


MAY = {"district_staff", "district_staff_2", "subdistrict_staff", "subdistrict_staff_2"}
READS = MAY | {"observer", "community_user"}


@pytest.mark.parametrize("new", ACTS)
def test_who_decides(cast: Cast, season: Season, new: str) -> None:
    old = S.NOT_ELIGIBLE if new == S.SUBMITTED else S.SUBMITTED
    answers = {}
    for role, person in cast.people.items():
        if person is None:
            continue
        case = make.submission(season, cast.community, state=old)
        try:
            ACTS[new](case, person, timezone.now())
            answers[role] = "done"
        except PermissionDenied:
            answers[role] = "told why"
        except Http404:
            answers[role] = "hidden"
    told = {role for role, answer in answers.items() if answer == "told why"}
    assert {role for role, answer in answers.items() if answer == "done"} == MAY
    assert told == {"observer"}


def test_a_return_needs_a_reason(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    with pytest.raises(Refusal):
        return_submission(case, {"need": " "}, by=cast.people["subdistrict_staff"], now=timezone.now())


def test_nothing_is_returned_that_could_not_come_back(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    later = timezone.now() + dt.timedelta(days=3)
    with pytest.raises(TooLate):
        return_submission(case, {"": "改"}, by=cast.people["subdistrict_staff"], now=later)


def test_a_returned_case_comes_back_after_the_close_and_keeps_its_number(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    writer, now = cast.people["community_user"], timezone.now()
    return_submission(
        case, {"need": "写明日期", "effect": "给数字"}, by=cast.people["subdistrict_staff"], now=now
    )
    Season.objects.filter(pk=season.pk).update(submissions_close_at=now)
    save_submission(case, {"need": "三月六日议事会 32 人提出"}, by=writer, now=now)
    again = submit_submission(case, by=writer, now=now)
    assert (again.number, again.state, again.snapshots.count()) == (case.number, S.SUBMITTED, 2)
    assert case.notes.filter(resolved_at=None).count() == 0
    first, last = again.snapshots.order_by("pk")
    assert (first.body["need"] == last.body["need"], first.body["effect"] == last.body["effect"]) == (
        False,
        True,
    )


def test_a_correction_after_its_own_close_is_late(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    now = timezone.now()
    return_submission(case, {"": "改"}, by=cast.people["subdistrict_staff"], now=now)
    past = {"submissions_close_at": now - dt.timedelta(hours=2), "corrections_close_at": now}
    Season.objects.filter(pk=season.pk).update(**past)
    with pytest.raises(TooLate):
        submit_submission(case, by=cast.people["community_user"], now=now)


def test_not_eligible_is_final_once_scoring_begins(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    staff, now = cast.people["subdistrict_staff"], timezone.now()
    refuse_submission(case, reason="重复申报", by=staff, now=now)
    make.round(season, cast.home)
    with pytest.raises(StaleState):
        reopen_submission(case, by=staff, now=now)


def test_taking_up_again_keeps_the_time_of_handing_in(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    staff, now = cast.people["subdistrict_staff"], timezone.now()
    refuse_submission(case, reason="重复申报", by=staff, now=now)
    again = reopen_submission(case, by=staff, now=now)
    again.refresh_from_db()
    assert (again.state, again.submitted_at) == (S.SUBMITTED, case.submitted_at)


def test_every_decision_stands_in_the_audit_trail(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    staff, now = cast.people["subdistrict_staff"], timezone.now()
    refuse_submission(case, reason="重复申报", by=staff, now=now)
    reopen_submission(case, by=staff, now=now)
    accept_submission(case, by=staff, now=now, checked=["registered"])
    events = AuditEvent.objects.filter(object_code=case.code, actor=staff.person_key).order_by("pk")
    assert [(e.action, e.detail.changes["state"], e.detail.reason) for e in events] == [
        ("refuse case", ["submitted", "not_eligible"], "重复申报"),
        ("take case up again", ["not_eligible", "submitted"], ""),
        ("accept case", ["submitted", "accepted"], "registered"),
    ]


# ---- The pages


def test_the_list_shows_what_was_handed_in_here(staff: Any, cast: Cast, season: Season) -> None:
    mine = handed_in(cast, season)
    other = {"community": cast.neighbour_community, "by": cast.people["neighbour_community_user"]}
    theirs = handed_in(cast, season, **other)
    written = draft(cast, season, title="还没交")
    text = staff.get(url("cases")).content.decode()
    assert [words in text for words in (mine.number, theirs.number, written.title)] == [True, False, False]


def listed(client: Any, **query: str) -> list[str]:
    return [case.number for case in client.get(url("cases"), query).context["cases"]]


def test_search_filters_and_order(staff: Any, cast: Cast, season: Season) -> None:
    first = handed_in(cast, season, title="墙门问安")
    second = handed_in(cast, season, title="楼道议事", organizations=[cast.centre])
    accept_submission(second, by=cast.people["subdistrict_staff"], now=timezone.now())
    assert listed(staff, q="问安") == [first.number]
    assert listed(staff, q="shangchengqu") == [second.number]
    assert listed(staff, state="accepted") == [second.number]
    assert listed(staff, season=season.code, order="-number") == [second.number, first.number]
    assert listed(staff, community=cast.community.code, order="title") == [first.number, second.number]
    assert listed(staff, order="-submitted") == [second.number, first.number]


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"state": "x"}, {"season": "\x00"}, {"order": "\x00"}, {"page": "x"}]
)
def test_odd_addresses_are_no_error(staff: Any, season: Season, query: dict[str, str]) -> None:
    assert staff.get(url("cases"), query).status_code == 200
    assert staff.get(url("cases_export"), query).status_code == 200


LIST_QUERIES = 13


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_the_same_number_of_times(
    staff: Any, cast: Cast, season: Season, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        handed_in(cast, season)
    staff.get(url("cases"))
    with django_assert_num_queries(LIST_QUERIES):
        staff.get(url("cases"))


def test_the_list_as_a_workbook(staff: Any, cast: Cast, season: Season) -> None:
    case = handed_in(cast, season, title="=HYPERLINK(1)")
    handed_in(cast, season)
    sheet = load_workbook(io.BytesIO(staff.get(url("cases_export"), {"q": "HYPER"}).content)).active
    rows = [[cell.value for cell in row[:5]] for row in sheet.iter_rows()]
    assert rows[1][0] == case.number
    assert len(rows) == 2
    assert not rows[1][1].startswith("=")
    assert "3812345678" not in str(rows)


def test_reasons_stand_at_the_fields_of_the_community(
    staff: Any, cast: Cast, season: Season, client: Any
) -> None:
    case = handed_in(cast, season)
    data = {"reason_need": "请写明日期和到会人数", "reason_organizations": "少了一家", "reason": "整体不错"}
    assert staff.post(url("case_return", case), data).status_code == 303
    assert sorted(ScreeningNote.objects.values_list("field", flat=True)) == ["", "need", "organizations"]
    client.force_login(cast.people["community_user"])
    form = client.get(reverse("cases:edit", args=["shangcheng", case.code])).context["form"]
    assert {name: list(errors) for name, errors in form.errors.items()} == {
        "__all__": ["街道退回：整体不错"],
        "need": ["街道退回：请写明日期和到会人数"],
        "organizations": ["街道退回：少了一家"],
    }


def test_reasons_do_not_keep_a_correction_from_being_saved(cast: Cast, season: Season, client: Any) -> None:
    case = handed_in(cast, season)
    now = timezone.now()
    return_submission(case, {"need": "写明日期"}, by=cast.people["subdistrict_staff"], now=now)
    client.force_login(cast.people["community_user"])
    data = {"need": "三月六日", "revision": case.revision}
    assert client.post(reverse("cases:edit", args=["shangcheng", case.code]), data).status_code == 303
    case.refresh_from_db()
    assert (case.need, case.rough) == ("三月六日", {})


def test_the_office_sees_what_was_handed_in_and_not_the_draft_after_it(
    staff: Any, cast: Cast, season: Season
) -> None:
    case = handed_in(cast, season)
    writer, now = cast.people["community_user"], timezone.now()
    return_submission(case, {"need": "写明日期"}, by=cast.people["subdistrict_staff"], now=now)
    save_submission(case, {"need": "改了一半"}, by=writer, now=now)
    assert "改了一半" not in staff.get(url("case", case)).content.decode()
    submit_submission(case, by=writer, now=now)
    text = staff.get(url("case", case)).content.decode()
    assert ["改了一半" in text, "退回之后改了 1 处" in text, "退回后改过" in text] == [True, True, True]


def test_the_workers_phone_is_masked(staff: Any, cast: Cast, season: Season) -> None:
    text = staff.get(url("case", handed_in(cast, season))).content.decode()
    assert ("+86 138****5678" in text, "13812345678" in text) == (True, False)


def test_the_observer_reads_and_has_no_button(cast: Cast, season: Season, client: Any) -> None:
    case = handed_in(cast, season)
    client.force_login(cast.people["observer"])
    text = client.get(url("case", case)).content.decode()
    assert ("墙门晨间问安" in text, "case_return" in text, "formaction" in text) == (True, False, False)
    assert client.post(url("case_accept", case)).status_code == 403


def test_a_foreign_case_a_draft_and_none_answer_alike(staff: Any, cast: Cast, season: Season) -> None:
    other = {"community": cast.neighbour_community, "by": cast.people["neighbour_community_user"]}
    codes = [handed_in(cast, season, **other).code, draft(cast, season).code, "0000000000"]
    for name in ("case", "case_return", "case_accept", "case_refuse", "case_reopen"):
        method = staff.get if name == "case" else staff.post
        assert [
            method(reverse(f"office:{name}", args=["shangcheng", code])).status_code for code in codes
        ] == [404] * 3


def test_every_point_of_the_checklist_is_ticked_first(staff: Any, cast: Cast, season: Season) -> None:
    conduct = {**make.RULE["conduct"], "checklist": ["registered", "有社区盖章"]}
    make.rule_set(season, conduct=conduct)
    case = handed_in(cast, season)
    answer = staff.post(url("case_accept", case), {"point_0": "on"})
    assert (answer.status_code, "请勾选这一条" in answer.content.decode()) == (422, True)
    assert staff.post(url("case_accept", case), {"point_0": "on", "point_1": "on"}).status_code == 303
    case.refresh_from_db()
    assert case.state == S.ACCEPTED


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("case_return", {}),
        ("case_return", {"reason": "字" * 501}),
        ("case_return", {"reason": "\x00"}),
        ("case_accept", {"reason_need": "没写清"}),
        ("case_refuse", {"reason_need": "没写清"}),
    ],
)
def test_a_decision_without_its_reason_is_refused(
    staff: Any, cast: Cast, season: Season, name: str, data: dict[str, str]
) -> None:
    case = handed_in(cast, season)
    assert staff.post(url(name, case), data).status_code == 422
    case.refresh_from_db()
    assert case.state == S.SUBMITTED


def test_the_second_of_two_deciders_learns_that_it_is_decided(staff: Any, cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    assert staff.post(url("case_accept", case)).status_code == 303
    answer = staff.post(url("case_refuse", case), {"reason": "重复"})
    assert (answer.status_code, answer["X-Refusal"]) == (409, "stale-state")


def test_the_snapshot_names_no_person(cast: Cast, season: Season) -> None:
    body = json.dumps(handed_in(cast, season).snapshots.get().body, ensure_ascii=False)
    assert ("周小满" in body, "138" in body) == (False, False)
