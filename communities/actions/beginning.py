"""Begin: a district, a platform administrator and two staff of the district, since staff roles need two people."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.slips import PrintedSlip, issue_slips
from communities.actions.appointments import appoint, free_username, open_account
from communities.models import Appointment, District
from goldidea.lib import audit

# The first elements of addresses that are no district.
TAKEN = frozenset(
    {
        "accounts",
        "admin",
        "api",
        "card",
        "desk",
        "desks",
        "healthz",
        "language",
        "media",
        "preferences",
        "readyz",
        "static",
    }
)


@transaction.atomic
def begin_district(
    slug: str, division_code: str, name: str, name_en: str, *, people: list[str], now: dt.datetime
) -> list[PrintedSlip]:
    """Set up a district and its first three accounts; gives their slips.

    Args:
        people: names of the platform's administrator and of two staff of the district.
    Raises: ValidationError.
    """
    if slug in TAKEN:
        raise ValidationError(_("This short name is taken by an address of the installation."))
    district = District(slug=slug, division_code=division_code, name=name, name_en=name_en)
    district.full_clean()
    district.save()
    audit.record("begin district", district, district=district)
    today, role = timezone.localdate(now), Appointment.Role
    accounts = []
    for person, held in zip(
        people, (role.PLATFORM_ADMIN, role.DISTRICT_STAFF, role.DISTRICT_STAFF), strict=True
    ):
        account = open_account(free_username(person), person, district=district, by=None)
        appoint(account, held, None if held == role.PLATFORM_ADMIN else district, since=today, by=None)
        accounts.append(account)
    return issue_slips(accounts, by=None, now=now, district=district)
