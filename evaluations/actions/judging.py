"""Show the district how each judge marked, by name: for review after publication, and never without a trace."""

import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.publication import standing_tally
from evaluations.models import Analysis, Round
from evaluations.names import panel_name
from evaluations.quality import severities
from evaluations.rules import results as rules
from goldidea.lib import audit
from goldidea.lib.errors import Refusal


@transaction.atomic
def show_judging(round_: Round, *, by: Any, reason: str) -> list[dict[str, Any]]:
    """Each panel with its judges by name, drawn on one scale; who looked and why is kept.

    Empty where no analysis is there. `drawn` is None where severities cannot be told; `judges` holds everybody then too.

    Raises: PermissionDenied; Refusal without a reason.
    """
    rules.can_see_judging(by, round_).enforce()
    if not reason.strip():
        raise Refusal(_("Write the reason: it stays with the record."))
    audit.record("view judging by name", round_, by=by, reason=reason.strip())
    body = Analysis.objects.filter(tally=standing_tally(round_)).values_list("body", flat=True).first()
    if not body:
        return []
    analysis, names = json.loads(body), _names(round_)
    panels = []
    for panel in analysis["panels"]:
        judges = [item for item in analysis["judges"] if item["panel"] == panel["panel"]]
        panels.append(
            {
                "name": panel_name(panel["panel"]),
                "drawn": severities(judges, names),
                "judges": [{**item, "name": names[item["seat"]]} for item in judges],
            }
        )
    return panels


def _names(round_: Round) -> dict[str, str]:
    """Pseudonym of each seat -> the judge's name; pseudonyms are unique in a round."""
    return dict(round_.seats.values_list("pseudonym", "judge__name"))
