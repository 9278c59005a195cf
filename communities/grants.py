"""The decisions of two about accounts: a staff role, an administrator of the platform (given, ended), a lost second factor."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.factors import reset_sign_in
from accounts.factors import factors_of
from accounts.models import User
from communities.accounts import (
    can_ask_for_administrator,
    can_ask_for_reset,
    can_ask_for_staff,
    can_ask_to_end_administrator,
)
from communities.actions.appointments import appoint, end_administrator
from communities.decisions import DecisionKind
from communities.models import Appointment, District, SubDistrict
from goldidea.lib.errors import Refusal
from goldidea.lib.verdict import Verdict


class GrantStaff(DecisionKind):
    """Appoint the person of an account as staff of the district or a sub-district, or as its observer.

    payload: role, district (slug), sub_district (code or ""), since, until (ISO dates, until may be "").
    """

    label = gettext_lazy("Give a staff role")

    def find(self, district: District, code: str) -> User | None:
        account = User.objects.people().filter(code=code).first()
        if account is not None:
            account.granting_district = district
        return account

    def url(self, obj: User) -> str:
        return reverse("office:account", args=[obj.granting_district.slug, obj.code])

    def can_request(self, user: Any, obj: User) -> Verdict:
        return can_ask_for_staff(user, obj.granting_district)

    def sub_district_id(self, obj: User) -> None:
        """Staff roles are the district's to give, those of a sub-district too."""
        return

    def sentences(self, obj: User, payload: dict[str, Any]) -> list[str]:
        place = place_of(obj.granting_district, payload) or _("the whole installation")
        role = Appointment.Role(payload["role"]).label
        since = date_format(dt.date.fromisoformat(payload["since"]), "DATE_FORMAT")
        names = {"name": obj.name, "account": obj.username, "role": role, "place": place, "since": since}
        lines = [_("%(name)s (%(account)s) becomes %(role)s: %(place)s.") % names]
        if payload.get("until"):
            names["until"] = date_format(dt.date.fromisoformat(payload["until"]), "DATE_FORMAT")
            return [*lines, _("From %(since)s to %(until)s.") % names]
        return [*lines, _("From %(since)s, until it is ended.") % names]

    def state_of(self, obj: User) -> dict[str, Any]:
        held = obj.appointments.order_by("pk").values_list("code", "role", "until")
        return {"active": obj.is_active, "name": obj.name, "held": [list(row) for row in held]}

    def apply(
        self, obj: User, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: Any
    ) -> None:
        district = obj.granting_district
        until = payload.get("until")
        try:
            appoint(
                obj,
                payload["role"],
                place_of(district, payload),
                since=dt.date.fromisoformat(payload["since"]),
                until=dt.date.fromisoformat(until) if until else None,
                by=by,
                reason=reason,
            )
        except ValidationError as error:
            raise Refusal(" ".join(error.messages)) from error


class GrantAdministrator(GrantStaff):
    """Appoint another administrator of the platform. payload as for staff."""

    label = gettext_lazy("Appoint an administrator of the platform")

    def can_request(self, user: Any, obj: User) -> Verdict:
        return can_ask_for_administrator(user)

    def can_approve(self, user: Any, obj: User) -> Verdict:
        return can_ask_for_staff(user, obj.granting_district)


class OfAnother(GrantStaff):
    """What is decided about a person's account: nobody approves of it for the own one."""

    def can_approve(self, user: Any, obj: User) -> Verdict:
        if obj.pk == user.pk:
            return Verdict(_("This is your own account. Somebody else has to do that."))
        return can_ask_for_staff(user, obj.granting_district)


class EndAdministrator(OfAnother):
    """End the appointment of an administrator of the platform. payload: empty."""

    label = gettext_lazy("End the appointment of an administrator of the platform")

    def can_request(self, user: Any, obj: User) -> Verdict:
        return can_ask_to_end_administrator(user, obj, timezone.localdate())

    def sentences(self, obj: User, payload: dict[str, Any]) -> list[str]:
        names = {"name": obj.name, "account": obj.username}
        return [
            _("%(name)s (%(account)s) is no administrator of the platform any more, after today.") % names,
            _("The account and its other appointments stay as they are."),
        ]

    def apply(
        self, obj: User, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: Any
    ) -> None:
        end_administrator(
            obj, by=by, reason=reason, on=timezone.localdate(now), district=obj.granting_district
        )


class ResetSignIn(OfAnother):
    """Withdraw the second factor that somebody lost, and the password with it. payload: empty."""

    label = gettext_lazy("Reset a lost second factor")

    def can_request(self, user: Any, obj: User) -> Verdict:
        return can_ask_for_reset(user, obj, obj.granting_district)

    def sentences(self, obj: User, payload: dict[str, Any]) -> list[str]:
        names = {"name": obj.name, "account": obj.username}
        return [
            _("%(name)s (%(account)s): the second factor and the password are withdrawn.") % names,
            _("A new slip opens the account again; whoever is signed in with it is out."),
        ]

    def state_of(self, obj: User) -> dict[str, Any]:
        kinds = {kind: [factor.pk for factor in found] for kind, found in factors_of(obj).items()}
        return {"active": obj.is_active, "name": obj.name, "factors": kinds}

    def apply(
        self, obj: User, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: Any
    ) -> None:
        reset_sign_in(obj, by=by, reason=reason, district=obj.granting_district)


def place_of(district: District, payload: dict[str, Any]) -> District | SubDistrict | None:
    """The division that the role is for; None for the whole installation."""
    if payload["role"] == Appointment.Role.PLATFORM_ADMIN:
        return None
    if payload["role"] != Appointment.Role.SUBDISTRICT_STAFF:
        return district
    valid = SubDistrict.objects.of(district).on(timezone.localdate())
    place = valid.filter(code=payload.get("sub_district", "")).first()
    if place is None:
        raise Refusal(_("This sub-district is no longer valid."))
    return place
