"""Answers to what cannot be done: the page says why and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import requires_csrf_token

from goldidea.lib.errors import Refusal, TooMany


def refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The page of a refusal, with its code in the header X-Refusal."""
    response = render(request, f"{error.status}.html", {"exception": error.message}, status=error.status)
    response["X-Refusal"] = error.code
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """The page for what nobody foresaw, with the number under which the log has it. Asks neither database nor session."""
    number = getattr(request, "request_id", "")
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that was left open too long, or sent from elsewhere."""
    return render(request, "403_csrf.html", status=403)
