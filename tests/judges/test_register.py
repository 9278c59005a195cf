"""The register: list, filters, one record, corrections, interests, the phone, the table."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from goldidea.lib.models import AuditDetail
from judges.actions.interests import add_interest, remove_interest, show_phone
from judges.actions.nominations import decline_nomination, nominate_judge
from judges.models import Judge
from tests import make
from tests.judges.conftest import enter, nominated
from tests.personas import Cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PHONE = "+8613800138000"
LIST = "/shangcheng/office/judges/"


def names(answer) -> list[str]:
    return [judge.name for judge in answer.context["page_obj"]]


def test_each_office_sees_its_own(cast: Cast) -> None:
    nominated(cast, "章淑珍")
    nominated(cast, "高小敏", community=cast.neighbour_community)
    seen = {
        who: len(names(enter(cast.people[who]).get(LIST)))
        for who in ("district_staff", "subdistrict_staff", "neighbour_staff", "observer")
    }
    assert seen == {"district_staff": 4, "subdistrict_staff": 2, "neighbour_staff": 1, "observer": 4}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=章", ["章淑珍"]),
        ("q=zhang shu", ["章淑珍"]),
        ("q=ZHANG", ["章淑珍"]),
        ("q=%25", []),
        ("kind=resident&state=nominated", ["王建国", "章淑珍"]),
        ("kind=expert", []),
        ("serving=yes&q=w", []),
        ("serving=no", ["王建国", "章淑珍"]),
        ("order=-name&state=nominated", ["章淑珍", "王建国"]),
        ("page=999&state=nominated", ["王建国", "章淑珍"]),
    ],
)
def test_what_is_looked_for(cast: Cast, query: str, found: list[str]) -> None:
    nominated(cast, "章淑珍", "王建国")
    Judge.objects.filter(pk=cast.resident.pk).delete()
    answer = enter(cast.people["subdistrict_staff"]).get(f"{LIST}?{query}")
    assert (answer.status_code, names(answer)) == (200, found)


@pytest.mark.parametrize(
    "query", ["kind=x", "q=%00", "state=%00", "community=zzz", "sub_district=%00", "order=nothing"]
)
def test_an_address_that_was_made_up(cast: Cast, query: str) -> None:
    assert enter(cast.people["district_staff"]).get(f"{LIST}?{query}").status_code == 422


def test_the_list_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries) -> None:
    client = enter(cast.people["district_staff"])
    for more in (1, 2):
        nominated(cast, *(f"候选人{more}{n}" for n in range(more)))
        with django_assert_num_queries(10):
            client.get(LIST)


def test_no_page_shows_the_phone(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    client = enter(cast.people["district_staff"])
    for tail in (
        "",
        "export.csv",
        f"{one.code}/",
        f"{one.code}/edit/",
        f"{one.code}/phone/",
        f"{one.code}/consent/",
    ):
        assert b"13800138000" not in client.get(LIST + tail).content
    assert "138****8000" in client.get(f"{LIST}{one.code}/").content.decode()
    assert not any("13800138000" in str(detail.changes) for detail in AuditDetail.objects.all())


def test_the_whole_phone_needs_a_reason_that_is_kept(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    staff = cast.people["subdistrict_staff"]
    client, address = enter(staff), f"{LIST}{one.code}/phone/"
    assert client.post(address, {"reason": " "}).status_code == 422
    assert audit.history(one).filter(event__action="show phone").count() == 0
    answer = client.post(address, {"reason": "通知培训"})
    assert PHONE in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    logged = audit.history(one).get(event__action="show phone")
    assert (logged.actor_name, logged.reason) == (staff.name, "通知培训")
    with pytest.raises(Refusal):
        show_phone(one, reason="", by=staff)
    with pytest.raises(PermissionDenied):
        show_phone(one, reason="看看", by=cast.people["observer"])


def test_who_has_a_password_gives_it_again_first(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    staff = cast.people["subdistrict_staff"]
    staff.set_password("a-long-password-1")
    staff.save()
    client, address = enter(staff), f"{LIST}{one.code}/phone/"
    answer = client.get(address)
    assert (answer.status_code, answer.url.split("?")[0]) == (303, "/accounts/reauthenticate/")
    again = client.post(answer.url, {"password": "a-long-password-1", "next": address})
    assert (again.status_code, again.url) == (302, address)
    assert client.get(address).status_code == 200


PERSON = {"name": "章淑珍", "phone": "138 0013 8000", "introduction": "退休教师", "nominated_by": "楼组"}


def test_nominate_by_the_page(cast: Cast) -> None:
    client = enter(cast.people["subdistrict_staff"])
    answer = client.post(LIST + "new/", {**PERSON, "community": cast.community.code})
    judge = Judge.objects.get(name="章淑珍")
    assert (answer.status_code, answer.url) == (303, f"{LIST}{judge.code}/")
    assert (judge.phone, judge.state, judge.sub_district) == (PHONE, "nominated", cast.home)
    raw = Judge.objects.raw("select id, phone as stored from judges_judge where id = %s", [judge.pk])[0]
    assert PHONE not in raw.stored


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "名" * 41},
        {"name": "\x00"},
        {"phone": "12"},
        {"phone": "9" * 25},
        {"phone": "\x00"},
        {"community": ""},
        {"community": "\x00"},
        {"community": "0000000000"},
        {"introduction": "长" * 201},
    ],
)
def test_bad_input_keeps_what_was_typed(cast: Cast, change: dict) -> None:
    client = enter(cast.people["subdistrict_staff"])
    before = Judge.objects.count()
    answer = client.post(LIST + "new/", {**PERSON, "community": cast.community.code, **change})
    assert (answer.status_code, Judge.objects.count()) == (422, before)
    assert "楼组" in answer.content.decode()


def test_the_neighbours_communities_are_not_offered(cast: Cast) -> None:
    client = enter(cast.people["subdistrict_staff"])
    answer = client.post(LIST + "new/", {**PERSON, "community": cast.neighbour_community.code})
    assert (answer.status_code, "涌金门" in answer.content.decode()) == (422, False)


def test_the_same_name_is_asked_about(cast: Cast) -> None:
    nominated(cast, "章淑珍")
    client = enter(cast.people["subdistrict_staff"])
    typed = {**PERSON, "community": cast.community.code}
    assert client.post(LIST + "new/", typed).status_code == 422
    assert client.post(LIST + "new/", {**typed, "namesake": "on"}).status_code == 303
    assert Judge.objects.filter(name="章淑珍").count() == 2


def test_a_correction_keeps_the_phone_unless_told(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    client, address = enter(cast.people["subdistrict_staff"]), f"{LIST}{one.code}/edit/"
    typed = {**PERSON, "community": cast.community.code, "phone": ""}
    assert client.post(address, {**typed, "name": "章淑真"}).status_code == 303
    one.refresh_from_db()
    assert (one.name, one.phone) == ("章淑真", PHONE)
    assert client.post(address, {**typed, "forget_phone": "on"}).status_code == 303
    one.refresh_from_db()
    assert one.phone == ""
    changes = [detail.changes for detail in audit.history(one).filter(event__action="edit judge")]
    assert changes == [
        {"name": ["章淑真", "章淑珍"], "phone": ["…", "…"]},
        {"name": ["章淑珍", "章淑真"], "introduction": ["", "退休教师"], "nominated_by": ["", "楼组"]},
    ]


def test_who_declined_stays_as_recorded(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    client = enter(cast.people["subdistrict_staff"])
    assert client.post(f"{LIST}{one.code}/decline/", {"reason": ""}).status_code == 422
    assert client.post(f"{LIST}{one.code}/decline/", {"reason": "身体原因"}).status_code == 303
    answers = [client.get(f"{LIST}{one.code}/{tail}").status_code for tail in ("", "edit/", "decline/")]
    assert answers == [200, 403, 403]
    with pytest.raises(PermissionDenied):
        decline_nomination(one, reason="再一次", by=cast.people["subdistrict_staff"], now=NOW)


def test_a_community_that_has_ended_nominates_nobody(cast: Cast) -> None:
    gone = make.community(cast.home, "老社区", valid_to=timezone.localdate())
    with pytest.raises(Refusal):
        nominate_judge(gone, name="章淑珍", by=None, now=NOW)


def test_interests(cast: Cast) -> None:
    judge, staff = cast.resident, cast.people["subdistrict_staff"]
    tie = add_interest(judge, kind="kin", organization=cast.organization, by=staff, now=NOW)
    with pytest.raises(Refusal):
        add_interest(judge, kind="kin", organization=cast.organization, by=staff, now=NOW)
    client, base = enter(staff), f"{LIST}{judge.code}/interests/"
    both = {"kind": "work", "community": cast.community.code, "organization": cast.organization.code}
    assert client.post(base + "new/", both).status_code == 422
    assert client.post(base + "new/", {"kind": "work"}).status_code == 422
    assert (
        client.post(base + "new/", {"kind": "kin", "organization": cast.organization.code}).status_code == 422
    )
    assert (
        client.post(base + "new/", {"kind": "work", "community": cast.neighbour_community.code}).status_code
        == 303
    )
    assert judge.interests.count() == 2
    assert client.get(f"{base}{tie.code}/remove/").status_code == 405
    assert client.post(f"{base}{tie.code}/remove/").status_code == 303
    assert client.post(f"{base}{tie.code}/remove/").status_code == 404
    remove_interest(tie, by=staff, now=NOW)  # the second of two who press at once
    assert audit.history(judge).filter(event__action="remove interest").count() == 1
    assert enter(cast.people["neighbour_staff"]).post(f"{base}{tie.code}/remove/").status_code == 404


def test_the_table_has_no_phones_and_no_live_formulas(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    Judge.objects.filter(pk=one.pk).update(introduction="=1+1")
    answer = enter(cast.people["subdistrict_staff"]).get(LIST + "export.csv?q=章")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["编号", "姓名", "类别"]
    assert "手机" not in rows[0]
    assert [row[:4] for row in rows[1:]] == [[one.code, "章淑珍", "居民评委", "清波街道"]]
    assert rows[1][6] == "'=1+1"
    logged = audit.history(cast.district).get()
    assert (logged.event.action, logged.changes) == ("export judges", {"rows": ["", 1]})
    assert enter(cast.people["observer"]).get(LIST + "export.csv").status_code == 403
    assert enter(cast.people["district_staff"]).get(LIST + "export.xlsx").content.startswith(b"PK")
