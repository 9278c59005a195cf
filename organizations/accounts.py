"""Accounts that act for organizations, for the office's pages of accounts (communities/accounts.py)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communities.accounts import AppointmentTable, Held
from communities.models import District
from organizations.models import OrganizationAppointment


class OrganizationAppointments(AppointmentTable):
    """Appointments with organizations: the sub-district that registered the organization looks after them."""

    def account_ids(self, district: District, sub_district_ids: set[int] | None) -> Any:
        rows = OrganizationAppointment.objects.filter(organization__district=district)
        if sub_district_ids is not None:
            rows = rows.filter(Q(organization__sub_district__in=sub_district_ids))
        return rows.values("user_id")

    def account_ids_in(self, role: str, district: District, on: dt.date) -> Any:
        if role not in {"organization_user", "supportive_org"}:
            return None
        rows = OrganizationAppointment.objects.on(on).filter(organization__district=district)
        supports = Q(organization__supportive_level="")
        return rows.filter(supports if role == "organization_user" else ~supports).values("user_id")

    def find(self, account: User, code: str) -> Any:
        return account.organization_appointments.select_related("organization").filter(code=code).first()

    def held_by(self, account_ids: Iterable[int]) -> Iterator[Held]:
        rows = OrganizationAppointment.objects.filter(user_id__in=account_ids)
        for row in rows.select_related("organization").order_by("-since", "pk"):
            supports = bool(row.organization.supportive_level)
            yield Held(
                row.user_id,
                row.code,
                "supportive_org" if supports else "organization_user",
                _("supportive organization") if supports else _("social organization"),
                row.organization.name,
                row.organization.district_id,
                row.organization.sub_district_id,
                row.since,
                row.until,
            )
