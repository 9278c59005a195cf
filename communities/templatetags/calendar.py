"""The calendar beside a date: whether a deadline falls on a day off."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.workdays import workdays_of
from goldidea.lib.templatetags.look import state_tag

register = template.Library()


@register.simple_tag(takes_context=True)
def day_off(context: Context, at: Any) -> Any:
    """Says that a time falls on a day off, and on which; nothing on a working day."""
    if not at or not context.get("district"):
        return ""
    known = context.render_context.get("workdays") or workdays_of(context["district"])
    context.render_context["workdays"] = known
    day = timezone.localtime(at).date()
    if known.is_working_day(day):
        return ""
    name = known.special[day].name if day in known.special else ""
    return state_tag(_("a day off: %(name)s") % {"name": name} if name else _("a day off"), "warn")
