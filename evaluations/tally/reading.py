"""Reading a parsed JSON document field by field, collecting what is refused instead of stopping at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from evaluations.tally.decimals import plain_decimal
from evaluations.tally.messages import Params, RuleError

MAX_COUNT = 1_000_000
MAX_TEXT = 10_000
MAX_ITEMS = 200

_ID = re.compile(r"[a-z0-9_-]{1,40}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")

Members = dict[str, object]
T = TypeVar("T")


def is_id(text: str) -> bool:
    """Whether a text may be the id of a criterion, panel or award."""
    return _ID.fullmatch(text) is not None


class Reader:
    """Reads values, each with its place. A refused value is noted in `errors` and read as an empty one.

    So a missing object is noted, and each of its members again: `first_causes` leaves only the first.
    """

    def __init__(self) -> None:
        self.errors: list[RuleError] = []

    def refuse(self, place: str, code: str, params: Params | None = None) -> None:
        """Note a refusal."""
        self.errors.append(RuleError(place, code, params))

    def members(
        self, value: object, place: str, required: Sequence[str], optional: Sequence[str] = ()
    ) -> Members:
        """An object with these keys and no others; unknown and missing ones are noted here."""
        if not isinstance(value, dict):
            self.refuse(place, "not-an-object")
            return {}
        for key in value:
            if key not in required and key not in optional:
                self.refuse(within(place, key), "unknown-key", {"key": key})
        for key in required:
            if key not in value:
                self.refuse(within(place, key), "missing-key", {"key": key})
        return value

    def items(self, value: object, place: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """A list, each item read with its place."""
        if not isinstance(value, list):
            self.refuse(place, "not-a-list")
            return ()
        if len(value) > MAX_ITEMS:
            self.refuse(place, "too-many", {"limit": MAX_ITEMS})
            return ()
        return tuple(read(item, f"{place}[{index}]") for index, item in enumerate(value))

    def text(self, value: object, place: str) -> str:
        """A text that is not empty."""
        if not isinstance(value, str):
            self.refuse(place, "not-text")
        elif not value:
            self.refuse(place, "empty-text")
        elif len(value) > MAX_TEXT:
            self.refuse(place, "long-text", {"limit": MAX_TEXT})
        else:
            return value
        return ""

    def identifier(self, value: object, place: str) -> str:
        """An id of the rule set."""
        if isinstance(value, str) and is_id(value):
            return value
        self.refuse(place, "bad-id")
        return ""

    def names(self, value: object, place: str) -> dict[str, str]:
        """A text in one language or more."""
        if not isinstance(value, dict):
            self.refuse(place, "not-an-object")
            return {}
        if not value:
            self.refuse(place, "no-name")
        for key in value:
            if not _LANGUAGE.fullmatch(key):
                self.refuse(place, "bad-language", {"key": key})
        return {key: self.text(text, within(place, key)) for key, text in value.items()}

    def count(self, value: object, place: str, limit: int = MAX_COUNT) -> int:
        """A whole number from 0 to the limit. True and false are not numbers."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limit:
            return value
        self.refuse(place, "not-a-count", {"limit": limit})
        return 0

    def decimal(self, value: object, place: str) -> Decimal:
        """A plain decimal, written as a text."""
        number = plain_decimal(value) if isinstance(value, str) else None
        if number is None:
            self.refuse(place, "not-a-decimal")
            return Decimal(0)
        return number

    def choice(self, value: object, place: str, choices: Sequence[str]) -> str:
        """One of some words."""
        if isinstance(value, str) and value in choices:
            return value
        if isinstance(value, str):
            self.refuse(place, "not-one-of", {"value": value, "choices": ", ".join(choices)})
        else:
            self.refuse(place, "not-text")
        return choices[0]

    def unique(self, values: Iterable[str], place: str, code: str, name: str) -> None:
        """Refuse the second of two equal values of a list."""
        seen: set[str] = set()
        for index, value in enumerate(values):
            if value in seen:
                self.refuse(f"{place}[{index}]", code, {name: value})
            seen.add(value)

    def first_causes(self) -> list[RuleError]:
        """The refusals without those that only follow from others: one a place, none in a lost object."""
        kept: dict[str, RuleError] = {}
        lost: list[str] = []
        for error in self.errors:
            if error.place in kept or any(_inside(error.place, place) for place in lost):
                continue
            kept[error.place] = error
            if error.code in ("missing-key", "not-an-object"):
                lost.append(error.place)
        return list(kept.values())


def _inside(place: str, outer: str) -> bool:
    return not outer or place.startswith((f"{outer}.", f"{outer}["))


def within(place: str, key: str) -> str:
    """The place of a member of the object at a place."""
    return f"{place}.{key}" if place else key
