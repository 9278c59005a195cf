"""The desks of those who act for organizations (communities/desks.py)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.desks import Desk


def of_organizations(user: Any) -> list[Desk]:
    """One desk for each organization that the person acts for; a supportive organization's has its own role."""
    if user.kind != user.Kind.PERSON:
        return []
    held = user.organization_appointments.on(timezone.localdate()).select_related("organization__district")
    return [
        Desk(
            "supportive_org" if a.organization.supportive_level else "organization_user",
            _("supportive organization") if a.organization.supportive_level else _("social organization"),
            a.organization.district,
            a.organization.name,
            "cases:list",
        )
        for a in held
    ]
