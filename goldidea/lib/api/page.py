"""The page of the API, for people: made from the same description that programs read, without a script."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from goldidea.lib.api import counting
from goldidea.lib.api.schema import PARTS, document
from goldidea.lib.htmx import page

METHODS: Final = ("get", "post", "patch")


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter or field: its name, what it holds, what is said of it."""

    name: str
    kind: str
    words: str
    required: bool


@dataclass(slots=True)
class Described:
    """One method of one address."""

    anchor: str
    method: str
    path: str
    summary: str
    parameters: list[Value] = field(default_factory=list)
    sent: list[Value] = field(default_factory=list)
    answered: list[Value] = field(default_factory=list)
    is_list: bool = False


@login_not_required
@require_safe
def api_page(request: HttpRequest) -> HttpResponse:
    """What there is, part by part."""
    whole = document(get_language() or "zh-hans")
    every = list(described(whole))
    context = {
        "parts": [
            (part, heading, [one for tag, one in every if tag == part]) for part, heading in PARTS.items()
        ],
        "limits": {"reader": counting.OF_A_READER, "token": counting.OF_A_TOKEN},
        "example": "{district_slug}",
        "host": request.build_absolute_uri("/").rstrip("/"),
    }
    return page(request, "api/page.html", context)


def described(whole: dict[str, Any]) -> Iterator[tuple[str, Described]]:
    """Every operation, with its part."""
    for path, methods in whole["paths"].items():
        for method in METHODS:
            if operation := methods.get(method):
                yield operation["tags"][0], one_operation(whole, path, method, operation)


def one_operation(whole: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Described:
    parameters = [
        Value(p["name"], kind_of(whole, p["schema"]), p.get("description", ""), p.get("required", False))
        for p in operation.get("parameters", [])
        if p["in"] == "query"
    ]
    answer = next(iter(operation["responses"].values())).get("content", {})
    schema = resolved(whole, next((kind["schema"] for kind in answer.values()), {}))
    rows = resolved(whole, schema.get("properties", {}).get("results", {}))
    if rows:
        schema = resolved(whole, rows.get("items", {}))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Described(
        operation["operationId"],
        method.upper(),
        path,
        operation.get("summary", ""),
        parameters,
        fields_of(whole, resolved(whole, body)),
        fields_of(whole, schema),
        bool(rows),
    )


def fields_of(whole: dict[str, Any], schema: dict[str, Any]) -> list[Value]:
    """The fields of an object."""
    required = schema.get("required", [])
    return [
        Value(name, kind_of(whole, inner), inner.get("description", ""), name in required)
        for name, inner in schema.get("properties", {}).items()
    ]


def resolved(whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference."""
    if "$ref" in schema:
        found: dict[str, Any] = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    parts = schema.get("allOf", [])
    return resolved(whole, parts[0]) if len(parts) == 1 else schema


def kind_of(whole: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a value is, in a word or two, or its choices."""
    schema = resolved(whole, schema)
    alternatives = schema.get("oneOf", [])
    if choices := [c for s in [schema, *alternatives] for c in resolved(whole, s).get("enum", []) if c]:
        return " | ".join(map(str, choices))
    if schema.get("type") == "array":
        return _("list of %(what)s") % {"what": kind_of(whole, schema["items"])}
    if schema.get("type") == "object" and schema.get("properties"):
        return "{" + ", ".join(schema["properties"]) + "}"
    return str(schema.get("format") or schema.get("type") or "")
