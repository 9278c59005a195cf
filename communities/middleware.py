"""Before the view runs: the district that an address names, and whether its reader has to set up a second factor first."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from accounts.factors import has_factor
from accounts.gate import ALWAYS_OPEN, FACTOR_KNOWN, is_open_to_everybody, nobody_while
from communities.models import District
from communities.rules import needs_second_factor
from goldidea.lib.htmx import go


class DistrictMiddleware:
    """Takes `district_slug` out of the view's arguments and sets `request.district` (None where no district is named)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.district = None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        slug = kwargs.pop("district_slug", None)
        if slug is None:
            return
        request.district = District.objects.filter(slug=slug).first()  # type: ignore[attr-defined]
        if request.district is None:  # type: ignore[attr-defined]
            raise Http404


class SecondFactorMiddleware:
    """Staff without a second factor are led to its set-up, and nothing else opens (REQUIRE_SECOND_FACTOR).

    On pages that everybody reads they count as nobody, so that no public page and no program meets them either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not settings.REQUIRE_SECOND_FACTOR or request.resolver_match.view_name in ALWAYS_OPEN:
            return None
        if is_open_to_everybody(view):
            nobody_while(lacks_factor, request)
            return None
        return go(request, "mfa_index") if lacks_factor(request, request.user) else None


def lacks_factor(request: HttpRequest, user: Any) -> bool:
    """Whether the person needs a second factor and has none. That there is one is remembered in the session."""
    if not user.is_authenticated or request.session.get(FACTOR_KNOWN) or not needs_second_factor(user):
        return False
    if not has_factor(user):
        return True
    request.session[FACTOR_KNOWN] = True
    return False
