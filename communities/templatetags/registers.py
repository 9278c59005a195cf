"""Pieces of the registers' pages: what was done to an object, from when to when it was valid, what an import found."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.apps import apps
from django.utils.translation import gettext_lazy

from communities.audit_words import action_words, column_words, value_words
from goldidea.lib.models import AuditDetail
from goldidea.lib.templatetags.look import state_tag

register = template.Library()

RESULTS = {
    "new": (gettext_lazy("new"), "new"),
    "changed": (gettext_lazy("changed"), "warn"),
    "unchanged": (gettext_lazy("unchanged"), "wait"),
    "wrong": (gettext_lazy("wrong"), "bad"),
}
UPLOAD_TONES = {"waiting": "now", "ready": "warn", "unreadable": "bad", "applied": "ok", "discarded": "wait"}


@register.inclusion_tag("communities/_history.html")
def history(entries: Iterable[AuditDetail]) -> dict[str, Any]:
    """Who did what and when, with old and new values, the latest first."""
    return {
        "entries": [
            {
                "at": entry.event.at,
                "who": entry.actor_name,
                "what": action_words(entry.event.action),
                "reason": entry.reason,
                "changes": [
                    (
                        column_words(entry.event.object_type, column),
                        value_words(entry.event.object_type, column, old) if old not in (None, "") else "",
                        value_words(entry.event.object_type, column, new),
                    )
                    for column, (old, new) in in_order(entry.event.object_type, entry.changes)
                ],
            }
            for entry in entries
        ]
    }


def in_order(object_type: str, changes: dict[str, Any]) -> list[tuple[str, Any]]:
    """Columns as the object's model lists them; the database keeps no order of its own."""
    try:
        known = [field.name for field in apps.get_model(object_type)._meta.get_fields()]
    except (LookupError, ValueError):
        known = []
    return sorted(changes.items(), key=lambda pair: known.index(pair[0]) if pair[0] in known else len(known))


@register.simple_tag
def result_tag(result: str, count: int | None = None) -> Any:
    """What an import does with a row, or with how many."""
    words, tone = RESULTS[result]
    return state_tag(str(words) if count is None else f"{words} {count}", tone)


@register.filter
def result_tone(result: str) -> str:
    """The tone of a row of an import."""
    return RESULTS[result][1] if result in RESULTS else "wait"


@register.simple_tag
def upload_state(upload: Any) -> Any:
    """An upload's state by word, shape and colour."""
    return state_tag(upload.get_state_display(), UPLOAD_TONES[upload.state])
