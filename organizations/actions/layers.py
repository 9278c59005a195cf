"""Keep an organization's layer, its constitution and how the head office supervises it."""

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from goldidea.lib import audit
from goldidea.lib.papers import Paper
from organizations import rules
from organizations.actions.organizations import check_layers
from organizations.models import SocialOrganization

CHANGE = "change layer"
FIELDS = ["layer", "constitution_on", "supervision"]


@transaction.atomic
def save_layer(
    organization: SocialOrganization, *, paper: Paper | None = None, by: Any, now: dt.datetime
) -> SocialOrganization:
    """Save the layer, the day of the constitution and the note on supervision; a new paper replaces the one attached.

    The former paper stays in storage: the trail names both by their names. Raises: ValidationError by field;
    PermissionDenied.
    """
    rows = SocialOrganization.objects.select_for_update(of=("self",)).select_related("district")
    old = rows.get(pk=organization.pk)
    rules.can_manage_organization(by, old).enforce()
    if organization.parent is not None:
        check_layers(organization)
    organization.full_clean()
    changes = audit.differences(old, organization, FIELDS)
    if paper is not None:
        changes["constitution"] = (old.constitution_name, paper.name)
        organization.constitution.save(f"paper.{paper.kind}", ContentFile(paper.content), save=False)
        organization.constitution_name = paper.name
    if changes:
        organization.save(update_fields=[*FIELDS, "constitution", "constitution_name"])
        audit.record(CHANGE, organization, by=by, changes=changes)
    return organization
