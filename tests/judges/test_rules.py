"""Who may, over the whole cast; every rule beside its twin."""

import pytest
from django.utils import timezone

from communities.models import Community, SubDistrict
from judges import rules
from judges.models import ElectionMeeting, Judge
from tests import make
from tests.judges.conftest import enter, nominated
from tests.personas import Cast

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PEOPLE = [
    "platform_admin",
    "district_staff",
    "subdistrict_staff",
    "neighbour_staff",
    "community_user",
    "organization_user",
    "supportive_org",
    "observer",
    "resident_judge",
    "expert_judge",
]


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Judges, candidates and meetings here and there, and another district's."""
    for home in (cast.community, cast.neighbour_community):
        nominated(cast, "候选人", community=home)
        make.judge(home)
        ElectionMeeting.objects.create(
            district=cast.district, sub_district=home.sub_district, held_on=TODAY, place="会议室", present=9
        )
    other = Cast.shangcheng("gongshu")
    ElectionMeeting.objects.create(
        district=other.district, sub_district=other.home, held_on=TODAY, place="会议室", present=9
    )
    return cast


@pytest.mark.parametrize("who", PEOPLE)
def test_every_rule_says_what_its_twin_lists(full: Cast, who: str) -> None:
    user, district = full.people[who], full.district
    judges = Judge.objects.of(district)
    meetings = ElectionMeeting.objects.of(district)
    pairs = [
        (rules.judges_visible_to(user, district), judges, rules.can_see_judge),
        (rules.judges_kept_by(user, district), judges, rules.can_keep_judge),
        (rules.elections_visible_to(user, district), meetings, rules.can_see_election),
        (rules.homes_open_to(user, district, TODAY), Community.objects.of(district), rules.can_nominate_from),
        (
            rules.sub_districts_electing(user, district, TODAY),
            SubDistrict.objects.of(district),
            rules.can_hold_election,
        ),
    ]
    for twin, everything, rule in pairs:
        assert {row.pk for row in twin} == {row.pk for row in everything if rule(user, row)}, rule.__name__


STAFF = {"district_staff", "subdistrict_staff"}
EXPECTED = {
    "can_see_judge": STAFF | {"observer"},
    "can_keep_judge": STAFF,
    "can_edit_judge": STAFF,
    "can_show_phone": STAFF,
    "can_end_term": STAFF,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_serving_judge_of_the_home_sub_district(full: Cast, name: str) -> None:
    rule = getattr(rules, name)
    judge = full.resident
    assert {who for who in PEOPLE if rule(full.people[who], judge)} == EXPECTED[name]


def test_experts_are_the_districts(full: Cast) -> None:
    def allowed(rule) -> set[str]:
        return {who for who in PEOPLE if rule(full.people[who], full.expert)}

    assert allowed(rules.can_see_judge) == {"district_staff", "observer"}
    assert allowed(rules.can_keep_judge) == {"district_staff"}
    invite = {who for who in PEOPLE if rules.can_invite_expert(full.people[who], full.district)}
    assert invite == {"district_staff"}
    assert rules.can_invite_expert(full.people["subdistrict_staff"], full.district).reason


def test_the_observer_sees_phones_in_part_and_no_elections(full: Cast) -> None:
    observer, meeting = full.people["observer"], ElectionMeeting.objects.filter(sub_district=full.home).get()
    assert rules.can_show_phone(observer, full.resident) == rules.Verdict(rules.MASKED_ONLY)
    assert rules.can_see_election(observer, meeting) == rules.Verdict(rules.NO_ELECTIONS)
    assert rules.can_read_record(observer, meeting)
    assert not rules.can_read_record(full.people["neighbour_staff"], meeting)


TAILS = ["", "edit/", "phone/", "decline/", "consent/", "appoint/", "end/", "interests/new/"]


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("who", ["neighbour_staff", "community_user", "organization_user", "resident_judge"])
def test_a_foreign_record_answers_like_one_that_is_not(full: Cast, who: str, tail: str) -> None:
    client = enter(full.people[who])
    own = client.get(f"/shangcheng/office/judges/{full.resident.code}/{tail}")
    none = client.get(f"/shangcheng/office/judges/0000000000/{tail}")
    assert (own.status_code, none.status_code) == (404, 404)


@pytest.mark.parametrize("tail", TAILS)
def test_the_observer_reads_the_record_and_nothing_more(full: Cast, tail: str) -> None:
    answer = enter(full.people["observer"]).get(f"/shangcheng/office/judges/{full.resident.code}/{tail}")
    assert answer.status_code == (200 if tail == "" else 403)


@pytest.mark.parametrize(
    "path", ["judges/", "judges/new/", "elections/", "elections/new/", "judges/export.csv"]
)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("district_staff", 200),
        ("subdistrict_staff", 200),
        ("community_user", 404),
        ("organization_user", 404),
        ("platform_admin", 404),
        ("resident_judge", 404),
        ("public", 302),
    ],
)
def test_the_lists(full: Cast, path: str, who: str, status: int) -> None:
    answer = enter(full.people[who]).get(f"/shangcheng/office/{path}", follow=who == "subdistrict_staff")
    assert answer.status_code == status
