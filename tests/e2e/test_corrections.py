"""A correction as everybody reads it, and as the office asks for it."""

from typing import Any

import pytest

from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.test_correcting import MARKS, correct, logged, low_sheet
from tests.evaluations.test_objections import noticed_round
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
