"""Journey: the district enters its calendar from the published notice, looks at the year, takes a change back."""

import pytest
from django.utils import timezone

from communities.models import CalendarYear
from tests.communities.test_calendar import on_notice
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast

BOTH = pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "zh-hans"), (DESK, "en"), (PHONE, "en")]
)


@BOTH
def test_the_district_enters_its_calendar(visitor, size, language: str) -> None:
    cast = Cast.shangcheng()
    on_notice(cast, 5, timezone.now())
    who = visitor(size=size, language=language, user=cast.people["district_staff"])
    page = who.open("/shangcheng/office/calendar/2026/")
    who.check("calendar-none")
    page.locator(".notice .go").click()
    page.wait_for_url("**fill=published")
    who.check("calendar-edit")
    page.locator("main form .actions button").first.click()
    page.wait_for_selector("button[name=write]")
    who.check("calendar-preview")
    page.locator("button[name=write]").click()
    page.wait_for_url("**/calendar/2026/")
    who.check("calendar")
    assert page.locator(".month .is-off").count() == 33
    assert page.locator(".month .is-work").count() == 6
    page.locator("main .head .button").click()
    page.wait_for_url("**/edit/")
    page.fill("#id_days", "2026-11-30 休 本区活动\n春节放假")
    page.locator("main form .actions button").first.click()
    page.wait_for_selector(".error-summary")
    who.check("calendar-wrong")
    page.fill("#id_days", page.input_value("#id_days").splitlines()[0])
    page.locator("main form .actions button").first.click()
    page.wait_for_selector("button[name=write]")
    page.locator("button[name=write]").click()
    page.wait_for_url("**/calendar/2026/")
    page.locator("form[action$='/undo/'] button").click()
    page.wait_for_selector(".month .is-off >> nth=32")
    who.check("calendar-undone")
    assert CalendarYear.objects.count() == 3
