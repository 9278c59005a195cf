"""A season from its dates to an open round, by two people of the office, and what the host's staff see of it."""

import datetime as dt

import pytest
from django.urls import reverse

from communities.models import Decision
from evaluations.models import Round, Season
from evaluations.ruletext import example_text
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast

NAMES = ("晚风议事亭", "楼道微花园", "银发食堂轮值", "小巷停车公约", "邻里工具角", "老物件故事会")


def cast_with_cases() -> Cast:
    """清波 with six communities, each with a judge."""
    cast = Cast.shangcheng()
    homes = [cast.community] + [
        make.community(cast.home, name)
        for name in ("定安路社区", "劳动路社区", "清河坊社区", "柳翠井巷社区", "孔庙社区")
    ]
    for home, name in zip(homes[1:], ("林秀芬", "赵国强", "陈月娥", "孙建国", "周美玲"), strict=True):
        make.judge(home, name=name)
    cast.homes = homes  # type: ignore[attr-defined]
    return cast


def local(moment: dt.datetime) -> str:
    return (moment + dt.timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(("language", "size"), [("zh-hans", DESK), ("en", PHONE)])
def test_a_season_is_prepared_and_a_round_opened_by_two(visitor, own_database, language, size):
    cast = cast_with_cases()
    slug = cast.district.slug
    staff = visitor(size, language, cast.people["district_staff"])
    host = visitor(size, language, cast.people["subdistrict_staff"])
    now = dt.datetime.now(dt.UTC)
    at = lambda name, *codes: reverse(f"office:{name}", args=[slug, *codes])  # noqa: E731

    # A season
    page = staff.open(at("seasons"))
    staff.check("rounds-01-seasons-empty")
    page.click("main .empty a")
    page.fill("#id_year", "2018")
    page.fill("#id_submissions_open_at", local(now - dt.timedelta(days=2)))
    page.fill("#id_submissions_close_at", local(now - dt.timedelta(days=3)))
    page.fill("#id_corrections_close_at", local(now + dt.timedelta(days=1)))
    page.click("main form .actions button")
    page.wait_for_selector(".error-summary")
    staff.check("rounds-02-season-errors")
    assert page.input_value("#id_year") == "2018"
    page.fill("#id_name", "2018 届金点子评选")
    page.fill("#id_name_en", "Gold Idea 2018")
    page.fill("#id_submissions_close_at", local(now + dt.timedelta(days=1)))
    page.click("main form .actions button")
    page.wait_for_selector(".stages")
    staff.check("rounds-03-season")
    season = Season.objects.get()

    # Its rule: wrong first
    text = example_text("example-online")
    staff.open(at("rule_set_new", season.code, "example-online"))
    staff.check("rounds-04-rule-new")
    page.fill(
        "#id_text",
        text.replace('"max": "20"', '"max": "zwanzig"', 1).replace('"bench": "own"', '"bench": "ours"'),
    )
    page.click("button[value=save]")
    page.wait_for_selector(".error-summary")
    staff.check("rounds-05-rule-errors")
    shown = page.inner_text("main form .notice.is-bad")
    assert "criteria[0].max" in shown
    assert "zwanzig" in page.input_value("#id_text")
    page.fill("#id_text", text)
    page.click("button[value=preview]")
    page.wait_for_selector("#preview")
    staff.check("rounds-06-rule-preview")
    page.click("button[value=save]")
    page.wait_for_selector("#words")
    staff.check("rounds-07-rule")
    staff.open(at("season", season.code))
    page.click("form[action$='/start/'] button")
    page.wait_for_selector(".is-ok")

    # The communities hand in, the office accepts (their own journeys)
    for home, name in zip(cast.homes, NAMES, strict=True):  # type: ignore[attr-defined]
        make.snapshot(make.submission(season, home, "accepted", name))

    # A preliminary
    staff.open(at("rounds_new", season.code))
    page.uncheck(f"input[value='{cast.neighbour.code}']")
    page.fill("#id_opens_at", local(now - dt.timedelta(minutes=5)))
    page.fill("#id_closes_at", local(now + dt.timedelta(days=2)))
    staff.check("rounds-08-preliminaries")
    page.click("main form .actions button")
    page.wait_for_selector("#rounds-cap", state="attached")
    round_ = Round.objects.get()
    staff.open(at("round", round_.code))
    staff.check("rounds-09-round-draft")
    staff.open(at("round_entries", round_.code))
    staff.check("rounds-10-entries")

    # Judges, by the host's staff
    theirs = host.open(at("round_seats", round_.code))
    host.check("rounds-11-seats-empty")
    theirs.click("form[action$='/residents/seat/'] button")
    theirs.wait_for_selector(".error-summary")
    for box in theirs.query_selector_all("form[action$='/residents/seat/'] input[type=checkbox]"):
        box.check()
    theirs.click("form[action$='/residents/seat/'] .actions button")
    theirs.wait_for_selector(".notice.is-ok")
    host.check("rounds-12-seats")
    host.open(at("round_assignment", round_.code))
    host.check("rounds-13-assignment-proposed")
    theirs.click("form[action$='/apply/'] button")
    theirs.wait_for_selector(".notice.is-ok")
    host.check("rounds-14-assignment")

    # Opened by two
    host.open(at("round_open", round_.code))
    host.check("rounds-15-open-ask")
    theirs.click("main form.actions button")
    theirs.wait_for_selector("article.ask")
    host.check("rounds-16-asked")
    asked = Decision.objects.get()
    staff.open(at("round", round_.code))
    staff.check("rounds-17-round-asked")
    staff.open(at("decision", asked.code))
    staff.check("rounds-18-decision")
    page.click("form[action$='/approve/'] button")
    page.wait_for_selector(".notice.is-ok")
    round_.refresh_from_db()
    assert round_.state == "open"
    staff.open(at("round", round_.code))
    staff.check("rounds-19-round-open")
    row = round_.assignments.select_related("seat", "entry__round").first()
    make.sheet(
        row.seat,
        row.entry,
        **{c.key: c.maximum for c in round_.rule_set.criteria.all()},
    )
    staff.open(at("round_progress", round_.code))
    staff.check("rounds-20-progress")
    staff.open(at("rounds"))
    staff.check("rounds-21-rounds")
    seat = round_.seats.order_by("number").first()
    staff.open(at("seat_replace", round_.code, seat.code))
    staff.check("rounds-22-replace")
    staff.open(at("round_extend", round_.code))
    staff.check("rounds-23-extend")
    staff.open(at("round_cancel", round_.code))
    staff.check("rounds-24-cancel")
    staff.open(at("round_seats", round_.code))
    staff.check("rounds-25-seats-open")
    staff.open(at("round_assignment", round_.code))
    staff.check("rounds-26-assignment-open")
    staff.open(at("rule_set", round_.rule_set.code))
    staff.check("rounds-27-rule-frozen")
    staff.open(at("season", season.code))
    staff.check("rounds-28-season-running")
    staff.open(at("final_new", season.code))
    staff.check("rounds-29-final-new")
