"""A rule on the marks of an earlier round: the ranking that would have been, for the district's staff alone."""

import pytest
from django.urls import reverse

from evaluations.actions.rules import save_rule_set
from evaluations.models import RuleSet, Tally
from tests import make
from tests.architecture.world import World
from tests.evaluations.rooms import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client):
    world = World("shangcheng")
    client.force_login(world.cast.people["district_staff"])
    return world


def page(world, rules, **query):
    return reverse("office:rule_set_trial", args=[world.cast.district.slug, rules.code], query=query)


def version(world, **changes):
    season = RuleSet.objects.get(code=world.own["rule_set"]).season
    return save_rule_set(season, make.rule_text(**changes), "新规则", by=None, now=now())


def test_the_ranking_under_another_rule_stands_beside_the_published_one(client, world):
    # Published under the tests' rule: 甲 (50+30 and 40+20) 70, 乙 (30+30 and 40+20) 60. By effect alone both average 25.
    criteria, before = [make.RULE["criteria"][1]], Tally.objects.count()
    answer = client.get(
        page(world, version(world, criteria=criteria, ties=[]), round=world.own["public_round"])
    )
    found = [
        (line.title, line.rank, line.total, line.was, line.was_total) for line in answer.context["lines"]
    ]
    assert found == [("甲", 1, "25.00", 1, "70.00"), ("乙", 1, "25.00", 2, "60.00")]
    assert Tally.objects.count() == before


def test_marks_that_do_not_fit_are_said_so(client, world):
    criteria = [{**make.RULE["criteria"][0], "max": "40"}, make.RULE["criteria"][1]]
    answer = client.get(page(world, version(world, criteria=criteria), round=world.own["public_round"]))
    assert (answer.status_code, "lines" in answer.context) == (200, False)
    assert "40" in answer.context["refused"]


def test_only_published_rounds_are_there_and_only_for_the_districts_staff(client, world):
    rules = version(world)
    assert client.get(page(world, rules)).status_code == 200
    assert client.get(page(world, rules, round=world.own["round_tallied"])).status_code == 404
    assert client.get(page(world, rules, round="\x00")).status_code == 404
    client.force_login(world.cast.people["subdistrict_staff"])
    assert client.get(page(world, rules)).status_code == 403
