"""What every template knows of the place: its district, whether it is the demonstration's, and the reader's ways in."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from communities.desks import desks, roles_at
from communities.models import District

OFFICE = {"district_staff", "subdistrict_staff", "observer"}
CASE_AUTHORS = {"community_user", "organization_user", "supportive_org"}
ORGANIZATIONS = {"organization_user", "supportive_org"}
JUDGES = {"resident_judge", "expert_judge"}


def place(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `district`, `demonstration`, `roles`, `nav` (address, words, current), `account_links`."""
    district: District | None = getattr(request, "district", None)
    user = getattr(request, "user", None)
    # Error pages are rendered for requests that never met the middlewares.
    roles = roles_at(user, district) if user is not None else set()
    return {
        "district": district,
        "demonstration": bool(district and district.is_demonstration),
        "roles": roles,
        "nav": navigation(request, district, roles) if district else [],
        "account_links": account_links(user),
        "foot": footer(user, district) if district else [],
    }


def navigation(request: HttpRequest, district: District, roles: set[str]) -> list[tuple[str, str, bool]]:
    """The masthead's ways in: what is public, and the reader's own desk."""
    named = [
        ("public:home", _("Home")),
        ("public:projects", _("Cases")),
        ("public:results", _("Results")),
        ("public:notices", _("Notices")),
    ]
    if roles & OFFICE:
        named.append(("office:today", _("Workbench")))
    elif "platform_admin" in roles:
        named.append(("office:accounts", _("Workbench")))
    if roles & CASE_AUTHORS:
        named.append(("cases:list", _("My cases")))
    if "community_user" in roles:
        named.append(("office:grids", _("My grids")))
    if roles & ORGANIZATIONS:
        named.append(("own:organizations", _("My organizations")))
    if roles & JUDGES:
        named.append(("judging:list", _("My scoring")))
    items = [(url, words) for name, words in named if (url := address(name, district))]
    here = request.path
    best = max((url for url, _words in items if here.startswith(url)), key=len, default="")
    return [(url, words, url == best) for url, words in items]


def footer(user: Any, district: District) -> list[tuple[str, str]]:
    """At the end of every page: what a reader looks for there and does not find among the sections."""
    named = [("public:judge", _("I am a resident judge")), ("public:notices", _("Notices"))]
    links = [(url, words) for name, words in named if (url := address(name, district))]
    links.append((reverse("api:page"), _("Open data and API")))
    signed_in = getattr(user, "is_authenticated", False)
    return links if signed_in else [*links, (reverse("account_login"), _("Sign in"))]


def address(name: str, district: District) -> str:
    """The page's address in the district, empty where the installation has no such page."""
    try:
        return reverse(name, args=[district.slug])
    except NoReverseMatch:
        return ""


def account_links(user: Any) -> list[tuple[str, str]]:
    """Beside the name in the strip: another district, and how one signs in. A judge has neither."""
    if not getattr(user, "is_authenticated", False) or user.kind != user.Kind.PERSON:
        return []
    places = {desk.district.pk if desk.district else None for desk in desks(user)}
    links = [(reverse("desks"), _("Change district"))] if len(places) > 1 else []
    return [*links, (reverse("mfa_index"), _("My sign-in"))]
