"""A community writes a case at a desk or on a phone, hands it in, puts it right; the office checks it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from evaluations.models import Submission
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.cases import picture
from tests.personas import Cast

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])
TEXTS = {
    "summary": "墙门里多是七八十岁的老邻居，每天早上开窗，对门看见就算问过安。",
    "head_name": "吴秀英",
    "profile": "清波门的老邻居们 2012 年自己办起来的互助社。",
    "team_0_name": "周小满",
    "team_0_role": "项目负责人",
    "worker_name": "周小满",
    "worker_phone": "138 1234 5678",
    "need": "去年冬天，一位老人在家摔倒，第二天才被发现。",
    "deliberated_on": "2018-03-06",
    "deliberation_record": "到会 32 人，都说要有人晓得。",
    "resolution": "每个墙门推两位看窗人，轮着来。",
    "practice": "早上八点前开窗；没开，邻居五分钟内去敲门。",
    "effect": "半年里三次及时发现老人不舒服。",
    "beneficiaries": "37",
    "indirect_beneficiaries": "120",
    "locations": "清波门社区三个墙门",
    "budget_lines_0_item": "问安牌与小黑板",
    "budget_lines_0_unit_price": "100",
    "budget_lines_0_unit": "块",
    "budget_lines_0_quantity": "120",
    "budget_lines_0_own": "4000",
    "budget_lines_0_granted": "8000",
    "starts_on": "2018-03-10",
    "ends_on": "2018-09-30",
    "budget_total": "12000",
    "amount_asked": "8000",
}
CHOICES = {
    "field": "elderly",
    "origin_kind": "need",
    "deliberation_kind": "practical",
    "deliberation_level": "grid",
}


@pytest.fixture
def cast(own_database: str) -> Cast:
    cast = Cast.shangcheng()
    conduct = {**make.RULE["conduct"], "checklist": ["registered", "consent"]}
    make.rule_set(make.season(cast.district, name_en="Season 2018"), conduct=conduct)
    return cast


def write(page: Page) -> None:
    for name, value in CHOICES.items():
        page.check(f"input[name={name}][value={value}]", force=True)
    page.select_option("[name=budget_lines_0_category]", "material")
    for name, value in TEXTS.items():
        page.fill(f"[name={name}]", value)


def saved(page: Page) -> None:
    """Wait until the page says that it is saved, and nothing waits to be."""
    expect(page.locator("#saved.is-ok")).to_have_text(re.compile(r"^(已保存|Saved) \d"))


@SIZES
@LANGUAGES
def test_from_the_first_word_to_acceptance(visitor, cast, size, language, tmp_path: Path) -> None:
    community = visitor(size, language, user=cast.people["community_user"])
    page = community.open("/shangcheng/cases/")
    community.check("case-1-list-empty")
    page.locator("main").get_by_role("link", name=re.compile("填写新案例|Write a new case")).first.click()
    page.fill("[name=title]", "墙门晨间问安")
    community.check("case-2-new")
    page.locator("main form button").click()
    community.check("case-3-form-empty")

    write(page)
    saved(page)
    page.fill("[name=organizations]", "互助社")
    page.get_by_role("button", name=re.compile("^(添加|Add) 清波门邻里互助社")).click()
    expect(page.locator("#organizations .origin--in")).to_be_visible()
    photo = tmp_path / "小黑板.jpg"
    photo.write_bytes(picture(size=(1200, 900)).read())
    page.set_input_files("[name=photos]", photo)
    page.locator("button[name=upload]").click()
    page.fill(".photos input[type=text]", "墙门口的小黑板")
    saved(page)
    community.check("case-4-form-full")

    page.locator("button[name=check]").click()
    expect(page.locator("h1")).to_have_text(re.compile("核对并提交|Check and hand in"))
    community.check("case-5-check")
    page.locator("main form button.button").click()
    expect(page.locator(".done__code")).to_have_text("2018-QB-001")
    community.check("case-6-receipt")
    case = Submission.objects.get()
    page = community.open(f"/shangcheng/cases/{case.code}/view/")
    community.check("case-7-read")

    staff = visitor(size, language, user=cast.people["subdistrict_staff"])
    desk = staff.open("/shangcheng/office/cases/")
    staff.check("case-8-office-list")
    desk.get_by_role("link", name="2018-QB-001").click()
    staff.check("case-9-office-case")
    for name, words in (("need", "请写明议事会的日期"), ("effect", "请给出前后对比的数字")):
        box = desk.locator(f"[name=reason_{name}]")
        box.locator("xpath=ancestor::details/summary").click()
        box.fill(words)
    desk.locator("button", has_text=re.compile("退回补正|Return with")).click()
    expect(desk.locator(".notice.is-warn")).to_be_visible()

    page = community.open("/shangcheng/cases/")
    community.check("case-10-list-returned")
    page.locator("main").get_by_role("link", name=re.compile("去补正|Put it right")).first.click()
    expect(page.locator(".error-summary li")).to_have_count(2)
    community.check("case-11-form-returned")
    page.fill("[name=need]", "三月六日议事会上，32 人提出早上要有人晓得自己好好的。")
    page.fill("[name=effect]", "半年里三次及时发现；以前一年两次没发现。")
    saved(page)
    page.locator("button[name=check]").click()
    page.locator("main form button.button").click()
    expect(page.locator(".done__code")).to_have_text("2018-QB-001")

    desk = staff.open(f"/shangcheng/office/cases/{case.code}/")
    expect(desk.locator(".diff")).to_have_count(2)
    staff.check("case-12-office-changed")
    accept = desk.locator("button", has_text=re.compile("审核通过|Accept"))
    accept.click()
    expect(desk.locator(".error-summary li")).to_have_count(2)
    staff.check("case-13-office-unticked")
    for tick in desk.locator("input[type=checkbox]").all():
        tick.check(force=True)
    accept.click()
    expect(desk.locator("h1 + *, .head .tag").first).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.snapshots.count(), case.photos.get().caption) == (
        "accepted",
        2,
        "墙门口的小黑板",
    )
    staff.check("case-14-office-accepted")


@SIZES
@LANGUAGES
def test_two_write_at_once(visitor, cast, size, language) -> None:
    """What others write in other fields appears; in the same field one chooses."""
    from django.utils import timezone

    from evaluations.actions.submissions import save_submission
    from tests.evaluations.cases import draft

    by = cast.people["community_user"]
    case = draft(cast, cast.district.seasons.get())
    one = visitor(size, language, user=by)
    page = one.open(f"/shangcheng/cases/{case.code}/")
    save_submission(case, {"effect": "另一台电脑上写的"}, by=by, now=timezone.now())
    page.fill("[name=need]", "这台电脑上写的")
    expect(page.locator("[name=effect]")).to_have_value("另一台电脑上写的")
    save_submission(case, {"need": "对方也改了"}, by=by, now=timezone.now())
    page.fill("[name=need]", "我接着改")
    expect(page.locator("#saved.is-bad")).to_be_visible()
    page.locator(".actions button[name=save]").click()
    one.check("case-15-conflict")
    page.locator(".actions button").click()
    expect(page.locator("[name=need]")).to_have_value("我接着改")
    case.refresh_from_db()
    assert (case.need, case.effect) == ("我接着改", "另一台电脑上写的")


@SIZES
@LANGUAGES
def test_what_is_missing_and_what_is_wrong(visitor, cast, size, language) -> None:
    """Errors stand at their fields and on top; the draft is saved all the same. Withdrawal asks first."""
    from tests.evaluations.cases import draft

    by = cast.people["community_user"]
    case = draft(cast, cast.district.seasons.get(), need="", summary="很长的概要。" * 60)
    one = visitor(size, language, user=by)
    page = one.open(f"/shangcheng/cases/{case.code}/")
    page.fill("[name=beneficiaries]", "四百来人")
    page.fill("[name=organizations]", "没有的组织")
    page.locator(".actions button[name=save]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    one.check("case-16-errors")
    page.locator("button[name=check]").click()
    one.check("case-17-errors-again")
    page = one.open(f"/shangcheng/cases/{case.code}/submit/")
    one.check("case-18-missing")
    page = one.open(f"/shangcheng/cases/{case.code}/withdraw/")
    one.check("case-19-withdraw")


def test_without_scripts_everything_can_be_done(visitor, cast) -> None:
    """Every step is a plain form: a browser without JavaScript writes, searches, adds and hands in."""
    one = visitor(PHONE, "zh-hans", user=cast.people["community_user"], java_script_enabled=False)
    page = one.open("/shangcheng/cases/new/")
    page.fill("[name=title]", "墙门晨间问安")
    page.locator("main form button").click()
    write(page)
    page.fill("[name=organizations]", "互助社")
    page.locator("button[name=search]").click()
    page.locator("button[name=add]").first.click()
    page.locator("button[name=check]").click()
    page.locator("main form button.button").click()
    expect(page.locator(".done__code")).to_have_text("2018-QB-001")


def test_an_organization_reads_why_there_is_nothing(visitor, cast) -> None:
    for language in ("zh-hans", "en"):
        one = visitor(PHONE, language, user=cast.people["organization_user"])
        one.open("/shangcheng/cases/")
        one.check("case-20-organization")
