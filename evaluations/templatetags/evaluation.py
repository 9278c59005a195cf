"""Template filters for what a rule set and a snapshot hold."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluations.models import Submission
from evaluations.names import in_language, panel_name
from evaluations.points import signed
from evaluations.quality_words import signed_figure as with_its_sign

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


@register.simple_tag
def interval_line(sure: Mapping[str, Any]) -> SafeString:
    """The places that an entry may deserve, as a line on the scale of all places; the published place is the ring on it."""
    cut = '<line class="cut" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>'
    end = '<line class="end" x1="{0}%" x2="{0}%" y1="18%" y2="82%"/>'
    return format_html(
        '<svg class="interval" role="img" aria-label="{}"><line class="axis" x1="0" x2="100%" y1="50%" y2="50%"/>{}'
        '<line class="span" x1="{}%" x2="{}%" y1="50%" y2="50%"/>{}<circle class="here" cx="{}%" cy="50%" r="6"/></svg>',
        interval_words(sure),
        format_html_join("", cut, ((cut_at,) for cut_at in sure["cuts"])),
        sure["from"],
        sure["to"],
        format_html_join("", end, ((sure["from"],), (sure["to"],))),
        sure["here"],
    )


def interval_cells(sure: Mapping[str, Any] | None) -> SafeString:
    """Two cells of a long table, drawn at once: the interval as a line with its places, and the expected place."""
    if not sure:
        return format_html('<td>{0}</td><td class="num">{0}</td>', "–")
    return format_html(
        '<td class="interval-cell">{}<span class="keep">{}–{}</span></td><td class="num">{}</td>',
        interval_line(sure),
        sure["low"],
        sure["high"],
        sure["expected"],
    )


@register.filter
def interval_words(sure: Mapping[str, Any]) -> str:
    """The interval in words."""
    if sure["low"] == sure["high"]:
        return _("90 %% sure: place %(low)s") % sure
    return _("90 %% sure: place %(low)s to %(high)s") % sure


@register.filter
def signed_points(text: str) -> str:
    """Bonus points or a deduction with its sign."""
    return signed(Decimal(text))


@register.filter
def points_together(adjusted: list[Mapping[str, str]]) -> str:
    """The bonus points and deductions of a line together, with their sign."""
    return signed(sum((Decimal(one["points"]) for one in adjusted), Decimal(0)))


@register.filter
def join_names(names: list[str]) -> str:
    """Names one after the other, as the language writes lists."""
    return (", " if get_language() == "en" else "、").join(names)


@register.filter
def signed_figure(points: str) -> str:
    """Points of a document (-0.88) with their sign, with all their decimals."""
    return with_its_sign(Decimal(points))


@register.filter
def per_cent_of_one(share: str) -> str:
    """A share of a document (0.85) as people say it: 85 %."""
    return f"{round(100 * Decimal(share))} %"
