"""A community writes, saves and hands in its cases."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from evaluations.actions.submissions import (
    NotComplete,
    create_submission,
    save_submission,
    submit_submission,
    withdraw_submission,
)
from evaluations.models import Season, Submission
from evaluations.rules import submissions as rules
from evaluations.rules.completeness import REQUIRED, gaps
from evaluations.states import SubmissionState
from goldidea.lib.errors import StaleRevision, StaleState, TooLate
from goldidea.lib.models import AuditDetail, AuditEvent
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
def writer(cast: Cast, client: Any) -> Any:
    client.force_login(cast.people["community_user"])
    return client


def url(name: str, case: Submission | None = None) -> str:
    return reverse(f"cases:{name}", args=["shangcheng", *([case.code] if case else [])])


def posted(case: Submission, **changes: Any) -> dict[str, Any]:
    """What the page would send: everything, with the revision and the fingerprints that it showed."""
    from evaluations.forms.merging import fingerprints, typed

    case = Submission.objects.get(pk=case.pk)
    values = typed(case)
    return {**values, "revision": case.revision, "seen": fingerprints(values), **changes}


# ---- The actions


def test_a_draft_starts_with_its_community_and_no_number(cast: Cast, season: Season) -> None:
    by = cast.people["community_user"]
    case = create_submission(season, cast.community, by=by, now=timezone.now(), title="问安")
    assert (case.state, case.number, case.sub_district, case.revision) == (S.DRAFT, "", cast.home, 0)


def test_only_the_communitys_people_start_a_case(cast: Cast, season: Season) -> None:
    for role in ("district_staff", "subdistrict_staff", "neighbour_community_user", "observer"):
        with pytest.raises(PermissionDenied):
            create_submission(season, cast.community, by=cast.people[role], now=timezone.now())


@pytest.mark.parametrize("shift", [dt.timedelta(days=-2), dt.timedelta(days=2)])
def test_a_case_starts_only_while_submissions_are_open(
    cast: Cast, season: Season, shift: dt.timedelta
) -> None:
    with pytest.raises(TooLate):
        create_submission(
            season, cast.community, by=cast.people["community_user"], now=timezone.now() + shift
        )


def test_a_save_grows_the_revision_only_when_something_changed(cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    by, now = cast.people["community_user"], timezone.now()
    assert case.revision == 1
    assert save_submission(case, {"title": case.title}, by=by, now=now).revision == 1
    assert save_submission(case, {"title": "新名字"}, by=by, now=now).revision == 2


def test_a_save_on_an_older_revision_is_refused(cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    by, now = cast.people["community_user"], timezone.now()
    save_submission(case, {"title": "甲"}, by=by, now=now, base_revision=1)
    with pytest.raises(StaleRevision):
        save_submission(case, {"title": "乙"}, by=by, now=now, base_revision=1)
    case.refresh_from_db()
    assert (case.title, case.revision) == ("甲", 2)


def test_the_audit_trail_says_what_changed_and_never_a_phone(cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    save_submission(
        case,
        {"title": "新名字", "worker_phone": "+8613987654321"},
        by=cast.people["community_user"],
        now=timezone.now(),
    )
    detail = AuditEvent.objects.filter(action="save case").latest("pk").detail
    assert detail.changes == {
        "title": ["墙门晨间问安", "新名字"],
        "worker_phone": ["+86 138****5678", "+86 139****4321"],
    }
    assert "3812345678" not in json.dumps(list(AuditDetail.objects.values_list("changes", flat=True)))


@pytest.mark.parametrize("name", REQUIRED)
def test_each_required_field_is_missed(cast: Cast, season: Season, name: str) -> None:
    column = None if name == "organizations" else Submission._meta.get_field(name)
    nothing = [] if column is None else None if column.null else ""
    case = draft(cast, season, **{name: nothing})
    assert [gap.field for gap in gaps(case)] == [name]
    with pytest.raises(NotComplete):
        submit_submission(case, by=cast.people["community_user"], now=timezone.now())


def test_a_text_too_long_is_kept_and_named(cast: Cast, season: Season) -> None:
    case = draft(cast, season, summary="字" * 525)
    assert [(gap.field, gap.words) for gap in gaps(case)] == [("summary", "概要：请删短 25 个字")]


def test_the_number_counts_in_season_and_sub_district(cast: Cast, season: Season) -> None:
    other = {"community": cast.neighbour_community, "by": cast.people["neighbour_community_user"]}
    numbers = [
        handed_in(cast, season).number,
        handed_in(cast, season).number,
        handed_in(cast, season, **other).number,
        handed_in(cast, make.season(cast.district, "2019 届", year=2019)).number,
    ]
    assert numbers == ["2018-QB-001", "2018-QB-002", "2018-HB-001", "2019-QB-001"]


def test_handing_in_twice_is_once(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    again = submit_submission(case, by=cast.people["community_user"], now=timezone.now())
    assert (again.number, again.submitted_at, case.snapshots.count()) == (case.number, case.submitted_at, 1)


def test_late_is_refused_by_the_databases_clock_and_the_draft_stays(cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    past = timezone.now() - dt.timedelta(seconds=1)
    Season.objects.filter(pk=season.pk).update(submissions_close_at=past)
    before = timezone.now() - dt.timedelta(days=1)  # whatever the caller's clock says
    with pytest.raises(TooLate):
        submit_submission(case, by=cast.people["community_user"], now=before)
    case.refresh_from_db()
    assert (case.state, case.number, case.snapshots.count()) == (S.DRAFT, "", 0)


def test_nothing_is_saved_after_handing_in(cast: Cast, season: Season) -> None:
    case = handed_in(cast, season)
    with pytest.raises(StaleState):
        save_submission(case, {"title": "新"}, by=cast.people["community_user"], now=timezone.now())


def test_a_project_of_an_organization_that_is_not_named_falls_away(cast: Cast, season: Season) -> None:
    project = philanthropy(cast)
    case = draft(cast, season, philanthropy_project=project, budget_total=None, amount_asked=None)
    assert (case.philanthropy_project, case.budget_total) == (project, project.budget_total)
    by = cast.people["community_user"]
    case = save_submission(case, {"organizations": [cast.centre]}, by=by, now=timezone.now())
    assert case.philanthropy_project is None


def philanthropy(cast: Cast) -> Any:
    from organizations.models import VenturePhilanthropyProject

    return VenturePhilanthropyProject.objects.create(
        district=cast.district,
        organization=cast.organization,
        title="老邻居新照应",
        programme="第六届公益创投",
        funder="区民政局",
        year=2018,
        budget_total=30000,
        granted=20000,
    )


def test_withdrawn_until_scoring_begins(cast: Cast, season: Season) -> None:
    by, now = cast.people["community_user"], timezone.now()
    early, late = handed_in(cast, season), handed_in(cast, season)
    waiting = make.round(season, cast.home, state="draft")
    make.entry(waiting, early)
    assert withdraw_submission(early, by=by, now=now, reason="重复").state == S.WITHDRAWN
    assert waiting.entries.count() == 0
    type(waiting).objects.filter(pk=waiting.pk).update(state="open")
    with pytest.raises(StaleState):
        withdraw_submission(late, by=by, now=now)


# ---- Rules and their twins


STATES = [S.DRAFT, S.SUBMITTED, S.RETURNED, S.ACCEPTED, S.NOT_ELIGIBLE, S.WITHDRAWN]


def every_case(cast: Cast, season: Season) -> list[Submission]:
    """A case in each state in both sub-districts, and one withdrawn as a draft."""
    made = [
        make.submission(season, place, state=state)
        for place in (cast.community, cast.neighbour_community)
        for state in STATES
    ]
    return [*made, make.submission(season, cast.community, state=S.WITHDRAWN, number="")]


def test_rule_and_twin_agree_for_everybody_in_every_state(cast: Cast, season: Season) -> None:
    cases = every_case(cast, season)
    marked = next(c for c in cases if c.state == S.ACCEPTED and c.lead_community == cast.community)
    seat = make.seat(make.round(season, cast.home), cast.resident)
    make.assign(seat, make.entry(seat.round, marked))
    pairs = [
        (rules.can_write_case, rules.written_by),
        (rules.can_view_case, rules.viewable_by),
        (rules.can_read_handed_in, rules.handed_in_for),
        (rules.can_screen_case, rules.screened_by),
    ]
    for role, person in cast.people.items():
        if person is None:
            continue
        for rule, twin in pairs:
            by_rule = {case.pk for case in cases if rule(person, case)}
            by_twin = set(twin(person, cast.district).values_list("pk", flat=True))
            assert by_rule == by_twin, (role, rule.__name__)


def readable(cast: Cast, role: str) -> int:
    return rules.viewable_by(cast.people[role], cast.district).count()


def test_who_reads_how_many(cast: Cast, season: Season) -> None:
    """13 cases, 3 of them never handed in: drafts are their community's alone."""
    every_case(cast, season)
    assert {role: readable(cast, role) for role, person in cast.people.items() if person} == {
        "platform_admin": 0,
        "district_staff": 10,
        "district_staff_2": 10,
        "subdistrict_staff": 5,
        "subdistrict_staff_2": 5,
        "neighbour_staff": 5,
        "community_user": 7,
        "neighbour_community_user": 6,
        "organization_user": 0,
        "supportive_org": 0,
        "observer": 10,
        "resident_judge": 0,
        "expert_judge": 0,
    }


def test_a_judge_reads_what_is_assigned_and_not_recused(cast: Cast, season: Season) -> None:
    from evaluations.models import Recusal

    case = make.submission(season, cast.community, state=S.ACCEPTED)
    seat = make.seat(make.round(season, cast.home), cast.resident)
    entry = make.entry(seat.round, case)
    judge = cast.people["resident_judge"]
    assert not rules.can_view_case(judge, case)
    make.assign(seat, entry)
    assert rules.can_view_case(judge, case)
    Recusal.objects.create(seat=seat, entry=entry, reason="kin")
    assert not rules.can_view_case(judge, case)


def test_those_who_may_read_learn_why_they_may_not_write(cast: Cast, season: Season) -> None:
    case = make.submission(season, cast.community, state=S.SUBMITTED)
    assert rules.can_write_case(cast.people["subdistrict_staff"], case).reason == rules.ONLY_COMMUNITIES
    assert rules.can_write_case(cast.people["neighbour_staff"], case).hidden


# ---- The pages


def test_the_list_says_what_to_do_next(writer: Any, cast: Cast, season: Season) -> None:
    draft(cast, season, need="")
    answer = writer.get(url("list"))
    assert answer.status_code == 200
    assert "还缺 1 处" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_database_the_same_number_of_times(
    writer: Any, cast: Cast, season: Season, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        handed_in(cast, season)
        draft(cast, season)
    writer.get(url("list"))
    with django_assert_num_queries(LIST_QUERIES):
        writer.get(url("list"))


LIST_QUERIES = 13


def test_an_organizations_person_learns_that_there_is_nothing_yet(
    cast: Cast, season: Season, client: Any
) -> None:
    client.force_login(cast.people["organization_user"])
    answer = client.get(url("list"))
    assert (answer.status_code, "案例由社区来写" in answer.content.decode()) == (200, True)
    assert client.get(url("new")).status_code == 404


@pytest.mark.parametrize("role", ["district_staff", "observer", "platform_admin", "resident_judge"])
def test_others_have_no_list_of_their_own(cast: Cast, season: Season, client: Any, role: str) -> None:
    client.force_login(cast.people[role], backend="accounts.backends.AccountBackend")
    assert client.get(url("list")).status_code == 403


def test_a_new_case_leads_into_its_form(writer: Any, cast: Cast, season: Season) -> None:
    answer = writer.post(url("new"), {"title": "问安"})
    case = Submission.objects.get()
    assert (answer.status_code, answer["Location"], case.title) == (303, url("edit", case), "问安")
    assert writer.post(url("new"), {"title": "字" * 41}).status_code == 422


def test_the_form_saves_what_can_be_read_and_keeps_the_rest_as_typed(
    writer: Any, cast: Cast, season: Season
) -> None:
    case = draft(cast, season)
    data = posted(case, effect="新的成效", beneficiaries="四百来人", worker_phone="123", title="字" * 41)
    answer = writer.post(url("edit", case), data)
    case.refresh_from_db()
    assert answer.status_code == 422
    assert (case.effect, case.beneficiaries, case.worker_phone, case.title) == (
        "新的成效",
        None,
        "123",
        "字" * 40,
    )
    assert case.rough == {"beneficiaries": "四百来人", "title": "字" * 41}
    again = writer.get(url("edit", case)).content.decode()
    assert [text in again for text in ("四百来人", 'value="123"', "字" * 41)] == [True, True, True]
    assert [gap.field for gap in gaps(case)] == ["title", "worker_phone", "beneficiaries"]


def test_putting_it_right_clears_what_was_kept(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    writer.post(url("edit", case), posted(case, beneficiaries="四百"))
    writer.post(url("edit", case), posted(case, beneficiaries="４００"))
    case.refresh_from_db()
    assert (case.beneficiaries, case.rough) == (400, {})


def test_autosave_answers_with_the_new_revision(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    answer = writer.post(url("save", case), posted(case, title="改名", starts_on="2018-02-31"))
    body = answer.json()
    assert (answer.status_code, body["revision"], list(body["errors"])) == (200, 2, ["starts_on"])
    assert "还缺 1 项" in body["missing"]
    case.refresh_from_db()
    assert (case.title, case.rough) == ("改名", {"starts_on": "2018-02-31"})


def test_two_people_in_different_fields_both_keep_theirs(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    mine, theirs = posted(case, need="我写的"), posted(case, effect="他写的")
    assert writer.post(url("save", case), theirs).status_code == 200
    answer = writer.post(url("save", case), mine)
    assert (answer.status_code, answer.json()["fields"]) == (200, {"effect": "他写的"})
    case.refresh_from_db()
    assert (case.need, case.effect) == ("我写的", "他写的")


def test_two_people_in_one_field_choose(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    mine, theirs = posted(case, need="我写的", effect="我的成效"), posted(case, need="他写的")
    writer.post(url("edit", case), theirs)
    assert writer.post(url("save", case), mine).json()["code"] == "stale-revision"
    answer = writer.post(url("edit", case), mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert [words in text for words in ("我写的", "他写的", "我的成效")] == [True, True, True]
    case.refresh_from_db()
    assert case.need == "他写的"
    chosen = {**mine, "revision": case.revision, "seen": "", "pick_need": "theirs", "pick_effect": "mine"}
    assert writer.post(url("edit", case), chosen).status_code == 303
    case.refresh_from_db()
    assert (case.need, case.effect) == ("他写的", "我的成效")


def test_a_stale_page_without_fingerprints_is_a_conflict(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    writer.post(url("edit", case), posted(case, effect="他写的"))
    answer = writer.post(url("edit", case), {"title": "甲", "revision": "1"})
    assert answer.status_code == 409


def test_organizations_come_from_the_register_and_show_their_origin(
    writer: Any, cast: Cast, season: Season
) -> None:
    case = draft(cast, season)
    page = writer.get(url("edit", case) + "?organizations=服务中心").content.decode()
    assert ("上城区社会组织服务中心" in page, "外来" in page, "内生" in page) == (True, True, True)
    part = writer.get(url("organizations", case), {"organizations": "shehuizuzhi"}).content.decode()
    assert ("上城区社会组织服务中心" in part, "<html" in part) == (True, False)
    writer.post(url("edit", case), posted(case, add=cast.centre.code, effect="也存下来"))
    assert named(case) == ["清波门邻里互助社", "上城区社会组织服务中心"]
    writer.post(url("edit", case), posted(case, earlier=cast.centre.code))
    assert named(case) == ["上城区社会组织服务中心", "清波门邻里互助社"]
    writer.post(url("edit", case), posted(case, drop=cast.organization.code))
    assert named(case) == ["上城区社会组织服务中心"]
    case.refresh_from_db()
    assert case.effect == "也存下来"


def named(case: Submission) -> list[str]:
    return [str(link.organization) for link in case.organization_links.all()]


def test_foreign_and_suspended_organizations_cannot_be_named(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    foreign = make.organization(make.district("xihu", division_code="330106"))
    suspended = make.organization(cast.district, state="suspended")
    for organization in (foreign, suspended):
        writer.post(url("edit", case), posted(case, add=organization.code))
    assert named(case) == ["清波门邻里互助社"]


def test_partners_are_other_communities_of_the_district(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    writer.post(url("edit", case), posted(case, partners=["", str(cast.neighbour_community.pk)]))
    assert list(case.partners.all()) == [cast.neighbour_community]
    writer.post(url("edit", case), posted(case, partners=[""]))
    assert list(case.partners.all()) == []


def test_handing_in_by_the_pages(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season, need="")
    assert writer.post(url("submit", case)).status_code == 422
    writer.post(url("edit", case), posted(case, need="居民要"))
    assert writer.get(url("submit", case)).status_code == 200
    assert writer.post(url("submit", case))["Location"] == url("receipt", case)
    assert writer.post(url("submit", case))["Location"] == url("receipt", case)
    receipt = writer.get(url("receipt", case)).content.decode()
    assert "2018-QB-001" in receipt
    assert writer.get(url("edit", case))["Location"] == url("case", case)
    assert writer.post(url("edit", case), posted(case)).status_code == 409
    assert writer.post(url("save", case), posted(case)).json()["code"] == "stale-state"


def test_too_late_is_a_page_with_its_code(writer: Any, cast: Cast, season: Season) -> None:
    case = draft(cast, season)
    Season.objects.filter(pk=season.pk).update(submissions_close_at=timezone.now())
    answer = writer.post(url("submit", case))
    assert (answer.status_code, answer["X-Refusal"]) == (409, "too-late")


@pytest.mark.parametrize("name", ["edit", "save", "organizations", "submit", "receipt", "withdraw", "case"])
def test_a_foreign_case_and_none_answer_alike(cast: Cast, season: Season, client: Any, name: str) -> None:
    case = handed_in(cast, season)
    client.force_login(cast.people["neighbour_community_user"])
    method = client.post if name == "save" else client.get
    nowhere = reverse(f"cases:{name}", args=["shangcheng", "0000000000"])
    answers = [method(url(name, case)), method(nowhere)]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"revision": "x", "seen": "[1]", "title": "\x00"},
        {"revision": "9" * 400, "seen": "{", "beneficiaries": "9" * 300, "budget_total": "1e999999"},
        {"deliberated_on": "0000-00-00", "starts_on": "99999-01-01", "ends_on": "\x00", "field": "x"},
        {"partners": ["x", "9" * 40, "\x00"], "philanthropy_project": "\x00", "budget_total": "NaN"},
        {
            "add": "\x00",
            "drop": "\x00",
            "drop_photo": "\x00",
            "organizations": "\x00",
            "worker_phone": "\x00",
        },
        {"lead_community": "7", "beneficiaries": "-4", "amount_asked": "-1", "summary": "字" * 30000},
    ],
)
def test_no_input_is_too_odd(writer: Any, cast: Cast, season: Season, data: dict[str, Any]) -> None:
    case = draft(cast, season)
    for name in ("edit", "save"):
        assert writer.post(url(name, case), data).status_code in (200, 303, 409, 422)
        assert writer.post(url(name, case), posted(case, **data) | data).status_code in (200, 303, 409, 422)
    assert writer.get(url("edit", case)).status_code == 200
    assert writer.get(url("edit", case), {"organizations": "\x00"}).status_code == 200


def test_one_who_acts_for_two_communities_chooses_until_there_is_a_number(
    writer: Any, cast: Cast, season: Season
) -> None:
    person = cast.people["community_user"]
    make.appoint(person, "community_user", cast.neighbour_community)
    assert writer.post(url("new"), {"title": "问安"}).status_code == 422
    writer.post(url("new"), {"title": "问安", "community": cast.neighbour_community.code})
    case = Submission.objects.get()
    assert (case.lead_community, case.sub_district) == (cast.neighbour_community, cast.neighbour)
    writer.post(url("edit", case), posted(case, lead_community=str(cast.community.pk)))
    case.refresh_from_db()
    assert (case.lead_community, case.sub_district) == (cast.community, cast.home)
    filled = draft(cast, season)
    Submission.objects.filter(pk=filled.pk).update(number="2018-QB-001", state=S.RETURNED)
    writer.post(url("edit", filled), posted(filled, lead_community=str(cast.neighbour_community.pk)))
    filled.refresh_from_db()
    assert filled.lead_community == cast.community
