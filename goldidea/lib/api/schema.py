"""The description of the API (OpenAPI 3), made from its addresses once for each language."""

import json
from functools import lru_cache
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from goldidea.lib.api.problems import MEDIA_TYPE, ProblemSerializer
from goldidea.lib.api.views import OwnAddress, PublicAddress, readable_from_anywhere

READING: Final = (400, 401, 403, 404, 406, 422, 429)
WRITING: Final = (*READING, 409, 413, 415)
SAFE: Final = ("GET", "HEAD")
# Part of the API -> its heading, in the order of the page.
PARTS: Final[dict[str, Any]] = {
    "public": gettext_lazy("Open data"),
    "own": gettext_lazy("Yourself"),
    "judging": gettext_lazy("A judge's seat"),
    "cases": gettext_lazy("A community's cases"),
    "registers": gettext_lazy("The office's registers"),
}
SECURITY: Final = {
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
}


class Operation(AutoSchema):
    """What the description says of one method of one address: `part` and `summary` of its view, and every problem."""

    def get_tags(self) -> list[str]:
        return [self.view.part]  # type: ignore[attr-defined]

    def get_summary(self) -> str:
        said: Any = self.view.summary  # type: ignore[attr-defined]
        return str(said[self.method] if isinstance(said, dict) else said)

    def get_description(self) -> str:  # type: ignore[override]
        return str(getattr(self.view, "description", ""))

    def get_operation_id(self) -> str:
        name = type(self.view).__name__
        first = name[0].lower() + name[1:]
        return first if self.method == "GET" else f"{self.method.lower()}{name}"

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"session": []}] if isinstance(self.view, OwnAddress) else [{}, {"token": []}]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        answers: dict[str, Any] = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        for status in READING if self.method in SAFE else WRITING:
            content = {MEDIA_TYPE: {"schema": problem}}
            answers.setdefault(str(status), {"content": content, "description": _("A problem")})
        if isinstance(self.view, PublicAddress) and self.method == "GET":
            answers["304"] = {"description": _("You hold this version already (If-None-Match)")}
        return answers


def named(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Security schemes are ours; parts carry their headings."""
    result.setdefault("components", {})["securitySchemes"] = SECURITY
    result["tags"] = [{"name": part, "description": str(heading)} for part, heading in PARTS.items()]
    return result


@lru_cache(maxsize=4)
def document(language: str) -> dict[str, Any]:
    """The description, with its sentences in `language`."""
    with override(language):
        found = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
        made: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return made


@readable_from_anywhere
@conditional_page
@require_safe
@login_not_required
def description(request: HttpRequest) -> HttpResponse:
    """openapi.json, for programs that make clients."""
    text = json.dumps(document(get_language() or "zh-hans"), ensure_ascii=False, separators=(",", ":"))
    headers = {"Cache-Control": "public, no-cache"}
    return HttpResponse(text, content_type="application/vnd.oai.openapi+json", headers=headers)
