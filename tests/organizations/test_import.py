"""Tables of organizations: every column's own mistakes, people's own places, exports that are imports."""

import pytest
from django.utils import timezone

from communities.actions.imports import apply_import, import_table, receive_import, table_rows
from communities.registers import register_of
from goldidea.lib.models import AuditDetail
from goldidea.lib.spreadsheets import as_csv, as_xlsx
from organizations import creditcode
from organizations.models import SocialOrganization
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
HEADERS = "名称,登记方式,类别,统一社会信用代码,评估等级,评估年份,街道代码,街道,社区代码,社区,支持型,总社,能人工作室,简介,联系人,联系电话"


def credit(number: int) -> str:
    first = f"5333010{number:010d}"
    return first + creditcode.check_character(first)


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def upload(cast: Cast, *lines: str, role: str = "district_staff", headers: str = HEADERS):
    content = "\n".join([headers, *lines]).encode()
    return receive_import(
        "organizations", cast.district, "组织.csv", content, by=cast.people[role], now=timezone.now()
    )


def apply(found, cast: Cast, role: str = "district_staff"):
    return apply_import(found, seen=found.digest, by=cast.people[role], now=timezone.now())


def test_new_organizations_with_everything(cast: Cast) -> None:
    home, community = cast.home.division_code, cast.community.division_code
    found = upload(
        cast,
        f"互助总社,登记,社会服务机构,{credit(1)},4A,2016,{home},清波街道,{community},清波门社区,否,,否,做邻里互助,王老师,138 0000 1234",
        f"互助分社,备案,社区社会组织,,,,{home},清波街道,,清波门社区,,互助总社,是,,,",
    )
    assert found.counts == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 0}
    apply(found, cast)
    head = SocialOrganization.objects.get(name="互助总社")
    branch = SocialOrganization.objects.get(name="互助分社")
    assert (head.rating, head.rating_year, head.kind, head.contact_phone) == (
        4,
        2016,
        "service",
        "+8613800001234",
    )
    assert (head.sub_district, head.home_community, head.state) == (cast.home, cast.community, "active")
    assert (branch.parent, branch.is_studio, branch.home_community) == (head, True, cast.community)
    assert head.sort_key == "huzhuzongshe"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("甲,登记,社会服务机构,123,,,HOME,,,,,,,,,", ["credit_code"]),
        (f"甲,登记,社会服务机构,{credit(1)[:17]}I,,,HOME,,,,,,,,,", ["credit_code"]),
        ("甲,登记,社会服务机构,,,,HOME,,,,,,,,,", ["credit_code"]),
        (f"甲,备案,社区社会组织,{credit(1)},,,HOME,,,,,,,,,", ["credit_code"]),
        ("甲,备案,社会团体,,,,HOME,,,,,,,,,", ["kind"]),
        ("甲,备案,俱乐部,,,,HOME,,,,,,,,,", ["kind"]),
        ("甲,备案,社区社会组织,,6A,2016,HOME,,,,,,,,,", ["rating"]),
        ("甲,备案,社区社会组织,,3A,,HOME,,,,,,,,,", ["rating_year"]),
        ("甲,备案,社区社会组织,,3A,16,HOME,,,,,,,,,", ["rating_year"]),
        ("甲,备案,社区社会组织,,,,330999001,,,,,,,,,", ["sub_district"]),
        ("甲,备案,社区社会组织,,,,HOME,湖滨街道,,,,,,,,", ["sub_district_name"]),
        ("甲,备案,社区社会组织,,,,HOME,,,没有的社区,,,,,,", ["home_community_name"]),
        ("甲,备案,社区社会组织,,,,HOME,,1,,,,,,,", ["home_community"]),
        ("甲,备案,社区社会组织,,,,HOME,,,,,没有的总社,,,,", ["parent"]),
        ("甲,备案,社区社会组织,,,,HOME,,,,,甲,,,,", ["parent"]),
        ("甲,备案,社区社会组织,,,,HOME,,,,,,也许,,,", ["is_studio"]),
        ("甲,备案,社区社会组织,,,,HOME,,,,,,,,,12345", ["contact_phone"]),
        (f"{'长' * 81},备案,社区社会组织,,,,HOME,,,,,,,{'简' * 501},,", ["name", "profile"]),
        (",备案,社区社会组织,,,,HOME,,,,,,,,,", ["name"]),
    ],
)
def test_what_is_wrong_stands_at_its_cell(cast: Cast, line: str, wrong: list[str]) -> None:
    row = table_rows(upload(cast, line.replace("HOME", cast.home.division_code)))[0]
    assert (row.result, sorted(row.errors)) == ("wrong", sorted(wrong))
    assert all(row.why(key) for key in row.errors)


def test_a_community_code_with_one_wrong_digit_is_guessed(cast: Cast) -> None:
    code, typed = "330102001013", "330102001023"
    # Far from the numbers in a row of the other communities: one of them might be one digit off as well.
    type(cast.community).objects.filter(pk=cast.community.pk).update(division_code=code)
    row = table_rows(upload(cast, f"甲,备案,社区社会组织,,,,{cast.home.division_code},,{typed},,,,,,,"))[0]
    assert code in row.why("home_community") and "清波门社区" in row.why("home_community")


def test_names_and_credit_codes_are_held_once(cast: Cast) -> None:
    home = cast.home.division_code
    rows = table_rows(
        upload(
            cast,
            f"甲,登记,社会服务机构,{credit(1)},,,{home},,,,,,,,,",
            f"乙,登记,社会服务机构,{credit(1)},,,{home},,,,,,,,,",
            f"丙,备案,社区社会组织,,,,{home},,,,,,,,,",
            f"丙,备案,社区社会组织,,,,{home},,,,,,,,,",
        )
    )
    assert [row.result for row in rows] == ["new", "wrong", "new", "wrong"]


def test_a_change_is_shown_recorded_and_leaves_the_rest(cast: Cast) -> None:
    SocialOrganization.objects.filter(pk=cast.organization.pk).update(
        contact_phone="+8613800001234", contact_name="吴阿姨", profile="旧\r\n简介"
    )
    headers = "名称,登记方式,类别,街道代码,简介,联系电话"
    line = f'{cast.organization.name},备案,社区社会组织,{cast.home.division_code},"旧\n简介",13900005678'
    found = upload(cast, line, headers=headers)
    row = table_rows(found)[0]
    assert row.changes == {"contact_phone": ["+86 138****1234", "+86 139****5678"]}
    assert "13900005678" not in found.counts.__repr__()
    apply(found, cast)
    fresh = SocialOrganization.objects.get(pk=cast.organization.pk)
    assert (fresh.contact_phone, fresh.contact_name, fresh.profile) == (
        "+8613900005678",
        "吴阿姨",
        "旧\r\n简介",
    )
    assert fresh.home_community == cast.community
    detail = AuditDetail.objects.get(event__action="correct organization")
    assert detail.changes == {"contact_phone": ["+86 138****1234", "+86 139****5678"]}


def test_people_of_a_sub_district_bring_in_their_own_only(cast: Cast) -> None:
    home, other = cast.home.division_code, cast.neighbour.division_code
    neighbour = make.organization(cast.district, "湖滨读书会", sub_district=cast.neighbour)
    rows = table_rows(
        upload(
            cast,
            f"甲,备案,社区社会组织,,,,{home},,,,,,,,,",
            f"乙,备案,社区社会组织,,,,{other},,,,,,,,,",
            "丙,备案,社区社会组织,,,,,,,,,,,,,",
            f"{neighbour.name},备案,社区社会组织,,,,{other},,,,,,,,,",
            f"{neighbour.name}会,备案,社区社会组织,,,,{home},,,,,,,,,",
            f"{cast.organization.name},备案,社区社会组织,,,,{other},,,,,,,,,",
            role="subdistrict_staff",
        )
    )
    assert [row.result for row in rows] == ["new", "wrong", "wrong", "unchanged", "new", "wrong"]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_exported_list_is_an_import_without_a_change(cast: Cast, ending: str) -> None:
    head = make.organization(
        cast.district,
        "=总社",
        registration="registered",
        kind="service",
        credit_code=credit(7),
        rating=3,
        rating_year=2015,
        profile="第一行\r\n- 第二行",
        contact_phone="+8613800001234",
    )
    make.organization(cast.district, "分社", sub_district=cast.neighbour, parent=head, is_studio=True)
    make.organization(cast.district, "清波门互助", state="dissolved")
    make.organization(cast.district, "清波门互助", home_community=cast.community)
    rows = SocialOrganization.objects.of(cast.district).select_related(
        "sub_district", "home_community", "parent"
    )
    register = register_of("organizations")
    writing = as_csv(register.exported, register.export(rows)) if ending == "csv" else None
    content = writing or as_xlsx(register.exported, register.export(rows), "名册")
    assert b"13800001234" not in content
    plan = import_table("organizations", cast.district, f"a.{ending}", content, by=None, now=timezone.now())
    assert plan.counts == {"new": 0, "changed": 0, "unchanged": 6, "wrong": 0}


def test_many_rows_cost_no_more_statements(cast: Cast, django_assert_max_num_queries) -> None:
    lines = [f"组织{n},备案,社区社会组织,,,,{cast.home.division_code},,,,,,,,," for n in range(400)]
    content = "\n".join([HEADERS, *lines]).encode()
    with django_assert_max_num_queries(16):
        import_table("organizations", cast.district, "a.csv", content, by=None, now=timezone.now())
    assert SocialOrganization.objects.filter(sub_district=cast.home).count() == 401
