"""Journeys: sign in, activate by slip, print slips in bulk, see what was done."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.actions.slips import issue_slip
from communities.models import District
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast

LANGUAGES = ("zh-hans", "en")
PASSWORD = "西湖边的第七盏灯 7"


def sheets_of_paper(page: Page, name: str) -> int:
    """How many sheets of A4 the page prints on; a picture of the print when SHOTS names a folder."""
    paper = page.pdf(prefer_css_page_size=True)
    if os.environ.get("SHOTS"):
        before = page.viewport_size
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 680, "height": 1000})
        page.screenshot(path=Path(os.environ["SHOTS"]) / f"{name}-paper.png", full_page=True)
        page.emulate_media(media="screen")
        page.set_viewport_size(before)
    return len(re.findall(rb"/Type\s*/Page\b", paper))


@pytest.fixture
def cast(own_database: str) -> Cast:
    return Cast.shangcheng()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_community_activates_its_account_and_signs_in_again(
    visitor: Callable, cast: Cast, language: str
) -> None:
    person = cast.people["community_user"]
    printed = issue_slip(person, by=cast.people["subdistrict_staff"], now=timezone.now())
    phone = visitor(PHONE, language)
    page = phone.open(f"/accounts/activate/{printed.slip.code}/")
    assert page.get_by_role("textbox").first.input_value() == person.username
    phone.check("activate")
    page.locator("#id_digits").fill("1234 5678 9012")
    page.locator("#id_password1").fill("short")
    page.locator("#id_password2").fill("other")
    page.locator("main form .button").click()
    phone.check("activate-wrong")
    page.locator("#id_digits").fill(printed.grouped)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.locator("main form .button").click()
    page.wait_for_url("**/shangcheng/cases/")

    desk = visitor(DESK, language)
    page = desk.open("/desk/")
    assert "/accounts/login/" in page.url
    desk.check("login")
    page.locator("#id_login").fill(person.username)
    page.locator("#id_password").fill("not this one")
    page.locator("main form .button").click()
    desk.check("login-wrong")
    assert page.locator("#id_login").input_value() == person.username
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form .button").click()
    page.wait_for_url("**/shangcheng/cases/")
    desk.open("/accounts/password/change/")
    desk.check("change-password")
    desk.open("/accounts/password/reset/")
    desk.check("forgotten")
    page.locator(".strip form button").click()
    page.wait_for_url("**/shangcheng/")


@pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "en"), (DESK, "en"), (PHONE, "zh-hans")]
)
def test_a_sub_district_opens_accounts_and_prints_their_slips(
    visitor: Callable, cast: Cast, size: dict, language: str
) -> None:
    for name in ("柳浪社区", "定安路社区", "劳动路社区", "太庙社区", "清河坊社区"):
        make.community(cast.home, name)
    District.objects.update(is_demonstration=language == "en")
    office = visitor(size, language, user=cast.people["subdistrict_staff"])
    page = office.open("/shangcheng/office/")
    office.check("today")
    page = office.open("/shangcheng/office/slips/")
    office.check("slips-before")
    page.locator("form[action$='/slips/open/'] .button").click()
    office.check("slips-opened")
    page.locator("form[action*='/slips/'] .button:not(.button--plain)").click()
    codes = page.locator(".slip .code").all_inner_texts()
    assert len(codes) == 7  # five new ones, and two accounts of the cast
    assert all(re.fullmatch(r"\d{4} \d{4} \d{4}", code) for code in codes)
    office.check("slips-sheet")
    if size is DESK:
        assert sheets_of_paper(page, f"slips-{language}") == 2
    page.goto(page.url)
    assert page.locator(".code").count() == 0
    office.check("slips-again")
    page = office.open("/shangcheng/office/accounts/")
    office.check("accounts")
    page = office.open("/shangcheng/office/accounts/new/")
    office.check("account-choose")
    page = office.open("/shangcheng/office/accounts/new/community/")
    page.locator("main form .button").last.click()
    office.check("account-new-wrong")
    page.locator("#id_name").fill("柳浪的赵书记")
    page.locator("#id_phone").fill("13805710001")
    page.locator("#id_community").select_option(label="柳浪社区")
    page.locator("main form .button").last.click()
    page.wait_for_url(re.compile(r"/accounts/\w{10}/$"))
    office.check("account")
    office.open("/shangcheng/office/slips/organizations/")
    office.check("slips-organizations")


@pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "en"), (DESK, "en"), (PHONE, "zh-hans")]
)
def test_the_observer_reads_the_trail(visitor: Callable, cast: Cast, size: dict, language: str) -> None:
    now = timezone.now()
    for role in ("community_user", "subdistrict_staff_2", "organization_user"):
        issue_slip(cast.people[role], by=cast.people["district_staff"], now=now, district=cast.district)
    observer = visitor(size, language, user=cast.people["observer"])
    page = observer.open("/shangcheng/office/audit/")
    assert page.locator("tbody tr").count() == 3
    observer.check("audit")
    page = observer.open("/shangcheng/office/audit/?person=nobody")
    observer.check("audit-empty")
    observer.open("/shangcheng/office/")
    observer.check("today-observer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_of_several_districts_or_of_none_choose(visitor: Callable, cast: Cast, language: str) -> None:
    other = make.district("gongshu", division_code="330105", name="拱墅区", name_en="Gongshu District")
    person = cast.people["district_staff"]
    make.appoint(person, "district_staff", other)
    both = visitor(DESK, language, user=person)
    page = both.open("/desk/")
    assert page.locator(".tasks a").count() == 2
    both.check("desks")
    nobody = visitor(PHONE, language, user=make.user("没有任职的人"))
    nobody.open("/desk/")
    nobody.check("desks-none")
    nobody.open("/")
    nobody.check("start")
