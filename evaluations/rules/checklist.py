"""What the office ticks before it accepts a case: `conduct.checklist` of the season's rules."""

import json

from django.utils.translation import gettext as _

from evaluations.models import Season


def checklist(season: Season) -> list[tuple[str, str]]:
    """(id, words) of the points of the season's newest rule set; an unknown point is shown as it was written."""
    rules = season.rule_sets.order_by("-version").first()
    if rules is None:
        return []
    try:
        points = json.loads(rules.text)["conduct"]["checklist"]
    except (ValueError, KeyError, TypeError):
        return []
    known = {
        "registered": _("Every organization is registered or filed, and active."),
        "one_field": _("The case names one field only."),
        "within_ceiling": _("The amount asked is within the ceiling of the season."),
        "consent": _("The people in the photos have agreed."),
    }
    return [(point, known.get(point, point)) for point in points if isinstance(point, str)]
