"""Answers that are right for a whole page and for a part that htmx swaps in."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers


def go(request: HttpRequest, to: str, *args: Any) -> HttpResponse:
    """Go to a page. For htmx a 204 with HX-Redirect: a plain redirect would be swapped into the fragment."""
    url = resolve_url(to, *args)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url, "Vary": "HX-Request"})
    return HttpResponseRedirect(url, status=303)


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a page or a fragment; caches keep the two apart."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
