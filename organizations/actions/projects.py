"""Enter and correct venture-philanthropy projects."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from communities.models import Community
from goldidea.lib import audit
from goldidea.lib.verdict import Verdict
from organizations import rules
from organizations.models import VenturePhilanthropyProject

ENTER = "enter project"
CORRECT = "correct project"
FIELDS = [
    "organization",
    "title",
    "programme",
    "funder",
    "year",
    "budget_total",
    "granted",
    "starts_on",
    "ends_on",
    "summary",
]


def may_save(user: Any, project: VenturePhilanthropyProject) -> Verdict:
    """Staff of the organization's place, or those who act for it."""
    own = rules.can_edit_own_project(user, project)
    return own if own else rules.can_manage_project(user, project)


@transaction.atomic
def save_project(
    project: VenturePhilanthropyProject, communities: Iterable[Community], *, by: Any, now: dt.datetime
) -> VenturePhilanthropyProject:
    """Check, save and record a new or corrected project with the communities where it works."""
    chosen = list(communities)
    may_save(by, project).enforce()
    places = {project.organization.district_id, *(community.district_id for community in chosen)}
    if places != {project.district_id}:
        raise ValidationError({"communities": _("This belongs to another district.")})
    old = VenturePhilanthropyProject.objects.select_for_update(of=("self",)).filter(pk=project.pk).first()
    if old is not None:
        may_save(by, old).enforce()
    project.full_clean()
    hold_against_lines(project)
    changes = (
        audit.differences(old, project, FIELDS) if old else {n: (None, getattr(project, n)) for n in FIELDS}
    )
    changes = {name: pair for name, pair in changes.items() if pair[0] or pair[1]}
    before = names(old.communities.all()) if old else ""
    project.save()
    project.communities.set(chosen)
    if before != names(chosen):
        changes["communities"] = (before, names(chosen))
    if changes or old is None:
        audit.record(CORRECT if old else ENTER, project, by=by, changes=changes)
    return project


def hold_against_lines(project: VenturePhilanthropyProject) -> None:
    """What a project says of its money is what its budget lines add up to, if it has any.

    Raises: ValidationError at the amounts.
    """
    if not project.pk:
        return
    found = project.budget_lines.aggregate(budget_total=Sum("total"), granted=Sum("granted"))
    said = _("The lines of the budget add up to %(sum)s yuan. Change the lines.")
    wrong = {
        name: said % {"sum": value}
        for name, value in found.items()
        if value is not None and value != getattr(project, name)
    }
    if wrong:
        raise ValidationError(wrong)


def names(communities: Iterable[Community]) -> str:
    """Communities as the trail names them, always in the same order."""
    return "、".join(sorted(community.name for community in communities))
