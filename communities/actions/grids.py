"""Keep the registers of social workers and grids: enter, correct, end; show a phone, logged; follow a renamed community."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communities import rules
from communities.models import Community, Grid, SocialWorker
from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from goldidea.lib.personal import masked

ENTER_WORKER, CORRECT_WORKER, END_WORKER = "enter social worker", "correct social worker", "end social worker"
ENTER_GRID, CORRECT_GRID, END_GRID = "enter grid", "correct grid", "end grid"
SHOW_PHONE = "show phone"
FOLLOW = "follow division"

WORKER_FIELDS = ["name", "phone", "certificate", "since", "until"]
GRID_FIELDS = ["level", "number", "name", "parent", "scope", "households", "worker"]
Changes = Mapping[str, tuple[Any, Any]]


@transaction.atomic
def save_worker(worker: SocialWorker, *, by: Any, now: dt.datetime) -> SocialWorker:
    """Enter a social worker, or correct what is known. The community stays: who moves is entered there anew.

    Raises: ValidationError by field; PermissionDenied.
    """
    if by is not None:
        rules.can_keep_grids_of(by, worker.community).enforce()
    return save(worker, WORKER_FIELDS, ["sort_key"], (ENTER_WORKER, CORRECT_WORKER), by)


@transaction.atomic
def save_grid(grid: Grid, *, by: Any, now: dt.datetime) -> Grid:
    """Enter a grid, or correct it.

    Raises: ValidationError by field; Refusal if it has ended; PermissionDenied.
    """
    if by is not None:
        rules.can_keep_grids_of(by, grid.community).enforce()
    if grid.ended_on:
        raise Refusal(_("This grid has ended: its record stays as it is."))
    if grid.pk and grid.parts.in_use().exists() and grid.level != Grid.objects.get(pk=grid.pk).level:
        raise ValidationError({"level": _("Other grids are part of this one: its level stays.")})
    return save(grid, GRID_FIELDS, ["sort_key"], (ENTER_GRID, CORRECT_GRID), by)


def save(row: Any, fields: list[str], derived: list[str], actions: tuple[str, str], by: Any) -> Any:
    """Check, save and record a new or corrected row; nothing is recorded when nothing changed."""
    old = type(row).objects.select_for_update(of=("self",)).filter(pk=row.pk).first() if row.pk else None
    if old is not None and old.community_id != row.community_id:
        raise ValidationError({"community": _("The community stays.")})
    row.full_clean()
    if old is None:
        row.save()
        values = {name: (None, getattr(row, name)) for name in fields}
        entered = {name: pair for name, pair in values.items() if pair[1] not in (None, "")}
        audit.record(actions[0], row, by=by, changes=without_phones(entered))
        return row
    changes = audit.differences(old, row, fields)
    if changes:
        row.save(update_fields=[*fields, *derived])
        audit.record(actions[1], row, by=by, changes=without_phones(changes))
    return row


def without_phones(changes: Changes) -> dict[str, tuple[Any, Any]]:
    """The trail says that a phone changed and between which masked ones."""
    return {
        name: (masked(old or ""), masked(new or "")) if name == "phone" else (old, new)
        for name, (old, new) in changes.items()
    }


@transaction.atomic
def end_worker(worker: SocialWorker, *, until: dt.date, by: Any, now: dt.datetime) -> SocialWorker:
    """Record a social worker's last day: the grids wait for another.

    Raises: ValidationError if that is before the first; Refusal if the worker has left already; PermissionDenied.
    """
    rules.can_keep_grids_of(by, worker.community).enforce()
    held = SocialWorker.objects.select_for_update(of=("self",)).select_related("district").get(pk=worker.pk)
    if held.until is not None:
        raise Refusal(_("A last day is recorded already. Correct it on the record."))
    held.until = until
    held.full_clean()
    held.save(update_fields=["until"])
    audit.record(END_WORKER, held, by=by, changes={"until": (None, until)})
    left = list(held.grids.in_use().select_related("district"))
    Grid.objects.filter(pk__in=[grid.pk for grid in left]).update(worker=None)
    if left:
        audit.record_many(CORRECT_GRID, [(grid, {"worker": (held.name, None)}) for grid in left], by=by)
    return held


@transaction.atomic
def end_grid(grid: Grid, *, on: dt.date, by: Any, now: dt.datetime) -> Grid:
    """Record that a grid is no longer in use; its number is free again.

    Raises: Refusal while other grids are part of it, or if it has ended already; PermissionDenied.
    """
    rules.can_keep_grids_of(by, grid.community).enforce()
    held = Grid.objects.select_for_update(of=("self",)).select_related("district").get(pk=grid.pk)
    if held.ended_on is not None:
        raise Refusal(_("This grid has ended already."))
    if held.parts.in_use().exists():
        raise Refusal(_("Other grids are part of this one. End them first, or make them part of another."))
    held.ended_on = on
    held.save(update_fields=["ended_on"])
    audit.record(END_GRID, held, by=by, changes={"ended_on": (None, on)})
    return held


@transaction.atomic
def show_worker_phone(worker: SocialWorker, *, reason: str, by: Any, now: dt.datetime) -> str:
    """The whole phone: who asked and why is recorded first."""
    rules.can_ask_for_worker_phone(by, worker).enforce()
    audit.record(SHOW_PHONE, worker, by=by, reason=reason)
    return worker.phone


def grids_follow(old: Any, new: Any, *, day: dt.date, by: Any) -> None:
    """A renamed community's social workers and grids in use go on with its continuation."""
    if not isinstance(old, Community):
        return
    for rows in (SocialWorker.objects.filter(community=old), Grid.objects.in_use().filter(community=old)):
        moved = list(rows.select_related("district"))
        rows.model.objects.filter(pk__in=[row.pk for row in moved]).update(community=new)
        if moved:
            audit.record_many(FOLLOW, [(row, {"community": (str(old), str(new))}) for row in moved], by=by)


def write_workers(
    new: Sequence[SocialWorker], changed: Sequence[tuple[SocialWorker, Changes]], *, by: Any
) -> None:
    """Write what an import found, in a constant number of statements. The rows were checked by the register."""
    SocialWorker.objects.bulk_create(new)
    SocialWorker.objects.bulk_create(
        [row for row, _pairs in changed],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*WORKER_FIELDS, "sort_key"],
    )
    write_down(ENTER_WORKER, [(row, {"name": (None, row.name)}) for row in new], by)
    write_down(CORRECT_WORKER, [(row, without_phones(pairs)) for row, pairs in changed], by)


def write_grids(new: Sequence[Grid], changed: Sequence[tuple[Grid, Changes]], *, by: Any) -> None:
    """Write what an import found, level by level: what is part of a new grid comes after it."""
    for level in Grid.Level.values:
        Grid.objects.bulk_create([row for row in new if row.level == level])
    Grid.objects.bulk_create(
        [row for row, _pairs in changed],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*GRID_FIELDS, "sort_key"],
    )
    write_down(
        ENTER_GRID, [(row, {"number": (None, row.number), "name": (None, row.name)}) for row in new], by
    )
    write_down(CORRECT_GRID, list(changed), by)


def write_down(action: str, rows: Sequence[tuple[Any, Changes]], by: Any) -> None:
    """Record many rows of one action."""
    if rows:
        audit.record_many(action, rows, by=by)
