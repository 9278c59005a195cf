"""Money after a ranking, at the desk and on a phone: planned, asked for, decided by a second person, read by everybody."""

import re
from typing import Any

import pytest

from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_funding import final_round
from tests.personas import Cast


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
)
def test_two_people_give_the_money_and_everybody_reads_why(
    visitor: Any, own_database: str, size: Any, language: str
) -> None:
    cast = Cast.shangcheng()
    round_ = final_round(cast)
    first = visitor(size, language)
    first.sign_in(cast.people["district_staff"])
    page = first.open(f"/shangcheng/office/rounds/{round_.code}/funding/")
    first.check("funding-empty")
    page.fill("#id_budget", "90000")
    page.fill("#id_least_percent", "0")
    page.locator("form.panel button").click()
    first.check("funding-wrong")
    page.fill("#id_least_percent", "50")
    page.fill(f"#id_cap_{cast.home.code}", "85000")
    page.locator("form.panel button").click()
    page.locator("#h-lines").wait_for()
    first.check("funding-plan")
    page.locator("form[action$='/ask/'] button").click()
    page.locator(".notice.is-now").wait_for()
    first.check("funding-asked")
    second = visitor(DESK, language)
    second.sign_in(cast.people["district_staff_2"])
    inbox = second.open("/shangcheng/office/decisions/")
    inbox.locator("tbody a").first.click()
    second.check("funding-decision")
    inbox.locator("form[action$='/approve/'] button").click()
    inbox.wait_for_url(re.compile(r"/decisions/\w{10}/$"))
    page.reload()
    page.locator(".notice.is-ok a").click()
    page.locator("table").wait_for()
    first.check("funding-public")
