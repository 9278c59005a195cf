"""How good the judging was: a resident reads it under pseudonyms, the office with its corrections, the district by name."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.publication import publish_provisional
from goldidea.lib.models import AuditEvent
from judges.models import Judge
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_analysing import CALIBRATED, scored, tallied
from tests.evaluations.test_looking import AWARDS


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
)
def test_from_the_ranking_to_how_good_the_judging_was(
    visitor: Any, own_database: str, size: Any, language: str
) -> None:
    round_ = scored(entries=9, seats=7, awards=AWARDS, **CALIBRATED)
    analyse_tally(tallied(round_).pk)
    round_.refresh_from_db()
    staff = make.user("区办王芳")
    make.appoint(staff, "district_staff", round_.season.district)
    office = visitor(size, language, user=staff)
    office.open(f"/shangcheng/office/rounds/{round_.code}/results/")
    office.check("quality-office-tally")
    office.open(f"/shangcheng/office/rounds/{round_.code}/judging/", status=403)
    publish_provisional(round_, by=make.user(), second=make.user(), now=timezone.now())

    reader = visitor(size, language)
    page = reader.open(f"/shangcheng/results/{round_.code}/")
    page.locator("a[href$='/judging/']").click()
    page.wait_for_url("**/judging/")
    expect(page.locator("svg.chart circle.here")).to_have_count(7)
    expect(page.locator("svg.histogram")).to_have_count(2)
    for fold in page.locator("details summary").all():
        fold.click()
    reader.check("quality")
    if size == DESK:
        page.emulate_media(media="print")
        reader.check("quality-print")
    names = Judge.objects.filter(seats__round=round_).values_list("name", flat=True)
    assert not any(name in page.inner_text("body") for name in names)

    page = office.open(f"/shangcheng/office/rounds/{round_.code}/results/")
    page.locator("a[href$='/office/rounds/" + round_.code + "/judging/']").click()
    page.wait_for_url("**/judging/")
    office.check("quality-by-name-ask")
    page.locator("main form button.button, form.stack-l button.button").first.click()
    office.check("quality-by-name-wrong")
    page.locator("input[name=reason]").fill("准备评委培训")
    page.locator("form.stack-l button.button").first.click()
    expect(page.locator("svg.chart circle.here")).to_have_count(7)
    office.check("quality-by-name")
    assert all(name in page.inner_text("body") for name in names)
    assert AuditEvent.objects.filter(action="view judging by name").count() == 1
