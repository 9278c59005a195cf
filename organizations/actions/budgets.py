"""Write the budget of a project: all lines at once, and with them what the project says of its money."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from organizations.actions.projects import may_save
from organizations.models import BudgetLine, VenturePhilanthropyProject

CHANGE = "change budget"
MOST_LINES = 60


def fingerprint(lines: Sequence[BudgetLine]) -> str:
    """What a person saw of a budget: two who edit it at once do not overwrite each other."""
    return hashlib.sha256(in_words(lines).encode()).hexdigest()[:16]


def in_words(lines: Sequence[BudgetLine]) -> str:
    """The lines as the trail keeps them."""
    said = (f"{line}{f' {line.remark}' if line.remark else ''}" for line in lines)
    return "\n".join(f"{number}. {text}" for number, text in enumerate(said, 1))


def sums(lines: Sequence[BudgetLine]) -> dict[str, Decimal]:
    """Total, granted and own money of all lines, exactly."""
    return {
        name: sum((getattr(line, name) for line in lines), Decimal(0)) for name in ("total", "granted", "own")
    }


@transaction.atomic
def save_budget(
    project: VenturePhilanthropyProject, lines: Sequence[BudgetLine], *, seen: str, by: Any, now: dt.datetime
) -> VenturePhilanthropyProject:
    """Let these be the lines, in this order; the project's budget and grant become their sums.

    Without lines the project keeps the sums that it has. Raises: StaleState if somebody else was first;
    ValidationError; PermissionDenied.
    """
    rows = VenturePhilanthropyProject.objects.select_for_update(of=("self",))
    held = rows.select_related("district", "organization__district").get(pk=project.pk)
    may_save(by, held).enforce()
    old = list(held.budget_lines.all())
    if fingerprint(old) != seen:
        raise StaleState(_("Somebody else has changed this budget. Look at it as it is now."))
    if len(lines) > MOST_LINES:
        raise ValidationError(_("At most %(most)d lines.") % {"most": MOST_LINES})
    for position, line in enumerate(lines, 1):
        line.project, line.position = held, position
        line.full_clean(exclude=["total"], validate_unique=False, validate_constraints=False)
    changes: dict[str, tuple[Any, Any]] = {"budget_lines": (in_words(old), in_words(lines))}
    if changes["budget_lines"][0] == changes["budget_lines"][1] and same_categories(old, lines):
        return held
    held.budget_lines.all().delete()
    BudgetLine.objects.bulk_create(lines)
    if lines:
        found = sums(lines)
        for name, value in (("budget_total", found["total"]), ("granted", found["granted"])):
            if getattr(held, name) != value:
                changes[name] = (getattr(held, name), value)
                setattr(held, name, value)
        held.full_clean()
        held.save(update_fields=["budget_total", "granted"])
    audit.record(CHANGE, held, by=by, changes=changes)
    return held


def same_categories(old: Sequence[BudgetLine], new: Sequence[BudgetLine]) -> bool:
    return [line.category for line in old] == [line.category for line in new]
