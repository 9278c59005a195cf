"""Grids and social workers: what hangs on what, who keeps them, tables that come back, history, renamed communities."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities import rules
from communities.actions.divisions import succeed_community
from communities.actions.grids import end_grid, end_worker, save_grid, save_worker
from communities.actions.imports import apply_import, receive_import, table_rows
from communities.models import Community, Grid, SocialWorker
from goldidea.lib.errors import Refusal
from goldidea.lib.models import AuditDetail
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
WORKERS = "编号,社区代码,社区,姓名,职业资格,到岗日期,离岗日期,手机"
GRIDS = "社区代码,社区,网格编号,层级,网格名称,上级网格编号,范围,户数,责任社工,社工编号,停用日期"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def client(person) -> Client:
    found = Client()
    found.force_login(person, backend="accounts.backends.AccountBackend")
    return found


def upload(cast: Cast, kind: str, *lines: str, role: str = "subdistrict_staff"):
    headers = WORKERS if kind == "social_workers" else GRIDS
    content = "\n".join([headers, *lines]).encode()
    return receive_import(kind, cast.district, "x.csv", content, by=cast.people[role], now=timezone.now())


def apply(found, cast: Cast, role: str = "subdistrict_staff"):
    return apply_import(found, seen=found.digest, by=cast.people[role], now=timezone.now())


def grid(cast: Cast, number: str, level: str = "grid", **values) -> Grid:
    return Grid(
        district=cast.district,
        community=cast.community,
        number=number,
        name=f"{number}网格",
        level=level,
        **values,
    )


@pytest.mark.parametrize(
    ("level", "above", "fits"),
    [
        ("large", None, True),
        ("large", "large", False),
        ("grid", None, True),
        ("grid", "large", True),
        ("grid", "grid", False),
        ("grid", "segment", False),
        ("segment", None, False),
        ("segment", "large", False),
        ("segment", "grid", True),
        ("segment", "segment", False),
    ],
)
def test_what_is_part_of_what(cast: Cast, level: str, above: str | None, fits: bool) -> None:
    parent = None
    if above:
        holder = make.grid(cast.community, "9") if above == "segment" else None
        parent = make.grid(cast.community, "1", level=above, parent=holder)
    row = grid(cast, "2", level, parent=parent)
    by, now = cast.people["community_user"], timezone.now()
    if fits:
        assert save_grid(row, by=by, now=now).pk
    else:
        with pytest.raises(ValidationError) as found:
            save_grid(row, by=by, now=now)
        assert "parent" in found.value.message_dict


def test_the_database_refuses_what_hangs_wrong(cast: Cast) -> None:
    large = make.grid(cast.community, "1", level="large")
    for level, parent in (("large", large), ("segment", None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grid.objects.create(
                district=cast.district,
                community=cast.community,
                number="2",
                name="x",
                level=level,
                parent=parent,
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Grid.objects.create(
            district=cast.district, community=cast.community, number="1", name="x", level="grid"
        )


def test_numbers_stand_in_the_order_in_which_people_count(cast: Cast) -> None:
    for number in ("10", "2", "1-10", "1-9", "1"):
        make.grid(cast.community, number)
    assert [row.number for row in Grid.objects.order_by("sort_key")] == ["1", "1-9", "1-10", "2", "10"]


def test_a_grid_and_its_worker_are_of_one_community(cast: Cast) -> None:
    stranger = make.social_worker(cast.neighbour_community)
    elsewhere = make.grid(cast.neighbour_community, "1", level="large")
    by, now = cast.people["district_staff"], timezone.now()
    for field, value in (("worker", stranger), ("parent", elsewhere)):
        with pytest.raises(ValidationError) as found:
            save_grid(grid(cast, "2", **{field: value}), by=by, now=now)
        assert list(found.value.message_dict) == [field]


def test_who_leaves_leaves_the_grids_vacant(cast: Cast) -> None:
    worker = make.social_worker(cast.community, "周小满", since=dt.date(2018, 1, 1))
    held = make.grid(cast.community, "1", worker=worker)
    by, now = cast.people["community_user"], timezone.now()
    with pytest.raises(ValidationError):
        end_worker(worker, until=dt.date(2017, 1, 1), by=by, now=now)
    end_worker(worker, until=dt.date(2018, 6, 30), by=by, now=now)
    held.refresh_from_db()
    assert held.worker is None
    detail = AuditDetail.objects.get(event__action="correct grid")
    assert detail.changes == {"worker": ["周小满", None]}
    with pytest.raises(Refusal):
        end_worker(worker, until=dt.date(2018, 7, 1), by=by, now=now)


def test_a_grid_ends_after_its_parts_and_its_number_is_free(cast: Cast) -> None:
    first = make.grid(cast.community, "1")
    part = make.grid(cast.community, "1-1", level="segment", parent=first)
    by, now, day = cast.people["community_user"], timezone.now(), dt.date(2018, 6, 30)
    with pytest.raises(Refusal):
        end_grid(first, on=day, by=by, now=now)
    end_grid(part, on=day, by=by, now=now)
    end_grid(first, on=day, by=by, now=now)
    with pytest.raises(Refusal):
        end_grid(first, on=day, by=by, now=now)
    assert save_grid(grid(cast, "1"), by=by, now=now).pk


def test_the_history_masks_phones(cast: Cast) -> None:
    worker = SocialWorker(
        district=cast.district, community=cast.community, name="周小满", phone="+8613900001234"
    )
    save_worker(worker, by=cast.people["community_user"], now=timezone.now())
    worker.phone = "+8613900005678"
    save_worker(worker, by=cast.people["community_user"], now=timezone.now())
    changes = AuditDetail.objects.order_by("-pk").first().changes
    assert changes == {"phone": ["+86 139****1234", "+86 139****5678"]}
    body = (
        client(cast.people["community_user"]).get(address("social_worker_edit", worker.code)).content.decode()
    )
    assert "139****5678" in body
    assert "13900005678" not in body


def address(name: str, *codes: str) -> str:
    return reverse(f"office:{name}", args=["shangcheng", *codes])


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        ("district_staff", True, True),
        ("subdistrict_staff", True, False),
        ("neighbour_staff", False, True),
        ("community_user", True, False),
        ("neighbour_community_user", False, True),
        ("observer", False, False),
        ("organization_user", False, False),
    ],
)
def test_rules_and_their_twins(cast: Cast, role: str, own: bool, other: bool) -> None:
    person = cast.people[role]
    rows = {True: make.grid(cast.community, "1"), False: make.grid(cast.neighbour_community, "1")}
    assert [bool(rules.can_keep_grids_of(person, rows[home].community)) for home in (True, False)] == [
        own,
        other,
    ]
    kept = set(rules.communities_kept(person, cast.district))
    assert {c for c in Community.objects.all() if rules.can_keep_grids_of(person, c)} == kept
    seen = set(rules.visible_grids(person, cast.district, Grid.objects.of(cast.district)))
    assert {row for row in rows.values() if rules.can_see_grids_of(person, row.community)} == seen
    places = rules.visible_communities(person, cast.district, Community.objects.all())
    assert {c for c in Community.objects.all() if rules.can_see_grids_of(person, c)} == set(places)


def test_nobody_keeps_another_communitys_grids(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        save_grid(grid(cast, "1"), by=cast.people["observer"], now=timezone.now())
    with pytest.raises(Http404):
        save_grid(grid(cast, "1"), by=cast.people["neighbour_staff"], now=timezone.now())


def test_lists_take_a_constant_number_of_queries(cast: Cast, django_assert_num_queries) -> None:
    staff = client(cast.people["district_staff"])
    for count in (1, 3):
        while Grid.objects.count() < count:
            worker = make.social_worker(cast.community)
            above = make.grid(cast.community, level="large", worker=worker)
            Grid.objects.filter(pk=above.pk).update(level="grid")
        with django_assert_num_queries(9):
            assert staff.get(address("grids")).status_code == 200
        with django_assert_num_queries(9):
            assert staff.get(address("social_workers")).status_code == 200
        with django_assert_num_queries(8):
            assert staff.get(address("community_grids", cast.community.code)).status_code == 200


def test_tables_of_social_workers_and_grids(cast: Cast) -> None:
    code = cast.community.division_code
    found = upload(
        cast,
        "social_workers",
        f",{code},清波门社区,周小满,中级,2016-03-01,,138 0000 1234",
        f",{code},,钱大同,,,,",
    )
    assert found.counts == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 0}
    apply(found, cast)
    worker = SocialWorker.objects.get(name="周小满")
    assert (worker.certificate, worker.phone, worker.sort_key) == (
        "social_worker",
        "+8613800001234",
        "zhouxiaoman",
    )
    found = upload(
        cast,
        "grids",
        f"{code},清波门社区,1-1,片组,柳浪 2 幢,1,柳浪新村 2 幢,60,周小满,,",
        f"{code},清波门社区,1,网格,第一网格,D1,清波街,320,,{worker.code},",
        f"{code},清波门社区,D1,大网格,清波大网格,,,,钱大同,,",
    )
    assert found.counts == {"new": 3, "changed": 0, "unchanged": 0, "wrong": 0}
    apply(found, cast)
    segment = Grid.objects.get(number="1-1")
    assert (segment.parent.number, segment.parent.parent.number, segment.worker) == ("1", "D1", worker)
    assert segment.parent.households == 320
    staff = client(cast.people["subdistrict_staff"])
    for name, kind in (("grids_export", "grids"), ("social_workers_export", "social_workers")):
        for ending in ("csv", "xlsx"):
            content = staff.get(address(name, ending)).content
            assert b"13800001234" not in content
            again = receive_import(
                kind,
                cast.district,
                f"x.{ending}",
                content,
                by=cast.people["subdistrict_staff"],
                now=timezone.now(),
            )
            assert again.counts == {
                "new": 0,
                "changed": 0,
                "unchanged": sum(again.counts.values()),
                "wrong": 0,
            }
    found = upload(
        cast,
        "grids",
        f"{code},,1,网格,第一网格,,清波街,330,,,",
        f"{code},,1-1,片组,柳浪 2 幢,1,柳浪新村 2 幢,60,周小满,,",
    )
    assert table_rows(found)[0].changes == {
        "households": ["320", "330"], "parent": ["D1", ""], "worker": ["周小满", ""]
    }  # fmt: skip
    assert found.counts == {"new": 0, "changed": 1, "unchanged": 1, "wrong": 0}
    apply(found, cast)
    assert Grid.objects.get(number="1").parent is None


@pytest.mark.parametrize(
    ("kind", "line", "wrong"),
    [
        ("social_workers", ",999999999999,,甲,,,,", ["community_code"]),
        ("social_workers", ",OTHER,,甲,,,,", ["community_code"]),
        ("social_workers", ",HOME,涌金门社区,甲,,,,", ["community"]),
        ("social_workers", ",HOME,,甲,博士,,,", ["certificate"]),
        ("social_workers", ",HOME,,甲,,昨天,,", ["since"]),
        ("social_workers", ",HOME,,甲,,,2018-01-01,", ["until"]),
        ("social_workers", ",HOME,,甲,,,,12345", ["phone"]),
        ("social_workers", "0000000000,HOME,,甲,,,,", ["worker_code"]),
        ("social_workers", f",HOME,,{'长' * 41},,,,", ["name"]),
        ("social_workers", ",HOME,,,,,,", ["name"]),
        ("grids", "HOME,,1,街区,甲,,,,,,", ["level"]),
        ("grids", "HOME,,一,网格,甲,,,,,,", ["number"]),
        ("grids", "HOME,,1,网格,甲,7,,,,,", ["parent"]),
        ("grids", "HOME,,1,片组,甲,,,,,,", ["parent"]),
        ("grids", "HOME,,1,网格,甲,1,,,,,", ["parent"]),
        ("grids", "HOME,,1,网格,甲,,,几户,,,", ["households"]),
        ("grids", "HOME,,1,网格,甲,,,,没有这人,,", ["worker"]),
        ("grids", "HOME,,1,网格,甲,,,,,0000000000,", ["worker_code"]),
        ("grids", "HOME,,1,网格,甲,,,,,,2018-01-01", ["ended_on"]),
        ("grids", "OTHER,,1,网格,甲,,,,,,", ["community_code"]),
        ("grids", f"HOME,,1,网格,甲,,{'长' * 301},,,,", ["scope"]),
    ],
)
def test_what_is_wrong_stands_at_its_cell(cast: Cast, kind: str, line: str, wrong: list[str]) -> None:
    line = line.replace("HOME", cast.community.division_code)
    line = line.replace("OTHER", cast.neighbour_community.division_code)
    row = table_rows(upload(cast, kind, line))[0]
    assert (row.result, sorted(row.errors)) == ("wrong", wrong)
    assert all(row.why(key) for key in row.errors)


def test_the_same_row_twice_is_wrong(cast: Cast) -> None:
    code = cast.community.division_code
    rows = table_rows(upload(cast, "grids", f"{code},,1,网格,甲,,,,,,", f"{code},,1,网格,乙,,,,,,"))
    assert [row.result for row in rows] == ["new", "wrong"]


def test_a_renamed_community_keeps_its_grids_and_workers(cast: Cast) -> None:
    worker = make.social_worker(cast.community)
    row = make.grid(cast.community, "1", worker=worker)
    day = timezone.localdate()
    new = Community(
        district=cast.district, sub_district=cast.home, name="清波门新社区",
        division_code=cast.community.division_code, valid_from=day,
    )  # fmt: skip
    succeed_community(
        cast.community, new, goes_on=False, by=cast.people["district_staff"], now=timezone.now()
    )
    worker.refresh_from_db()
    row.refresh_from_db()
    assert (worker.community, row.community) == (new, new)


def test_forms_say_what_is_wrong(cast: Cast) -> None:
    staff = client(cast.people["subdistrict_staff"])
    answer = staff.post(
        address("grid_new_in", cast.community.code), {"level": "segment", "number": "1", "name": "甲"}
    )
    assert answer.status_code == 422
    assert staff.post(address("social_worker_new_in", cast.community.code), {"name": ""}).status_code == 422
    answer = staff.post(
        address("grid_new_in", cast.community.code), {"level": "grid", "number": "1", "name": "甲"}
    )
    assert answer.status_code == 303
    row = Grid.objects.get()
    again = staff.post(
        address("grid_new_in", cast.community.code), {"level": "grid", "number": "1", "name": "乙"}
    )
    assert again.status_code == 422
    bad = staff.post(
        address("grid_edit", row.code), {"level": "grid", "number": "1", "name": "甲", "parent": row.code}
    )
    assert bad.status_code == 422
    foreign = make.social_worker(cast.neighbour_community)
    bad = staff.post(
        address("grid_edit", row.code), {"level": "grid", "number": "1", "name": "甲", "worker": foreign.code}
    )
    assert bad.status_code == 422
    assert staff.post(address("grid_end", row.code), {"on": "gestern"}).status_code == 422
    assert staff.post(address("grid_end", row.code), {"on": "2018-06-30"}).status_code == 303
    assert (
        staff.post(address("grid_edit", row.code), {"level": "grid", "number": "1", "name": "丙"}).status_code
        == 409
    )


def test_a_file_that_is_no_table_is_refused(cast: Cast) -> None:
    staff = client(cast.people["subdistrict_staff"])
    file = SimpleUploadedFile("x.csv", b"\x00\x01")
    url = reverse("office:import_new", args=["shangcheng", "grids"])
    assert staff.post(url, {"file": file}).status_code == 422
