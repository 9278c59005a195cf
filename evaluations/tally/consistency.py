"""What a rule set of sound shape may still get wrong: its parts checked against each other."""

from __future__ import annotations

from collections.abc import Iterator

from evaluations.tally.decimals import plain_text
from evaluations.tally.messages import Params, RuleError
from evaluations.tally.rule import Conversion, Criterion, Panel, RuleSet, TieStep
from evaluations.tally.scale import on_step

_STAGES_OF = {
    "criterion": frozenset({"criterion", "weighted", "panel", "share", "total"}),
    "sheet": frozenset({"sheet", "panel", "share", "total"}),
}


def inconsistencies(rule: RuleSet) -> Iterator[RuleError]:
    """Every refusal of a rule set's sense, each with its place, in the document's order."""
    for index, criterion in enumerate(rule.criteria):
        yield from _criterion(criterion, f"criteria[{index}]")
    yield from _panels(rule)
    if rule.trim.start <= rule.trim.high + rule.trim.low:
        yield RuleError("trim.from", "trim-leaves-nothing", {"dropped": rule.trim.high + rule.trim.low})
    if rule.calibration and rule.level != "sheet":
        yield RuleError("calibration.method", "calibration-needs-sheets")
    if rule.calibration and rule.calibration.cap <= 0:
        yield RuleError("calibration.cap", "cap-not-positive")
    for stage in sorted(rule.rounding.stages - _STAGES_OF[rule.level]):
        yield RuleError("rounding.stages", "foreign-stage", {"stage": stage, "level": rule.level})
    for index, step in enumerate(rule.ties):
        if refusal := _tie(rule, step):
            yield RuleError(f"ties[{index}]", refusal, {"step": step.text})
    if not rule.lot_seed and _draws_lots(rule):
        yield RuleError("lot_seed", "lot-without-seed")
    if rule.adjustments and rule.adjustments.max < rule.adjustments.min:
        yield RuleError("adjustments.max", "adjustments-reversed", {"min": plain_text(rule.adjustments.min)})
    if rule.advance and rule.advance.others and len(rule.weighted_panels) != 1:
        yield RuleError("advance.others_by", "others-not-comparable")


def _criterion(criterion: Criterion, at: str) -> Iterator[RuleError]:
    least = plain_text(criterion.min)
    scale: Params = {"min": least, "max": plain_text(criterion.max), "step": plain_text(criterion.step)}
    sound = True
    if criterion.max <= criterion.min:
        sound = False
        yield RuleError(f"{at}.max", "max-not-above-min", {"min": least})
    if criterion.step <= 0:
        sound = False
        yield RuleError(f"{at}.step", "step-not-positive")
    if criterion.weight < 0:
        yield RuleError(f"{at}.weight", "negative-weight")
    if not sound:
        return
    # A greatest mark that no judge can give would make every figure for full marks untrue.
    if not on_step(criterion, criterion.max):
        yield RuleError(f"{at}.max", "max-off-step", scale)
    seen = set()
    for index, level in enumerate(criterion.levels):
        place = f"{at}.levels[{index}].from"
        if level.start in seen:
            yield RuleError(place, "duplicate-value", {"value": plain_text(level.start)})
        seen.add(level.start)
        inside = criterion.min <= level.start <= criterion.max
        if not inside or not on_step(criterion, level.start):
            yield RuleError(place, "level-out-of-range", scale)


def _panels(rule: RuleSet) -> Iterator[RuleError]:
    for index, panel in enumerate(rule.panels):
        at = f"panels[{index}]"
        if panel.weight < 0:
            yield RuleError(f"{at}.weight", "negative-weight")
        if panel.kind == "marks" and not any(criterion.weight for criterion in rule.criteria_of(panel)):
            yield RuleError(at, "weights-all-zero")
        if panel.conversion:
            yield from _conversion(panel.conversion, f"{at}.conversion")
    if not any(panel.weight for panel in rule.panels):
        yield RuleError("panels", "weights-all-zero")


def _conversion(conversion: Conversion, at: str) -> Iterator[RuleError]:
    positive = {"top": "full", "ladder": "first", "standard": "spread"}[conversion.method]
    if getattr(conversion, positive) <= 0:
        yield RuleError(f"{at}.{positive}", "conversion-not-positive")
    if conversion.step < 0:
        yield RuleError(f"{at}.step", "conversion-negative")


def _tie(rule: RuleSet, step: TieStep) -> str | None:
    """The code of the refusal of a step of the ladder, or None."""
    marking = [panel for panel in rule.panels if panel.kind == "marks"]
    if step.kind == "median" and not any(panel.weight for panel in marking):
        return "tie-no-marks"
    if step.kind not in ("panel", "criterion"):
        return None
    if step.kind == "criterion" and not step.panel and len(marking) != 1:
        return "tie-bare-criterion"
    panel = step_panel(rule, step)
    if panel is None:
        return "tie-unknown-panel"
    if step.kind == "criterion" and panel.kind != "marks":
        return "tie-not-marks"
    if step.kind == "criterion" and step.criterion not in panel.criteria:
        return "tie-unknown-criterion"
    return None if panel.weight > 0 else "tie-weight-zero"


def step_panel(rule: RuleSet, step: TieStep) -> Panel | None:
    """The panel of a step `panel:` or `criterion:`; a bare criterion belongs to the only panel of marks."""
    if step.panel:
        return rule.panel.get(step.panel)
    return next((panel for panel in rule.panels if panel.kind == "marks"), None)


def _draws_lots(rule: RuleSet) -> bool:
    return any(step.kind == "lot" for step in rule.ties) or bool(rule.advance and rule.advance.ties == "lot")
