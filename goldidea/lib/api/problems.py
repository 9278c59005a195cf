"""Errors of the API as problem details (RFC 9457), with a stable code, the pages' own sentence and the request's id."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.fields import get_error_detail

from goldidea.lib.errors import Refusal, TooMany

PREFIX: Final = "/api/"
MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 100
# Error at one place of what was sent: where, the sentence, the code.
Errors = list[dict[str, str]]


class Problem(exceptions.APIException):
    """An answer that is no success, with its code; raised where no exception of ours says it."""

    def __init__(self, status: int, code: str, detail: Any, errors: Errors | None = None) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.errors = errors or []


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem, as the description of the API shows it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    errors: Any = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()),
        required=False,
        help_text="For 400 and 422: each with field, detail and code.",
    )


def is_api(request: HttpRequest) -> bool:
    """Whether whoever asks expects a problem rather than a page."""
    return request.path.startswith(PREFIX)


def problem(
    request: Any,
    status: int,
    code: str,
    detail: Any = "",
    errors: Errors | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer itself. It names no address: another area's object and a nonexistent one answer alike."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail) or said(status),
        "code": code,
        "request_id": getattr(request, "request_id", ""),
    }
    if errors:
        body["errors"] = errors
    # What was sent is quoted in it: half of a surrogate pair, which JSON can say, is no text that can be sent back.
    text = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    answer = HttpResponse(text, content_type=MEDIA_TYPE, status=status, headers=headers)
    answer["Cache-Control"] = "no-store"
    return answer


def said(status: int) -> str:
    """The sentence where nobody has written a better one: that of the page with the same status."""
    sentences = {
        400: _("This request cannot be read."),
        401: _("Sign in, or send a token that is valid."),
        403: _("This is not open to you"),
        404: _("There is no such page"),
        405: _("This address does not answer to this method."),
        406: _("This address answers in JSON only."),
        413: _("This is too large"),
        415: _("Send JSON, as application/json."),
        422: _("Something in it has to be put right."),
    }
    return sentences.get(status) or _(
        "It is our fault, not yours, and it has been recorded. Marks and texts that were said to be saved are "
        "saved. Please try again in a few minutes."
    )


CODES: Final = {
    400: "malformed",
    401: "not-signed-in",
    403: "not-permitted",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many",
}


def answer_exception(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Django REST framework's door for what a view raised; None for what is our fault (500)."""
    request = context["request"]
    match error:
        case Problem():
            return problem(request, error.status_code, str(error.get_codes()), error.detail, error.errors)
        case Refusal():
            return of_refusal(request, error)
        case Http404():
            return problem(request, 404, CODES[404])
        case PermissionDenied():
            return problem(request, 403, CODES[403], error)
        case ValidationError():
            return invalid(request, get_error_detail(error))
        case exceptions.ValidationError():
            return invalid(request, error.detail)
        case exceptions.APIException():
            return of_framework(request, error)
    return None


def of_refusal(request: Any, error: Refusal) -> HttpResponse:
    """An action's refusal: its status, its code, its sentence."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else None
    return problem(request, error.status, error.code, error.message, headers=headers)


def invalid(request: Any, detail: Any) -> HttpResponse:
    """422 with what is wrong at each place, of the first hundred."""
    return problem(request, 422, CODES[422], errors=list(islice(flat(detail), MOST_ERRORS)))


def of_framework(request: Any, error: exceptions.APIException) -> HttpResponse:
    """What the framework itself refuses: unread bodies, methods, media types, missing sign-in."""
    status = error.status_code
    headers = {"WWW-Authenticate": getattr(error, "auth_header", "")} if status == 401 else None
    code = error.get_codes()
    ours = code if isinstance(code, str) and code in OWN_CODES else CODES.get(status, "error")
    detail = error.detail if ours in OWN_CODES else ""
    return problem(request, status, ours, detail, headers=headers)


# Codes of the framework's exceptions that we raise ourselves, with a sentence of our own.
OWN_CODES: Final = frozenset({"bad-token", "csrf", "bad-cursor"})


def flat(detail: Any, at: str = "") -> Iterator[dict[str, str]]:
    """Nested errors as a list: {"field": "marks.need", "detail": "…", "code": "…"}."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = "" if name in ("non_field_errors", "__all__") else str(name)
            yield from flat(inner, ".".join(filter(None, [at, here])))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            yield from flat(inner, f"{at}.{place}" if isinstance(inner, Mapping) and inner else at)
    else:
        yield {"field": at, "detail": str(detail), "code": str(getattr(detail, "code", "invalid"))}
