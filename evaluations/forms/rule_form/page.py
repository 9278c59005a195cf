"""The page of the form: fields and rows in their sections, with what is refused and what to know beside each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluations.conduct import checked_rule, refusal_words
from evaluations.forms.rule_form import labels as said
from evaluations.forms.rule_form.shape import LANGUAGES, data_of, text_of
from evaluations.names import in_language, panel_name
from evaluations.rulewords import rule_in_words
from evaluations.tally import RuleErrors, RuleSet

SCHEMA = Path(__file__).parents[2] / "schemas" / "rule-1.schema.json"
MULTILINE = ("help", "lot_seed")


@dataclass(frozen=True, slots=True)
class Option:
    """One word that a field may hold."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `place` is its name; `kind`: text, prose, number, choice or many."""

    place: str
    kind: str
    label: str
    value: str = ""
    hint: str = ""
    options: tuple[Option, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    optional: bool = False

    @property
    def id(self) -> str:
        return identifier(self.place)


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a list, with the buttons that move and remove it."""

    place: str
    title: str
    first: bool
    last: bool
    kind: str = ""
    groups: tuple[tuple[Field, ...], ...] = ()
    rows: tuple[Row, ...] = ()
    whole: bool = False  # its criteria are named one by one
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return identifier(self.place)

    @property
    def single(self) -> Field | None:
        """The field of a row that has no other."""
        return self.groups[0][0] if len(self.groups) == 1 and len(self.groups[0]) == 1 else None

    def fields(self) -> Iterator[Field]:
        """Its own fields and those of its rows."""
        for group in self.groups:
            yield from group
        for row in self.rows:
            yield from row.fields()


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal for the summary: what, and the id of the field where it is put right."""

    label: str
    words: str
    anchor: str


def identifier(place: str) -> str:
    """A place as the id of an element: `criteria[0].max` is `f-criteria-0-max`."""
    return "f-" + place.replace("[", "-").replace("].", "-").replace("]", "").replace(".", "-")


@lru_cache(maxsize=1)
def calibrations() -> tuple[str, ...]:
    """The ways of calibration that the format's schema allows."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    written = json.dumps(schema["properties"]["calibration"]) + json.dumps(
        schema["$defs"].get("calibration", {})
    )
    return tuple(way for way in ("none", "additive") if f'"{way}"' in written)


@dataclass
class RuleForm:
    """A document with its fields. `strict`: a field left empty is refused aloud, as when somebody presses Save."""

    document: dict[str, Any]
    name: str
    strict: bool = False
    here: str = ""
    rule: RuleSet | None = field(init=False, default=None)
    refusals: tuple[Any, ...] = field(init=False, default=())
    name_errors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            self.rule = checked_rule(text_of(self.document))
        except RuleErrors as refused:
            self.refusals = refused.errors
        self.data = data_of(self.document)
        self.labels, self.hints, self.choices = said.labels(), said.hints(), said.choices()
        self.absent = said.absent()

    # Fields

    def one(self, place: str) -> Field:
        """The field of a place."""
        form = said.pattern(place)
        values = self.data.get(place, [])
        value = values[-1] if values else ""
        options = self.options(place, form, value)
        kind = "choice" if options else "number" if _is_number(form) else "text"
        if any(part in MULTILINE for part in form.split(".")):
            kind = "prose"
        return Field(
            place=place,
            kind=kind,
            label=self.labels.get(form) or self.language_label(form, place),
            value=value,
            hint=self.hints.get(form, ""),
            options=options,
            errors=self.errors_at(place, value),
            warnings=self.warnings_at(place),
            optional=form in OPTIONAL or form.endswith((".en", ".help.zh-hans")),
        )

    def language_label(self, form: str, place: str) -> str:
        """The label of a text in a third language."""
        outer, _dot, language = place.rpartition(".")
        chinese = self.labels.get(f"{said.pattern(outer)}.zh-hans", form)
        return f"{chinese} → {language}"

    def options(self, place: str, form: str, value: str) -> tuple[Option, ...]:
        words = self.tie_steps() if form == "ties[]" else self.choices.get(form)
        if words is None or form in MANY:
            return ()
        words = dict(words)
        if form in self.absent and not value:
            words = {"": self.absent[form], **words}
        elif value not in words:
            words = {value: value or _("choose"), **words}
        return tuple(Option(key, text, key == value) for key, text in words.items())

    def many(self, place: str) -> Field:
        """A list of ticked words: those chosen in their order; the others where they belong if that changes nothing."""
        form = said.pattern(place)
        words = self.choices.get(form) or {
            item.get("id", ""): self.named(item) for item in self.document.get("criteria", [])
        }
        chosen = self.data.get(place, [])
        order = list(words)
        if [word for word in order if word in chosen] != list(chosen):
            order = [*chosen, *(word for word in order if word not in chosen)]
        options = tuple(Option(word, words.get(word, word), word in chosen) for word in order)
        errors = tuple(words for words, _at in self.inside(place))
        return Field(
            place,
            "many",
            self.labels[form],
            hint=self.hints.get(form, ""),
            options=options,
            errors=errors,
            warnings=self.warnings_at(place),
        )

    def names(self, place: str) -> list[str]:
        """The places of a text in each language: both of the product, and any other that the document has."""
        others = [name.rpartition(".")[2] for name in self.data if name.rpartition(".")[0] == place]
        return [f"{place}.{language}" for language in dict.fromkeys([*LANGUAGES, *others])]

    def fields(self, *places: str) -> tuple[Field, ...]:
        return tuple(self.one(place) for place in places)

    # Refusals and warnings

    @cached_property
    def said_at(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for error in self.refusals:
            words = said.refusal_in_a_form(error, refusal_words(error))
            found.setdefault(error.place, []).append(words)
        return found

    def errors_at(self, place: str, value: str) -> tuple[str, ...]:
        if not (self.strict or value):
            return ()
        errors = self.said_at.get(place, [])
        if place.endswith(".zh-hans"):  # of a name in no language at all, and of the object itself
            errors = [*errors, *self.said_at.get(place.removesuffix(".zh-hans"), [])]
        return tuple(errors)

    def inside(self, place: str) -> Iterator[tuple[str, str]]:
        """What is refused at a place or within it."""
        for at, words in self.said_at.items():
            if at == place or at.startswith(f"{place}["):
                yield from ((one, at) for one in words)

    def at(self, place: str) -> tuple[str, ...]:
        """What is refused of a row or a section as a whole."""
        return tuple(self.said_at.get(place, []))

    @cached_property
    def warned(self) -> dict[str, list[str]]:
        if self.rule is None:
            return {}
        found: dict[str, list[str]] = {}
        for warning in rule_in_words(self.rule, get_language() or LANGUAGES[0]).warnings:
            found.setdefault(warning.place, []).append(warning.words)
        return found

    def warnings_at(self, place: str) -> tuple[str, ...]:
        return tuple(self.warned.get(place, []))

    def problems(self) -> list[Problem]:
        """Every refusal, with what it is called and where it is put right."""
        found = [Problem(_("Name of the rule"), words, "f-name") for words in self.name_errors]
        for error in self.refusals:
            words = said.refusal_in_a_form(error, refusal_words(error))
            found.append(Problem(self.whereabouts(error.place), words, self.anchor(error.place)))
        return found

    def whereabouts(self, place: str) -> str:
        """A place in words: `criteria[0].max` is “Need · Greatest mark”."""
        label = self.labels.get(said.pattern(place)) or self.labels.get(said.pattern(place) + ".zh-hans", "")
        if place.startswith(("criteria[", "panels[", "awards[")):
            key, _bracket, rest = place.partition("[")
            index = int(rest.partition("]")[0])
            rows = self.document.get(key, [])
            row = rows[index] if index < len(rows) else {}
            name = panel_name(row.get("id", "")) if key == "panels" else self.named(row)
            return f"{name or index + 1} · {label}" if label else str(name)
        return label or sections().get(place.partition(".")[0].partition("[")[0], "")

    def anchor(self, place: str) -> str:
        """The id of the field of a place; where it has none, of what it stands in."""
        while place and place not in self.visible:
            if f"{place}.zh-hans" in self.visible:
                place = f"{place}.zh-hans"
            else:
                place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return identifier(place) if place else "rule-fields"

    @cached_property
    def visible(self) -> frozenset[str]:
        """The places that have an element of their own on the page."""
        rows = [row for part in (self.criteria, self.panels, self.awards) for row in part()]
        inner = [level.place for row in rows for level in row.rows]
        parts = ["criteria", "panels", "calibration", "ties", "awards", "advance", "conduct"]
        fields = (field.place for field in self.every() if field.kind != "part")
        return frozenset([*fields, *(row.place for row in rows), *inner, *parts])

    # Rows

    def named(self, item: Any) -> str:
        """A criterion's or an award's name in the reader's language, else its id."""
        name = item.get("name") if isinstance(item, dict) else None
        return (in_language(name) if isinstance(name, dict) and name else "") or item.get("id", "")

    def criteria(self) -> list[Row]:
        rows = self.document.get("criteria", [])
        return [
            self.row(
                "criteria",
                n,
                len(rows),
                self.named(item),
                self.criterion_groups(f"criteria[{n}]"),
                rows=self.levels(n, item),
            )
            for n, item in enumerate(rows)
        ]

    def criterion_groups(self, at: str) -> list[Iterable[Field]]:
        numbers = (f"{at}.{key}" for key in ("min", "max", "step", "weight"))
        return [
            self.fields(*self.names(f"{at}.name"), f"{at}.id"),
            self.fields(*numbers),
            self.fields(*self.names(f"{at}.help")),
        ]

    def levels(self, n: int, item: Any) -> tuple[Row, ...]:
        at, rows = f"criteria[{n}].levels", item.get("levels", [])
        return tuple(
            self.row(
                at,
                index,
                len(rows),
                self.named(level) or level.get("from", ""),
                [
                    self.fields(f"{at}[{index}].from", *self.names(f"{at}[{index}].name")),
                    self.fields(*self.names(f"{at}[{index}].help")),
                ],
            )
            for index, level in enumerate(rows)
        )

    def panels(self) -> list[Row]:
        rows = self.document.get("panels", [])
        found = []
        for n, item in enumerate(rows):
            at = f"panels[{n}]"
            groups: list[Iterable[Field]] = [self.fields(f"{at}.id", f"{at}.weight")]
            if "criteria" in item:
                groups.append([self.many(f"{at}.criteria")])
            if isinstance(item.get("conversion"), dict):
                keys = [
                    key
                    for key in ("full", "first", "step", "mean", "spread")
                    if key in CONVERSIONS.get(item["conversion"].get("method", ""), ())
                ]
                groups.append(self.fields(*(f"{at}.conversion.{key}" for key in keys)))
            found.append(
                self.row(
                    "panels",
                    n,
                    len(rows),
                    panel_name(item.get("id", "")),
                    groups,
                    kind=item.get("kind", ""),
                    whole="criteria" in item,
                )
            )
        return found

    def ties(self) -> list[Row]:
        rows = self.document.get("ties", [])
        return [
            self.row("ties", n, len(rows), str(n + 1), [self.fields(f"ties[{n}]")]) for n in range(len(rows))
        ]

    def awards(self) -> list[Row]:
        rows = self.document.get("awards", [])
        return [
            self.row(
                "awards",
                n,
                len(rows),
                self.named(item),
                [
                    self.fields(*self.names(f"awards[{n}].name"), f"awards[{n}].places", f"awards[{n}].id"),
                ],
            )
            for n, item in enumerate(rows)
        ]

    def checklist(self) -> list[Row]:
        return self.texts("checklist")

    def papers(self) -> list[Row]:
        return self.texts("papers")

    def texts(self, key: str) -> list[Row]:
        """A list of sentences in the conduct, one a row."""
        rows = self.document.get("conduct", {}).get(key, [])
        at = f"conduct.{key}"
        return [self.row(at, n, len(rows), str(n + 1), [self.fields(f"{at}[{n}]")]) for n in range(len(rows))]

    def row(
        self, outer: str, n: int, of: int, title: str, groups: Iterable[Iterable[Field]], **more: Any
    ) -> Row:
        packed, place = tuple(tuple(group) for group in groups), f"{outer}[{n}]"
        # A row of one field says its refusals there.
        errors = () if outer in ("ties", "conduct.checklist", "conduct.papers") else self.at(place)
        return Row(place, title, n == 0, n == of - 1, groups=packed, errors=errors, **more)

    def tie_steps(self) -> dict[str, str]:
        """Every step that a ladder of this document may have."""
        steps = {
            "exact": _("computed again without rounding"),
            "median": _("middle value of the sheet totals"),
        }
        marking = [item for item in self.document.get("panels", []) if item.get("kind") == "marks"]
        for item in self.document.get("panels", []):
            steps[f"panel:{item.get('id', '')}"] = _("score of: %(panel)s") % {
                "panel": panel_name(item.get("id", ""))
            }
        for panel in marking:
            for criterion in self.document.get("criteria", []):
                if criterion.get("id") in panel.get("criteria", [criterion.get("id")]):
                    words = {"criterion": self.named(criterion), "panel": panel_name(panel.get("id", ""))}
                    key = f"criterion:{panel.get('id', '')}/{criterion.get('id', '')}"
                    steps[key] = _("criterion “%(criterion)s” from: %(panel)s") % words
        return {**steps, "lot": _("a lot")}

    # The fields of each part

    @cached_property
    def about(self) -> dict[str, Field]:
        """What is refused of a part as a whole, and what to know about it."""
        parts = {
            place: Field(place, "part", "", errors=self.at(place), warnings=self.warnings_at(place))
            for place in ("criteria", "panels", "advance")
        }
        way = "calibration.method"
        return {**parts, "calibration": Field(way, "part", "", errors=self.at(way))}

    def counting(self) -> tuple[Field, ...]:
        return self.fields("level", "average", "min_marks")

    def trimming(self) -> tuple[Field, ...]:
        return self.fields(*(f"trim.{key}" for key in ("high", "low", "from", "advised")))

    def calibration(self) -> tuple[Field, ...]:
        return self.fields(*(f"calibration.{key}" for key in ("cap", "min_marks", "if_disconnected")))

    def rounding(self) -> tuple[Field, ...]:
        return self.fields("rounding.mode", "rounding.places")

    def stages(self) -> Field:
        return self.many("rounding.stages")

    def lot_seed(self) -> Field:
        return self.one("lot_seed")

    def publish_marks(self) -> Field:
        return self.one("publish_marks")

    def adjustments(self) -> tuple[Field, ...]:
        return self.fields("adjustments.min", "adjustments.max") if "adjustments" in self.document else ()

    def advance(self) -> tuple[Field, ...]:
        keys = ("per_sub_district", "places", "others", "others_by", "ties")
        return self.fields(*(f"advance.{key}" for key in keys)) if "advance" in self.document else ()

    def conduct(self) -> tuple[Field, ...]:
        keys = ("mode", "bench", "notice_working_days", "start_after", "calibration_item")
        return self.fields(*(f"conduct.{key}" for key in keys)) if "conduct" in self.document else ()

    def conflicts(self) -> Field | None:
        there = "conflicts" in self.document.get("conduct", {})
        return self.many("conduct.conflicts") if there else None

    def assignment(self) -> tuple[Field, ...]:
        if "assignment" not in self.document.get("conduct", {}):
            return ()
        return self.fields("conduct.assignment.per_entry", "conduct.assignment.per_judge")

    def every(self) -> Iterator[Field]:
        """Every field of the page, to say again what is refused while somebody types."""
        yield from self.about.values()
        parts = (self.counting, self.trimming, self.rounding, self.adjustments, self.advance, self.conduct)
        for part in (*parts, self.assignment):
            yield from part()
        if self.calibrates == "additive":
            yield from self.calibration()
        yield from (self.stages(), self.lot_seed(), self.publish_marks())
        if conflicts := self.conflicts():
            yield conflicts
        for rows in (self.criteria, self.panels, self.ties, self.awards, self.checklist, self.papers):
            for row in rows():
                yield from row.fields()

    # What is there

    def kept(self) -> list[tuple[str, str]]:
        """What the document says and no visible field asks: kinds and methods, changed by buttons."""
        methods = [("calibration.method", self.calibrates)]
        for n, item in enumerate(self.document.get("panels", [])):
            methods.append((f"panels[{n}].kind", str(item.get("kind", ""))))
            if isinstance(item.get("conversion"), dict):
                methods.append((f"panels[{n}].conversion.method", str(item["conversion"].get("method", ""))))
        return methods

    @cached_property
    def open(self) -> frozenset[str]:
        """Lists of levels that are shown open: where the eye should rest, and where something is refused aloud."""
        places = [self.here, *(error.place for error in self.refusals if self.strict)]
        return frozenset(place.partition(".levels")[0] + ".levels" for place in places if ".levels" in place)

    def hidden(self) -> list[str]:
        """The containers that are there: sent along, since an empty one has no field."""
        return [place for place in self.data["has"] if place]

    @property
    def calibrates(self) -> str:
        return str(self.document.get("calibration", {}).get("method", ""))


CONVERSIONS = {"top": ("full",), "ladder": ("first", "step"), "standard": ("mean", "spread")}
MANY = ("rounding.stages", "conduct.conflicts", "panels[].criteria")
OPTIONAL = (
    *("lot_seed", "advance.per_sub_district", "advance.places", "advance.others", "advance.others_by"),
    *("conduct.notice_working_days", "conduct.assignment.per_entry", "conduct.assignment.per_judge"),
    "conduct.start_after",
)
_NUMBERS = (
    *("min", "max", "step", "weight", "from", "full", "first", "mean", "spread", "high", "low", "advised"),
    *("min_marks", "cap", "places", "per_sub_district", "others", "notice_working_days", "per_entry"),
    *("per_judge", "start_after"),
)


def _is_number(form: str) -> bool:
    return form.rpartition(".")[2] in _NUMBERS


def sections() -> dict[str, str]:
    """What the parts of the page are called, by the first word of a place."""
    return {
        "criteria": _("Criteria"),
        "panels": _("Who marks"),
        "trim": _("From marks to a score"),
        "rounding": _("Rounding"),
        "ties": _("Equal totals"),
        "awards": _("Awards"),
        "advance": _("Who goes on"),
        "conduct": _("How the round is run"),
    }
