"""The decision of two that gives somebody a staff role."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from communities.accounts import can_ask_for_staff
from communities.actions.appointments import appoint
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
        place = place_of(obj.granting_district, payload)
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


def place_of(district: District, payload: dict[str, Any]) -> District | SubDistrict:
    """The division that the role is for."""
    if payload["role"] != Appointment.Role.SUBDISTRICT_STAFF:
        return district
    valid = SubDistrict.objects.of(district).on(timezone.localdate())
    place = valid.filter(code=payload.get("sub_district", "")).first()
    if place is None:
        raise Refusal(_("This sub-district is no longer valid."))
    return place
