"""How the marks of a round are spread, criterion by criterion: counts that tell of nobody."""

from decimal import Decimal
from typing import Any

from django.db.models import Count

from evaluations.models import Mark, Round, ScoreSheet
from evaluations.tally import Criterion, RuleSet
from evaluations.tally.decimals import plain_text

# Fewer sheets would tell what single judges gave.
FEWEST_SHEETS = 5
BANDS = 10


def distribution(round_: Round, rule: RuleSet) -> dict[str, Any]:
    """Panel -> its counted sheets and, per criterion, how many marks lie in each band; panels with few sheets are left out."""
    counted = ScoreSheet.objects.filter(round=round_).counted()
    of_panel = counted.order_by().values_list("seat__panel__key").annotate(n=Count("pk"))
    sheets = {panel: n for panel, n in of_panel if n >= FEWEST_SHEETS}
    rows = Mark.objects.filter(sheet__in=counted, sheet__seat__panel__key__in=sheets).order_by()
    found: dict[tuple[str, str], dict[Decimal, int]] = {}
    keys = ("sheet__seat__panel__key", "criterion__key", "value")
    for panel, criterion, value, n in rows.values_list(*keys).annotate(n=Count("pk")):
        found.setdefault((panel, criterion), {})[value] = n
    return {
        panel.id: {
            "sheets": sheets[panel.id],
            "criteria": {
                item.id: bands(item, found.get((panel.id, item.id), {})) for item in rule.criteria_of(panel)
            },
        }
        for panel in rule.panels
        if panel.id in sheets
    }


def bands(criterion: Criterion, marks: dict[Decimal, int]) -> list[dict[str, Any]]:
    """The criterion's range in at most ten bands of as nearly equally many steps as can be: from, to, marks in it."""
    steps = int((criterion.max - criterion.min) / criterion.step) + 1
    width = min(steps, BANDS)
    found: list[dict[str, Any]] = []
    for number in range(width):
        first, last = (-(-steps * edge // width) for edge in (number, number + 1))
        values = [criterion.min + step * criterion.step for step in (first, last - 1)]
        n = sum(count for value, count in marks.items() if values[0] <= value <= values[1])
        found.append({"from": plain_text(values[0]), "to": plain_text(values[1]), "marks": n})
    return found
