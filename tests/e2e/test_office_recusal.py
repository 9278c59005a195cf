"""Journey: the office records for a judge that the judge does not mark an entry; the sheet stops counting at once."""

from collections.abc import Callable

import pytest

from evaluations.models import ScoreSheet
from evaluations.rules import rounds as rules
from goldidea.lib.models import AuditEvent
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.judging import Scene, hand_in


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-hans"), (PHONE, "en")])
def test_a_recusal_is_recorded_and_taken_back(
    visitor: Callable, own_database: str, size: dict, language: str
) -> None:
    scene = Scene.open()
    hand_in(scene.seat, scene.entry)
    staff = scene.cast.people["subdistrict_staff"]
    assert rules.can_record_recusals(staff, scene.round)
    person = visitor(size, language, user=staff)
    page = person.open(f"/shangcheng/office/rounds/{scene.round.code}/seats/")
    page.locator("a[href$='/recuse/']").first.click()
    page.wait_for_url("**/recuse/")
    person.check("recusal")
    page.locator("main form .button").last.click()
    page.locator("#id_note[aria-invalid=true]").wait_for()
    person.check("recusal-wrong")
    page.locator("#id_entry").select_option(value=scene.entry.code)
    page.locator("#id_reason_0").check()
    page.locator("#id_note").fill("评委来电告知")
    page.locator("main form .button").last.click()
    page.locator("button[name=sure]").wait_for()
    person.check("recusal-sure")
    assert ScoreSheet.objects.counted().count() == 1
    page.locator("button[name=sure]").click()
    page.locator("button[name=back]").wait_for()
    person.check("recusal-recorded")
    assert ScoreSheet.objects.counted().count() == 0
    assert AuditEvent.objects.get(action="declare recusal").detail.changes == {
        "seat": ["", f"{scene.seat.number:02d}"]
    }
    page.locator("button[name=back]").click()
    page.locator("button[name=back]").wait_for(state="detached")
    assert ScoreSheet.objects.counted().count() == 1
