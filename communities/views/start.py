"""The front door: the installation's start page, and a person's way to the own desk after signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from communities.desks import desks
from communities.models import District
from goldidea.lib.htmx import go, page


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """One district: its front page. Several: their list. None yet: how to begin."""
    districts = list(District.objects.order_by("division_code", "pk"))
    if len(districts) == 1:
        return go(request, "public:home", districts[0].slug)
    return page(request, "communities/start.html", {"districts": districts})


@require_safe
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """To the desk of the person; with desks in several districts, to the choice between them."""
    held = [desk for desk in desks(request.user) if desk.url]
    if len({desk.district.pk if desk.district else None for desk in held}) == 1 and held[0].district:
        return go(request, held[0].url)
    return go(request, "desks")


@require_safe
def choose_desk(request: HttpRequest) -> HttpResponse:
    """Every desk of the person; for the platform's administrators, the accounts of every district."""
    held = desks(request.user)
    is_admin = any(desk.role == "platform_admin" for desk in held)
    districts = list(District.objects.order_by("division_code", "pk")) if is_admin else []
    places = [desk for desk in held if desk.district and desk.url]
    return page(request, "communities/desks.html", {"places": places, "districts": districts})
