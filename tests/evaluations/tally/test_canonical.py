"""Canonical JSON: the bytes of RFC 8785, and the refusal of what cannot be signed."""

import json

import pytest

from evaluations.tally.canonical import dumps, loads
from evaluations.tally.messages import RuleError

VECTORS = [
    ({"b": 1, "a": "浙江", "€": 1}, '{"a":"浙江","b":1,"€":1}'),
    ({"x": 9007199254740991}, '{"x":9007199254740991}'),
]


@pytest.mark.parametrize(("value", "expected"), VECTORS)
def test_vectors_of_rfc_8785(value, expected):
    assert dumps(value, any_keys=True) == expected.encode()


def test_keys_are_sorted_by_utf_16_units():
    # U+1F600 is a surrogate pair in UTF-16, so it comes before U+FFEE, which as a code point is smaller.
    assert dumps({"\uffee": 1, "\U0001f600": 2}, any_keys=True) == '{"\U0001f600":2,"\uffee":1}'.encode()


def test_escapes_are_those_of_rfc_8785():
    text = '\u0000\b\t\n\u000b\f\r\u001f"\\/\u007f\u2028'
    assert dumps(text) == b'"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/\x7f\xe2\x80\xa8"'


def test_literals_lists_and_nesting():
    assert dumps({"b": [True, False, None, -7, ()], "a": {}}) == b'{"a":{},"b":[true,false,null,-7,[]]}'


@pytest.mark.parametrize(
    ("value", "place", "code"),
    [
        ({"a": [2**53]}, "a[0]", "json-large-number"),
        ({"a": -(2**53)}, "a", "json-large-number"),
        ({"a": float("nan")}, "a", "json-number"),
        ([1.0], "[0]", "json-number"),
        ({"a": {"b": "\ud800"}}, "a.b", "json-surrogate"),
        ({"a": "e\u0301"}, "a", "json-not-nfc"),
        ({"€": 1}, "", "json-key"),
        ({1: 1}, "", "json-type"),
        ({"a": b""}, "a", "json-type"),
        ({"a": {1}}, "a", "json-type"),
    ],
)
def test_what_cannot_be_written(value, place, code):
    with pytest.raises(RuleError) as refused:
        dumps(value)
    assert (refused.value.place, refused.value.code) == (place, code)


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ('{"a":9007199254740992}', "a", "json-large-number"),
        ('{"a":' + "9" * 5000 + "}", "a", "json-large-number"),
        ('{"a":NaN}', "a", "json-number"),
        ('{"a":-Infinity}', "a", "json-number"),
        ('{"a":1e2}', "a", "json-number"),
        ('{"a":0.5}', "a", "json-number"),
        ('{"a":"\\ud800"}', "a", "json-surrogate"),
        ('{"a":[{"b":1,"b":1}]}', "a[0]", "json-duplicate-key"),
        ('{"€":1}', "", "json-key"),
        ("{'a':1}", "", "json-syntax"),
        ("", "", "json-syntax"),
        ('{"a":1} x', "", "json-syntax"),
        ("[" * 60 + "]" * 60, "[0]" * 41, "json-too-deep"),
        ("[" * 100_000, "", "json-too-deep"),
        (b'"\xff"', "", "json-not-utf-8"),
        (b" " * ((1 << 20) + 1), "", "json-too-long"),
    ],
)
def test_what_cannot_be_read(text, place, code):
    with pytest.raises(RuleError) as refused:
        loads(text)
    assert (refused.value.place, refused.value.code) == (place, code)


def test_reading_accepts_one_byte_order_mark():
    assert loads(b'\xef\xbb\xbf{"a": "\xe6\xb5\x99"}') == {"a": "浙"}


def test_written_documents_read_back():
    value = {"a": [1, "二", None, True], "b": {"c": ""}}
    assert json.loads(dumps(value)) == loads(dumps(value)) == value
