"""Find the district that an address names, before the view runs."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from communities.models import District


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
