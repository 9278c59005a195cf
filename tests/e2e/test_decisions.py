"""Journey: one person of the district asks for a staff role, another approves it; a third sees why not."""

import re
from collections.abc import Callable

import pytest

from communities.models import Decision
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast


@pytest.fixture
def cast(own_database: str) -> Cast:
    return Cast.shangcheng()


@pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "en"), (DESK, "en"), (PHONE, "zh-hans")]
)
def test_a_staff_role_is_given_by_two(visitor: Callable, cast: Cast, size: dict, language: str) -> None:
    first = visitor(size, language, user=cast.people["district_staff"])
    first.open("/shangcheng/office/decisions/")
    first.check("decisions-empty")
    page = first.open("/shangcheng/office/accounts/new/staff/")
    page.locator("#id_name").fill("湖滨的新同事")
    page.locator("#id_role_0").check()
    page.locator("#id_reason").fill("原经办人调离")
    page.locator("main form .button").last.click()
    first.check("staff-wrong")
    page.locator("#id_sub_district").select_option(label="湖滨街道")
    page.locator("main form .button").last.click()
    page.wait_for_url(re.compile(r"/accounts/\w{10}/$"))
    first.check("staff-asked")
    page.locator("main .notice a.go").click()
    first.check("decision-mine")

    second = visitor(size, language, user=cast.people["district_staff_2"])
    page = second.open("/shangcheng/office/")
    assert page.locator(".counts__n").first.inner_text().startswith("1")
    page.locator(".counts a").first.click()
    second.check("decisions-waiting")
    page.locator("tbody a").first.click()
    second.check("decision-open")
    page.locator("form[action$='/approve/'] button").click()
    page.wait_for_url(re.compile(r"/decisions/\w{10}/$"))
    second.check("decision-approved")
    assert Decision.objects.get().state == "approved"
    second.open("/shangcheng/office/decisions/decided/")
    second.check("decisions-decided")
