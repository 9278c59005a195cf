"""The two rules of the demonstration: the product's examples, with no days of notice and a sentence of this season.

The final corrects strict and mild judges, so that a visitor sees what that looks like.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from evaluations.actions.rules import save_rule_set
from evaluations.demonstration.cast import Cast
from evaluations.models import RuleSet, Season

EXAMPLES = Path(settings.BASE_DIR) / "evaluations" / "examples"
PLACES = (1, 3, 5)  # of the three classes in the final


def preliminary_rule(seed: str, season: str) -> str:
    """Residents mark the cases of their own sub-district, seven a case; two of each advance."""
    rule = example("example-online.json")
    rule["lot_seed"] = f"{season}初评，众人拾柴火焰高（演示，{seed}）"
    rule["conduct"]["notice_working_days"] = 0
    return text(rule)


def final_rule(seed: str, season: str) -> str:
    """Residents of all other sub-districts and the experts mark on their phones; strict and mild judges are corrected.

    Of two sub-districts the judges of each mark the other's cases only and cannot be compared: such a final counts plain.
    """
    rule = example("example-final.json")
    rule["lot_seed"] = f"{season}终评，一枝一叶总关情（演示，{seed}）"
    rule["conduct"] |= {"mode": "online", "start_after": 0, "notice_working_days": 0}
    rule["conduct"]["assignment"] = {"per_entry": 21, "per_judge": 20}
    rule["level"] = "sheet"
    rule["calibration"] = {
        "method": "additive",
        "cap": "15",
        "min_marks": 4,
        "if_disconnected": "uncalibrated",
    }
    rule["rounding"]["stages"] = ["sheet", "panel", "share", "total"]
    for award, places in zip(rule["awards"], PLACES, strict=True):
        award["places"] = places
    return text(rule)


def example(name: str) -> dict[str, Any]:
    return json.loads((EXAMPLES / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def text(rule: dict[str, Any]) -> str:
    return json.dumps(rule, ensure_ascii=False, indent=1)


def save_rules(cast: Cast, season: Season) -> tuple[RuleSet, RuleSet]:
    """Both rules as versions of the season: for the preliminaries and for the final."""
    by, now, name = cast.office[0], timezone.now(), str(season.year)
    first = save_rule_set(season, preliminary_rule(cast.seed, name), "初评规则（示例）", by=by, now=now)
    return first, save_rule_set(season, final_rule(cast.seed, name), "终评规则（示例）", by=by, now=now)
