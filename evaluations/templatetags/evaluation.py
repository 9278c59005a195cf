"""Template filters for what a rule set and a snapshot hold."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from evaluations.models import Submission
from evaluations.names import in_language, panel_name

register = template.Library()
register.filter("panel_name", panel_name)


@register.filter
def named(names: Mapping[str, str]) -> str:
    """A name of the rule set in the reader's language."""
    return in_language(names)


@register.filter
def day(text: str | None) -> dt.date | None:
    """A day of a snapshot (2018-11-12) as a date, for the reader's format."""
    return dt.date.fromisoformat(text) if text else None


@register.filter
def season_name(season: Any) -> str:
    """The season's name (of a row or of a snapshot) in the reader's language."""
    given = season if isinstance(season, Mapping) else vars(season)
    return given["name_en"] if get_language() == "en" and given.get("name_en") else given["name"]


@register.filter
def field_name(key: str) -> str:
    """The field of a case, in words."""
    return str(dict(Submission.Field.choices).get(key, ""))


@register.filter
def of_key(mapping: Mapping[str, Any], key: str) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(key, "")


@register.filter
def seat_counts(seats: Mapping[str, int]) -> list[tuple[str, int]]:
    """(panel in words, number of seats) of a publication."""
    return [(panel_name(key), count) for key, count in seats.items() if count]
