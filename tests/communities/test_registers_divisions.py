"""Divisions: typing errors in place, renames and moved borders as new dated rows, and who goes along."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from communities.actions.divisions import (
    add_sub_district,
    correct_community,
    initials_for,
    succeed_community,
    succeed_sub_district,
)
from communities.models import Appointment, Community, SubDistrict
from goldidea.lib.models import AuditDetail
from organizations.models import Engagement
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
DAY = dt.date(2018, 3, 1)


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def next_one(old: Community, **values) -> Community:
    defaults = {"name": f"{old.name}新", "division_code": old.division_code, "valid_from": DAY}
    return Community(district=old.district, sub_district=old.sub_district, **{**defaults, **values})


def test_a_typing_error_is_corrected_in_place_and_recorded(cast: Cast) -> None:
    community = Community.objects.get(pk=cast.community.pk)
    community.name = "清波门社区（改）"
    correct_community(community, by=cast.people["subdistrict_staff"], now=timezone.now())
    assert Community.objects.get(pk=community.pk).sort_key.startswith("qingbomen")
    detail = AuditDetail.objects.get(event__action="correct division")
    assert detail.changes == {"name": ["清波门社区", "清波门社区（改）"]}
    with pytest.raises(PermissionDenied):
        correct_community(community, by=cast.people["neighbour_staff"], now=timezone.now())


def test_a_community_cannot_be_put_into_a_neighbour_by_its_own_staff_alone(cast: Cast) -> None:
    community = Community.objects.get(pk=cast.community.pk)
    community.sub_district = cast.neighbour
    with pytest.raises(PermissionDenied):
        correct_community(community, by=cast.people["subdistrict_staff"], now=timezone.now())


def test_a_renamed_community_keeps_its_people_and_organizations(cast: Cast) -> None:
    make.saved(
        Engagement(
            organization=cast.organization, community=cast.community, service="议事", since=make.LONG_AGO
        )
    )
    new = succeed_community(
        cast.community,
        next_one(cast.community),
        goes_on=False,
        by=cast.people["subdistrict_staff"],
        now=timezone.now(),
    )
    old = Community.objects.get(pk=cast.community.pk)
    assert (old.valid_to, new.predecessor, new.valid_from) == (DAY, old, DAY)
    cast.organization.refresh_from_db()
    assert cast.organization.home_community == new
    spans = list(Engagement.objects.order_by("since").values_list("community", "since", "until", "service"))
    assert spans == [
        (old.pk, make.LONG_AGO, DAY - dt.timedelta(days=1), "议事"),
        (new.pk, DAY, None, "议事"),
    ]
    assert Engagement.objects.with_origin().get(until=None).origin == "endogenous"
    held = Appointment.objects.filter(user=cast.people["community_user"]).order_by("since")
    assert [(a.community_id, a.until) for a in held] == [(old.pk, DAY - dt.timedelta(days=1)), (new.pk, None)]


def test_a_part_that_was_split_off_leaves_the_rest_where_it_is(cast: Cast) -> None:
    staff = cast.people["district_staff"]
    part = next_one(cast.community, division_code="330102009999")
    succeed_community(cast.community, part, goes_on=True, by=staff, now=timezone.now())
    cast.community.refresh_from_db()
    cast.organization.refresh_from_db()
    assert (cast.community.valid_to, cast.organization.home_community) == (None, cast.community)
    assert list(cast.community.successors.all()) == [part]


def test_an_ended_community_may_have_a_second_successor(cast: Cast) -> None:
    staff = cast.people["district_staff"]
    first = succeed_community(
        cast.community, next_one(cast.community), goes_on=False, by=staff, now=timezone.now()
    )
    other = next_one(cast.community, division_code="330102009999", name="第二")
    succeed_community(cast.community, other, goes_on=False, by=staff, now=timezone.now())
    cast.organization.refresh_from_db()
    assert cast.organization.home_community == first
    assert set(cast.community.successors.all()) == {first, other}


@pytest.mark.parametrize("day", [dt.date(2009, 1, 1), make.LONG_AGO, dt.date(2999, 1, 1)])
def test_a_day_that_does_not_fit_is_said_at_the_day(cast: Cast, day: dt.date) -> None:
    with pytest.raises(ValidationError) as refused:
        succeed_community(
            cast.community,
            next_one(cast.community, valid_from=day),
            goes_on=False,
            by=cast.people["district_staff"],
            now=timezone.now(),
        )
    assert list(refused.value.message_dict) == ["valid_from"]
    cast.community.refresh_from_db()
    assert cast.community.valid_to is None


def test_a_renamed_sub_district_keeps_its_communities_people_and_organizations(cast: Cast) -> None:
    new = SubDistrict(
        district=cast.district,
        name="清波新街道",
        division_code=cast.home.division_code,
        initials="QB",
        valid_from=DAY,
    )
    succeed_sub_district(cast.home, new, by=cast.people["district_staff"], now=timezone.now())
    cast.community.refresh_from_db()
    cast.organization.refresh_from_db()
    assert (cast.community.sub_district, cast.organization.sub_district) == (new, new)
    assert Appointment.objects.filter(sub_district=new, until=None).count() == 2


def test_initials_are_unique_in_the_district(cast: Cast) -> None:
    new = SubDistrict(
        district=cast.district, name="青波街道", division_code="330102998", initials="QB", valid_from=DAY
    )
    with pytest.raises(ValidationError) as refused:
        add_sub_district(new, by=cast.people["district_staff"], now=timezone.now())
    assert list(refused.value.message_dict) == ["initials"]
    with pytest.raises(PermissionDenied):
        add_sub_district(new, by=cast.people["subdistrict_staff"], now=timezone.now())


@pytest.mark.parametrize(
    ("name", "taken", "initials"),
    [
        ("清波街道", set(), "QB"),
        ("青波街道", {"QB"}, "QBI"),
        ("湖滨街道办事处", set(), "HB"),
        ("大学士牌楼街道", set(), "DXSP"),
        ("梁街道", set(), "LI"),
    ],
)
def test_initials_from_pinyin(name: str, taken: set[str], initials: str) -> None:
    assert initials_for(name, taken) == initials
