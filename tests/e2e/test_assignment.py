"""Who marks what, seen before it is applied: its quality, what is short and why; and after a late recusal, who could."""

import pytest
from django.urls import reverse

from communities.models import Decision
from evaluations.actions.recusals import declare_recusal
from evaluations.models import Round
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.rooms import now, room

CAPS = {**make.RULE["conduct"], "assignment": {"per_entry": 3, "per_judge": 2, "per_sub_district": 2}}


@pytest.mark.parametrize(("language", "size"), [("zh-hans", DESK), ("en", PHONE)])
def test_staff_see_how_good_an_assignment_is_and_who_could_take_a_place(
    visitor, own_database, language, size
):
    scene = room(6, min_marks=1, conduct=CAPS)
    scene.seat_all()
    staff = visitor(size, language, scene.staff)
    address = reverse("office:round_assignment", args=[scene.cast.district.slug, scene.round.code])
    page = staff.open(address)
    page.click(".fold summary")
    staff.check("assignment-01-short")
    page.click("form[action$='/apply/'] button")
    page.wait_for_selector(".notice.is-ok")
    staff.check("assignment-02-applied")

    Round.objects.filter(pk=scene.round.pk).update(state="open")
    row = scene.round.assignments.select_related("seat", "entry").first()
    scene.round.assignments.filter(seat__in=scene.round.seats.exclude(pk=row.seat_id)[:1]).delete()
    declare_recusal(row.seat, row.entry, reason="kin", by=None, now=now())
    page = staff.open(address)
    staff.check("assignment-03-late")
    page.click("section[aria-labelledby=late] form button")
    page.wait_for_selector("article.ask")
    staff.check("assignment-04-asked")
    assert Decision.objects.get().kind == "assign_late"
