"""The workbench's first page: what waits, for whom."""

import pytest
from django.test import Client

from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def enter(person) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    return client


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("district_staff", 200),
        ("subdistrict_staff", 200),
        ("observer", 200),
        ("platform_admin", 404),
        ("community_user", 404),
        ("organization_user", 404),
        ("resident_judge", 404),
    ],
)
def test_the_office_is_open_to_staff_and_observer(cast: Cast, role: str, status: int) -> None:
    assert enter(cast.people[role]).get("/shangcheng/office/").status_code == status


def test_each_office_counts_its_own_area(cast: Cast) -> None:
    season = make.season(cast.district)
    make.submission(season, cast.community, "submitted")
    make.submission(season, cast.neighbour_community, "submitted")
    counted = {}
    for role in ("district_staff", "subdistrict_staff", "neighbour_staff"):
        response = enter(cast.people[role]).get("/shangcheng/office/")
        counted[role] = {count.name + count.query: count.number for count, _url in response.context["counts"]}
    assert [counted[role]["office:cases?state=submitted"] for role in counted] == [2, 1, 1]


@pytest.mark.parametrize(("role", "queries"), [("subdistrict_staff", 14), ("district_staff", 15)])
def test_the_page_costs_the_same_whatever_waits(
    cast: Cast, django_assert_num_queries, role: str, queries: int
) -> None:
    season = make.season(cast.district)
    client = enter(cast.people[role])
    for _more in range(2):
        make.submission(season, cast.community, "submitted")
        with django_assert_num_queries(queries):
            client.get("/shangcheng/office/")
