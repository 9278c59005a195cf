"""The two kinds of addresses: what everybody may read, and what is a signed-in person's own."""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, generics, mixins
from rest_framework.authentication import SessionAuthentication
from rest_framework.response import Response

from goldidea.lib.addresses import client_address
from goldidea.lib.api.counting import caller_of, count_request
from goldidea.lib.api.paging import Pages
from goldidea.lib.api.problems import CODES, Problem, problem
from goldidea.lib.api.scopes import Public, Signed


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """No address of the API."""
    return problem(request, 404, CODES[404])


class Filters(DjangoFilterBackend):  # type: ignore[misc]
    """A view's filter set, with what the view gives it besides; a parameter that nobody knows is refused."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        known = {"limit", "cursor"} if view.paginator else set()
        kind = self.get_filterset_class(view, queryset)
        known |= set(kind.base_filters) if kind else set()
        if unknown := sorted(set(request.query_params) - known):
            words = _("There is no such parameter here.")
            wrong = [{"field": name[:60], "detail": words, "code": "unknown"} for name in unknown[:10]]
            raise Problem(400, "malformed", "", wrong)
        return super().filter_queryset(request, queryset, view)

    def get_filterset_kwargs(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        return {"data": request.query_params, "queryset": queryset, **view.filter_values()}


class Address(generics.GenericAPIView[Any]):
    """One address under /api/v1/: JSON, counted, with the district of the address in `self.district`.

    `part` is where its description stands (goldidea/lib/api/schema.py), `summary` what it is in one line.
    """

    part = "own"
    summary: Any = ""

    pagination_class: Any = Pages
    filter_backends = [Filters]
    lookup_field = "code"
    ordering: tuple[str, ...] = ("code",)
    http_method_names = ["get", "head", "post", "patch"]

    @property
    def district(self) -> Any:
        return getattr(self.request, "district", None)

    def filter_values(self) -> dict[str, Any]:
        """What the filter set is made with, besides data and rows."""
        return {}

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        if request.method.lower() not in self.http_method_names or not hasattr(self, request.method.lower()):
            raise exceptions.MethodNotAllowed(request.method)
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Any) -> None:
        """Who asks; every request is counted, those with a wrong token too."""
        try:
            super().perform_authentication(request)
        except exceptions.APIException:
            request.user, request.auth = AnonymousUser(), None
            self.count(request)
            raise
        self.count(request)

    def count(self, request: Any) -> None:
        count_request(*caller_of(request), client_address(request), now=timezone.now())


class PublicAddress(Address):
    """Read by everybody, the same for everybody: without cookies, from any site, not sent twice (304).

    `scope` is what a token needs; sessions are not looked at.
    """

    permission_classes = [Public]
    scope = ""
    part = "public"

    def get_authenticators(self) -> list[Any]:
        return [way for way in super().get_authenticators() if not isinstance(way, SessionAuthentication)]

    @classmethod
    def as_view(cls, **values: Any) -> Any:
        return readable_from_anywhere(conditional_page(super().as_view(**values)))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if answer.status_code == 200:
            answer["Cache-Control"] = "public, no-cache" if request.auth is None else "private, no-cache"
        return answer


def readable_from_anywhere(view: Any) -> Any:
    """Scripts of any site may read the answer, without anybody's cookies."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(*args, **kwargs)
        if hasattr(response, "add_post_render_callback"):  # which may make a 304 of it
            response.add_post_render_callback(opened)
            return response
        return opened(response)

    def opened(response: HttpResponse) -> HttpResponse:
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer


class OwnAddress(Address):
    """A signed-in person's own: never kept by a cache, and changes need the pages' CSRF token."""

    permission_classes = [Signed]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer


class Listing(mixins.ListModelMixin):
    """GET: a page of rows."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class Single(mixins.RetrieveModelMixin):
    """GET: one thing by its code."""

    pagination_class: Any = None

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return self.retrieve(request, *args, **kwargs)


class PublicList(Listing, PublicAddress):
    """A list that everybody may read."""


class PublicThing(Single, PublicAddress):
    """One thing that everybody may read."""


class OwnList(Listing, OwnAddress):
    """A list of one's own."""


class OwnThing(Single, OwnAddress):
    """One thing of one's own."""
