"""What every template knows of the place: its district, whether it is the demonstration's, and the reader's ways in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from communities import rules
from communities.models import District


def place(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `district`, `demonstration`, `nav` (address, words, current), `roles`."""
    district: District | None = getattr(request, "district", None)
    user = getattr(request, "user", None)
    # Error pages are rendered for requests that never met the middlewares.
    roles = rules.roles_in(user, district) if user is not None else set()
    return {
        "district": district,
        "demonstration": bool(district and district.is_demonstration),
        "roles": roles,
        "nav": navigation(request, district, roles) if district else [],
    }


def navigation(request: HttpRequest, district: District, roles: set[str]) -> list[tuple[str, str, bool]]:
    """The masthead's ways in: what is public, and the reader's own desk."""
    slug = district.slug
    items = [
        (reverse("public:home", args=[slug]), _("Home")),
        (reverse("public:projects", args=[slug]), _("Cases")),
        (reverse("public:results", args=[slug]), _("Results")),
        (reverse("public:notices", args=[slug]), _("Notices")),
    ]
    if roles & {"district_staff", "subdistrict_staff", "observer"}:
        items.append((reverse("office:today", args=[slug]), _("Workbench")))
    if "community_user" in roles:
        items.append((reverse("cases:list", args=[slug]), _("My cases")))
    here = request.path
    best = max((url for url, _words in items if here.startswith(url)), key=len, default="")
    return [(url, words, url == best) for url, words in items]
