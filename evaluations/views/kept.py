"""Public pages of what is published: drawn once for all who are not signed in, and not sent twice to the same reader."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from goldidea.lib.context import preferences

KEPT = 3600  # seconds; a page is kept under its ETag, so an old one is never sent, only forgotten


def kept_page(request: HttpRequest, etag: str, draw: Callable[[], HttpResponse]) -> HttpResponse:
    """304 for who holds this version; else the page as it is kept, drawn if it is not. Pages with a query are not kept."""
    if (held := unchanged(request, etag)) is not None:
        return held
    content = None if request.GET else cache.get(etag)
    if content is None:
        drawn = draw()
        if "Cache-Control" in drawn:  # it says itself that it does not hold
            return drawn
        content = drawn.content
        if not request.GET:
            cache.set(etag, content, KEPT)
    return conditional(HttpResponse(content), etag)


def etag_of(request: HttpRequest, *digests: str) -> str:
    """One for each state of what is shown, language, preferences and version of the pages; only for readers who are not signed in."""
    parts = (
        *digests,
        get_language(),
        preferences(request),
        request.get_full_path(),
        settings.RELEASE,
    )
    return '"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"'


def unchanged(request: HttpRequest, etag: str) -> HttpResponse | None:
    """304 with the headers that the page would have had, if the reader holds this version."""
    kept = conditional(HttpResponse(), etag)
    answer = get_conditional_response(request, etag=etag, response=kept)
    return None if answer is kept else answer


def conditional(response: HttpResponse, etag: str) -> HttpResponse:
    """The answer with what a reader needs in order to ask again only whether it has changed."""
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["HX-Request"])
    return response
