"""Request ids, and the page or problem that answers a refusal."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from goldidea.lib.errors import Refusal
from goldidea.lib.refusals import refusal

Answer = Callable[[HttpRequest], HttpResponse]
ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Each request has an id: the front server's X-Request-ID if it is well formed, else a new one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class RefusalMiddleware:
    """An action's refusal becomes its answer: 409 with a code, 413, 429 with Retry-After. Never a 500."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, Refusal) else None
