"""Seasons: made, changed, started and finished by the district's staff."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from evaluations.actions.seasons import change_season, create_season, finish_season, start_season
from evaluations.models import Season
from goldidea.lib.errors import Refusal, StaleState
from tests import make
from tests.evaluations.rooms import now
from tests.personas import Cast

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def cast():
    return Cast.shangcheng()


def values(**changes):
    dates = {
        "submissions_open_at": now(),
        "submissions_close_at": now() + DAY,
        "corrections_close_at": now() + 2 * DAY,
    }
    return {"year": 2018, "name": "2018 届", **dates, **changes}


def posted(**changes):
    """As the form sends it."""
    found = values(**changes)
    return {
        key: v.strftime("%Y-%m-%dT%H:%M") if isinstance(v, dt.datetime) else v for key, v in found.items()
    }


def url(name, cast, *codes):
    return reverse(f"office:{name}", args=[cast.district.slug, *codes])


def test_a_season_begins_in_preparation_and_runs_once(cast):
    staff = cast.people["district_staff"]
    season = create_season(cast.district, by=staff, now=now(), **values())
    assert season.state == "draft"
    start_season(season, by=staff, now=now())
    with pytest.raises(StaleState):
        start_season(season, by=staff, now=now())
    assert Season.objects.get().state == "running"


def test_two_seasons_of_one_name_are_refused(cast):
    staff = cast.people["district_staff"]
    create_season(cast.district, by=staff, now=now(), **values())
    with pytest.raises(ValidationError):
        create_season(cast.district, by=staff, now=now(), **values())


def test_a_season_finishes_when_its_rounds_are_over(cast):
    staff, season = cast.people["district_staff"], make.season(cast.district)
    round_ = make.round(season, cast.home, state="on_notice")
    with pytest.raises(Refusal) as refusal:
        finish_season(season, by=staff, now=now())
    assert str(round_) in refusal.value.message
    type(round_).objects.filter(pk=round_.pk).update(state="final")
    finish_season(season, by=staff, now=now())
    with pytest.raises(Refusal):
        change_season(season, by=staff, now=now(), name="改名")


def test_dates_are_read_in_shanghai(client, cast):
    client.force_login(cast.people["district_staff"])
    answer = client.post(
        url("season_new", cast),
        posted(
            submissions_open_at="2018-03-01T08:00",
            submissions_close_at="2018-04-01T17:00",
            corrections_close_at="2018-04-08T17:00",
        ),
    )
    season = Season.objects.get()
    assert answer.status_code == 303
    assert season.submissions_open_at == dt.datetime(2018, 3, 1, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"year": "MMXVIII"},
        {"year": "99999999999"},
        {"name": "\x00"},
        {"name": "长" * 61},
        {"submissions_close_at": "2001-01-01T00:00"},
        {"submissions_open_at": "0001-01-01T00:00"},
        {"corrections_close_at": "9999-12-31T23:59"},
        {"corrections_close_at": "明天"},
    ],
)
def test_what_is_wrong_is_said_at_the_form_and_kept(client, cast, wrong):
    client.force_login(cast.people["district_staff"])
    answer = client.post(url("season_new", cast), posted(introduction="我写的介绍", **wrong))
    assert (answer.status_code, Season.objects.count()) == (422, 0)
    assert "我写的介绍" in answer.content.decode()


def test_a_name_that_is_taken_is_said_at_the_form(client, cast):
    client.force_login(cast.people["district_staff"])
    assert client.post(url("season_new", cast), posted()).status_code == 303
    assert client.post(url("season_new", cast), posted()).status_code == 422


def test_changes_are_saved_and_recorded(client, cast):
    season = make.season(cast.district)
    client.force_login(cast.people["district_staff"])
    answer = client.post(url("season_edit", cast, season.code), posted(name="2018 年度"))
    season.refresh_from_db()
    assert (answer.status_code, season.name) == (303, "2018 年度")


def test_who_may_look_and_who_may_prepare(client, cast):
    season = make.season(cast.district)
    found = {}
    for role, user in cast.people.items():
        client.logout()
        if user:
            client.force_login(user)
        pages = (url("seasons", cast), url("season", cast, season.code), url("season_new", cast))
        found[role] = [client.get(page).status_code for page in pages]
    look, nothing = [200, 200, 403], [404, 404, 404]
    assert found == {
        "platform_admin": nothing,
        "district_staff": [200, 200, 200],
        "district_staff_2": [200, 200, 200],
        "subdistrict_staff": look,
        "subdistrict_staff_2": look,
        "neighbour_staff": look,
        "community_user": nothing,
        "neighbour_community_user": nothing,
        "organization_user": nothing,
        "supportive_org": nothing,
        "observer": look,
        "resident_judge": nothing,
        "expert_judge": nothing,
        "public": [302, 302, 302],
    }


def test_starting_and_finishing_are_posts_of_the_districts_staff(client, cast):
    season = make.season(cast.district, state="draft")
    client.force_login(cast.people["subdistrict_staff"])
    assert client.post(url("season_start", cast, season.code)).status_code == 403
    client.force_login(cast.people["district_staff"])
    assert client.get(url("season_start", cast, season.code)).status_code == 405
    assert client.post(url("season_start", cast, season.code)).status_code == 303
    assert client.post(url("season_start", cast, season.code)).status_code == 409
    assert client.post(url("season_finish", cast, season.code)).status_code == 303


def test_lists_ask_a_constant_number_of_questions(client, django_assert_num_queries):
    for count, slug in ((1, "one"), (3, "three")):
        cast = Cast.shangcheng(slug)
        client.force_login(cast.people["district_staff"])
        seasons = [make.season(cast.district, f"第{i}届") for i in range(count)]
        for _ in range(count):
            make.rule_set(seasons[0])
        for i in range(count):
            make.round(seasons[0], make.sub_district(cast.district, f"街道{i}"), seasons[0].rule_sets.first())
        with django_assert_num_queries(7):
            client.get(url("seasons", cast))
        with django_assert_num_queries(10):
            client.get(url("season", cast, seasons[0].code))
