"""Pieces of the organizations' pages: a rating and whether it still counts, a state, a masked phone."""

import datetime as dt
from typing import Any

from django import template
from django.utils.translation import gettext as _

from goldidea.lib.personal import masked
from goldidea.lib.templatetags.look import state_tag

register = template.Library()
TONES = {"proposed": "now", "active": "ok", "suspended": "warn", "dissolved": "wait"}


@register.simple_tag
def rating(organization: Any, day: dt.date) -> str:
    """3A (2016), with a word when it is older than the 5 years for which it counts."""
    if not organization.rating:
        return "—"
    values = {"rating": organization.rating_words, "year": organization.rating_year}
    if organization.rating_expired(day):
        return _("%(rating)s (%(year)s, expired)") % values
    return _("%(rating)s (%(year)s)") % values


@register.simple_tag
def organization_state(organization: Any) -> Any:
    """An organization's state by word, shape and colour."""
    return state_tag(organization.get_state_display(), TONES[organization.state])


@register.filter
def masked_phone(phone: str) -> str:
    """A phone as it may be shown."""
    return masked(phone)
