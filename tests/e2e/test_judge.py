"""A judge of seventy on a phone: from the printed card to the slip of receipts, with and without a network."""

import datetime as dt
import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from evaluations.actions.cards import issue_cards
from evaluations.models import Photo, Recusal, ScoreSheet
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.judging import Scene, hand_in
from tests.personas import Cast

RULE = json.loads(
    (Path(__file__).parents[2] / "evaluations" / "examples" / "example-online.json").read_text(
        encoding="utf-8"
    )
)
TITLES = ["墙门晨间问安", "楼道里的小客厅", "共享菜园"]
BODY = {
    "summary": "墙门里每天早上八点由邻居敲门问安，独居老人有事当天有人知道、当天有人上门。",
    "need": "清波门社区老墙门里住着四十一位独居老人，子女多在外地，前年冬天有老人摔倒，一天后才被发现。",
    "origin_kind": "need",
    "practice": "居民自己分成九个问安小组，每组四到五户，排班敲门；组长用一张纸登记，有异常先打电话，再请社工上门。",
    "effect": "一年里有十一次异常当天被发现，老人与邻居的来往明显多了。",
    "beneficiaries": 41,
    "deliberation": {
        "kind": "practical",
        "level": "grid",
        "on": "2018-03-12",
        "record": "墙门议事会开了三次，商定轮值办法。",
    },
    "resolution": "每户每月轮值两次，互助社出登记本和电话费。",
    "starts_on": "2018-04-01",
    "ends_on": "2018-12-31",
    "budget_total": "12000.00",
    "amount_asked": "8000.00",
    "philanthropy": None,
}


def picture() -> ContentFile:
    import io

    image = Image.new("RGB", (960, 640), "#f4ecdd")
    draw = ImageDraw.Draw(image)
    draw.rectangle((120, 260, 840, 560), fill="#5b9489")
    draw.polygon([(80, 260), (480, 90), (880, 260)], fill="#33504f")
    draw.rectangle((420, 380, 540, 560), fill="#e39a2d")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return ContentFile(out.getvalue(), "photo.jpg")


@pytest.fixture
def scene(site: str) -> Scene:
    """An open round of 清波 with the example rule: one judge, three projects."""
    cast = Cast.shangcheng()
    season = make.season(cast.district)
    criteria = {"criteria": RULE["criteria"], "ties": ["exact", "median"]}
    round_ = make.round(
        season,
        cast.home,
        make.rule_set(season, **criteria),
        closes_at=timezone.now() + dt.timedelta(days=3, hours=5),
    )
    entries = []
    for title in TITLES:
        case = make.submission(season, cast.neighbour_community, "accepted", title)
        photo = Photo.objects.create(submission=case, image=picture(), caption="问安小组在墙门口")
        organizations = [
            {"name": "涌金门邻里互助社", "origin": "endogenous"},
            {"name": "上城区社会组织服务中心", "origin": "exogenous"},
        ]
        photos = [{"code": photo.code, "caption": photo.caption}]
        make.snapshot(case, **BODY, organizations=organizations, photos=photos)
        entries.append(make.entry(round_, case))
    seat = make.seat(round_, cast.resident)
    for entry in entries:
        make.assign(seat, entry)
    return Scene(cast, round_, entries, [seat])


WORDS: dict[str, dict[str, Any]] = {
    "zh-hans": {
        "open": "打开我的项目",
        "begin": re.compile("^开始评"),
        "received": re.compile(r"已收到 (\d)/(\d)"),
        "conflict": "和这个项目有关系？要回避",
        "kin": "亲",
        "recuse": "我回避，不评这个项目",
        "mistake": "说错了，我可以评",
        "give": "开始打分",
        "review": "看一遍再提交",
        "hand_in": "确认提交",
        "done": "分数已收到",
        "change": "修改分数",
        "slip": "我的回执",
        "offline": "现在没有网络",
        "central": "中心已收到",
        "which": "以哪份分数为准？",
        "mine": "以这里的为准，提交",
        "more": "加半分",
    },
    "en": {
        "open": "Open my projects",
        "begin": re.compile("^Begin"),
        "received": re.compile(r"Received (\d) of (\d)"),
        "conflict": "I have to do with this project: recuse myself",
        "kin": "relative",
        "recuse": "I do not mark this project",
        "mistake": "That was a mistake: I do mark it",
        "give": "Give marks",
        "review": "Look at my marks once more",
        "hand_in": "Confirm and hand in",
        "done": "Marks received",
        "change": "Change the marks",
        "slip": "My receipts",
        "offline": "No network.",
        "central": "Received centrally",
        "which": "Which marks are right?",
        "mine": "Hand in the marks from here",
        "more": "half a point more",
    },
}


def press(page: Page, words: Any) -> None:
    """What a finger finds: a button or a link in sight with these words."""
    page.locator("button:visible, a:visible").filter(has_text=words).first.click()


def come_in(person: Any, scene: Scene, words: dict[str, Any]) -> Any:
    item = issue_cards([scene.seat], by=None, now=timezone.now())[0]
    person.open(f"/card/{item.token}/")
    person.page.locator("#id_code").fill(item.groups)
    press(person.page, words["open"])
    expect(person.page).to_have_url(re.compile("/judging/$"))
    return item


def mark(page: Page, scene: Scene, level: int = 0, pick: int = 0) -> int:
    """Mark every criterion in sight, one after the other: a level, then a number. Gives the most touches that one took."""
    most = 0
    for criterion in RULE["criteria"]:
        box = page.locator(f"#mark-{criterion['id']}")
        expect(box).to_be_visible()
        box.locator(".anchors label").nth(level).click()
        box.locator("[data-pick]").nth(pick).click()
        most = max(most, 2)
        if page.locator("[data-dock]").is_visible():
            page.locator("[data-turn='1']").click()
    return most


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_whole_evening_on_a_phone(visitor, scene, language):
    words, name = WORDS[language], "judge"
    person = visitor(PHONE, language, has_touch=True, is_mobile=False)
    page = person.page
    item = issue_cards([scene.seat], by=None, now=timezone.now())[0]
    person.open(f"/card/{item.token}/")
    person.check(f"{name}-01-code")
    page.locator("#id_code").fill("00000000" if item.secret != "00000000" else "11111111")
    press(page, words["open"])
    expect(page.locator(".error-summary")).to_be_visible()
    person.check(f"{name}-02-wrong-code")
    page.locator("#id_code").fill(item.groups)
    press(page, words["open"])
    expect(page.locator("h1")).to_have_text(words["received"])
    person.check(f"{name}-03-list")

    press(page, words["begin"])
    expect(page.locator("h1")).to_have_text(TITLES[0])
    person.check(f"{name}-04-project")
    press(page, words["conflict"])
    person.check(f"{name}-05-conflict")
    page.locator(".choice label").first.click()
    press(page, words["recuse"])
    person.check(f"{name}-06-recused")
    press(page, words["mistake"])
    expect(page.locator("h1")).to_have_text(TITLES[0])
    assert Recusal.objects.filter(withdrawn_at=None).count() == 0

    press(page, words["give"])
    expect(page.locator("#mark-need")).to_be_visible()
    assert page.locator("[data-mark]:visible").count() == 1
    assert page.locator("[data-mark] input:checked").count() == 0
    person.check(f"{name}-07-criterion")
    page.locator("#mark-need .anchors label").nth(1).click()
    expect(page.locator("#mark-need [data-pick]")).to_have_count(8)
    person.check(f"{name}-08-level")
    page.locator("#mark-need [data-pick]").nth(3).click()
    page.locator("#mark-need").get_by_text(words["more"]).click()
    expect(page.locator("#mark-need .mark__value")).to_have_text("16")
    person.check(f"{name}-09-marked")
    page.reload()  # put down and taken up again
    expect(page.locator("#mark-feasibility")).to_be_visible()
    page.locator("[data-turn='-1']").click()
    expect(page.locator("#mark-need .mark__value")).to_have_text("16")
    assert mark(page, scene) <= 4
    expect(page.locator("#h-review")).to_be_visible()
    person.check(f"{name}-10-review")
    press(page, words["hand_in"])
    expect(page.locator("h1")).to_have_text(words["done"])
    person.check(f"{name}-11-received")
    assert ScoreSheet.objects.get().revision == 1

    press(page, words["change"])
    expect(page.locator("h1")).to_have_text(TITLES[0])
    press(page, words["change"])
    page.locator("#mark-need .anchors label").nth(2).click()
    page.locator("#mark-need [data-pick]").first.click()
    for _criterion in RULE["criteria"]:
        page.locator("[data-turn='1']").click()
    expect(page.locator("[data-review=need]")).to_have_text("10")
    press(page, words["hand_in"])
    expect(page.locator("h1")).to_have_text(words["done"])
    assert ScoreSheet.objects.latest().get().revision == 2
    page.locator(".button", has_text=TITLES[1]).click()
    expect(page.locator("h1")).to_have_text(TITLES[1])

    person.open(scene.url())
    person.check(f"{name}-12-list-after")
    person.open(scene.url("receipts/"))
    person.check(f"{name}-13-receipts")
    expect(page.locator(".code")).to_have_count(2)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
@pytest.mark.parametrize("text", ["normal", "elder"])
def test_the_pages_stand_in_both_sizes_of_text(visitor, scene, site, size, text):
    person = visitor(size, "zh-hans")
    page = person.page
    person.context.add_cookies([{"name": "text", "value": text, "url": site}])
    come_in(person, scene, WORDS["zh-hans"])
    url = scene.url(f"{scene.entry.code}/")
    person.check(f"size-list-{text}")
    person.open(url)
    person.check(f"size-entry-{text}")
    if text == "elder":
        press(page, "开始打分")
    else:
        assert page.locator("[data-mark]:visible").count() == 7
    mark(page, scene)
    if text == "normal":
        person.check(f"size-marked-{text}")
        press(page, "看一遍再提交")
    person.check(f"size-review-{text}")
    press(page, "确认提交")
    expect(page.locator("h1")).to_have_text("分数已收到")
    person.check(f"size-received-{text}")
    person.open(f"{url}conflict/")
    person.check(f"size-conflict-{text}")
    person.open(scene.url("receipts/"))
    person.check(f"size-receipts-{text}")


def test_without_a_network_nothing_is_lost_and_the_page_says_so(visitor, scene):
    words = WORDS["zh-hans"]
    person = visitor(PHONE, "zh-hans")
    page = person.page
    come_in(person, scene, words)
    press(page, words["begin"])
    press(page, words["give"])
    mark(page, scene)
    person.context.set_offline(True)
    press(page, words["hand_in"])
    expect(page.locator("[data-central]")).to_contain_text(words["offline"])
    person.check("offline-saved")
    press(page, words["hand_in"])  # pressed again, and again
    press(page, words["hand_in"])
    assert not ScoreSheet.objects.exists()
    person.context.set_offline(False)
    expect(page.locator("[data-central]")).to_contain_text(words["central"])
    person.check("offline-received")
    assert ScoreSheet.objects.count() == 1
    press(page, "看回执")
    expect(page.locator("h1")).to_have_text(words["done"])
    person.open(scene.url())
    expect(page.locator("[data-here]")).to_have_count(0)


def test_what_waits_is_sent_from_the_list_too(visitor, scene):
    """The page was closed without a network; opened again, the list sends what waits."""
    words = WORDS["zh-hans"]
    person = visitor(PHONE, "zh-hans")
    page = person.page
    come_in(person, scene, words)
    press(page, words["begin"])
    press(page, words["give"])
    mark(page, scene)
    page.route(
        "**/judging/*/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    press(page, words["hand_in"])
    expect(page.locator("[data-central]")).to_contain_text(words["offline"])
    person.open(scene.url())
    expect(page.locator("[data-here]")).to_have_text("在手机上，等网络送出")
    person.check("list-waiting")
    page.unroute("**/judging/*/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("h1")).to_have_text("已收到 1/3")
    expect(page.locator("[data-here]")).to_have_count(0)
    assert ScoreSheet.objects.get().revision == 1


def test_a_lost_answer_is_asked_for_again_and_gives_the_same_receipt(visitor, scene):
    """The sheet arrives, its answer does not: the phone sends it again under the same key."""
    words = WORDS["zh-hans"]
    person = visitor(PHONE, "zh-hans")
    page = person.page
    come_in(person, scene, words)
    press(page, words["begin"])
    press(page, words["give"])
    mark(page, scene)

    def swallow(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/judging/*/", swallow)
    press(page, words["hand_in"])
    expect(page.locator("[data-central]")).to_contain_text(words["offline"])
    assert ScoreSheet.objects.count() == 1
    page.unroute("**/judging/*/")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-central]")).to_contain_text(words["central"])
    assert ScoreSheet.objects.count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_second_tab_shows_both_versions(visitor, scene, language):
    words = WORDS[language]
    person = visitor(PHONE, language)
    page = person.page
    come_in(person, scene, words)
    press(page, words["begin"])
    press(page, words["give"])
    mark(page, scene)
    marks = {c["id"]: Decimal(c["max"]) for c in RULE["criteria"]}
    hand_in(scene.seat, scene.entry, marks)
    press(page, words["hand_in"])
    expect(page.locator("h1")).to_have_text(words["which"])
    person.check("stale")
    press(page, words["mine"])
    expect(page.locator("h1")).to_have_text(words["done"])
    assert ScoreSheet.objects.latest().get().revision == 2


def test_after_the_close_the_marks_stay_on_the_phone_and_the_reason_is_said(visitor, scene):
    words = WORDS["zh-hans"]
    person = visitor(PHONE, "zh-hans")
    page = person.page
    come_in(person, scene, words)
    press(page, words["begin"])
    press(page, words["give"])
    mark(page, scene)
    scene.close()
    press(page, words["hand_in"])
    expect(page.locator("[data-central]")).to_contain_text("没有收到：评分已经截止")
    person.check("too-late")
    assert not ScoreSheet.objects.exists()
    person.open(scene.url())
    person.check("list-closed")
    person.open(scene.url(f"{scene.entry.code}/"))
    person.check("entry-closed")


def test_without_a_script_the_form_is_one_plain_page(visitor, scene):
    person = visitor(PHONE, "zh-hans", java_script_enabled=False)
    page = person.page
    item = issue_cards([scene.seat], by=None, now=timezone.now())[0]
    person.open(f"/card/{item.token}/")
    page.locator("#id_code").fill(item.secret)
    page.get_by_role("button", name="打开我的项目").click()
    page.locator(".button--next").first.click()
    assert page.locator("[data-mark]:visible").count() == 7
    page.get_by_role("button", name="看一遍再提交").click()
    expect(page.locator(".error-summary a")).to_have_count(7)
    for criterion in RULE["criteria"]:
        page.locator(f"#id_mark_{criterion['id']}").fill(criterion["max"])
    page.get_by_role("button", name="看一遍再提交").click()
    expect(page.locator("h1")).to_have_text("这些分数对吗？")
    page.get_by_role("button", name="确认提交").click()
    expect(page.locator("h1")).to_have_text("分数已收到")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_another_phone_takes_over_and_the_first_is_told_kindly(visitor, scene, language):
    words = WORDS[language]
    first, second = visitor(PHONE, language), visitor(PHONE, language)
    item = come_in(first, scene, words)
    second.open(f"/card/{item.token}/")
    second.page.locator("#id_code").fill(item.secret)
    press(second.page, words["open"])
    expect(second.page.locator("h1")).to_have_text(words["received"])
    first.open(scene.url(), status=403)
    first.check("elsewhere")
    first.open(scene.url())  # signed out: what to do
    first.check("how")
    first.open(f"/card/{item.token}/")
    first.open("/card/nosuchcard/", status=404)
    first.check("unknown-card")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_office_prints_four_cards_on_a_page(visitor, scene, language):
    scene.cast.district.office, scene.cast.district.office_phone = "上城区民政局", "0571-0000 0000"
    scene.cast.district.is_demonstration = True  # one line more on each card
    scene.cast.district.save()
    for _n in range(4):
        make.seat(scene.round, make.judge(make.community(scene.cast.home)))
    staff = visitor(DESK, language, user=scene.cast.people["subdistrict_staff"])
    page = staff.page
    staff.open(f"/{scene.cast.district.slug}/office/rounds/{scene.round.code}/cards/")
    staff.check("cards-list")
    page.locator(".actions .button").click()
    expect(page.locator(".slip")).to_have_count(5)
    staff.check("cards-print")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2  # four and one
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 between its margins
    page.emulate_media(media="print")
    overlap = """slips => slips.filter(slip => slip.scrollHeight > slip.clientHeight + 1
        || slip.firstElementChild.getBoundingClientRect().bottom > slip.querySelector(".tear").getBoundingClientRect().top + 1).length"""
    assert (
        page.eval_on_selector_all(".slip", overlap) == 0
    )  # nothing printed is cut off or runs into the strip
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"cards-on-paper-{language}.png", full_page=True)
    phone = visitor(PHONE, language, user=scene.cast.people["subdistrict_staff"])
    phone.open(f"/{scene.cast.district.slug}/office/rounds/{scene.round.code}/cards/")
    phone.check("cards-list")
