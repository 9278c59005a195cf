"""Decisions that need two people: what a kind of decision has to say.

settings.DECISIONS maps each kind to a class; the classes live in the apps whose objects they move.
"""

import datetime as dt
import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from communities import rules
from communities.models import Decision
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

# What concerns an account rather than the district's season: the platform's administrators decide these too.
OF_ACCOUNTS = frozenset({"grant_staff", "grant_administrator", "end_administrator", "reset_sign_in"})
# Nobody is the second person for what becomes of the own account.
NOT_ONES_OWN = frozenset({"end_administrator", "reset_sign_in"})


class DecisionKind:
    """One kind of decision. Subclasses find their object, say who may ask and approve, describe it and carry it out."""

    label: Any = ""

    def find(self, district: Any, code: str) -> Any:
        """The object with this public code in the district, or None."""
        raise NotImplementedError(type(self).__name__)

    def url(self, obj: Any) -> str:
        """Where the object can be looked at before deciding."""
        raise NotImplementedError(type(self).__name__)

    def can_request(self, user: Any, obj: Any) -> Verdict:
        """Whether the person may ask for it now."""
        raise NotImplementedError(type(self).__name__)

    def can_approve(self, user: Any, obj: Any) -> Verdict:
        """Whether the person may be the second; the action adds that the two differ."""
        return self.can_request(user, obj)

    def sub_district_id(self, obj: Any) -> int | None:
        """The sub-district whose staff may decide too; None leaves it to the district's staff.

        The inbox lists by this, so it has to say the same as `can_approve`.
        """
        return getattr(obj, "sub_district_id", None)

    def sentences(self, obj: Any, payload: dict[str, Any]) -> list[str]:
        """The exact change, in words."""
        raise NotImplementedError(type(self).__name__)

    def state_of(self, obj: Any) -> dict[str, Any]:
        """What the decision was based on; when it differs at approval, the decision is void."""
        raise NotImplementedError(type(self).__name__)

    def apply(
        self, obj: Any, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: Any
    ) -> None:
        """Carry it out, in the approval's transaction."""
        raise NotImplementedError(type(self).__name__)

    def fingerprint(self, obj: Any) -> str:
        """SHA-256 of `state_of`."""
        return hashlib.sha256(
            json.dumps(self.state_of(obj), sort_keys=True, default=_written).encode()
        ).hexdigest()


def _written(value: Any) -> str:
    """A value as fingerprints write it: the same instant is the same text whatever its time zone."""
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else str(value)


@cache
def decision_kind(name: str) -> DecisionKind:
    """The kind registered under this name in settings.DECISIONS."""
    return import_string(settings.DECISIONS[name])()


SAME_PERSON = _("You asked for this yourself. The second person is somebody else.")
SAME_PHONE = _(
    "Your account has the same phone as the one that asked for this. The second person is somebody else."
)


def waiting_for(user: Any, district: Any, now: dt.datetime) -> Any:
    """Requests for which the person can be the second. Twin of `actions.decisions.can_approve`."""
    rows = Decision.objects.of(district).pending().filter(expires_at__gt=now).exclude(requested_by=user)
    rows = rows.exclude(kind__in=NOT_ONES_OWN, object_code=user.code)
    if user.phone_hash:
        rows = rows.exclude(requested_by__phone_hash=user.phone_hash)
    if rules.is_district_staff(user, district):
        return rows
    scope = Q(sub_district__in=rules.staff_sub_district_ids(user, district))
    if rules.is_platform_admin(user):
        scope |= Q(kind__in=OF_ACCOUNTS)
    return rows.filter(scope)


def can_see_decision(user: Any, decision: Decision) -> Verdict:
    """The person who asked, and whoever's appointment covers what is decided. Twin: `decisions_within`."""
    district = decision.district
    if decision.requested_by_id == user.pk or rules.is_district_staff(user, district):
        return ALLOWED
    if decision.kind in OF_ACCOUNTS and rules.is_platform_admin(user):
        return ALLOWED
    own = rules.staff_sub_district_ids(user, district)
    return ALLOWED if decision.sub_district_id in own else HIDDEN


def decisions_within(user: Any, district: Any) -> Any:
    """The requests that the person may see. Twin of `can_see_decision`."""
    rows = Decision.objects.of(district)
    if rules.is_district_staff(user, district):
        return rows
    scope = Q(sub_district__in=rules.staff_sub_district_ids(user, district)) | Q(requested_by=user)
    if rules.is_platform_admin(user):
        scope |= Q(kind__in=OF_ACCOUNTS)
    return rows.filter(scope)
