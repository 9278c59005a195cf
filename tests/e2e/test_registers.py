"""Journeys: staff keep the registers of divisions and organizations; an organization keeps its own page."""

import io
import re

import pytest
from PIL import Image

from organizations import creditcode
from organizations.models import Engagement, SocialOrganization, VenturePhilanthropyProject
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast

BOTH = pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "zh-hans"), (DESK, "en"), (PHONE, "en")]
)
PASSWORD = "long enough password"
CREDIT_CODE = "52330102MJ8737263" + creditcode.check_character("52330102MJ8737263")


def cast_with_rows() -> Cast:
    cast = Cast.shangcheng()
    head = make.organization(
        cast.district,
        "上城区邻里互助总社",
        registration="registered",
        kind="service",
        credit_code=CREDIT_CODE,
        rating=4,
        rating_year=2010,
        sub_district=cast.home,
        contact_name="王老师",
        contact_phone="+8613800001234",
        profile="为独居老人送餐、陪诊，组织邻里互助。",
    )
    make.organization(
        cast.district, "清波能人剪纸工作室", sub_district=cast.home, is_studio=True, parent=head
    )
    make.organization(cast.district, "湖滨读书会", sub_district=cast.neighbour, state="proposed")
    make.saved(
        Engagement(
            organization=cast.organization, community=cast.community, service="楼道议事", since=make.LONG_AGO
        )
    )
    make.saved(
        Engagement(
            organization=cast.organization,
            community=cast.neighbour_community,
            service="送教上门",
            since=make.LONG_AGO,
        )
    )
    staff = cast.people["subdistrict_staff"]
    staff.set_password(PASSWORD)
    staff.save()
    return cast


@BOTH
def test_the_register_of_organizations(visitor, size, language: str) -> None:
    cast = cast_with_rows()
    who = visitor(size=size, language=language, user=cast.people["subdistrict_staff"])
    page = who.open("/shangcheng/office/organizations/")
    who.check("organizations")
    page.goto(page.url + "?q=jianzhi")
    assert page.locator("tbody tr").count() == 1
    page.goto(page.url.split("?")[0] + "?q=没有")
    who.check("organizations-none")
    who.open("/shangcheng/office/organizations/new/")
    page.locator("main form .actions button").click()
    page.wait_for_selector(".error-summary")
    who.check("organization-new-wrong")
    page.fill("#id_name", "清波晨练队")
    page.check("input[name=registration][value=filed]")
    page.check("input[name=kind][value=community]")
    page.select_option("#id_home_community", cast.community.code)
    page.fill("#id_parent", "互助")
    page.locator("main form .actions button").click()
    page.wait_for_selector("text=上城区邻里互助总社")
    who.check("organization-new-parent")
    page.fill("#id_parent", "上城区邻里互助总社")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/organizations/[0-9a-z]{10}/$"))
    who.check("organization")
    made = SocialOrganization.objects.get(name="清波晨练队")
    with page.expect_navigation():
        page.locator("a[href$='/engagements/new/']").click()
    page.select_option("#id_community", cast.community.code)
    page.fill("#id_service", "晨练")
    who.check("engagement-new")
    page.locator("main form .actions button").click()
    with page.expect_navigation():
        page.locator("a[href$='/end/']").click()
    who.check("engagement-end")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/organizations/[0-9a-z]{10}/$"))
    with page.expect_navigation():
        page.locator("a[href$='/state/']").click()
    page.check("input[value=suspended]")
    page.fill("#id_reason", "负责人空缺")
    who.check("organization-state")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/organizations/[0-9a-z]{10}/$"))
    who.check("organization-suspended")
    made.refresh_from_db()
    assert made.state == "suspended"
    with page.expect_navigation():
        page.locator("a[href$='/edit/']").click()
    who.check("organization-edit")
    who.open(f"/shangcheng/office/communities/{cast.community.code}/")
    who.check("community")


@BOTH
def test_the_whole_phone(visitor, size, language: str) -> None:
    cast = cast_with_rows()
    head = SocialOrganization.objects.get(name="上城区邻里互助总社")
    who = visitor(size=size, language=language, user=cast.people["subdistrict_staff"])
    page = who.open(f"/shangcheng/office/organizations/{head.code}/")
    assert "13800001234" not in page.content()
    page.locator("a[href$='/phone/']").click()
    page.fill("input[type=password]", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url("**/phone/")
    who.check("phone-reason")
    page.fill("#id_reason", "通知参加座谈会")
    page.locator("main form .actions button").click()
    page.wait_for_selector(".done__code")
    who.check("phone")
    assert "+8613800001234" in page.content()


@BOTH
def test_the_registers_of_divisions_and_projects(visitor, size, language: str) -> None:
    cast = cast_with_rows()
    who = visitor(size=size, language=language, user=cast.people["district_staff"])
    page = who.open("/shangcheng/office/sub-districts/")
    who.check("sub-districts")
    with page.expect_navigation():
        page.locator("tbody a").first.click()
    who.check("sub-district")
    who.open(f"/shangcheng/office/communities/{cast.community.code}/edit/")
    who.check("community-edit")
    who.open(f"/shangcheng/office/communities/{cast.community.code}/change/")
    page.fill("#id_name", "清波门新社区")
    who.check("community-change")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/communities/[0-9a-z]{10}/$"))
    who.check("community-changed")
    who.open("/shangcheng/office/philanthropy/")
    who.check("projects-empty")
    who.open("/shangcheng/office/philanthropy/new/")
    page.fill("#id_title", "楼道微花园")
    page.fill("#id_organization", cast.organization.name)
    page.fill("#id_programme", "公益创投第五届")
    page.fill("#id_funder", "区民政局")
    page.fill("#id_budget_total", "50000")
    page.fill("#id_granted", "60000")
    page.locator("main form .actions button").click()
    page.wait_for_selector(".error-summary")
    who.check("project-wrong")
    page.fill("#id_granted", "30000")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/philanthropy/[0-9a-z]{10}/$"))
    who.check("project")
    who.open("/shangcheng/office/philanthropy/")
    who.check("projects")


@BOTH
def test_an_organization_keeps_its_own_page(visitor, size, language: str) -> None:
    cast = cast_with_rows()
    who = visitor(size=size, language=language, user=cast.people["organization_user"])
    page = who.open("/shangcheng/organization/")
    who.check("own-organizations")
    with page.expect_navigation():
        page.locator(".tasks a").first.click()
    who.check("own-organization")
    with page.expect_navigation():
        page.locator("a[href$='/edit/']").click()
    page.fill("#id_profile", "我们帮邻居办事。")
    page.fill("#id_contact_phone", "13800001234")
    who.check("own-edit")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/organization/[0-9a-z]{10}/$"))
    cast.organization.refresh_from_db()
    assert (cast.organization.profile, cast.organization.contact_phone) == (
        "我们帮邻居办事。",
        "+8613800001234",
    )
    who.open("/shangcheng/organization/new/")
    page.fill("#id_name", "清波门第二互助组")
    page.check("input[name=registration][value=filed]")
    page.check("input[name=kind][value=community]")
    page.select_option("#id_sub_district", cast.home.code)
    who.check("own-new")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/organization/[0-9a-z]{10}/$"))
    who.check("own-proposed")
    assert SocialOrganization.objects.get(name="清波门第二互助组").state == "proposed"


@BOTH
def test_the_budget_of_a_project(visitor, size, language: str) -> None:
    cast = cast_with_rows()
    project = make.saved(
        VenturePhilanthropyProject(
            district=cast.district, organization=cast.organization, title="楼道微花园", programme="公益创投第五届",
            funder="区民政局", year=2018, budget_total=100, granted=50,
        )
    )  # fmt: skip
    who = visitor(size=size, language=language, user=cast.people["organization_user"])
    page = who.open(f"/shangcheng/organization/{cast.organization.code}/projects/{project.code}/")
    who.check("own-project")
    page.locator("a[href$='/budget/']").click()
    page.wait_for_url("**/budget/")
    who.check("budget-empty")

    def fill(number: int, *values: str) -> None:
        page.select_option(f"#id_line-{number}-category", values[0])
        names = ("item", "unit_price", "unit", "quantity", "granted", "own")
        for name, value in zip(names, values[1:], strict=True):
            page.fill(f"#id_line-{number}-{name}", value)

    fill(0, "people", "讲师课酬", "800", "次", "4", "3000", "100")
    page.locator("button[name=add]").click()
    fill(1, "material", "花土与花盆", "12.5", "套", "40", "500", "0")
    page.locator("button[name=add]").click()
    page.fill("#id_line-2-item", "写错了")
    page.locator("[data-line] button[name=remove]").nth(2).click()
    assert page.locator("[data-line]:visible").count() == 2
    total = "3700.00" if language == "zh-hans" else "3,700.00"
    assert total in page.inner_text("[data-sums]")
    page.locator("main form .actions button").click()
    page.wait_for_selector(".error-summary")
    who.check("budget-wrong")
    page.fill("#id_line-0-own", "200")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/projects/[0-9a-z]{10}/$"))
    office = visitor(size=size, language=language, user=cast.people["subdistrict_staff"])
    shown = office.open(f"/shangcheng/office/philanthropy/{project.code}/")
    assert total in shown.inner_text("tfoot")
    office.check("project-budget")
    office.open(f"/shangcheng/office/philanthropy/{project.code}/budget/")
    office.check("budget-office")
    plain = visitor(
        size=size, language=language, user=cast.people["subdistrict_staff"], java_script_enabled=False
    )
    bare = plain.open(f"/shangcheng/office/philanthropy/{project.code}/budget/")
    bare.locator("button[name=add]").click()
    assert bare.locator("[data-line]").count() == 3
    bare.locator("button[name=remove]").nth(0).click()
    assert bare.locator("[data-line]").count() == 2
    assert bare.input_value("#id_line-0-item") == "花土与花盆"


@BOTH
def test_the_layers_of_an_organization(visitor, size, language: str) -> None:
    cast = cast_with_rows()
    head = SocialOrganization.objects.get(name="上城区邻里互助总社")
    branch = make.organization(cast.district, "清波互助分社", sub_district=cast.home, parent=head)
    make.organization(cast.district, "柳浪互助小组", sub_district=cast.home, parent=branch)
    who = visitor(size=size, language=language, user=cast.people["subdistrict_staff"])
    page = who.open(f"/shangcheng/office/organizations/{head.code}/")
    page.locator("a[href$='/layers/']").click()
    page.wait_for_url("**/layers/")
    page.locator(f"a[href$='/{branch.code}/layers/edit/']").click()
    page.wait_for_url("**/layers/edit/")
    page.fill("#id_supervision", "依章程第五条，总社每季度查看账目和活动记录。")
    page.set_input_files("#id_paper", {"name": "章程.doc", "mimeType": "application/msword", "buffer": b"x"})
    page.locator("main form .actions button").click()
    page.wait_for_selector(".error-summary")
    who.check("layer-wrong")
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    page.set_input_files(
        "#id_paper", {"name": "章程扫描.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.locator("main form .actions button").click()
    page.wait_for_url("**/layers/")
    who.check("layers")
    assert page.locator("tbody tr").count() == 4
