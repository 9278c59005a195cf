"""What the office ticks before it accepts a case, and which papers a case needs: `conduct.checklist` and `conduct.papers`."""

import json

from django.utils.translation import gettext as _

from evaluations.models import Season


def checklist(season: Season) -> list[tuple[str, str]]:
    """(id, words) of the points of the season's newest rule set; an unknown point is shown as it was written."""
    known = {
        "registered": _("Every organization is registered or filed, and active."),
        "one_field": _("The case names one field only."),
        "within_ceiling": _("The amount asked is within the ceiling of the season."),
        "consent": _("The people in the photos have agreed."),
        "sealed": _("The sealed application form is there and agrees with the case."),
    }
    return worded(season, "checklist", known)


def needed_papers(season: Season) -> list[tuple[str, str]]:
    """(id, words) of the papers that every case of the season brings; an unknown one is shown as it was written."""
    known = {
        "registration": _("registration or filing certificate"),
        "record": _("record of the deliberation"),
        "inspection": _("result of the last annual inspection"),
        "consent": _("consent of the people in the photos"),
        "budget": _("budget with quotations"),
    }
    return worded(season, "papers", known)


def worded(season: Season, key: str, known: dict[str, str]) -> list[tuple[str, str]]:
    """A list of the conduct of the season's newest rule set, each point in words."""
    versions = list(season.rule_sets.all())  # a list of cases has them at hand
    if not versions:
        return []
    rules = max(versions, key=lambda rules: rules.version)
    try:
        points = json.loads(rules.text)["conduct"][key]
    except (ValueError, KeyError, TypeError):
        return []
    return [
        (point, known.get(point, point)) for point in points if isinstance(point, str) and len(point) <= 60
    ]
