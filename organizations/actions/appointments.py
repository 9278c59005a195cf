"""Appoint people with organizations, and open accounts for organizations that nobody acts for."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from communities.actions.appointments import free_username, insert, open_account
from communities.models import District
from goldidea.lib import audit
from organizations.models import OrganizationAppointment, SocialOrganization


@transaction.atomic
def appoint_with(
    account: User, organization: SocialOrganization, *, since: dt.date, until: dt.date | None = None, by: Any
) -> OrganizationAppointment:
    """Let the person of an account act for an organization.

    Raises: ValidationError if that is so already.
    """
    appointment = OrganizationAppointment(user=account, organization=organization, since=since, until=until)
    appointment.full_clean()
    insert(appointment)
    changes = {"organization": ("", organization.name)}
    audit.record("appoint", appointment, by=by, district=organization.district, changes=changes)
    return appointment


@transaction.atomic
def open_for_organizations(
    organizations: list[SocialOrganization], *, by: Any, since: dt.date, district: District
) -> list[User]:
    """An account for each organization that nobody acts for, named after it."""
    accounts = []
    for organization in organizations:
        if organization.appointments.on(since).exists():
            continue
        name = organization.name
        account = open_account(free_username(name), name, district=district, by=by)
        appoint_with(account, organization, since=since, by=by)
        accounts.append(account)
    return accounts
