"""The workbench's menu: where each role of the office may go."""

from dataclasses import dataclass
from typing import Any, Final

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

register = template.Library()

DISTRICT: Final = frozenset({"district_staff"})
STAFF: Final = frozenset({"district_staff", "subdistrict_staff"})
READERS: Final = STAFF | {"observer"}
ACCOUNTS: Final = STAFF | {"platform_admin"}

# Heading -> (address name under `office:`, words, roles that see it).
MENU: Final[tuple[tuple[Any, tuple[tuple[str, Any, frozenset[str]], ...]], ...]] = (
    (
        gettext_lazy("Evaluation"),
        (
            ("today", pgettext_lazy("workbench", "Today"), READERS),
            ("cases", gettext_lazy("Cases"), READERS),
            ("rounds", gettext_lazy("Rounds"), READERS),
            ("seasons", gettext_lazy("Seasons and rules"), STAFF),
        ),
    ),
    (
        gettext_lazy("Registers"),
        (
            ("communities", gettext_lazy("Communities"), STAFF),
            ("grids", gettext_lazy("Grids"), READERS),
            ("social_workers", gettext_lazy("Social workers"), READERS),
            ("organizations", gettext_lazy("Social organizations"), READERS),
            ("philanthropy", gettext_lazy("Venture-philanthropy projects"), READERS),
            ("judges", gettext_lazy("Judges"), READERS),
            ("elections", gettext_lazy("Elections"), STAFF),
        ),
    ),
    (
        pgettext_lazy("workbench", "Office"),
        (
            ("decisions", gettext_lazy("Decisions of two"), ACCOUNTS),
            ("imports", gettext_lazy("Import and export"), STAFF),
            ("calendar", gettext_lazy("Calendar"), READERS),
            ("accounts", gettext_lazy("Accounts"), ACCOUNTS),
            ("slips", gettext_lazy("Activation slips"), ACCOUNTS),
            ("tokens", gettext_lazy("API tokens"), DISTRICT),
            ("audit", gettext_lazy("Audit trail"), DISTRICT | {"observer"}),
        ),
    ),
)


@dataclass(slots=True)
class MenuItem:
    """One way in."""

    url: str
    label: Any
    current: bool = False


@register.inclusion_tag("office/_menu.html", takes_context=True)
def office_menu(context: Context) -> dict[str, Any]:
    """The menu of the reader's roles in this district; the page's own place in it is marked."""
    request: HttpRequest | None = context.get("request")
    groups = menu_for(context.get("roles") or set(), context["district"].slug)
    items = [item for _heading, group in groups for item in group]
    here = where(items, request.path if request else "")
    for item in items:
        item.current = item is here
    return {"groups": groups, "here": here.label if here else _("all places")}


def menu_for(roles: set[str], slug: str) -> list[tuple[Any, list[MenuItem]]]:
    """Headings with those of their items that the roles may see and whose pages exist."""
    groups = []
    for heading, entries in MENU:
        items = [MenuItem(address(name, slug), label) for name, label, seen_by in entries if roles & seen_by]
        items = [item for item in items if item.url]
        if items:
            groups.append((heading, items))
    return groups


def address(name: str, slug: str) -> str:
    """The address of an office page, empty where the installation has none."""
    try:
        return reverse(f"office:{name}", args=[slug])
    except NoReverseMatch:
        return ""


def where(items: list[MenuItem], path: str) -> MenuItem | None:
    """The item under whose address the page lies; the workbench's first page only for itself."""
    under = [
        item for item in items if path == item.url or (path.startswith(item.url) and item is not items[0])
    ]
    return max(under, key=lambda item: len(item.url), default=None)
