"""The audit trail: who reads it, what it says, and that every action has words."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from accounts.actions.slips import issue_slip
from communities.audit_words import ACTIONS, OBJECTS, STEPS, action_words
from goldidea.lib import audit
from goldidea.lib.models import AuditDetail
from tests import make
from tests.personas import Cast

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "communities", "organizations", "judges", "evaluations")


@pytest.fixture
def cast(db: Any) -> Cast:
    return Cast.shangcheng()


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.AccountBackend")
    return client


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("district_staff", 200),
        ("observer", 200),
        ("subdistrict_staff", 403),
        ("platform_admin", 404),
        ("community_user", 404),
        ("organization_user", 404),
        ("resident_judge", 404),
    ],
)
def test_district_and_observer_read_it(cast: Cast, role: str, status: int) -> None:
    assert enter(cast.people[role]).get("/shangcheng/office/audit/").status_code == status


def test_it_shows_this_district_and_the_sign_ins_of_its_accounts(cast: Cast) -> None:
    other = Cast.shangcheng("gongshu")
    for one in (cast, other):
        person = one.people["organization_user"]
        audit.record("sign in", person, by=person, address="10.1.2.3")
        audit.record("open account", person, by=one.people["district_staff"], district=one.district)
    response = enter(cast.people["observer"]).get("/shangcheng/office/audit/")
    assert [row["event"].action for row in response.context["rows"]] == ["open account", "sign in"]


def test_a_row_without_a_code_of_its_own_is_named_and_not_numbered(cast: Cast) -> None:
    staff = cast.people["district_staff"]
    audit.record("edit calendar", cast.district, by=staff, district=cast.district)
    row = enter(cast.people["observer"]).get("/shangcheng/office/audit/").context["rows"][0]
    assert (row["detail"].object_name, row["code"]) == (str(cast.district), "")


def test_phones_are_masked_in_what_changed(cast: Cast) -> None:
    changes = {"contact_phone": ("+8613805710001", "+8613805719999")}
    audit.record("edit organization", cast.organization, by=cast.people["district_staff"], changes=changes)
    text = enter(cast.people["observer"]).get("/shangcheng/office/audit/").text
    assert ("13805710001" in text, "+86 138****9999" in text) == (False, True)


def test_an_erased_detail_leaves_the_line(cast: Cast) -> None:
    event = audit.record("sign in", cast.people["observer"], by=cast.people["observer"])
    AuditDetail.objects.filter(event=event).delete()
    response = enter(cast.people["observer"]).get("/shangcheng/office/audit/")
    assert (response.status_code, len(response.context["rows"])) == (200, 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("?action=issue+slip", 1),
        ("?object_type=communities.community", 1),
        ("?person=何科长", 2),
        ("?object_name=清波门社区", 1),
        ("?since=2020-01-01&until=2020-01-02", 0),
    ],
)
def test_filters(cast: Cast, query: str, found: int) -> None:
    staff = cast.people["district_staff"]
    issue_slip(cast.people["observer"], by=staff, now=timezone.now(), district=cast.district)
    audit.record("edit community", cast.community, by=staff)
    response = enter(staff).get(f"/shangcheng/office/audit/{query}")
    assert (response.status_code, len(response.context["rows"])) == (200, found)


@pytest.mark.parametrize("query", ["?since=yesterday", "?action=fly", "?person=%00"])
def test_bad_filters_are_said(cast: Cast, query: str) -> None:
    assert enter(cast.people["observer"]).get(f"/shangcheng/office/audit/{query}").status_code == 422


def test_the_page_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries: Any) -> None:
    client = enter(cast.people["observer"])
    for number in (1, 2):
        for _more in range(number):
            audit.record("sign in", make.user(), district=cast.district)
        with django_assert_num_queries(7):
            client.get("/shangcheng/office/audit/")


def recorded() -> set[str]:
    """The actions that the source records by a literal name."""
    found = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"record", "record_many"}:
                    first = node.args[0] if node.args else None
                    if getattr(getattr(node.func, "value", None), "id", "") == "audit":
                        choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                        found |= {c.value for c in choices if isinstance(c, ast.Constant)}
    return found


def test_every_recorded_action_has_words_in_both_languages() -> None:
    assert recorded() - set(ACTIONS) == set()
    for words in [*ACTIONS.values(), *STEPS.values(), *OBJECTS.values()]:
        with translation.override("zh-hans"):
            assert any("\u4e00" <= c <= "\u9fff" for c in str(words)), words
    for name in OBJECTS:
        apps.get_model(name)


def test_decisions_are_named_by_their_kind() -> None:
    with translation.override("en"):
        assert str(action_words("approve grant_staff")) == "approved: Give a staff role"
        assert action_words("something new") == "something new"


def test_a_line_carries_the_role_under_which_the_person_acted(cast: Cast) -> None:
    """By the appointments of today, for every action, wherever it is recorded."""
    staff, judge = cast.people["subdistrict_staff"], cast.people["resident_judge"]
    make.appoint(staff, "community_user", cast.community)  # the weightier role of the two
    other = make.district("gongshu", division_code="330105", name="拱墅区")
    make.appoint(staff, "observer", other)
    for by, district, role in (
        (staff, cast.district, "subdistrict_staff"),
        (staff, other, "observer"),
        (cast.people["community_user"], cast.district, "community_user"),
        (cast.people["organization_user"], cast.district, "organization_user"),
        (cast.people["supportive_org"], cast.district, "supportive_org"),
        (cast.people["platform_admin"], cast.district, "platform_admin"),
        (judge, cast.district, "resident_judge"),
        (staff, None, "subdistrict_staff"),  # outside any district
        (cast.people["district_staff"], other, ""),  # somebody who holds nothing there
        (None, cast.district, ""),
    ):
        assert audit.record("sign in", staff, by=by, district=district).role == role, (by, district)
    audit.record_many("appoint", [(cast.community, {})], by=staff)
    assert audit.history(cast.community).first().event.role == "subdistrict_staff"
    page = enter(cast.people["observer"]).get("/shangcheng/office/audit/").content.decode()
    assert "居民评委" in page and "街道工作人员" in page
