"""From the JSON document `goldidea-rule/1` to a `RuleSet`: its shape here, its sense in `consistency`."""

from __future__ import annotations

from typing import Literal, cast

from evaluations.tally import canonical
from evaluations.tally.consistency import inconsistencies
from evaluations.tally.messages import RuleError, RuleErrors
from evaluations.tally.reading import Reader, within
from evaluations.tally.rounding import Mode, Rounding
from evaluations.tally.rule import (
    AdjustmentRange,
    AdvanceRule,
    Average,
    Award,
    Calibration,
    Conversion,
    Criterion,
    Level,
    Line,
    Panel,
    PanelKind,
    RuleSet,
    SheetLevel,
    TieStep,
    Trim,
)

FORMAT = "goldidea-rule/1"
MAX_PLACES = 9
STAGES = ("criterion", "weighted", "sheet", "panel", "share", "total")

_REQUIRED = (
    *("format", "criteria", "panels", "level", "average", "trim", "min_marks"),
    *("calibration", "rounding", "ties", "lot_seed"),
)
_OPTIONAL = ("adjustments", "awards", "advance", "publish_marks", "conduct")
_CONVERSIONS = {"top": ("full",), "ladder": ("first", "step"), "standard": ("mean", "spread")}


def parse_rule(text: str | bytes) -> RuleSet:
    """Read and check a rule set.

    Args:
        text: the JSON document; bytes are UTF-8; a byte-order mark is accepted.

    Raises:
        RuleErrors: with every refusal found; first the document's shape, and if that is sound, its sense.
    """
    try:
        document, refused = canonical.parse(text)
    except RuleError as error:
        raise RuleErrors([error]) from None
    if refused:
        raise RuleErrors(refused)
    reader = Reader()
    rule = _rule(reader, document)
    if reader.errors:
        raise RuleErrors(reader.first_causes())
    if senseless := list(inconsistencies(rule)):
        raise RuleErrors(senseless)
    return rule


def _rule(reader: Reader, document: object) -> RuleSet:
    got = reader.members(document, "", _REQUIRED, _OPTIONAL)
    reader.choice(got.get("format"), "format", (FORMAT,))
    criteria = reader.items(got.get("criteria"), "criteria", lambda item, at: _criterion(reader, item, at))
    every = tuple(criterion.id for criterion in criteria)
    panels = reader.items(got.get("panels"), "panels", lambda item, at: _panel(reader, item, at, every))
    for place, found in (("criteria", criteria), ("panels", panels)):
        if not found:
            reader.refuse(place, "none-given")
    reader.unique(every, "criteria", "duplicate-id", "id")
    reader.unique((panel.id for panel in panels), "panels", "duplicate-id", "id")
    awards = reader.items(got.get("awards", []), "awards", lambda item, at: _award(reader, item, at))
    reader.unique((award.id for award in awards), "awards", "duplicate-id", "id")
    seed = got.get("lot_seed")
    publish = got.get("publish_marks")
    return RuleSet(
        criteria=criteria,
        panels=panels,
        level=cast(SheetLevel, reader.choice(got.get("level"), "level", ("criterion", "sheet"))),
        average=cast(Average, reader.choice(got.get("average"), "average", ("mean", "median"))),
        trim=_trim(reader, got.get("trim")),
        min_marks=reader.count(got.get("min_marks"), "min_marks"),
        calibration=_calibration(reader, got.get("calibration")),
        rounding=_rounding(reader, got.get("rounding")),
        ties=_ties(reader, got.get("ties")),
        lot_seed=None if seed is None else reader.text(seed, "lot_seed"),
        adjustments=_adjustments(reader, got["adjustments"]) if "adjustments" in got else None,
        awards=awards,
        advance=_advance(reader, got["advance"]) if "advance" in got else None,
        publish_marks=reader.choice(publish, "publish_marks", ("by_seat", "none"))
        if "publish_marks" in got
        else None,
        conduct=_conduct(reader, got.get("conduct", {})),
        canonical=b"" if reader.errors else canonical.dumps(document),
    )


def _criterion(reader: Reader, value: object, at: str) -> Criterion:
    got = reader.members(value, at, ("id", "name", "min", "max", "step", "weight"), ("help", "levels"))
    return Criterion(
        id=reader.identifier(got.get("id"), within(at, "id")),
        name=reader.names(got.get("name"), within(at, "name")),
        min=reader.decimal(got.get("min"), within(at, "min")),
        max=reader.decimal(got.get("max"), within(at, "max")),
        step=reader.decimal(got.get("step"), within(at, "step")),
        weight=reader.decimal(got.get("weight"), within(at, "weight")),
        help=reader.names(got["help"], within(at, "help")) if "help" in got else None,
        levels=reader.items(
            got.get("levels", []), within(at, "levels"), lambda item, place: _level(reader, item, place)
        ),
    )


def _level(reader: Reader, value: object, at: str) -> Level:
    got = reader.members(value, at, ("from", "name"), ("help",))
    return Level(
        start=reader.decimal(got.get("from"), within(at, "from")),
        name=reader.names(got.get("name"), within(at, "name")),
        help=reader.names(got["help"], within(at, "help")) if "help" in got else None,
    )


def _panel(reader: Reader, value: object, at: str, every: tuple[str, ...]) -> Panel:
    got = reader.members(value, at, ("id", "kind", "weight"), ("criteria", "conversion"))
    kind = reader.choice(got.get("kind"), within(at, "kind"), ("marks", "votes", "given"))
    if "criteria" in got and kind != "marks":
        reader.refuse(within(at, "criteria"), "criteria-only-for-marks")
    if "conversion" in got and kind != "votes":
        reader.refuse(within(at, "conversion"), "conversion-only-for-votes")
    if "conversion" not in got and kind == "votes":
        reader.refuse(within(at, "conversion"), "conversion-missing")
    return Panel(
        id=reader.identifier(got.get("id"), within(at, "id")),
        kind=cast(PanelKind, kind),
        weight=reader.decimal(got.get("weight"), within(at, "weight")),
        criteria=_panel_criteria(reader, got, at, every) if kind == "marks" else (),
        conversion=_conversion(reader, got["conversion"], within(at, "conversion"))
        if "conversion" in got
        else None,
    )


def _panel_criteria(
    reader: Reader, got: dict[str, object], at: str, every: tuple[str, ...]
) -> tuple[str, ...]:
    if "criteria" not in got:
        return every
    place = within(at, "criteria")
    named = reader.items(got["criteria"], place, reader.identifier)
    if not named:
        reader.refuse(place, "none-given")
    for index, criterion in enumerate(named):
        if criterion not in every:
            reader.refuse(f"{place}[{index}]", "unknown-criterion", {"criterion": criterion})
    reader.unique(named, place, "duplicate-id", "id")
    return named


def _conversion(reader: Reader, value: object, at: str) -> Conversion:
    method = value.get("method") if isinstance(value, dict) else None
    numbers = _CONVERSIONS.get(method, ()) if isinstance(method, str) else ()
    got = reader.members(
        value, at, ("method", *numbers), () if numbers else ("full", "first", "step", "mean", "spread")
    )
    chosen = reader.choice(got.get("method"), within(at, "method"), tuple(_CONVERSIONS))
    read = {name: reader.decimal(got.get(name), within(at, name)) for name in numbers}
    return Conversion(cast(Literal["top", "ladder", "standard"], chosen), **read)


def _trim(reader: Reader, value: object) -> Trim:
    got = reader.members(value, "trim", ("high", "low", "from", "advised"))
    high, low, start, advised = (
        reader.count(got.get(key), within("trim", key)) for key in ("high", "low", "from", "advised")
    )
    return Trim(high, low, start, advised)


def _calibration(reader: Reader, value: object) -> Calibration | None:
    additive = isinstance(value, dict) and value.get("method") == "additive"
    needed = ("method", "cap", "min_marks", "if_disconnected") if additive else ("method",)
    got = reader.members(value, "calibration", needed)
    reader.choice(got.get("method"), "calibration.method", ("none", "additive"))
    if not additive:
        return None
    place = "calibration.if_disconnected"
    choice = reader.choice(got.get("if_disconnected"), place, ("refuse", "uncalibrated"))
    return Calibration(
        cap=reader.decimal(got.get("cap"), "calibration.cap"),
        min_marks=reader.count(got.get("min_marks"), "calibration.min_marks"),
        if_disconnected=cast(Literal["refuse", "uncalibrated"], choice),
    )


def _rounding(reader: Reader, value: object) -> Rounding:
    got = reader.members(value, "rounding", ("mode", "places", "stages"))
    stages = reader.items(
        got.get("stages"), "rounding.stages", lambda item, at: reader.choice(item, at, STAGES)
    )
    reader.unique(stages, "rounding.stages", "duplicate-value", "value")
    return Rounding(
        mode=cast(Mode, reader.choice(got.get("mode"), "rounding.mode", ("half_up", "half_even"))),
        places=reader.count(got.get("places"), "rounding.places", MAX_PLACES),
        stages=frozenset(stages),
    )


def _ties(reader: Reader, value: object) -> tuple[TieStep, ...]:
    steps = reader.items(value, "ties", lambda item, at: _tie_step(reader, item, at))
    reader.unique((step.text for step in steps), "ties", "duplicate-value", "value")
    return steps


def _tie_step(reader: Reader, value: object, at: str) -> TieStep:
    text = reader.text(value, at)
    kind, colon, name = text.partition(":")
    if not colon and kind in ("exact", "median", "lot"):
        return TieStep(text, cast(Literal["exact", "median", "lot"], kind))
    if kind == "panel" and name:
        return TieStep(text, "panel", panel=name)
    if kind == "criterion" and name:
        panel, slash, criterion = name.partition("/")
        return TieStep(text, "criterion", *((panel, criterion) if slash else ("", name)))
    if text:
        reader.refuse(at, "unknown-tie", {"step": text})
    return TieStep(text, "exact")


def _adjustments(reader: Reader, value: object) -> AdjustmentRange:
    got = reader.members(value, "adjustments", ("min", "max"))
    return AdjustmentRange(
        reader.decimal(got.get("min"), "adjustments.min"), reader.decimal(got.get("max"), "adjustments.max")
    )


def _award(reader: Reader, value: object, at: str) -> Award:
    got = reader.members(value, at, ("id", "name", "places"))
    return Award(
        id=reader.identifier(got.get("id"), within(at, "id")),
        name=reader.names(got.get("name"), within(at, "name")),
        places=reader.count(got.get("places"), within(at, "places")),
    )


def _advance(reader: Reader, value: object) -> AdvanceRule:
    optional = ("per_sub_district", "places", "others", "others_by")
    got = reader.members(value, "advance", ("ties",), optional)
    each, places = (
        reader.count(got[key], within("advance", key)) if key in got else None for key in optional[:2]
    )
    others = reader.count(got.get("others", 0), "advance.others")
    if "others_by" in got:
        reader.choice(got["others_by"], "advance.others_by", ("total",))
    if isinstance(value, dict) and (each is None) == (places is None):
        reader.refuse("advance", "advance-one-way")
    if others and "others_by" not in got:
        reader.refuse("advance.others_by", "others-not-comparable")
    if not others and "others_by" in got:
        reader.refuse("advance.others_by", "others-by-without-others")
    line = cast(Line, reader.choice(got.get("ties"), "advance.ties", ("all", "lot")))
    return AdvanceRule(each, places, others, line)


def _conduct(reader: Reader, value: object) -> dict[str, object]:
    # How a round is run is no matter of the tally: hashed with the rest, otherwise not looked at.
    if isinstance(value, dict):
        return value
    reader.refuse("conduct", "not-an-object")
    return {}
