"""Answers to what cannot be done: the page says why and what to do; under /api/ a problem says it to programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import defaults
from django.views.decorators.csrf import requires_csrf_token

from goldidea.lib.api.problems import CODES, is_api, of_refusal, problem
from goldidea.lib.errors import Refusal, TooMany


def refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The page of a refusal, with its code in the header X-Refusal."""
    if is_api(request):
        return of_refusal(request, error)
    response = render(request, f"{error.status}.html", {"exception": error.message}, status=error.status)
    response["X-Refusal"] = error.code
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """The page for what nobody foresaw, with the number under which the log has it. Asks neither database nor session."""
    if is_api(request):
        return problem(request, 500, "error")
    number = getattr(request, "request_id", "")
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form that was left open too long, or sent from elsewhere."""
    if is_api(request):
        return problem(request, 403, "csrf")
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 400, CODES[400]) if is_api(request) else defaults.bad_request(request, exception)


def not_permitted(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(request, 403, CODES[403], exception)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return (
        problem(request, 404, CODES[404]) if is_api(request) else defaults.page_not_found(request, exception)
    )
