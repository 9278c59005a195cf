"""Canonical JSON: one sequence of bytes for one document, so that a hash means the same everywhere.

Source: RFC 8785 (JSON Canonicalization Scheme), restricted to ASCII keys, whole numbers within 2^53 - 1 and
texts in normal form C. There are no floats: decimals are written as texts. Reading is as strict as writing.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from evaluations.tally.messages import Params, RuleError

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class _Unfit:
    """Stands in a parsed document where JSON allows what canonical JSON does not."""

    code: str
    params: Params


def parse(text: str | bytes) -> tuple[object, list[RuleError]]:
    """Read a JSON document and list everything in it that canonical JSON refuses.

    Args:
        text: the document; bytes are UTF-8; one leading byte-order mark is left out.

    Returns:
        The document and its refusals, each with its place; only without refusals is the document fit for use.

    Raises:
        RuleError: the text cannot be read as JSON at all.
    """
    try:
        value = json.loads(
            _decoded(text),
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_float,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise RuleError("", "json-syntax", {"line": error.lineno, "column": error.colno}) from None
    except RecursionError:
        raise RuleError("", "json-too-deep", {"limit": MAX_DEPTH}) from None
    return value, list(refusals(value))


def loads(text: str | bytes) -> object:
    """Read a document that canonical JSON can hold.

    Raises:
        RuleError: with the place of the first thing refused.
    """
    value, refused = parse(text)
    if refused:
        raise refused[0]
    return value


def dumps(value: object, *, any_keys: bool = False) -> bytes:
    """Write a document as canonical JSON in UTF-8, without a final line feed.

    Args:
        value: None, bool, int, str, list, tuple and dict only.
        any_keys: allow keys beyond ASCII, as RFC 8785 itself does; keys are sorted by UTF-16 code units.

    Raises:
        RuleError: with the place of the first thing refused.
    """
    if not _plain(value):
        for refused in refusals(value, any_keys=any_keys):
            raise refused
    return (_written_by_utf16 if any_keys else _written)(value).encode("utf-8")


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def refusals(
    value: object, place: str = "", depth: int = 0, *, any_keys: bool = False
) -> Iterator[RuleError]:
    """Everything in a document that canonical JSON refuses, each with its place, in the document's order."""
    if depth > MAX_DEPTH:
        yield RuleError(place, "json-too-deep", {"limit": MAX_DEPTH})
    elif isinstance(value, _Unfit):
        yield RuleError(place, value.code, value.params)
    elif isinstance(value, str):
        yield from _text_refusals(value, place)
    elif isinstance(value, int):  # bool too, which is always fit
        if abs(value) > MAX_INTEGER:
            yield RuleError(place, "json-large-number")
    elif isinstance(value, float):
        yield RuleError(place, "json-number", {"number": repr(value)})
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from refusals(item, f"{place}[{index}]", depth + 1, any_keys=any_keys)
    elif isinstance(value, dict):
        yield from _object_refusals(value, place, depth, any_keys)
    elif value is not None:
        yield RuleError(place, "json-type", {"type": type(value).__name__})


def _plain(value: object) -> bool:
    """Whether nothing can be refused: ASCII texts, whole numbers within the limit, and lists and objects of them."""
    level: list[object] = [value]
    for _depth in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            kind = type(item)
            if kind is str:
                if not item.isascii():  # type: ignore[attr-defined]
                    return False
            elif kind is dict:
                if not all(type(key) is str and key.isascii() for key in item):  # type: ignore[attr-defined]
                    return False
                below.extend(item.values())  # type: ignore[attr-defined]
            elif kind is list or kind is tuple:
                below.extend(item)  # type: ignore[arg-type]
            elif kind is int:
                if not -MAX_INTEGER <= item <= MAX_INTEGER:  # type: ignore[operator]
                    return False
            elif item is not None and kind is not bool:
                return False
        if not below:
            return True
        level = below
    return False


def _object_refusals(
    value: dict[object, object], place: str, depth: int, any_keys: bool
) -> Iterator[RuleError]:
    for key, item in value.items():
        if not isinstance(key, str):
            yield RuleError(place, "json-type", {"type": type(key).__name__})
            continue
        if not key.isascii() and not any_keys:
            yield RuleError(place, "json-key", {"key": ascii(key)[1:-1]})
            continue
        yield from _text_refusals(key, place)
        yield from refusals(item, f"{place}.{key}" if place else key, depth + 1, any_keys=any_keys)


def _text_refusals(text: str, place: str) -> Iterator[RuleError]:
    if text.isascii():
        return
    if any("\ud800" <= char <= "\udfff" for char in text):
        yield RuleError(place, "json-surrogate")
    elif not unicodedata.is_normalized("NFC", text):
        yield RuleError(place, "json-not-nfc", {"text": text})


def _decoded(text: str | bytes) -> str:
    if len(text) > MAX_BYTES:
        raise RuleError("", "json-too-long", {"limit": MAX_BYTES})
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise RuleError("", "json-not-utf-8") from None
    return text.removeprefix("\ufeff")


def _integer(digits: str) -> object:
    # Checked as text first: Python itself refuses to convert thousands of digits.
    if len(digits) > len(str(-MAX_INTEGER)):
        return _Unfit("json-large-number", {})
    return int(digits)


def _float(text: str) -> object:
    return _Unfit("json-number", {"number": text})


def _object(pairs: list[tuple[str, object]]) -> object:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return _Unfit("json-duplicate-key", {"key": twice})
    return members


def _written(value: object) -> str:
    """For ASCII keys json itself agrees with RFC 8785: sorting by code point is then sorting by UTF-16."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _written_by_utf16(value: object) -> str:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return (
            "{" + ",".join(f"{_written_by_utf16(key)}:{_written_by_utf16(value[key])}" for key in keys) + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_written_by_utf16, value)) + "]"
    # For the remaining types json agrees with RFC 8785, escapes included.
    return json.dumps(value, ensure_ascii=False)
