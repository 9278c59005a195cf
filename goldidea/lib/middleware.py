"""Request ids, and the page or problem that answers a refusal."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goldidea.lib.errors import Refusal, TooLarge
from goldidea.lib.logs import request_id
from goldidea.lib.refusals import refusal

Answer = Callable[[HttpRequest], HttpResponse]
MOST_BYTES = 64 * 1024 * 1024  # six photos of 10 MB and their form
ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Each request has an id, in its answer, in the log and in the tasks that it rings for.

    It is the front server's X-Request-ID (BEHIND_PROXY) if that is well formed, else a new one.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
        number = given if ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = number  # type: ignore[attr-defined]
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = number
        return response


class RefusalMiddleware:
    """An action's refusal becomes its answer: 409 with a code, 413, 429 with Retry-After. Never a 500.

    A body that is larger than any form of ours is refused before a byte of it is read.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if body_length(request) > MOST_BYTES:
            return refusal(
                request, TooLarge(_("What was sent is larger than 64 MB. Send fewer or smaller files."))
            )
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal(request, exception) if isinstance(exception, Refusal) else None


def body_length(request: HttpRequest) -> int:
    """Bytes of the body as announced; Django reads no more than that."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return int(announced[:18]) if announced.isdecimal() else 0


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs a signed-in reader unless it says otherwise; one that does is asked about nobody's session."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
