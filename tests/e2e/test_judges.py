"""Resident judges, from nomination to the first day in office: a sub-district's staff at a desk, and on a phone."""

import datetime as dt
import os

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from judges.actions.interests import add_interest
from judges.models import Judge
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.judges.conftest import PDF
from tests.personas import Cast

SIZES = [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
PEOPLE = [("章淑珍", "清波门社区居民会议"), ("王建国", "三号墙门楼组"), ("李阿毛", "居民 12 人联名")]
PAPER = {"name": "居民会议记录.pdf", "mimeType": "application/pdf", "buffer": PDF}


def follow(page, address: str) -> None:
    """Press the link to an address and wait until its page is there."""
    page.locator(f"a[href$='{address}']").click()
    page.wait_for_url(f"**{address}")


def picture(page, name: str) -> None:
    """A sheet of paper has no sections to check; it is looked at."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def start() -> Cast:
    cast = Cast.shangcheng()
    Judge.objects.filter(kind="resident").update(state="ended")
    return cast


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_three_are_nominated_two_elected_and_appointed(visitor, own_database, size, language) -> None:
    cast = start()
    person = visitor(size, language, user=cast.people["subdistrict_staff"])
    page = nominate_three(person, cast)
    record_with_wrong_sums_then_right(person, cast)
    appoint_those_elected(person)
    serving = person.open("/shangcheng/office/judges/?serving=yes")
    expect(serving.locator("tbody tr")).to_have_count(2)
    assert sorted(serving.locator("tbody th").all_inner_texts()) == ["王建国", "章淑珍"]
    person.check("judges-serving")
    page.get_by_role("link", name="章淑珍").click()
    expect(page.locator("h1 .tag.is-ok")).to_be_visible()
    person.check("judges-judge")


def nominate_three(person, cast):
    page = person.open("/shangcheng/office/elections/")
    person.check("judges-no-election")
    person.open("/shangcheng/office/judges/new/")
    person.check("judges-nominate")
    page.locator("form[novalidate] button").first.click()
    expect(page.locator(".error-summary")).to_be_visible()
    person.check("judges-nominate-wrong")
    for name, by in PEOPLE:
        page.locator("#id_name").fill(name)
        page.locator("#id_community").select_option(cast.community.code)
        page.locator("#id_phone").fill("138 0013 8000")
        page.locator("#id_introduction").fill("退休教师，楼组议事会召集人，邻里信得过。")
        page.locator("#id_nominated_by").fill(by)
        page.locator("[name=another]").click()
        expect(page.locator(".notice.is-ok")).to_contain_text(name)
    return page


def record_with_wrong_sums_then_right(person, cast) -> None:
    page = person.open("/shangcheng/office/elections/new/")
    expect(page.locator("tbody tr")).to_have_count(3)
    person.check("judges-election")
    held_on = timezone.localdate() - dt.timedelta(days=2)
    page.locator("#id_held_on").fill(held_on.isoformat())
    page.locator("#id_present").fill("40")
    page.locator("#id_place").fill("清波门社区会议室")
    page.locator("#id_record").set_input_files(PAPER)
    marks = {
        "章淑珍": ("36", "3", "1", "elected"),
        "王建国": ("39", "8", "0", "elected"),
        "李阿毛": ("12", "20", "8", "not_elected"),
    }
    judges = {judge.name: judge for judge in Judge.objects.all()}
    for name, (yes, no, abstaining, outcome) in marks.items():
        code = judges[name].code
        page.locator(f"#id_for_{code}").fill(yes)
        page.locator(f"#id_against_{code}").fill(no)
        page.locator(f"#id_abstaining_{code}").fill(abstaining)
        page.locator(f"#id_outcome_{code}").select_option(outcome)
    page.locator("form[enctype] .actions .button").click()
    expect(page.locator(".error-summary")).to_be_visible()
    wrong = page.locator(f"#id_for_{judges['王建国'].code}")
    expect(wrong).to_have_value("39")
    expect(page.locator("td.cell-bad .why")).to_have_count(1)
    expect(page.locator("#id_place")).to_have_value("清波门社区会议室")
    person.check("judges-election-wrong")
    wrong.fill("30")
    page.locator("form[enctype] .actions .button").click()
    expect(page.locator(".facts a[download]")).to_contain_text("居民会议记录.pdf")
    person.check("judges-elected")


def appoint_those_elected(person) -> None:
    page = person.page
    follow(page, "/consents/")
    expect(page.locator("article")).to_have_count(2)
    person.check("judges-consents")
    page.emulate_media(media="print")
    expect(page.locator(".side--wide")).to_be_hidden()
    picture(page, f"judges-consents-print-{person.language}")
    page.emulate_media(media="screen")
    page.go_back()
    follow(page, "/appoint/")
    person.check("judges-appoint")
    today = timezone.localdate()
    page.locator("#id_consent_at").fill(today.isoformat())
    page.locator("#id_term_to").fill((today - dt.timedelta(days=1)).isoformat())
    page.locator("form[novalidate] .actions button").click()
    expect(page.locator(".error-summary li")).to_have_count(2)
    person.check("judges-appoint-wrong")
    page.locator("#id_signed").check()
    page.locator("#id_term_to").fill((today + dt.timedelta(days=3 * 365)).isoformat())
    page.locator("form[novalidate] .actions button").click()
    expect(page.locator("tbody .tag.is-ok")).to_have_count(2)
    person.check("judges-appointed")


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_a_judge_on_the_register(visitor, own_database, size, language) -> None:
    cast = start()
    judge = make.judge(cast.community, name="沈梅", phone="+8613800138000")
    staff = cast.people["subdistrict_staff"]
    add_interest(judge, kind="kin", organization=cast.organization, by=staff, now=timezone.now())
    person = visitor(size, language, user=staff)
    page = person.open(f"/shangcheng/office/judges/{judge.code}/")
    follow(page, "/interests/new/")
    person.check("judges-interest")
    page.locator("#id_kind_1").check()
    page.locator("#id_community").select_option(cast.neighbour_community.code)
    page.locator("#id_note").fill("2015 年起做志愿者")
    page.locator("form[novalidate] .actions button").click()
    expect(page.locator(".files li")).to_have_count(2)
    page.locator(".files li button").last.click()
    expect(page.locator(".files li")).to_have_count(1)
    follow(page, "/phone/")
    person.check("judges-phone")
    page.locator("#id_reason").fill("电话通知培训时间")
    page.locator("form[novalidate] .actions button").click()
    expect(page.locator(".code")).to_contain_text("+8613800138000")
    person.check("judges-phone-shown")
    person.open(f"/shangcheng/office/judges/{judge.code}/edit/")
    assert "13800138000" not in page.content()
    person.check("judges-edit")
    person.open(f"/shangcheng/office/judges/{judge.code}/end/")
    person.check("judges-end")
    page.locator("#id_reason").fill("本人申请")
    page.locator("form[novalidate] .actions button").click()
    expect(page.locator("h1 .tag")).to_be_visible()
    person.check("judges-ended")
    person.open("/shangcheng/office/judges/?q=zzz")
    person.check("judges-none-found")


@pytest.mark.parametrize(("size", "language"), SIZES)
def test_the_district_sees_all_places(visitor, own_database, size, language) -> None:
    cast = start()
    person = visitor(size, language, user=cast.people["district_staff"])
    person.open("/shangcheng/office/judges/")
    person.check("judges-district")
    person.open("/shangcheng/office/elections/new/")
    person.check("judges-places")
    page = person.open("/shangcheng/office/judges/new-expert/")
    person.check("judges-expert-new")
    page.locator("#id_name").fill("郑教授")
    page.locator("form[novalidate] .actions button").first.click()
    expect(page.locator("a[href$='/appoint/']")).to_be_visible()
    person.check("judges-expert")
    follow(page, "/appoint/")
    person.check("judges-expert-appoint")
