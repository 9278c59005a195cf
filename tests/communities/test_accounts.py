"""Whose accounts: rules against twins, what each rank may do, opening, appointing, ending."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ActivationSlip, User
from communities import accounts as rules
from communities.actions.appointments import free_username
from communities.models import Appointment, Decision
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def enter(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    return client


def everybody(cast: Cast) -> list[tuple[str, User]]:
    return [(role, person) for role, person in cast.people.items() if person is not None]


def test_the_list_shows_exactly_what_the_rule_allows(cast: Cast) -> None:
    other = Cast.shangcheng("gongshu")
    past = make.user("去年的社工")
    ended = make.appoint(past, "community_user", cast.community)
    Appointment.objects.filter(pk=ended.pk).update(until=dt.date(2012, 1, 1))
    everyone = list(User.objects.all())
    for role, person in everybody(cast) + everybody(other):
        allowed = {a.pk for a in everyone if rules.can_see_account(person, a, cast.district)}
        listed = set(rules.accounts_within(person, cast.district).values_list("pk", flat=True))
        assert listed == allowed, role


MANAGED = {
    "platform_admin": {
        "district_staff",
        "district_staff_2",
        "subdistrict_staff",
        "subdistrict_staff_2",
        "neighbour_staff",
        "observer",
        "community_user",
        "neighbour_community_user",
        "organization_user",
        "supportive_org",
    },
    "district_staff": {
        "subdistrict_staff",
        "subdistrict_staff_2",
        "neighbour_staff",
        "community_user",
        "neighbour_community_user",
        "organization_user",
        "supportive_org",
    },
    "subdistrict_staff": {"community_user", "organization_user"},
    "neighbour_staff": {"neighbour_community_user"},
}


def test_each_rank_manages_the_ranks_below_in_its_area(cast: Cast) -> None:
    for role, person in everybody(cast):
        managed = {
            other_role
            for other_role, other in everybody(cast)
            if rules.can_manage_account(person, other, cast.district)
        }
        assert managed == MANAGED.get(role.removesuffix("_2"), set()), role


def test_an_account_that_acts_elsewhere_too_is_left_to_a_higher_office(cast: Cast) -> None:
    make.appoint(cast.people["community_user"], "community_user", cast.neighbour_community)
    client = enter(cast.people["subdistrict_staff"])
    code = cast.people["community_user"].code
    assert client.get(f"/shangcheng/office/accounts/{code}/").status_code == 200
    assert client.post(f"/shangcheng/office/accounts/{code}/disable/").status_code == 403


@pytest.mark.parametrize("what", ["", "edit/", "appoint/community/", "appoint/organization/"])
def test_a_foreign_account_and_none_at_all_answer_alike(cast: Cast, what: str) -> None:
    client = enter(cast.people["subdistrict_staff"])

    def body(code: str) -> tuple[int, str]:
        response = client.get(f"/shangcheng/office/accounts/{code}/{what}")
        cleaned = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", response.text)
        return response.status_code, cleaned.replace(code, "")

    foreign = body(cast.people["neighbour_community_user"].code)
    assert foreign == body("0000000000")
    assert foreign[0] == 404


def test_an_account_for_a_community_with_everything_checked(cast: Cast) -> None:
    client, url = enter(cast.people["subdistrict_staff"]), "/shangcheng/office/accounts/new/community/"
    typed = {
        "name": "周书记",
        "phone": "138 0571 0001",
        "community": cast.community.code,
        "since": "2026-03-02",
    }
    for wrong in (
        {"name": ""},
        {"phone": "12345"},
        {"community": cast.neighbour_community.code},
        {"username": "13800000000"},
        {"username": cast.people["observer"].username.upper()},
        {"until": "2026-03-01"},
        {"since": "1066-10-14"},
        {"email": "a\x00@b"},
    ):
        assert client.post(url, {**typed, **wrong}).status_code == 422, wrong
    done = client.post(url, typed)
    opened = User.objects.get(username="zhoushuji")
    assert (done.status_code, done.headers["Location"]) == (
        303,
        f"/shangcheng/office/accounts/{opened.code}/",
    )
    assert (opened.phone, opened.is_activated) == ("+8613805710001", False)
    assert list(opened.appointments.values_list("role", "community")) == [
        ("community_user", cast.community.pk)
    ]
    again = client.post(url, {**typed, "username": "another"})
    assert (again.status_code, User.objects.filter(username="another").exists()) == (422, False)


def test_an_account_for_an_organization_that_the_sub_district_registered(cast: Cast) -> None:
    client, url = enter(cast.people["subdistrict_staff"]), "/shangcheng/office/accounts/new/organization/"
    typed = {"name": "吴阿姨", "since": "2026-03-02"}
    assert client.post(url, {**typed, "organization": cast.centre.code}).status_code == 422
    assert client.post(url, {**typed, "organization": cast.organization.code}).status_code == 303
    opened = User.objects.get(username="wuayi")
    assert opened.organization_appointments.get().organization == cast.organization


def test_a_staff_role_is_only_asked_for(cast: Cast) -> None:
    url = "/shangcheng/office/accounts/new/staff/"
    typed = {
        "name": "新同事",
        "role": "subdistrict_staff",
        "sub_district": cast.home.code,
        "since": "2026-03-02",
        "reason": "调入",
    }
    assert enter(cast.people["subdistrict_staff"]).post(url, typed).status_code == 403
    assert enter(cast.people["observer"]).post(url, typed).status_code == 404
    assert enter(cast.people["district_staff"]).post(url, typed).status_code == 303
    opened = User.objects.get(username="xintongshi")
    assert (opened.appointments.count(), Decision.objects.get().object_code) == (0, opened.code)
    assert (
        enter(cast.people["district_staff_2"]).get(f"/shangcheng/office/accounts/{opened.code}/").status_code
        == 200
    )


def test_every_community_without_an_account_gets_one_and_a_slip(cast: Cast) -> None:
    make.community(cast.home, "柳浪社区")
    make.community(cast.home, "柳浪社区")
    client = enter(cast.people["subdistrict_staff"])
    client.post("/shangcheng/office/slips/open/")
    client.post("/shangcheng/office/slips/open/")
    opened = User.objects.filter(name="柳浪社区").order_by("username")
    assert [a.username for a in opened] == ["liulang", "liulang2"]
    sheet = f"/shangcheng/office/slips/{uuid.uuid4()}/"
    codes = [a.code for a in opened]
    printed = client.post(sheet, {"accounts": codes})
    digits = re.findall(r'class="code">([\d ]+)<', printed.text)
    assert (printed.status_code, len(digits), printed["Cache-Control"].count("no-store")) == (200, 2, 1)
    for again in (client.get(sheet), client.post(sheet, {"accounts": codes})):
        assert (again.status_code, digits[0] in again.text) == (200, False)
    assert ActivationSlip.objects.count() == 2
    assert enter(cast.people["neighbour_staff"]).get(sheet).status_code == 404
    stranger = {"accounts": [cast.people["neighbour_community_user"].code]}
    assert client.post(f"/shangcheng/office/slips/{uuid.uuid4()}/", stranger).status_code == 422
    assert (
        client.post(f"/shangcheng/office/slips/{uuid.uuid4()}/", {"accounts": ["a\x00"]}).status_code == 422
    )


def test_disabling_ends_sessions_and_slips(cast: Cast) -> None:
    person = cast.people["community_user"]
    person.set_password("three lamps over the lake")
    person.save()
    theirs, office = enter(person), enter(cast.people["subdistrict_staff"])
    office.post(f"/shangcheng/office/slips/{uuid.uuid4()}/", {"accounts": [person.code]})
    url = f"/shangcheng/office/accounts/{person.code}/"
    assert [office.post(url + "disable/").status_code for _twice in range(2)] == [303, 409]
    assert theirs.get("/desks/").status_code == 302
    assert ActivationSlip.objects.filter(user=person, revoked_at=None).count() == 0
    assert office.post(url + "enable/").status_code == 303


def test_ending_an_appointment_keeps_the_row_and_one_to_come_is_struck_out(cast: Cast) -> None:
    person, client = cast.people["community_user"], enter(cast.people["subdistrict_staff"])
    held = person.appointments.get()
    url = f"/shangcheng/office/accounts/{person.code}/appointments/"
    assert client.post(f"{url}{held.code}/end/").status_code == 303
    held.refresh_from_db()
    assert held.until == timezone.localdate()
    assert client.post(f"{url}{held.code}/end/").status_code == 409
    to_come = make.saved(
        Appointment(
            user=person,
            role="community_user",
            district=cast.district,
            community=cast.community,
            since=timezone.localdate() + dt.timedelta(days=9),
        )
    )
    assert client.post(f"{url}{to_come.code}/end/").status_code == 303
    assert person.appointments.count() == 1
    elsewhere = cast.people["neighbour_community_user"].appointments.get()
    assert client.post(f"{url}{elsewhere.code}/end/").status_code == 404


def test_editing_keeps_the_phone_unless_told(cast: Cast) -> None:
    person, client = cast.people["community_user"], enter(cast.people["subdistrict_staff"])
    User.objects.filter(pk=person.pk).update(phone="+8613805710001")
    url = f"/shangcheng/office/accounts/{person.code}/edit/"
    assert client.post(url, {"name": "新名字", "phone": "", "email": ""}).status_code == 303
    person = User.objects.get(pk=person.pk)
    assert (person.name, person.phone) == ("新名字", "+8613805710001")
    client.post(url, {"name": "新名字", "without_phone": "on"})
    assert User.objects.get(pk=person.pk).phone == ""
    assert "13805710001" not in client.get(url).text


@pytest.mark.parametrize(
    "query",
    [
        "?q=柳浪",
        "?role=community_user&activated=no",
        "?order=-username&page=99999999999999",
        "?activated=disabled&role=organization_user",
    ],
)
def test_the_list_takes_its_filters(cast: Cast, query: str) -> None:
    assert (
        enter(cast.people["subdistrict_staff"]).get(f"/shangcheng/office/accounts/{query}").status_code == 200
    )


@pytest.mark.parametrize("query", ["?role=emperor", "?order=password", "?q=%00"])
def test_the_list_refuses_what_it_does_not_know(cast: Cast, query: str) -> None:
    assert (
        enter(cast.people["subdistrict_staff"]).get(f"/shangcheng/office/accounts/{query}").status_code == 422
    )


def test_the_list_costs_the_same_for_few_and_many(cast: Cast, django_assert_num_queries: Any) -> None:
    client = enter(cast.people["neighbour_staff"])
    for _more in range(2):
        with django_assert_num_queries(9):
            client.get("/shangcheng/office/accounts/")
        for _two in range(2):
            make.appoint(make.user(), "community_user", cast.neighbour_community)


def test_sign_in_names_are_made_of_pinyin(cast: Cast) -> None:
    make.user(username="qingbomen")
    assert (free_username("清波门社区"), free_username("ＡＢ·!")) == ("qingbomen2", "account")
