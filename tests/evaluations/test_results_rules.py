"""Who may see a tally and publish: every rule against its twin, over all people and all states of a round."""

import pytest

from evaluations.models import Round
from evaluations.rules import results as rules
from evaluations.states import RoundState
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A district with a round of each state in the home sub-district, in the neighbour's, and finals; and a second district."""
    cast = Cast.shangcheng()
    for place, name in ((cast.home, "家"), (cast.neighbour, "邻"), (None, "决赛")):
        for state in RoundState:
            season = make.season(cast.district, f"{name} {state}")
            make.round(season, place, state=state)
    abroad = Cast.shangcheng("elsewhere")
    make.round(make.season(abroad.district), abroad.home, state="tallied")
    return cast


def test_each_rule_agrees_with_its_twin(scene):
    district = scene.district
    rounds = list(Round.objects.select_related("season__district"))
    assert len(rounds) == 3 * len(RoundState) + 1
    for role, person in scene.people.items():
        for state in (RoundState.TALLIED, RoundState.ON_NOTICE):
            twin = set(rules.publishable_by(person, district, state).values_list("pk", flat=True))
            rule = {r.pk for r in rounds if rules.can_publish(person, r, state)}
            assert rule == twin, (role, state)
        assert {r.pk for r in rounds if rules.can_view_tally(person, r)} == set(
            rules.tallies_visible_to(person, district).values_list("pk", flat=True)
        ), role
        assert {r.pk for r in rounds if rules.can_bring_entries(person, r)} == set(
            rules.finals_prepared_by(person, district).values_list("pk", flat=True)
        ), role


def test_who_may_publish(scene):
    """permissions.json, 'result: publish, correct': the district's staff, and the host's for its own."""
    district = scene.district
    count = {
        role: rules.publishable_by(person, district, RoundState.TALLIED).count()
        for role, person in scene.people.items()
    }
    assert {role: n for role, n in count.items() if n} == {
        "district_staff": 3,
        "district_staff_2": 3,
        "subdistrict_staff": 1,
        "subdistrict_staff_2": 1,
        "neighbour_staff": 1,
    }


def test_strangers_do_not_learn_that_a_round_exists(scene):
    round_ = Round.objects.get(season__name="家 tallied")
    hidden = {role for role, person in scene.people.items() if rules.can_view_tally(person, round_).hidden}
    seen = {"district_staff", "district_staff_2", "subdistrict_staff", "subdistrict_staff_2", "observer"}
    assert hidden == set(scene.people) - seen
