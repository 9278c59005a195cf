"""Remember how a reader wants the pages: text size, colours, contrast."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from goldidea.lib.context import CHOICES
from goldidea.lib.htmx import go

YEAR = 60 * 60 * 24 * 365


# Without a token: it only sets cookies of how a page looks, and a token would make every public page its reader's own.
@csrf_exempt
@login_not_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Set one cookie for each preference given; back to the page that was being read."""
    response = go(request, safe_next(request))
    for name, choices in CHOICES.items():
        value = request.POST.get(name)
        if value is not None and value in choices:
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
            )
    return response


def safe_next(request: HttpRequest) -> str:
    """Where the form says to go on, if that is on this host; else the start page."""
    wanted = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()):
        return wanted
    return resolve_url("start")
