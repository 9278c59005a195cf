"""The office's pages of the registers and organizations' own pages: who sees what, what bad input gets, constant queries."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from communities.models import SpreadsheetImport
from goldidea.lib.models import AuditDetail, AuditEvent
from organizations.models import Engagement, SocialOrganization, VenturePhilanthropyProject
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
TODAY = dt.date(2018, 9, 1)
STAFF = ["district_staff", "subdistrict_staff", "neighbour_staff"]


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def signed_in(cast: Cast, role: str) -> Client:
    client = Client()
    if cast.people[role] is not None:
        client.force_login(cast.people[role], backend="accounts.backends.AccountBackend")
    return client


def address(cast: Cast, name: str, *args: str) -> str:
    return reverse(name, args=[cast.district.slug, *args])


def project_of(organization: SocialOrganization, **values) -> VenturePhilanthropyProject:
    defaults = {
        "title": "楼道微花园",
        "programme": "公益创投",
        "funder": "区民政局",
        "year": 2018,
        "budget_total": 50000,
        "granted": 30000,
    }
    return make.saved(
        VenturePhilanthropyProject(
            district=organization.district, organization=organization, **{**defaults, **values}
        )
    )


@pytest.fixture
def project(cast: Cast) -> VenturePhilanthropyProject:
    return project_of(cast.organization)


def answers(cast: Cast, name: str, *args: str) -> dict[str, int]:
    """Role -> status of a GET."""
    roles = [role for role in cast.people if role not in ("district_staff_2", "subdistrict_staff_2")]
    return {role: signed_in(cast, role).get(address(cast, name, *args)).status_code for role in roles}


def expected(cast: Cast, **given: int) -> dict[str, int]:
    roles = [role for role in cast.people if role not in ("district_staff_2", "subdistrict_staff_2")]
    return {role: given.get(role, 302 if role == "public" else 404) for role in roles}


VIEW = {"district_staff": 200, "subdistrict_staff": 200, "neighbour_staff": 200}


@pytest.mark.parametrize("name", ["office:communities", "office:sub_districts"])
def test_who_reads_the_lists_of_divisions(cast: Cast, name: str) -> None:
    assert answers(cast, name) == expected(cast, **VIEW, platform_admin=200)


def test_who_reads_the_page_of_a_division(cast: Cast) -> None:
    seen = expected(cast, **VIEW, platform_admin=200)
    assert answers(cast, "office:community", cast.community.code) == seen
    assert answers(cast, "office:sub_district", cast.home.code) == seen


@pytest.mark.parametrize("step", ["edit", "change"])
def test_who_changes_a_division(cast: Cast, step: str) -> None:
    own = expected(cast, district_staff=200, subdistrict_staff=200, neighbour_staff=403, platform_admin=403)
    assert answers(cast, f"office:community_{step}", cast.community.code) == own
    assert answers(cast, f"office:sub_district_{step}", cast.home.code) == own


def test_who_enters_a_division(cast: Cast) -> None:
    assert answers(cast, "office:community_new") == expected(cast, **VIEW, platform_admin=403)
    assert answers(cast, "office:sub_district_new") == expected(
        cast, district_staff=200, subdistrict_staff=403, neighbour_staff=403, platform_admin=403
    )


def test_who_reads_the_register_of_organizations(cast: Cast, project: VenturePhilanthropyProject) -> None:
    seen = expected(cast, **VIEW, observer=200)
    assert answers(cast, "office:organizations") == seen
    assert answers(cast, "office:organization", cast.organization.code) == seen
    assert answers(cast, "office:philanthropy") == seen
    assert answers(cast, "office:philanthropy_project", project.code) == seen
    assert answers(cast, "office:organization_new") == expected(cast, **VIEW, observer=403)


def test_who_changes_an_organization(cast: Cast, project: VenturePhilanthropyProject) -> None:
    own = expected(cast, district_staff=200, subdistrict_staff=200, neighbour_staff=403, observer=403)
    engagement = Engagement.objects.create(
        organization=cast.organization, community=cast.community, since=TODAY
    )
    for name in ("organization_edit", "organization_state", "engagement_new"):
        assert answers(cast, f"office:{name}", cast.organization.code) == own, name
    assert answers(cast, "office:engagement_end", cast.organization.code, engagement.code) == own
    assert answers(cast, "office:philanthropy_edit", project.code) == own


def test_who_has_an_own_organization_page(cast: Cast, project: VenturePhilanthropyProject) -> None:
    own = expected(cast, organization_user=200)
    both = expected(cast, organization_user=200, supportive_org=200)
    assert answers(cast, "own:organizations") == both
    assert answers(cast, "own:organization_new") == both
    assert answers(cast, "own:organization", cast.organization.code) == own
    assert answers(cast, "own:organization_edit", cast.organization.code) == own
    assert answers(cast, "own:project_new", cast.organization.code) == own
    assert answers(cast, "own:project_edit", cast.organization.code, project.code) == own
    assert answers(cast, "own:project_new", cast.centre.code) == expected(cast)


def test_who_imports(cast: Cast) -> None:
    for name, args in (
        ("imports", []),
        ("import_new", ["communities"]),
        ("import_template", ["organizations"]),
    ):
        assert answers(cast, f"office:{name}", *args) == expected(cast, **VIEW)
    assert answers(cast, "office:import_new", "nonsense") == expected(cast)


def test_another_district_is_not_there(cast: Cast) -> None:
    other = Cast.shangcheng("gongshu")
    client = signed_in(cast, "district_staff")
    for name, obj in (
        ("community", other.community),
        ("community_edit", other.community),
        ("sub_district", other.home),
        ("organization", other.organization),
        ("organization_edit", other.organization),
        ("organization_phone", other.organization),
        ("import", None),
    ):
        there = client.get(address(cast, f"office:{name}", obj.code if obj else "0" * 10))
        assert there.status_code in (404, 302), name
        assert client.get(address(other, f"office:{name}", obj.code if obj else "0" * 10)).status_code in (
            404,
            302,
        )


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("office:communities", 8),
        ("office:sub_districts", 7),
        ("office:organizations", 8),
        ("office:philanthropy", 7),
        ("office:imports", 7),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_whatever_their_length(
    cast: Cast, django_assert_num_queries, name: str, queries: int, rows: int
) -> None:
    for _number in range(rows):
        place = make.sub_district(cast.district, f"街道{_number}")
        home = make.community(place)
        head = make.organization(cast.district)
        project_of(make.organization(cast.district, sub_district=place, home_community=home, parent=head))
        person = cast.people["district_staff"]
        SpreadsheetImport.objects.create(
            district=cast.district, kind="communities", filename="a", uploaded_by=person
        )
    client = signed_in(cast, "district_staff")
    client.get(address(cast, name))
    with django_assert_num_queries(queries):
        assert client.get(address(cast, name)).status_code == 200


BAD = ["\x00", "９" * 300, "'; drop table x; --", "<script>", "-1", "2018-02-31", "1e999", "☃" * 900]


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_is_answered_at_the_form(cast: Cast, bad: str) -> None:
    client = signed_in(cast, "district_staff")
    organization = cast.organization
    forms = [
        ("community_new", [], ["name", "division_code", "sub_district", "valid_from"]),
        ("community_edit", [cast.community.code], ["name", "division_code", "sub_district", "valid_from"]),
        (
            "community_change",
            [cast.community.code],
            ["name", "division_code", "sub_district", "valid_from", "goes_on"],
        ),
        ("sub_district_new", [], ["name", "division_code", "initials", "valid_from"]),
        ("sub_district_change", [cast.home.code], ["name", "division_code", "initials", "valid_from"]),
        (
            "organization_new",
            [],
            [
                "name",
                "registration",
                "kind",
                "credit_code",
                "rating",
                "rating_year",
                "sub_district",
                "home_community",
                "parent",
            ],
        ),
        ("organization_edit", [organization.code], ["name", "rating", "parent", "contact_phone"]),
        ("organization_state", [organization.code], ["state", "reason"]),
        ("engagement_new", [organization.code], ["community", "service", "since"]),
        (
            "philanthropy_new",
            [],
            ["title", "organization", "year", "budget_total", "granted", "starts_on", "communities"],
        ),
    ]
    for name, args, fields in forms:
        answer = client.post(address(cast, f"office:{name}", *args), dict.fromkeys(fields, bad))
        assert answer.status_code == 422, (name, bad)


@pytest.mark.parametrize("bad", BAD)
def test_bad_filters_are_answered(cast: Cast, bad: str) -> None:
    client = signed_in(cast, "district_staff")
    for name in ("communities", "sub_districts", "organizations", "philanthropy"):
        for key in ("q", "sub_district", "validity", "state", "kind", "sort", "year", "order", "page"):
            answer = client.get(address(cast, f"office:{name}"), {key: bad})
            assert answer.status_code in (200, 422), (name, key, bad)


def test_the_whole_phone_needs_password_and_reason_and_is_recorded(cast: Cast) -> None:
    SocialOrganization.objects.filter(pk=cast.organization.pk).update(contact_phone="+8613800001234")
    staff = cast.people["subdistrict_staff"]
    staff.set_password("long enough password")
    staff.save()
    client = Client()
    client.force_login(staff, backend="accounts.backends.AccountBackend")
    page = client.get(address(cast, "office:organization", cast.organization.code))
    assert "138****1234" in page.content.decode()
    assert "13800001234" not in page.content.decode()
    phone = address(cast, "office:organization_phone", cast.organization.code)
    assert client.get(phone).url.startswith("/accounts/reauthenticate/")
    client.post(reverse("account_reauthenticate"), {"password": "long enough password"})
    assert client.get(phone).status_code == 200
    assert client.post(phone, {"reason": ""}).status_code == 422
    assert AuditEvent.objects.filter(action="show phone").count() == 0
    shown = client.post(phone, {"reason": "通知参加座谈会"})
    assert "+8613800001234" in shown.content.decode()
    assert shown["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert AuditDetail.objects.get(event__action="show phone").reason == "通知参加座谈会"


def test_the_phone_of_another_sub_district_is_not_even_masked(cast: Cast) -> None:
    SocialOrganization.objects.filter(pk=cast.organization.pk).update(contact_phone="+8613800001234")
    url = address(cast, "office:organization", cast.organization.code)
    assert "****1234" not in signed_in(cast, "neighbour_staff").get(url).content.decode()
    assert "****1234" in signed_in(cast, "observer").get(url).content.decode()
