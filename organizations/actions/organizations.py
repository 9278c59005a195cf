"""Enter, propose, correct and move organizations; write what an import found; show a phone, logged."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from goldidea.lib import audit
from goldidea.lib.moves import move
from goldidea.lib.personal import masked
from organizations import rules
from organizations.models import OrganizationAppointment, SocialOrganization
from organizations.states import ORGANIZATION_MOVES, OrganizationState

ENTER = "enter organization"
PROPOSE = "propose organization"
CORRECT = "correct organization"
SHOW_PHONE = "show phone"
MOVES = {
    OrganizationState.ACTIVE: "activate organization",
    OrganizationState.SUSPENDED: "suspend organization",
    OrganizationState.DISSOLVED: "dissolve organization",
}

FIELDS = [
    "name",
    "registration",
    "kind",
    "credit_code",
    "rating",
    "rating_year",
    "sub_district",
    "home_community",
    "supportive_level",
    "parent",
    "is_studio",
    "profile",
    "contact_name",
    "contact_phone",
]
OWN_FIELDS = ["profile", "contact_name", "contact_phone"]
Changed = tuple[SocialOrganization, Mapping[str, tuple[Any, Any]]]


@transaction.atomic
def register_organization(
    organization: SocialOrganization, *, by: Any, now: dt.datetime
) -> SocialOrganization:
    """Enter an organization, active at once: who enters it is who would approve it."""
    rules.can_manage_organization(by, organization).enforce()
    organization.state = OrganizationState.ACTIVE
    return enter(organization, ENTER, by)


@transaction.atomic
def propose_organization(
    organization: SocialOrganization, *, by: Any, now: dt.datetime
) -> SocialOrganization:
    """Propose an organization; the proposer acts for it, and staff of its place approve it."""
    rules.can_propose(by, organization.district).enforce()
    organization.state = OrganizationState.PROPOSED
    organization.supportive_level = ""
    enter(organization, PROPOSE, by)
    OrganizationAppointment.objects.create(user=by, organization=organization, since=now.date())
    return organization


def enter(organization: SocialOrganization, action: str, by: Any) -> SocialOrganization:
    """Check, save and record a new organization."""
    check_places(organization)
    organization.full_clean()
    organization.save()
    values = {name: getattr(organization, name) for name in FIELDS}
    changes = {name: (None, value) for name, value in values.items() if value not in (None, "", False)}
    audit.record(action, organization, by=by, changes=without_phones(changes))
    return organization


@transaction.atomic
def correct_organization(
    organization: SocialOrganization, *, by: Any, now: dt.datetime
) -> SocialOrganization:
    """Save a corrected organization. The person covers the place where it stood and the one where it is put."""
    old = (
        SocialOrganization.objects.select_for_update(of=("self",))
        .select_related("district")
        .get(pk=organization.pk)
    )
    rules.can_manage_organization(by, old).enforce()
    rules.can_manage_organization(by, organization).enforce()
    return correct(old, organization, FIELDS, by)


@transaction.atomic
def edit_own_organization(
    organization: SocialOrganization, *, by: Any, now: dt.datetime
) -> SocialOrganization:
    """Save what an organization says of itself; while it is only proposed, everything."""
    old = (
        SocialOrganization.objects.select_for_update(of=("self",))
        .select_related("district")
        .get(pk=organization.pk)
    )
    rules.can_edit_own(by, old).enforce()
    fields = FIELDS if old.state == OrganizationState.PROPOSED else OWN_FIELDS
    return correct(old, organization, [name for name in fields if name != "supportive_level"], by)


def correct(
    old: SocialOrganization, organization: SocialOrganization, fields: list[str], by: Any
) -> SocialOrganization:
    """Save `fields` only and record old and new values; nothing is recorded when nothing changed."""
    organization.state = old.state
    changes = audit.differences(old, organization, fields)
    check_places(organization)
    organization.full_clean()
    if changes:
        organization.save(update_fields=[*fields, "sort_key"])
        audit.record(CORRECT, organization, by=by, changes=without_phones(changes))
    return organization


def check_places(organization: SocialOrganization) -> None:
    """Everything that an organization hangs on is of its own district.

    Raises: ValidationError at the field; also when a head office hangs on the organization itself.
    """
    for name in ("sub_district", "home_community", "parent"):
        other = getattr(organization, name)
        if other is not None and other.district_id != organization.district_id:
            raise ValidationError({name: _("This belongs to another district.")})
    above, steps = organization.parent, 0
    while above is not None and steps < 10:
        if organization.pk and above.pk == organization.pk:
            raise ValidationError({"parent": _("Head offices go round in a circle.")})
        above, steps = above.parent, steps + 1
    if organization.parent is not None:
        check_layers(organization)


def check_layers(organization: SocialOrganization) -> None:
    """Head office, branches, groups: three layers, and branches hang on the head office, independent of each other.

    Raises: ValidationError at the head office.
    """
    parent = organization.parent
    above = 2 if parent.parent_id and parent.parent.parent_id else 1 if parent.parent_id else 0
    below = 0
    if organization.pk:
        below = 1 if organization.branches.exists() else 0
        below += SocialOrganization.objects.filter(parent__parent=organization).exists()
    if above + 1 + below > 2:
        raise ValidationError({"parent": _("There are three layers: head office, branches, groups.")})
    if above and organization.layer == SocialOrganization.Layer.BRANCH:
        raise ValidationError(
            {"parent": _("Branches are independent of each other: each hangs on the head office itself.")}
        )


def without_phones(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """The trail says that a phone changed and between which masked ones: a phone at rest is always encrypted."""
    return {
        name: (masked(old or ""), masked(new or "")) if name == "contact_phone" else (old, new)
        for name, (old, new) in changes.items()
    }


@transaction.atomic
def move_organization(
    organization: SocialOrganization, state: str, *, reason: str, by: Any, now: dt.datetime
) -> SocialOrganization:
    """Approve, suspend, take up again or dissolve, with the reason.

    Raises: StaleState if the table does not allow it or somebody else was first.
    """
    rules.can_manage_organization(by, organization).enforce()
    old = organization.state
    move(organization, ORGANIZATION_MOVES, state)
    audit.record(
        MOVES[OrganizationState(state)], organization, by=by, changes={"state": (old, state)}, reason=reason
    )
    return organization


@transaction.atomic
def show_phone(organization: SocialOrganization, *, reason: str, by: Any, now: dt.datetime) -> str:
    """The whole phone of the contact: who asked and why is recorded first."""
    rules.can_ask_for_phone(by, organization).enforce()
    audit.record(SHOW_PHONE, organization, by=by, reason=reason)
    return organization.contact_phone


def write_organizations(
    new: list[SocialOrganization],
    changed: list[Changed],
    parents: list[tuple[SocialOrganization, SocialOrganization]],
    *,
    by: Any,
) -> None:
    """Write what an import found, in a constant number of statements. The rows were checked by the register.

    Args:
        parents: (branch, head office), written last because both may be new.
    """
    SocialOrganization.objects.bulk_create(new)
    upsert([row for row, _changes in changed], [name for name in FIELDS if name != "parent"] + ["sort_key"])
    for branch, head in parents:
        branch.parent = head
    upsert([branch for branch, _head in parents], ["parent"])
    entered = [(row, {"name": (None, row.name)}) for row in new]
    corrected = [(row, without_phones(changes)) for row, changes in changed]
    for action, rows in ((ENTER, entered), (CORRECT, corrected)):
        if rows:
            audit.record_many(action, rows, by=by)


def upsert(rows: list[SocialOrganization], fields: list[str]) -> None:
    """Update many rows in one statement."""
    SocialOrganization.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )
