"""A community lets an organization write along: it edits, never hands in, and is out when the case is handed in."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations.actions.delegations import delegate_case, end_delegation
from evaluations.actions.photos import add_photo
from evaluations.actions.presence import be_present
from evaluations.actions.screening import return_submission
from evaluations.actions.submissions import save_submission, submit_submission, withdraw_submission
from evaluations.models import Delegation, Season, Submission
from evaluations.rules import submissions as rules
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditEvent
from tests import make
from tests.evaluations.cases import draft, picture
from tests.personas import Cast


@pytest.fixture
def cast(db: Any) -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def season(cast: Cast) -> Season:
    return make.season(cast.district)


@pytest.fixture
def case(cast: Cast, season: Season) -> Submission:
    return draft(cast, season)


def give(cast: Cast, case: Submission, to: Any = None) -> Delegation:
    by = cast.people["community_user"]
    return delegate_case(case, to or cast.organization, by=by, now=timezone.now())


def writers(cast: Cast, case: Submission) -> list[str]:
    """The roles that may write the case; rule and twin agree for each, and so do those of handing in."""
    found = []
    for role, person in cast.people.items():
        if person is None:
            continue
        may = bool(rules.can_write_case(person, case))
        assert may == rules.written_by(person, cast.district).filter(pk=case.pk).exists()
        hands_in = bool(rules.can_submit_case(person, case))
        assert hands_in == rules.submitted_by(person, cast.district).filter(pk=case.pk).exists()
        assert hands_in == (role == "community_user")
        found += [role] if may else []
    return found


def test_only_those_asked_write_along(cast: Cast, case: Submission) -> None:
    assert writers(cast, case) == ["community_user"]
    give(cast, case)
    assert writers(cast, case) == ["community_user", "organization_user"]
    give(cast, case, cast.centre)
    assert writers(cast, case) == ["community_user", "organization_user", "supportive_org"]
    give(cast, case, cast.centre)
    assert Delegation.objects.count() == 2


def test_a_delegate_edits_and_never_hands_in(cast: Cast, case: Submission) -> None:
    person, now = cast.people["organization_user"], timezone.now()
    give(cast, case)
    case = save_submission(case, {"effect": "组织写的成效"}, by=person, now=now)
    add_photo(case, picture(), by=person, now=now)
    for act in (submit_submission, withdraw_submission):
        with pytest.raises(PermissionDenied) as refused:
            act(case, by=person, now=now)
        assert "协助填写" in str(refused.value)
    with pytest.raises(PermissionDenied):
        delegate_case(case, cast.centre, by=person, now=now)
    assert (case.effect, case.state) == ("组织写的成效", "draft")


def test_it_ends_when_the_case_is_handed_in(cast: Cast, case: Submission) -> None:
    give(cast, case)
    by, now = cast.people["community_user"], timezone.now()
    case = submit_submission(case, by=by, now=now)
    assert Delegation.objects.get().ended_because == "handed_in"
    case = return_submission(case, {"": "补充"}, by=cast.people["subdistrict_staff"], now=now)
    assert writers(cast, case) == ["community_user"]
    with pytest.raises(Http404):
        save_submission(case, {"effect": "x"}, by=cast.people["organization_user"], now=now)
    give(cast, case)
    assert writers(cast, case) == ["community_user", "organization_user"]


def test_it_ends_when_the_community_says_so_or_the_organization_is_suspended(
    cast: Cast, case: Submission
) -> None:
    delegation = give(cast, case)
    by, now = cast.people["community_user"], timezone.now()
    cast.organization.state = "suspended"
    cast.organization.save()
    cast.people["organization_user"]._organizations_today = {cast.organization.pk}  # type: ignore[union-attr]
    assert writers(cast, case) == ["community_user"]
    end_delegation(delegation, by=by, now=now)
    end_delegation(delegation, by=by, now=now)
    actions = AuditEvent.objects.filter(action__in=["delegate case", "end delegation"]).order_by("pk")
    assert [event.action for event in actions] == ["delegate case", "end delegation"]


def test_only_organizations_of_the_case_and_supportive_ones_can_be_asked(
    cast: Cast, case: Submission
) -> None:
    stranger = make.organization(cast.district)
    with pytest.raises(Refusal):
        give(cast, case, stranger)
    elsewhere = make.organization(make.district("elsewhere"), supportive_level="district")
    with pytest.raises(Refusal):
        give(cast, case, elsewhere)
    submitted = submit_submission(case, by=cast.people["community_user"], now=timezone.now())
    with pytest.raises(StaleState):
        give(cast, submitted)


def test_the_pages_of_writing_along(cast: Cast, case: Submission, client: Client) -> None:
    client.force_login(cast.people["community_user"], backend="accounts.backends.AccountBackend")
    address = reverse("cases:delegate", args=["shangcheng", case.code])
    assert client.post(address, {"organization": "0" * 10}).status_code == 422
    assert client.post(address, {"organization": cast.centre.code}).status_code == 303
    assert "上城区社会组织服务中心" in client.get(address).content.decode()
    along = Client()
    along.force_login(cast.people["supportive_org"], backend="accounts.backends.AccountBackend")
    edit = reverse("cases:edit", args=["shangcheng", case.code])
    assert edit in along.get(reverse("cases:list", args=["shangcheng"])).content.decode()
    page = along.get(edit).content.decode()
    assert ['name="check"' in page, "您在协助填写" in page] == [False, True]
    assert along.get(reverse("cases:submit", args=["shangcheng", case.code])).status_code == 403
    end = reverse("cases:delegation_end", args=["shangcheng", case.code, Delegation.objects.get().code])
    assert along.post(end).status_code == 403
    assert client.post(end).status_code == 303
    assert along.get(edit).status_code == 404


def test_one_sees_who_else_is_writing(cast: Cast, case: Submission) -> None:
    give(cast, case)
    now, one, two = timezone.now(), cast.people["community_user"], cast.people["organization_user"]
    assert be_present(case, by=one, now=now) == []
    assert be_present(case, by=two, now=now) == [one.name]  # type: ignore[union-attr]
    later = now + dt.timedelta(seconds=61)
    assert be_present(case, by=one, now=later) == []
