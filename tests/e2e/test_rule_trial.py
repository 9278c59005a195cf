"""District staff try a rule on the marks of a published round."""

import pytest
from django.urls import reverse

from tests.architecture.world import World
from tests.e2e.conftest import DESK, PHONE


@pytest.mark.parametrize(("language", "size"), [("zh-hans", DESK), ("en", PHONE)])
def test_a_rule_is_tried_on_earlier_marks(visitor, own_database, language, size):
    world = World("shangcheng")
    staff = visitor(size, language, world.cast.people["district_staff"])
    page = staff.open(reverse("office:rule_set", args=["shangcheng", world.own["rule_set"]]))
    page.click(f"a[href='{reverse('office:rule_set_trial', args=['shangcheng', world.own['rule_set']])}']")
    staff.check("trial-1-choose")
    page.select_option("#round", world.own["public_round"])
    page.click(".filters__go button")
    page.wait_for_selector("main table")
    staff.check("trial-2-ranking")
