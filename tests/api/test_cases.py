"""A community's cases over the API: begin, change, hand in, withdraw, by the pages' own actions."""

import datetime as dt
import uuid

import pytest

from evaluations.models import Season, Submission
from goldidea.lib.models import AuditEvent
from tests import make
from tests.api.test_problems import problem
from tests.personas import Cast

pytestmark = pytest.mark.django_db
V1 = "/api/v1/districts/shangcheng/cases/"
JSON = "application/json"
WHOLE = {
    "title": "墙门晨间问安",
    "field": "elderly",
    "summary": "独居老人早上开窗。",
    "worker_name": "周社工",
    "worker_phone": "13900007773",
    "origin_kind": "need",
    "need": "三十七位独居老人。",
    "deliberation_kind": "practical",
    "deliberation_level": "grid",
    "deliberated_on": "2018-03-02",
    "deliberation_record": "五个墙门开会。",
    "resolution": "每个墙门推两位看窗人。",
    "practice": "轮着来。",
    "effect": "五分钟内有人敲门。",
    "beneficiaries": 37,
    "starts_on": "2018-03-10",
    "ends_on": "2018-12-31",
    "budget_total": "32000.00",
    "amount_asked": "20000.00",
    "head_name": "吴秀英",
    "profile": "老邻居们办起来的互助社。",
    "indirect_beneficiaries": 120,
    "locations": "三个墙门",
    "budget_lines": [
        {
            "category": "material",
            "item": "问安牌",
            "unit_price": "100",
            "unit": "块",
            "quantity": "320",
            "own": "12000",
            "granted": "20000",
            "remark": "",
        }
    ],
}
TEAM = [{"name": "周小满", "education": "bachelor", "certificate": "assistant", "role": "项目负责人"}]


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def season(cast) -> Season:
    return make.season(cast.district)


@pytest.fixture
def community(client, cast):
    """The client of the community's person."""
    client.force_login(cast.people["community_user"])
    return client


def begin(client, season, community, **values):
    body = {
        "client_key": str(uuid.uuid4()),
        "season": season.code,
        "community": community.code,
        "title": "问安",
    }
    return client.post(V1, {**body, **values}, content_type=JSON)


def change(client, code, revision, **values):
    return client.patch(f"{V1}{code}/", {"revision": revision, **values}, content_type=JSON)


def test_from_the_first_line_to_the_number(community, cast, season):
    case = begin(community, season, cast.community).json()
    assert (case["title"], case["state"], case["revision"]) == ("问安", "draft", 0)
    early = community.post(f"{V1}{case['code']}/submit/")
    assert problem(early) == (422, "not-complete")
    assert {error["field"] for error in early.json()["errors"]} >= {
        "summary",
        "organizations",
        "worker_phone",
    }
    answer = change(community, case["code"], 0, **WHOLE, team=TEAM, organizations=[cast.organization.code])
    assert answer.status_code == 200, answer.content.decode()
    case = answer.json()
    assert {name: case[name] for name in WHOLE if name != "worker_phone"} == {
        name: value for name, value in WHOLE.items() if name != "worker_phone"
    }
    assert case["organizations"] == [cast.organization.code]
    assert "7773" not in answer.content.decode()
    assert "周小满" not in answer.content.decode()
    handed = [community.post(f"{V1}{case['code']}/submit/") for _twice in range(2)]
    assert [row.status_code for row in handed] == [200, 200], handed[0].content.decode()
    assert handed[0].json()["number"] == handed[1].json()["number"] == "2018-QB-001"
    row = Submission.objects.get(code=case["code"])
    assert (row.state, row.worker_phone, row.snapshots.count()) == ("submitted", "+8613900007773", 1)
    assert problem(change(community, case["code"], case["revision"], title="x")) == (409, "stale-state")
    withdrawn = community.post(f"{V1}{case['code']}/withdraw/", {"reason": "重复"}, content_type=JSON)
    assert withdrawn.json()["state"] == "withdrawn"
    acts = list(
        AuditEvent.objects.filter(object_code=case["code"]).order_by("pk").values_list("action", "role")
    )
    assert acts == [(f"{verb} case", "community_user") for verb in ("create", "save", "submit", "withdraw")]


def test_the_same_request_begins_one_case(community, cast, season):
    key = str(uuid.uuid4())
    codes = {begin(community, season, cast.community, client_key=key).json()["code"] for _n in range(3)}
    assert (len(codes), Submission.objects.count()) == (1, 1)


def test_two_writers_do_not_overwrite_each_other(community, cast, season):
    case = make.submission(season, cast.community)
    assert change(community, case.code, 0, title="甲").json()["revision"] == 1
    assert problem(change(community, case.code, 0, title="乙")) == (409, "stale-revision")
    assert Submission.objects.get().title == "甲"


def test_what_was_typed_roughly_on_the_page_is_put_right(community, cast, season):
    case = make.submission(season, cast.community, rough={"beneficiaries": "三十多", "ends_on": "年底"})
    change(community, case.code, 0, beneficiaries=37)
    case.refresh_from_db()
    assert (case.beneficiaries, case.rough) == (37, {"ends_on": "年底"})


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": "长" * 41}, "title"),
        ({"field": "magic"}, "field"),
        ({"beneficiaries": -1}, "beneficiaries"),
        ({"beneficiaries": 10**12}, "beneficiaries"),
        ({"budget_total": "12345678901.00"}, "budget_total"),
        ({"budget_total": "-1"}, "budget_total"),
        ({"starts_on": "10.3.2018"}, "starts_on"),
        ({"worker_phone": "123"}, "worker_phone"),
        ({"organizations": ["0000000000"]}, "organizations"),
        ({"organizations": "x"}, "organizations"),
        ({"partners": [7]}, "partners"),
        ({"philanthropy_project": "0000000000"}, "philanthropy_project"),
        ({"title": "\x00"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"summary": "长" * 20_001}, "summary"),
        ({"team": [{"shoe size": "43"}]}, "team"),
        ({"budget_lines": [{"item": "x"}] * 16}, "budget_lines"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(community, cast, season, sent, field):
    case = make.submission(season, cast.community)
    answer = change(community, case.code, 0, **sent)
    assert problem(answer) == (422, "invalid")
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert Submission.objects.get().revision == 0


def test_more_asked_than_the_budget(community, cast, season):
    case = make.submission(season, cast.community)
    answer = change(community, case.code, 0, budget_total="1.00", amount_asked="2.00")
    assert problem(answer) == (422, "invalid")


def test_organizations_of_another_district_do_not_exist(community, cast, season):
    there = Cast.shangcheng("elsewhere")
    case = make.submission(season, cast.community)
    answer = change(community, case.code, 0, organizations=[there.organization.code])
    assert problem(answer) == (422, "invalid")
    assert problem(begin(community, make.season(there.district), there.community)) == (422, "invalid")


def test_only_for_ones_own_community_and_in_time(community, cast, season):
    assert problem(begin(community, season, cast.neighbour_community)) == (403, "not-permitted")
    Season.objects.update(submissions_close_at=season.submissions_open_at + dt.timedelta(seconds=1))
    assert problem(begin(community, season, cast.community)) == (409, "too-late")


def test_anothers_case_does_not_exist(community, cast, season):
    other = make.submission(season, cast.neighbour_community)
    for answer in (
        community.get(f"{V1}{other.code}/"),
        change(community, other.code, 0, title="x"),
        community.post(f"{V1}{other.code}/submit/"),
        community.post(f"{V1}{other.code}/withdraw/", {}, content_type=JSON),
    ):
        assert problem(answer) == (404, "not-found")


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_queries_of_a_page(community, cast, season, django_assert_num_queries, rows):
    for _n in range(rows):
        make.submission(season, cast.community)
    with django_assert_num_queries(6):  # session, person, district, count, appointments, cases
        assert len(community.get(V1).json()["results"]) == rows
