"""The office's registers over the API: the rows of the pages, no contact, no whole phone, six queries a page."""

import pytest

from tests import make
from tests.api.test_problems import problem
from tests.personas import Cast

pytestmark = pytest.mark.django_db
V1 = "/api/v1/districts/shangcheng/registers/"
PHONE = "+8613900007772"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def rows_of(client, path):
    return client.get(f"{V1}{path}").json()["results"]


def test_staff_see_their_registers(client, cast):
    judge = make.judge(cast.community, phone=PHONE)
    make.judge(cast.neighbour_community)
    make.submission(make.season(cast.district), cast.community, "submitted", "问安")
    client.force_login(cast.people["subdistrict_staff"])
    assert [row["name"] for row in rows_of(client, "sub-districts/")] == ["清波街道", "湖滨街道"]
    assert [row["name"] for row in rows_of(client, "communities/?q=清波")] == ["清波门社区"]
    assert "contact_phone" not in rows_of(client, "organizations/")[0]
    found = {row["code"]: row for row in rows_of(client, "judges/")}
    assert set(found) == {judge.code, cast.resident.code}
    assert found[judge.code]["masked_phone"] == "+86 139****7772"
    assert [row["title"] for row in rows_of(client, "cases/")] == ["问安"]
    client.force_login(cast.people["neighbour_staff"])
    assert rows_of(client, "cases/") == []


@pytest.mark.parametrize("path", ["communities/", "sub-districts/", "organizations/", "judges/", "cases/"])
def test_for_others_there_is_no_register(client, cast, path):
    client.force_login(cast.people["community_user"])
    assert problem(client.get(f"{V1}{path}")) == (404, "not-found")
    client.logout()
    assert problem(client.get(f"{V1}{path}")) == (401, "not-signed-in")


def test_myself(client, cast):
    client.force_login(cast.people["subdistrict_staff"])
    assert client.get("/api/v1/me/").json() == {
        "name": "清波的沈主任",
        "kind": "person",
        "roles": [{"role": "subdistrict_staff", "district": "shangcheng", "place": "清波街道"}],
    }
    answer = client.get("/api/v1/me/")
    assert answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("rows", [1, 3, 50])
@pytest.mark.parametrize("path", ["communities/", "organizations/", "judges/", "cases/"])
def test_queries_of_a_page(client, cast, django_assert_num_queries, path, rows):
    there = make.district("there")
    place = make.sub_district(there, "近江街道")
    staff = make.user()
    make.appoint(staff, "district_staff", there)
    season, home = make.season(there), make.community(place)
    for _n in range(rows):
        make.community(place) if path == "communities/" and _n else None
        make.organization(there, sub_district=place, home_community=home)
        make.judge(home)
        make.submission(season, home, "submitted")
    client.force_login(staff)
    with django_assert_num_queries(6):  # session, person, district, count, appointments, rows
        answer = client.get(f"/api/v1/districts/there/registers/{path}")
    assert len(answer.json()["results"]) == rows
