"""Who acts in the demonstration, and the decisions that two of them take."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import User
from communities.actions.decisions import approve_decision, request_decision
from communities.models import Community, District, SubDistrict
from communities.states import DecisionState
from goldidea.lib.errors import Refusal
from judges.models import Judge
from organizations.models import SocialOrganization


@dataclass
class Cast:
    """The people and places of the demonstration, filled as they come.

    Args:
        office: the district's two staff. staff: sub-district id -> its two. writers: community id -> its account.
        at_home: community id -> the organization that grew up there. agencies: field -> organizations of the district.
    """

    seed: str
    district: District
    places: list[SubDistrict] = field(default_factory=list)
    communities: dict[int, list[Community]] = field(default_factory=dict)
    office: list[User] = field(default_factory=list)
    staff: dict[int, list[User]] = field(default_factory=dict)
    writers: dict[int, User] = field(default_factory=dict)
    at_home: dict[int, SocialOrganization] = field(default_factory=dict)
    agencies: dict[str, list[SocialOrganization]] = field(default_factory=dict)
    judges: dict[int, list[Judge]] = field(default_factory=dict)
    experts: list[Judge] = field(default_factory=list)

    def hosts(self, place: SubDistrict | None) -> tuple[User, User]:
        """Two people who decide: of the sub-district, or (None) of the district."""
        first, second = self.staff[place.pk] if place else self.office
        return first, second


def decide(
    kind: str,
    obj: Any,
    two: tuple[User, User],
    payload: dict[str, Any] | None = None,
    reason: str = "",
    district: District | None = None,
) -> None:
    """One person asks, the other approves, as in the inbox.

    Raises: Refusal if the decision was not carried out.
    """
    asked = request_decision(
        kind, obj, payload or {}, by=two[0], reason=reason, now=timezone.now(), district=district
    )
    done = approve_decision(asked, by=two[1], now=timezone.now())
    if done.state != DecisionState.APPROVED:
        raise Refusal(f"{kind} of {obj}: {done.state}")
    obj.refresh_from_db()
