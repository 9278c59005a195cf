"""A correction as everybody reads it, and as the office asks for it."""

import re
from typing import Any

import pytest
from django.utils import timezone

from communities.actions.decisions import request_decision
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_correcting import MARKS, correct, logged, low_sheet, with_final
from tests.evaluations.test_objections import finish, noticed_round
from tests.personas import Cast


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (PHONE, "en"), (DESK, "zh-hans"), (DESK, "en")]
)
def test_a_correction_is_shown_beside_what_was_before(
    visitor: Any, own_database: str, size: Any, language: str
) -> None:
    cast = Cast.shangcheng()
    round_ = noticed_round(cast, MARKS)
    digest = logged(low_sheet(round_))
    staff = visitor(size, language)
    staff.sign_in(cast.people["district_staff"])
    staff.open(f"/shangcheng/office/rounds/{round_.code}/objections/new/")
    staff.check("objection-new")
    staff.open(f"/shangcheng/office/rounds/{round_.code}/correct/")
    staff.check("correct")
    made = correct(round_, cast, {"kind": "void", "sheets": [digest]})
    reader = visitor(size, language)
    reader.open(f"/shangcheng/corrections/{made.code}/")
    reader.check("correction")


@pytest.mark.parametrize(("size", "language"), [(PHONE, "zh-hans"), (DESK, "en")], ids=["360", "1280"])
def test_a_final_being_prepared_is_brought_into_line(
    visitor: Any, own_database: str, size: Any, language: str
) -> None:
    cast = Cast.shangcheng()
    round_, final = with_final(cast)
    digest = logged(low_sheet(round_))
    first, second = visitor(size, language), visitor(size, language)
    first.sign_in(cast.people["district_staff"])
    second.sign_in(cast.people["district_staff_2"])
    people = {"by": cast.people["district_staff"], "now": timezone.now()}
    request_decision(
        "correct_round", round_, {"kind": "void", "sheets": [digest]}, reason="应当回避", **people
    )
    inbox = second.open("/shangcheng/office/decisions/")
    inbox.locator("tbody a").first.click()
    second.check("correction-decision-with-final")
    inbox.locator("form[action$='/approve/'] button").click()
    inbox.wait_for_url(re.compile(r"/decisions/\w{10}/$"))
    first.open("/shangcheng/office/")
    first.check("today-with-final")
    entries = f"/shangcheng/office/rounds/{final.code}/entries/"
    first.open(entries)
    first.check("final-waits")
    round_.refresh_from_db()
    finish(round_)
    page = first.open(entries)
    first.check("final-out-of-line")
    page.locator("form[action$='/advance/'] button").click()
    page.locator(".notice", has_text="花园").wait_for()
    assert [str(entry) for entry in final.entries.select_related("snapshot")] == ["厨房"]
