"""The whole way, with a separate worker: from the office's table to the total that the public reads and anybody recomputes."""

import csv
import datetime as dt
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from communities.models import Community, Decision
from evaluations.actions.counting import tally_inputs
from evaluations.actions.sheets import submit_score_sheet
from evaluations.models import Round, Submission
from evaluations.ruletext import example_text
from evaluations.tally import folder_files
from tests import make
from tests.conftest import ROOT
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_case import write
from tests.e2e.test_judge import mark, press
from tests.e2e.test_rounds import local
from tests.evaluations.test_worker import until
from tests.personas import Cast


def approve(visitor: Any, person: Any, cast: Cast) -> None:
    """The second person finds the request in the list of what waits, reads it and approves it."""
    second = visitor(DESK, user=person)
    page = second.open(f"/{cast.district.slug}/office/decisions/")
    page.locator(f"main a[href$='/decisions/{Decision.objects.pending().get().code}/']").first.click()
    page.locator("form[action$='/approve/'] button").click()
    expect(page.locator(".notice.is-ok").first).to_be_visible()
    assert Decision.objects.pending().count() == 0


def test_from_the_register_to_the_public(visitor, own_database, worker, tmp_path: Path) -> None:
    cast = Cast.shangcheng()
    people, slug = cast.people, cast.district.slug
    at = lambda name, *codes: reverse(f"office:{name}", args=[slug, *codes])  # noqa: E731
    staff, host = (
        visitor(DESK, user=people["district_staff"]),
        visitor(DESK, user=people["subdistrict_staff"]),
    )

    # The office brings its table of communities.
    table = tmp_path / "清波街道社区名册.csv"
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        rows = [["街道代码", "街道", "社区代码", "社区"]]
        rows += [
            [cast.home.division_code, "清波街道", f"{cast.home.division_code}0{n}", f"新立{n}社区"]
            for n in (51, 52, 53)
        ]
        csv.writer(file).writerows(rows)
    page = host.open(at("import_new", "communities"))
    page.locator("input[type=file]").set_input_files(str(table))
    page.locator("main button").first.click()
    page.wait_for_url("**/imports/*/")
    page.locator("form[action$='/apply/'] button").click()
    page.wait_for_selector(".done")
    homes = list(
        Community.objects.of(cast.district).filter(name__startswith="新立").order_by("division_code")
    )
    assert len(homes) == 3
    judges = [make.judge(home) for home in homes]

    # A season with its rule; a case is written, returned, put right, accepted.
    season = make.season(cast.district)
    page = staff.open(at("rule_set_new", season.code, "example-online"))
    page.fill(
        "#id_text",
        example_text("example-online").replace('"notice_working_days": 5', '"notice_working_days": 0'),
    )
    page.click("button[value=save]")
    page.wait_for_selector("#words")
    community = visitor(DESK, user=people["community_user"])
    page = community.open(f"/{slug}/cases/new/")
    page.fill("[name=title]", "墙门晨间问安")
    page.locator("main form button").click()
    write(page)
    page.fill("[name=organizations]", "互助社")
    page.get_by_role("button", name=re.compile("^添加 清波门邻里互助社")).click()
    expect(page.locator("#organizations .origin--in")).to_be_visible()
    page.locator("button[name=check]").click()
    page.locator("main form button.button").click()
    expect(page.locator(".done__code")).to_have_text("2018-QB-001")
    case = Submission.objects.get()
    page = host.open(at("case", case.code))
    page.locator("[name=reason_need]").locator("xpath=ancestor::details/summary").click()
    page.fill("[name=reason_need]", "请写明议事会的日期")
    page.locator("button", has_text="退回补正").click()
    page = community.open(f"/{slug}/cases/{case.code}/")
    page.fill("[name=need]", "三月六日议事会上，32 人提出早上要有人晓得自己好好的。")
    page.locator("button[name=check]").click()
    page.locator("main form button.button").click()
    expect(page.locator(".done__code")).to_have_text("2018-QB-001")
    page = host.open(at("case", case.code))
    for tick in page.locator("main input[type=checkbox]").all():
        tick.check(force=True)
    page.locator("button", has_text="审核通过").click()
    until(lambda: Submission.objects.get().state == "accepted")

    # A round, its judges, its assignment; opened by two.
    page = staff.open(at("rounds_new", season.code))
    page.uncheck(f"input[value='{cast.neighbour.code}']")
    now = timezone.now()
    page.fill("#id_opens_at", local(now - dt.timedelta(minutes=5)))
    page.fill("#id_closes_at", local(now + dt.timedelta(days=2)))
    page.click("main form .actions button")
    page.wait_for_selector("#rounds-cap", state="attached")
    round_ = Round.objects.get()
    page = host.open(at("round_seats", round_.code))
    for box in page.query_selector_all("form[action$='/residents/seat/'] input[type=checkbox]"):
        box.check()
    page.click("form[action$='/residents/seat/'] .actions button")
    page.wait_for_selector(".notice.is-ok")
    host.open(at("round_assignment", round_.code))
    page.click("form[action$='/apply/'] button")
    page.wait_for_selector(".notice.is-ok")
    # The community's own judge does not mark its case.
    assert {a.seat.judge for a in round_.assignments.all()} == set(judges)
    host.open(at("round_open", round_.code))
    page.click("main form.actions button")
    page.wait_for_selector("article.ask")
    approve(visitor, people["subdistrict_staff_2"], cast)
    until(lambda: Round.objects.get().state == "open")

    # One judge scores on a phone, from the printed card; two others hand in.
    seat = round_.seats.get(judge=judges[0])
    page = host.open(at("round_cards", round_.code))
    for box in page.locator(
        "main input[type=checkbox]"
    ).all():  # every seat without a card is ticked beforehand
        box.uncheck(force=True)
    page.locator(f"#seat-{seat.code}").check(force=True)
    page.locator("main form button").first.click()
    printed = page.locator(".slip").first
    code = re.sub(r"\D", "", printed.locator(".code").inner_text())
    address = re.search(r"/card/[a-z0-9]+/", page.content())
    assert len(code) == 8
    assert address is not None
    judge = visitor(PHONE, has_touch=True)
    phone = judge.open(address.group())
    phone.locator("#id_code").fill(code)
    press(phone, "打开我的项目")
    press(phone, re.compile("^开始评"))
    press(phone, "开始打分")
    mark(phone, None)
    press(phone, "确认提交")
    expect(phone.locator("h1")).to_have_text("分数已收到")
    entry = round_.entries.get()
    criteria = {c.key: c.maximum - c.step for c in round_.rule_set.criteria.all()}
    for other in judges[1:]:
        submit_score_sheet(
            entry,
            round_.seats.get(judge=other),
            marks=criteria,
            client_key=uuid.uuid4(),
            base_revision=0,
            now=timezone.now(),
        )

    # Closed early by two; the worker tallies; two publish, twice.
    page = host.open(at("round_close", round_.code))
    page.fill("[name=reason]", "三位评委都已交齐")
    page.locator("main form .actions button").click()
    approve(visitor, people["subdistrict_staff_2"], cast)
    until(lambda: Round.objects.get().state == "tallied")
    for state in ("on_notice", "final"):
        page = host.open(at("round_results", round_.code))
        page.locator("form[action$='/publish/'] button").click()
        approve(visitor, people["subdistrict_staff_2"], cast)
        until(lambda state=state: Round.objects.get().state == state)

    # The public reads the total that the command prints.
    public = visitor(PHONE)
    total = public.open(f"/{slug}/results/{round_.code}/").locator(".rank__total").first.inner_text()
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name, content in folder_files(round_.rule_set.text, tally_inputs(round_)).items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "evaluations.tally", str(folder)], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.decode() == round_.tallies.get().result
    assert (
        re.search(r'"total":"([\d.]+)"', done.stdout.decode()).group(1) == re.match(r"[\d.]+", total).group()
    )
    public.check("through-public")
