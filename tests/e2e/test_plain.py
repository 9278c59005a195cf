"""A round without a result, at the desk and on a phone: who cannot be compared, two people decide, everybody reads it."""

import re
from typing import Any

import pytest
from django.utils import timezone

from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_plain import refused


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
)
def test_two_people_count_a_refused_round_and_everybody_reads_it(
    visitor: Any, own_database: str, size: Any, language: str
) -> None:
    scene = refused()
    first = visitor(size, language)
    first.sign_in(scene.staff)
    page = first.open(f"/shangcheng/office/rounds/{scene.round.code}/")
    first.check("plain-refused")
    page.locator(".notice.is-bad a").click()
    page.locator("form.stack-l button").click()
    first.check("plain-wrong")
    page.fill("#id_reason", "三位评委临时缺席")
    page.locator("form.stack-l button").click()
    page.locator("#pending").wait_for()
    first.check("plain-asked")
    second = visitor(size, language)
    second.sign_in(scene.second)
    inbox = second.open("/shangcheng/office/decisions/")
    inbox.locator("tbody a").first.click()
    second.check("plain-decision")
    inbox.locator("form[action$='/approve/'] button").click()
    inbox.wait_for_url(re.compile(r"/decisions/\w{10}/$"))
    assert tally_round(scene.round.pk, timezone.now()) is not None
    first.open(f"/shangcheng/office/rounds/{scene.round.code}/results/")
    first.check("plain-tally")
    scene.round.refresh_from_db()
    publish_provisional(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    first.open(f"/shangcheng/results/{scene.round.code}/")
    first.check("plain-public")
