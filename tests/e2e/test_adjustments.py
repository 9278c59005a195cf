"""Bonus points and deductions: asked for at the desk or on a phone, confirmed by a second person, read by everybody."""

import re
from typing import Any

import pytest
from django.utils import timezone

from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.models import Adjustment
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_adjusting import open_round, people
from tests.personas import Cast


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
)
def test_two_people_give_points_and_everybody_reads_why(
    visitor: Any, own_database: str, size: Any, language: str
) -> None:
    cast = Cast.shangcheng()
    round_ = open_round(cast)
    rounds = f"/shangcheng/office/rounds/{round_.code}"
    first, second = visitor(size, language), visitor(size, language)
    first.sign_in(cast.people["subdistrict_staff"])
    second.sign_in(cast.people["district_staff"])
    first.open(f"{rounds}/adjustments/")
    first.check("adjustments-none")
    for number, (points, reason) in enumerate((("6.5", "获市级表彰"), ("-1", "陈述超时"))):
        page = first.open(f"{rounds}/adjust/")
        if not number:
            page.fill("#id_points", "60")
            page.locator("form.stack-l button").click()
            first.check("adjust-wrong")
        page.select_option("#id_entry", index=1 + number)
        page.fill("#id_points", points)
        page.fill("#id_reason", reason)
        page.locator("form.stack-l button").click()
        page.locator("#pending").wait_for()
    first.check("adjustments-waiting")
    for number in range(2):
        inbox = second.open("/shangcheng/office/decisions/")
        inbox.locator("tbody a").first.click()
        if not number:
            second.check("adjust-decision")
        inbox.locator("form[action$='/approve/'] button").click()
        inbox.wait_for_url(re.compile(r"/decisions/\w{10}/$"))
    assert Adjustment.objects.count() == 2
    page = first.open(f"{rounds}/adjustments/")
    first.check("adjustments")
    page.locator("tbody a").last.click()
    assert page.input_value("#id_points") == "1"
    first.open(f"{rounds}/")
    first.check("adjustments-round")
    close_round_early(round_, **people(cast))
    assert tally_round(round_.pk, timezone.now()) is not None
    round_.refresh_from_db()
    first.open(f"{rounds}/results/")
    first.check("adjustments-tally")
    publish_provisional(round_, **people(cast))
    page = first.open(f"/shangcheng/results/{round_.code}/")
    page.locator(".rank__bars summary").first.click()
    first.check("adjustments-public")
    first.open(f"/shangcheng/projects/{round_.entries.first().submission.code}/")
    first.check("adjustments-project")
