"""A lost second factor, and another administrator: asked by one, decided by another."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from communities.decisions import waiting_for
from communities.models import Appointment, Decision
from communities.states import DecisionState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.accounts.test_second_factor import app_of, with_password
from tests.accounts.test_sign_in import PASSWORD
from tests.communities.test_audit import enter
from tests.personas import Cast

pytestmark = pytest.mark.django_db
OFFICE = "/shangcheng/office/"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def account_page(person: User, last: str = "") -> str:
    return f"{OFFICE}accounts/{person.code}/{last}"


def decide(person: User) -> Any:
    decision = Decision.objects.latest("pk")
    return enter(person).post(f"{OFFICE}decisions/{decision.code}/approve/")


def test_two_colleagues_reset_an_equals_lost_factor_and_a_slip_opens_the_account(cast: Cast) -> None:
    first, second = cast.people["district_staff"], cast.people["district_staff_2"]
    third = with_password(make.user("区里的第三人"))
    make.appoint(third, "district_staff", cast.district)
    app_of(third)
    lost = enter(third)
    asked = enter(first).post(account_page(third, "reset/"), {"reason": "手机丢了"})
    assert asked.headers["Location"] == account_page(third)
    assert Authenticator.objects.filter(user=third).exists()  # one person alone changes nothing
    assert decide(first).status_code == 403
    assert decide(third).status_code == 403  # nor does the person concerned
    assert (
        enter(first)
        .post(f"{OFFICE}slips/{'0' * 8}-0000-4000-8000-000000000001/", {"accounts": third.code})
        .status_code
        == 422
    )
    assert decide(second).status_code == 303
    third.refresh_from_db()
    assert (third.is_activated, Authenticator.objects.filter(user=third).exists()) == (False, False)
    assert lost.get(OFFICE).status_code == 302  # whoever was signed in is out
    event = AuditEvent.objects.get(action="reset sign-in")
    assert (event.role, event.actor) == ("district_staff", first.person_key)
    assert (
        "Slip and access"
        in enter(second).get(account_page(third), headers={"accept-language": "en"}).content.decode()
    )
    sheet = enter(second).post(
        f"{OFFICE}slips/{'0' * 8}-0000-4000-8000-000000000002/", {"accounts": third.code}
    )
    assert sheet.context["slips"][0][0].slip.user == third


@pytest.mark.parametrize(
    ("role", "status"),
    [("subdistrict_staff", 403), ("observer", 404), ("community_user", 404), ("platform_admin", 200)],
)
def test_who_may_ask_for_a_reset(cast: Cast, role: str, status: int) -> None:
    target = cast.people["subdistrict_staff_2"]
    assert enter(cast.people[role]).get(account_page(target, "reset/")).status_code == status


def test_a_reset_is_void_when_the_person_has_another_factor_by_then(cast: Cast) -> None:
    person = cast.people["subdistrict_staff"]
    app_of(person)
    enter(cast.people["district_staff"]).post(account_page(person, "reset/"), {"reason": "x"})
    Authenticator.objects.all().delete()
    app_of(person)
    decide(cast.people["district_staff_2"])
    assert Decision.objects.latest("pk").state == DecisionState.VOID
    assert Authenticator.objects.filter(user=person).exists()


def test_an_administrator_is_asked_for_by_another_and_approved_by_a_second_person(cast: Cast) -> None:
    admin, staff = cast.people["platform_admin"], cast.people["district_staff"]
    new = make.user("第二位平台管理员")
    make.appoint(new, "observer", cast.district)
    term = {"role": "platform_admin", "since": timezone.localdate().isoformat(), "reason": "一人不够"}
    refused = enter(staff).post(account_page(new, "appoint/staff/"), term)
    assert refused.status_code == 422 and not Decision.objects.exists()  # it is not even offered
    assert enter(admin).post(account_page(new, "appoint/staff/"), term).status_code == 303
    decision = Decision.objects.get()
    assert decision.kind == "grant_administrator"
    assert decide(admin).status_code == 403
    assert decision in waiting_for(staff, cast.district, timezone.now())
    assert decide(staff).status_code == 303
    assert Appointment.objects.get(user=new, role="platform_admin").district is None
    # Administrators see, and may reset, each other.
    assert enter(admin).get(account_page(new, "reset/")).status_code == 200
    assert enter(new).get(account_page(admin, "reset/")).status_code == 200


def test_the_operator_is_the_last_way_back_in(cast: Cast, capsys: Any) -> None:
    admin = with_password(cast.people["platform_admin"])
    app_of(admin)
    call_command("reset_sign_in", admin.username, reason="唯一的管理员丢了手机")
    code = capsys.readouterr().out.split("\t")[2].split("\n")[0]
    admin.refresh_from_db()
    assert not admin.is_activated
    form = {"username": admin.username, "digits": code, "password1": PASSWORD, "password2": PASSWORD}
    assert Client().post("/accounts/activate/", form).headers["Location"] == "/desk/"


def ending(cast: Cast, role: str = "platform_admin", of: Any = None) -> Any:
    """Ask for the end of an administrator's appointment."""
    page = account_page(of or cast.people["platform_admin"], "administrator/end/")
    return enter(cast.people[role]).post(page, {"reason": "调离"})


def second_administrator(cast: Cast) -> Any:
    """Another administrator of the platform, who has set a password."""
    new = make.user("第二位平台管理员")
    make.appoint(new, "platform_admin")
    return with_password(new)


def test_an_administrators_appointment_is_ended_by_two(cast: Cast) -> None:
    admin, staff = cast.people["platform_admin"], cast.people["district_staff"]
    leaving = second_administrator(cast)
    with_password(admin)
    assert "administrator/end/" in enter(admin).get(account_page(leaving)).text
    assert ending(cast, of=leaving).status_code == 303
    assert Decision.objects.get().kind == "end_administrator"
    assert Decision.objects.get() not in waiting_for(leaving, cast.district, timezone.now())
    assert (decide(admin).status_code, decide(leaving).status_code) == (403, 403)
    assert Decision.objects.get() in waiting_for(staff, cast.district, timezone.now())
    assert decide(staff).status_code == 303
    assert Appointment.objects.get(user=leaving).until == timezone.localdate()
    event = AuditEvent.objects.get(action="end appointment")
    assert (event.actor, event.detail.reason) == (admin.person_key, "调离")
    assert "administrator/end/" not in enter(admin).get(account_page(leaving)).text


def test_the_last_administrator_stays(cast: Cast) -> None:
    admin = cast.people["platform_admin"]
    new = make.user("还没有密码的管理员")
    make.appoint(new, "platform_admin")
    said = enter(admin).get(account_page(admin), headers={"accept-language": "en"}).text
    assert "No other administrator of the platform can sign in" in said
    assert ending(cast).status_code == 403
    with_password(new), with_password(admin)
    assert ending(cast).status_code == 303
    assert ending(cast, of=new).status_code == 303
    asked = list(Decision.objects.order_by("pk").values_list("code", flat=True))
    staff = enter(cast.people["district_staff"])
    answers = [staff.post(f"{OFFICE}decisions/{code}/approve/").status_code for code in asked]
    assert answers == [303, 409]  # one of the two went; the other is the last
    assert Appointment.objects.get(user=new).until is None


@pytest.mark.parametrize(
    ("role", "status"), [("subdistrict_staff", 404), ("observer", 404), ("district_staff", 404)]
)
def test_only_administrators_ask_for_the_end_of_an_administrator(cast: Cast, role: str, status: int) -> None:
    second_administrator(cast)
    assert ending(cast, role).status_code == status
