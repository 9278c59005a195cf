"""Every rule of the registers against its twin, over all people and states."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from communities import rules as places
from communities.models import Community, SubDistrict
from goldidea.lib.errors import StaleState
from organizations import rules
from organizations.actions.organizations import move_organization
from organizations.models import SocialOrganization
from organizations.states import ORGANIZATION_MOVES, OrganizationState
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = Cast.shangcheng()
    for state in OrganizationState.values:
        make.organization(cast.district, sub_district=cast.home, state=state)
        make.organization(cast.district, sub_district=cast.neighbour, state=state)
        make.organization(cast.district, state=state)
    return cast


def both() -> tuple[Cast, Cast]:
    return Cast.shangcheng(), Cast.shangcheng("gongshu")


@pytest.mark.parametrize(
    ("rule", "twin"),
    [
        ("can_view_organization", "visible_organizations"),
        ("can_manage_organization", "manageable_organizations"),
        ("can_ask_for_phone", "reachable_by_phone"),
        ("can_view_own", "own_organizations"),
    ],
)
def test_rule_and_twin_agree_on_organizations(cast: Cast, rule: str, twin: str) -> None:
    other = Cast.shangcheng("gongshu")
    everything = SocialOrganization.objects.select_related("district")
    for role, person in {**cast.people, **{f"other {k}": v for k, v in other.people.items()}}.items():
        if person is None:
            continue
        for district in (cast.district, other.district):
            allowed = {
                row.pk for row in everything.filter(district=district) if getattr(rules, rule)(person, row)
            }
            listed = set(getattr(rules, twin)(person, district).values_list("pk", flat=True))
            assert listed == allowed, (role, district.slug)


def test_rule_and_twin_agree_on_divisions() -> None:
    cast, other = both()
    for role, person in {**cast.people, **{f"other {k}": v for k, v in other.people.items()}}.items():
        if person is None:
            continue
        seen = bool(places.can_view_divisions(person, cast.district))
        rows = places.visible_divisions(person, cast.district, Community.objects)
        assert rows.count() == (2 if seen else 0), role
        communities = Community.objects.of(cast.district).select_related("district")
        allowed = {row.pk for row in communities if places.can_manage_community(person, row)}
        listed = places.within_reach(person, cast.district, Community.objects.of(cast.district))
        assert set(listed.values_list("pk", flat=True)) == allowed, role
        sub_districts = SubDistrict.objects.of(cast.district).select_related("district")
        allowed = {row.pk for row in sub_districts if places.can_manage_sub_district(person, row)}
        listed = places.within_reach(person, cast.district, SubDistrict.objects.of(cast.district), path="pk")
        assert set(listed.values_list("pk", flat=True)) == allowed, role


def test_every_move_of_an_organization(cast: Cast) -> None:
    staff = cast.people["district_staff"]
    for old in OrganizationState.values:
        for new in OrganizationState.values:
            row = make.organization(cast.district, sub_district=cast.home, state=old)
            allowed = new in ORGANIZATION_MOVES.get(old, frozenset())
            try:
                move_organization(row, new, reason="理由", by=staff, now=timezone.now())
                moved = True
            except (StaleState, PermissionDenied):
                moved = False
            row.refresh_from_db()
            assert (moved, row.state) == (allowed, new if allowed else old)
