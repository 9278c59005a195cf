"""Points from elsewhere: pasted or taken over before the round opens, read by everybody beside the result."""

from typing import Any

import pytest
from django.utils import timezone

from evaluations.actions.publication import publish_final
from evaluations.models import GivenPoints
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_giving import final_with_points, published_with_points


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
)
def test_points_are_entered_before_the_round_opens(
    visitor: Any, own_database: str, size: Any, language: str
) -> None:
    scene, preliminary, final = final_with_points()
    publish_final(preliminary, by=scene.staff, second=scene.second, now=timezone.now())
    staff = visitor(size, language)
    staff.sign_in(scene.staff)
    page = staff.open(f"/shangcheng/office/rounds/{final.code}/")
    staff.check("given-missing")
    page.locator("a[href$='/points/']").first.click()
    staff.check("given-none")
    page.locator("a.button").first.click()
    page.locator("details summary").last.click()
    page.fill("#id_pasted", "2018-XX-001 80")
    page.locator("form.stack-l button").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    staff.check("given-wrong")
    numbers = list(final.entries.order_by("position").values_list("submission__number", flat=True))
    page.fill("#id_source", "3 月 12 日资格评审得分")
    page.fill("#id_pasted", f"{numbers[0]}\t88.5")
    page.locator("form.stack-l button").click()
    page.wait_for_url("**/points/")
    staff.check("given-part")
    assert GivenPoints.objects.count() == 1
    page.locator("a.button").first.click()
    page.locator("form[action$='/take/'] button").click()
    page.wait_for_url("**/points/")
    staff.check("given-taken")
    assert GivenPoints.objects.filter(tally__round=preliminary).count() == 2


def test_the_browser_counts_points_from_elsewhere_and_points_taken_back(
    visitor: Any, own_database: str
) -> None:
    scene, _row, _bundle = published_with_points()
    reader = visitor(PHONE)
    page = reader.open(f"/shangcheng/results/{scene.round.code}/check/")
    page.locator("[data-check] button").click()
    page.locator("[data-said]", has_text="全部相符").wait_for()
    reader.check("points-check")
    reader.open(f"/shangcheng/results/{scene.round.code}/")
    reader.check("points-result")
