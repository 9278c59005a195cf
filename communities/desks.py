"""Where each of a person's roles works: the page to open after signing in, and the roles that a page may go by.

settings.DESKS lists who knows: an app above this one adds the desks of its own roles (organizations, judges).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from communities.models import Appointment, District
from communities.rules import appointments

Role = Appointment.Role


@dataclass(frozen=True, slots=True)
class Desk:
    """One role of a person in one district (None: in the whole installation), and the name of its first page."""

    role: str
    role_words: Any
    district: District | None
    place: str
    address_name: str

    @property
    def url(self) -> str:
        """The desk's address; empty where the installation has no such page."""
        try:
            return reverse(self.address_name, args=[self.district.slug] if self.district else [])
        except NoReverseMatch:
            return ""


ADDRESS_NAMES = {
    Role.DISTRICT_STAFF: "office:today",
    Role.SUBDISTRICT_STAFF: "office:today",
    Role.OBSERVER: "office:today",
    Role.COMMUNITY_USER: "cases:list",
    Role.PLATFORM_ADMIN: "desks",
}
ORDER = list(ADDRESS_NAMES)


def of_appointments(user: Any) -> list[Desk]:
    """The desks of appointments to divisions, the office's first."""
    held = sorted(appointments(user), key=lambda appointment: ORDER.index(Role(appointment.role)))
    return [
        Desk(a.role, a.get_role_display(), a.district, str(a.place or ""), ADDRESS_NAMES[Role(a.role)])
        for a in held
    ]


def desks(user: Any) -> list[Desk]:
    """All desks of a person today (read once for a request, kept on the user object)."""
    if not getattr(user, "is_authenticated", False):
        return []
    if not hasattr(user, "_desks_today"):
        sources: list[Callable[[Any], list[Desk]]] = [import_string(path) for path in settings.DESKS]
        user._desks_today = [desk for source in sources for desk in source(user)]
    return user._desks_today


def roles_at(user: Any, district: District | None) -> set[str]:
    """Every role of the person in this district, organizations' and judges' included, and the platform's."""
    return {
        desk.role
        for desk in desks(user)
        if desk.role == Role.PLATFORM_ADMIN or (desk.district and desk.district == district)
    }


def acting_role(user: Any, district: District | None) -> str:
    """The role under which a person acts, for the audit trail: the weightiest of those held in the district.

    Outside any district (signing in, one's own password) the weightiest of all. The platform's administrators act
    everywhere, but in a district first under the role that they hold there. Empty without an appointment.
    """
    held = desks(user)
    here = [desk.role for desk in held if desk.district is not None and desk.district == district]
    everywhere = [desk.role for desk in held if desk.role == Role.PLATFORM_ADMIN or district is None]
    return next(iter([*here, *everywhere]), "")
