"""Who can sign in how, and a judge's card to try: what is told when the demonstration has been loaded."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from communities.models import Appointment, District, SubDistrict
from evaluations.actions.cards import issue_cards
from evaluations.demonstration.founding import PASSWORD
from evaluations.demonstration.ranking import table
from evaluations.models import Seat
from organizations.models import OrganizationAppointment

Role = Appointment.Role
VISITORS_SEAT = 1


def sign_ins(district: District) -> str:
    """One person of each role, with the known password; two where two decide."""
    rows: list[tuple[str, str, str, str]] = []
    for role, most in (
        (Role.PLATFORM_ADMIN, 1),
        (Role.DISTRICT_STAFF, 2),
        (Role.OBSERVER, 1),
    ):
        rows += [told(role.value, a.user, district.name) for a in held(role)[:most]]
    for place in SubDistrict.objects.of(district).order_by("division_code")[:2]:
        staff = held(Role.SUBDISTRICT_STAFF).filter(sub_district=place)
        rows += [told("subdistrict_staff", a.user, place.name) for a in staff[:2]]
    writers = held(Role.COMMUNITY_USER).filter(district=district)
    rows += [told("community_user", a.user, a.community.name) for a in writers[:1] if a.community]
    acting = OrganizationAppointment.objects.filter(organization__district=district)
    for role_name, level in (("organization_user", ""), ("supportive_org", "district")):
        first = acting.filter(organization__supportive_level=level).select_related("user", "organization")
        rows += [told(role_name, a.user, a.organization.name) for a in first.order_by("pk")[:1]]
    return table(("sign-in name", "password", "role", "where"), rows)


def held(role: str) -> Any:
    """Appointments to a role, the first first."""
    rows = Appointment.objects.on(timezone.localdate()).filter(role=role)
    return rows.select_related("user", "community").order_by("pk")


def told(role: str, user: User, place: str) -> tuple[str, str, str, str]:
    return user.username, PASSWORD, role.replace("_", " "), place


def card_to_try(district: District) -> str:
    """A judge's card of the open round, printed anew as long as nobody has used it. Empty when no round is open."""
    seats = Seat.objects.live().filter(
        round__season__district=district, round__state="open", round__closes_at__gt=timezone.now()
    )
    seat = seats.filter(number=VISITORS_SEAT, panel__key="residents").select_related("round", "judge").first()
    if seat is None:
        return ""
    until = f"{timezone.localtime(seat.round.closes_at):%Y-%m-%d %H:%M}"
    if seat.cards.filter(revoked_at=None).exclude(used_at=None).exists():
        return f"{seat.round} is open until {until}; its card to try is in use (the office prints others)."
    staff = held(Role.SUBDISTRICT_STAFF).filter(sub_district=seat.round.sub_district).first()
    (issued,) = issue_cards([seat], by=staff.user, now=timezone.now())
    address = reverse("card:scan", args=[issued.token])
    return (
        f"A judge's card, to score on a phone ({seat.round}, {seat.judge}, until {until}):\n"
        f"  address  {address} (behind the address of this server)\n  code     {issued.groups}"
    )
