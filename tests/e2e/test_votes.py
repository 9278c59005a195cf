"""Counted votes: two people enter them, a difference is named, and the tally goes on when they agree."""

from typing import Any

import pytest

from evaluations.models import VoteCount
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_voting import voting


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
)
def test_two_people_enter_the_votes(visitor: Any, own_database: str, size: Any, language: str) -> None:
    scene = voting()
    numbers = list(scene.round.entries.order_by("position").values_list("submission__number", flat=True))
    first, second = visitor(size, language), visitor(size, language)
    first.sign_in(scene.staff)
    second.sign_in(scene.second)
    page = first.open(f"/shangcheng/office/rounds/{scene.round.code}/")
    first.check("votes-round")
    page.locator(".notice.is-warn a.go").click()
    first.check("votes-waiting")

    def enter(person: Any, more: int, name: str = "") -> None:
        page = person.open(f"/shangcheng/office/rounds/{scene.round.code}/points/online/votes/")
        if name:
            page.locator("form.stack-l button").click()
            page.locator("[aria-invalid=true]").first.wait_for()
            person.check(name)
        page.locator("details summary").last.click() if not page.locator("#id_pasted").is_visible() else None
        page.fill("#id_pasted", "\n".join(f"{n} {100 + p * more}" for p, n in enumerate(numbers)))
        page.locator("form.stack-l button").click()
        page.wait_for_url("**/points/")

    enter(first, 1, "votes-wrong")
    enter(second, 2)
    second.check("votes-differ")
    enter(first, 2)
    first.check("votes-stand")
    assert VoteCount.objects.count() == len(numbers)
