"""A judge reads the first cases and marks the trial case before the first sheet; the office chooses that case."""

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations.actions.cards import issue_cards
from evaluations.models import ScoreSheet
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.judging import Scene


@pytest.mark.parametrize(("language", "size"), [("zh-hans", DESK), ("en", PHONE)])
def test_from_the_trial_case_to_the_first_sheet(visitor, own_database, language, size):
    scene = Scene.open(state="draft")
    slug, rules = scene.cast.district.slug, scene.round.rule_set
    rules.start_after, rules.calibration_item = 1, True
    rules.save(update_fields=["start_after", "calibration_item"])
    before = make.season(scene.cast.district, "2017 届", year=2017)
    make.snapshot(
        make.submission(before, scene.cast.community, "accepted", "墙门晨间问安"),
        summary="每天早上有人敲门问安。",
    )

    staff = visitor(size, language, scene.cast.people["district_staff"])
    page = staff.open(reverse("office:round_trial", args=[slug, scene.round.code]))
    page.click(".actions button")
    page.wait_for_selector(".error-summary")
    page.select_option("select", index=1)
    staff.check("beginning-1-office")
    page.click(".actions button")
    page.wait_for_selector(".notice.is-ok")
    type(scene.round).objects.filter(pk=scene.round.pk).update(state="open")

    judge = visitor(PHONE, language)
    item = issue_cards([scene.seat], by=None, now=timezone.now())[0]
    page = judge.open(f"/card/{item.token}/")
    page.fill("input[name=code]", item.secret)
    page.click("main form button")
    page.wait_for_selector("text=1.")
    judge.check("beginning-2-list")
    page.click(f"a[href='{scene.url('trial/')}']")
    judge.check("beginning-3-trial")
    page.fill("[name=mark_need]", "45")
    page.fill("[name=mark_effect]", "30")
    page.click("main form button.button--next")
    page.wait_for_selector("table")
    judge.check("beginning-4-tried")
    page.click(f"main a.button[href='{scene.url()}']")
    judge.check("beginning-5-read-first")
    judge.open(scene.url(f"{scene.entry.code}/"))
    judge.check("beginning-6-case")
    page.click("form[action$='/read/'] button")
    page.wait_for_selector("[data-begin] button")
    assert ScoreSheet.objects.count() == 0
