"""Write the audit trail. A failure to write it rolls the action back: it is called inside the action's transaction."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from goldidea.lib.models import AuditDetail, AuditEvent
from goldidea.lib.personal import keyed_hash


def record(
    action: str,
    obj: models.Model,
    *,
    by: Any = None,
    role: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
    address: str | None = None,
    district: Any = None,
) -> AuditEvent:
    """Record that `by` (a user, or None for the system) did `action` to `obj`.

    Args:
        changes: column -> (old, new); kept readable in the erasable detail, hashed with a key in the evidence.
        reason: free text; never enters the evidence row.
        role: under which `by` acts; without it, what settings.ACTING_ROLE finds.
        district: where it was done, for an object that belongs to no district by itself.
    """
    pairs = {name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()}
    district = district or getattr(obj, "district", None)
    event = AuditEvent.objects.create(
        actor=getattr(by, "person_key", None),
        role=role or acting_role(by, district),
        action=action,
        object_type=obj._meta.label_lower,
        object_code=str(getattr(obj, "code", "") or obj.pk),
        district=getattr(district, "slug", "") or "",
        before=_digest({name: old for name, (old, _new) in pairs.items()}),
        after=_digest({name: new for name, (_old, new) in pairs.items()}),
    )
    AuditDetail.objects.create(
        event=event,
        actor_name=getattr(by, "name", "") or "",
        object_name=str(obj)[:200],
        address=address,
        changes=pairs,
        reason=reason,
    )
    return event


def record_many(
    action: str,
    changed: Sequence[tuple[models.Model, Mapping[str, tuple[Any, Any]]]],
    *,
    by: Any = None,
    reason: str = "",
) -> None:
    """Record one action on many objects of one kind, in two statements whatever their number."""
    plain = [
        (obj, {name: [_plain(old), _plain(new)] for name, (old, new) in changes.items()})
        for obj, changes in changed
    ]
    roles: dict[Any, str] = {}  # one question for each district, not for each object
    for obj, _changes in plain:
        district = getattr(obj, "district", None)
        if getattr(district, "pk", None) not in roles:
            roles[getattr(district, "pk", None)] = acting_role(by, district)
    events = AuditEvent.objects.bulk_create(
        AuditEvent(
            actor=getattr(by, "person_key", None),
            role=roles[getattr(getattr(obj, "district", None), "pk", None)],
            action=action,
            object_type=obj._meta.label_lower,
            object_code=str(getattr(obj, "code", "") or obj.pk),
            district=getattr(getattr(obj, "district", None), "slug", "") or "",
            before=_digest({name: old for name, (old, _new) in pairs.items()}),
            after=_digest({name: new for name, (_old, new) in pairs.items()}),
        )
        for obj, pairs in plain
    )
    AuditDetail.objects.bulk_create(
        AuditDetail(
            event=event,
            actor_name=getattr(by, "name", "") or "",
            object_name=str(obj)[:200],
            changes=pairs,
            reason=reason,
        )
        for event, (obj, pairs) in zip(events, plain, strict=True)
    )


def acting_role(by: Any, district: Any) -> str:
    """The role under which the person acts in the district, by the appointments of today; empty for the system.

    This package knows no appointments: settings.ACTING_ROLE names the function that does.
    """
    if getattr(by, "pk", None) is None:
        return ""
    find: Callable[[Any, Any], str] = import_string(settings.ACTING_ROLE)
    return find(by, district)


def history(obj: models.Model) -> models.QuerySet[AuditDetail]:
    """What was done to an object, the latest first."""
    code = str(getattr(obj, "code", "") or obj.pk)
    return (
        AuditDetail.objects.filter(event__object_type=obj._meta.label_lower, event__object_code=code)
        .select_related("event")
        .order_by("-event_id")
    )


def differences(old: models.Model, new: models.Model, fields: list[str]) -> dict[str, tuple[Any, Any]]:
    """Column -> (old, new) of those `fields` in which the two rows differ."""
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in fields}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _digest(values: Mapping[str, Any]) -> str:
    if not values:
        return ""
    return keyed_hash(json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")))
