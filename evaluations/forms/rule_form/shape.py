"""From the document of a rule set to the fields of a form and back, without loss.

A field's name is the place that the tally names in its refusals, so a refusal finds its field by itself. What is typed goes
into the document as typed (a count that is no number stays a text), and the tally's own parser says what is wrong.
Containers that may be there and empty are told by the hidden field HAS.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evaluations.tally import canonical

HAS = "has"
LANGUAGES = ("zh-hans", "en")
MOST_FIELDS = 1900  # below settings.DATA_UPLOAD_MAX_NUMBER_FIELDS

Data = Mapping[str, Sequence[str]]
_INDEX = re.compile(r"\[(\d{1,3})\]")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,15}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field. `kind`: text, prose, decimal, count, choice or flag. `blank`: what an empty field says
    ("text": an empty text, which the parser refuses; "absent": the key is not there; "null")."""

    kind: str
    blank: str = "text"


@dataclass(frozen=True, slots=True)
class Names:
    """One text per language. An empty one is not there."""

    kind: str = "text"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A list of short words, ticked."""

    optional: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A list whose items are added, removed and moved."""

    item: Node
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """An object with these members."""

    members: Mapping[str, Node] = field(default_factory=dict)
    optional: bool = False


Node = Leaf | Names | Many | Rows | Object

TEXT, DECIMAL, COUNT, CHOICE = Leaf("text"), Leaf("decimal"), Leaf("count"), Leaf("choice")
MAYBE_COUNT, MAYBE_CHOICE = Leaf("count", "absent"), Leaf("choice", "absent")

LEVEL = Object({"from": DECIMAL, "name": Names(), "help": Names("prose", optional=True)})
CRITERION = Object(
    {
        "id": TEXT,
        "name": Names(),
        "help": Names("prose", optional=True),
        **dict.fromkeys(("min", "max", "step", "weight"), DECIMAL),
        "levels": Rows(LEVEL, optional=True),
    }
)
CONVERSION = Object(
    {
        "method": CHOICE,
        **dict.fromkeys(("full", "first", "step", "mean", "spread"), Leaf("decimal", "absent")),
    },
    optional=True,
)
PANEL = Object(
    {
        "id": TEXT,
        "kind": CHOICE,
        "weight": DECIMAL,
        "criteria": Many(optional=True),
        "conversion": CONVERSION,
    }
)
AWARD = Object({"id": TEXT, "name": Names(), "places": COUNT})
CONDUCT = Object(
    {
        "mode": MAYBE_CHOICE,
        "bench": MAYBE_CHOICE,
        "conflicts": Many(optional=True),
        "notice_working_days": MAYBE_COUNT,
        "assignment": Object({"per_entry": MAYBE_COUNT, "per_judge": MAYBE_COUNT}, optional=True),
        "start_after": MAYBE_COUNT,
        "calibration_item": Leaf("flag", "absent"),
        "checklist": Rows(TEXT, optional=True),
        "papers": Rows(TEXT, optional=True),
    },
    optional=True,
)
RULE = Object(
    {
        "format": TEXT,
        "criteria": Rows(CRITERION),
        "panels": Rows(PANEL),
        "level": CHOICE,
        "average": CHOICE,
        "trim": Object(dict.fromkeys(("high", "low", "from", "advised"), COUNT)),
        "min_marks": COUNT,
        "calibration": Object(
            {
                "method": CHOICE,
                "cap": Leaf("decimal", "absent"),
                "min_marks": MAYBE_COUNT,
                "if_disconnected": MAYBE_CHOICE,
            }
        ),
        "rounding": Object({"mode": CHOICE, "places": COUNT, "stages": Many()}),
        "ties": Rows(CHOICE),
        "lot_seed": Leaf("prose", "null"),
        "adjustments": Object({"min": DECIMAL, "max": DECIMAL}, optional=True),
        "awards": Rows(AWARD, optional=True),
        "advance": Object(
            {
                "per_sub_district": MAYBE_COUNT,
                "places": MAYBE_COUNT,
                "others": MAYBE_COUNT,
                "others_by": MAYBE_CHOICE,
                "ties": CHOICE,
            },
            optional=True,
        ),
        "publish_marks": MAYBE_CHOICE,
        "conduct": CONDUCT,
    }
)


# From the document to the fields


def data_of(document: object) -> dict[str, list[str]]:
    """What a browser sends for this document: field -> values. What has no field is left out (see `fits`)."""
    data: dict[str, list[str]] = {HAS: []}
    for name, value in _written(RULE, document, ""):
        data.setdefault(name, []).append(value)
    return data


def _written(node: Node, value: object, place: str) -> Iterator[tuple[str, str]]:
    match node:
        case Leaf():
            yield place, _field(value)
        case Names() if isinstance(value, dict):
            for language in dict.fromkeys([*LANGUAGES, *value]):
                yield f"{place}.{language}", str(value.get(language, ""))
        case Many() if isinstance(value, list):
            yield HAS, place
            yield from ((place, str(item)) for item in value)
        case Rows() if isinstance(value, list):
            yield HAS, place
            for index, item in enumerate(value):
                yield from _written(node.item, item, f"{place}[{index}]")
        case Object() if isinstance(value, dict):
            yield HAS, place
            for key, member in node.members.items():
                if key in value:
                    yield from _written(member, value[key], f"{place}.{key}" if place else key)


def _field(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


# From the fields to the document


def document_of(data: Data) -> dict[str, object]:
    """The document that the fields of a form write."""
    has = set(data.get(HAS, ()))
    rows: dict[str, int] = {}
    for name in (*data, *has):
        for found in _INDEX.finditer(name):
            place = name[: found.start()]
            rows[place] = max(rows.get(place, 0), int(found[1]) + 1)
    made = _Reading(data, has, rows).object(RULE, "")
    return made if isinstance(made, dict) else {}


@dataclass(frozen=True, slots=True)
class _Reading:
    """`rows`: how many rows a list has, by its place."""

    data: Data
    has: set[str]
    rows: Mapping[str, int]

    def read(self, node: Node, place: str) -> object:
        """The value at a place; ... where the document has none."""
        match node:
            case Leaf():
                return self.leaf(node, place)
            case Names():
                return self.names(place) or (... if node.optional else {})
            case Many():
                there = not node.optional or place in self.has
                return list(self.data.get(place, ())) if there else ...
            case Rows():
                there = not node.optional or place in self.has
                number = self.rows.get(place, 0)
                return [self.row(node.item, f"{place}[{n}]") for n in range(number)] if there else ...
            case Object():
                return self.object(node, place) if not node.optional or place in self.has else ...

    def row(self, node: Node, place: str) -> object:
        made = self.read(node, place)
        return "" if made is ... else made

    def object(self, node: Object, place: str) -> dict[str, object]:
        members = {
            key: self.read(member, f"{place}.{key}" if place else key) for key, member in node.members.items()
        }
        return {key: value for key, value in members.items() if value is not ...}

    def leaf(self, node: Leaf, place: str) -> object:
        values = self.data.get(place)
        typed = values[-1].replace("\r\n", "\n") if values else ""
        if node.kind in ("decimal", "count"):
            typed = unicodedata.normalize("NFKC", typed).strip()
        if not typed:
            return {"text": "", "absent": ..., "null": None}[node.blank]
        if node.kind == "count" and _WHOLE.fullmatch(typed):
            return int(typed)
        if node.kind == "flag" and typed in ("true", "false"):
            return typed == "true"
        return typed

    def names(self, place: str) -> dict[str, str]:
        found = (name for name in self.data if name.startswith(f"{place}.") and self.data[name])
        texts = {
            name[len(place) + 1 :]: self.data[name][-1].replace("\r\n", "\n")
            for name in found
            if _LANGUAGE.fullmatch(name[len(place) + 1 :])
        }
        return {language: text for language, text in texts.items() if text}


# Whether a form can hold a document


def fits(text: str) -> dict[str, object] | None:
    """The document of a text, if a form gives back every byte of it; else None: then it is edited as text.

    Texts with line ends in a field of one line, with control characters, or more fields than a form may send do not fit.
    """
    try:
        document, refused = canonical.parse(text)
    except canonical.RuleError:
        return None
    if refused or not isinstance(document, dict):
        return None
    data = data_of(document)
    if sum(map(len, data.values())) > MOST_FIELDS or not _sendable(data):
        return None
    return document if _same(document_of(data), document) else None


def _sendable(data: Data) -> bool:
    return all(
        (char == "\n" and _of_prose(name)) or unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")
        for name, values in data.items()
        for value in values
        for char in value
    )


def _of_prose(name: str) -> bool:
    return name == "lot_seed" or name.rpartition(".")[0].endswith("help")


def _same(one: object, other: object) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def text_of(document: Mapping[str, object]) -> str:
    """The document as JSON text, to be kept and read."""
    return json.dumps(document, ensure_ascii=False, indent=1)
