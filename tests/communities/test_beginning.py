"""An empty installation: its start page, and the command that begins."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from communities.models import Appointment
from tests import make

pytestmark = pytest.mark.django_db


def begin(slug: str = "shangcheng") -> str:
    out = StringIO()
    names = ["平台管理员", "何科长", "方科员"]
    call_command("begin", slug=slug, code="330102", name="上城区", people=names, stdout=out)
    return out.getvalue()


def test_an_empty_installation_says_how_to_begin(client: Client) -> None:
    response = client.get("/")
    assert (response.status_code, "manage.py begin" in response.text) == (200, True)


def test_begin_makes_a_district_and_three_people_who_can_sign_in(client: Client) -> None:
    printed = re.findall(r"^\S+\t(\S+)\t([\d ]{14})$", begin(), re.M)
    assert [name for name, _code in printed] == ["pingtaiguanliyuan", "hekezhang", "fangkeyuan"]
    roles = list(Appointment.objects.order_by("pk").values_list("role", flat=True))
    assert roles == ["platform_admin", "district_staff", "district_staff"]
    password = "three lamps over the lake"
    typed = {"username": printed[1][0], "digits": printed[1][1], "password1": password, "password2": password}
    assert client.post("/accounts/activate/", typed).status_code == 302
    assert client.get("/desk/").headers["Location"] == "/shangcheng/office/"


@pytest.mark.parametrize("slug", ["accounts", "desk", "no spaces", "x" * 30])
def test_begin_refuses_a_short_name_that_cannot_be_an_address(slug: str) -> None:
    with pytest.raises(CommandError):
        begin(slug)


def test_one_district_is_gone_to_and_several_are_listed(client: Client) -> None:
    make.district()
    assert client.get("/").headers["Location"] == "/shangcheng/"
    make.district("gongshu", division_code="330105", name="拱墅区")
    assert client.get("/").text.count('class="tasks"') == 1


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    return client


def test_after_signing_in_everybody_comes_to_the_own_desk() -> None:
    from tests.personas import Cast

    cast = Cast.shangcheng()
    desks = {
        role: enter(person).get("/desk/").headers["Location"]
        for role, person in cast.people.items()
        if person
    }
    office, cases, judging = "/shangcheng/office/", "/shangcheng/cases/", "/shangcheng/judging/"
    assert desks == {
        "platform_admin": "/desks/",
        "district_staff": office,
        "district_staff_2": office,
        "subdistrict_staff": office,
        "subdistrict_staff_2": office,
        "neighbour_staff": office,
        "community_user": cases,
        "neighbour_community_user": cases,
        "organization_user": cases,
        "supportive_org": cases,
        "observer": office,
        "resident_judge": judging,
        "expert_judge": judging,
    }


def test_the_platforms_administrator_finds_the_accounts_of_every_district() -> None:
    make.district()
    admin = make.user()
    make.appoint(admin, "platform_admin")
    client = enter(admin)
    assert "/shangcheng/office/accounts/" in client.get("/desks/").text
    assert client.get("/shangcheng/office/accounts/").status_code == 200
    assert client.get("/shangcheng/office/").status_code == 404
