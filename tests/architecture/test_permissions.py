"""Every address × method × role × {own, other sub-district, other district, nonexistent}, against permissions.json."""

import json
import re
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.architecture.pages import EVERYBODY, PAGES, SIGNED_IN, Page
from tests.architecture.world import World
from tests.conftest import clone

TABLE = json.loads((Path(__file__).parent / "permissions.json").read_text(encoding="utf-8"))
ROWS = {f"{row['object']}: {row['action']}": row["expect"] for row in TABLE["rows"]}
# Who is in permissions.json, and who stands in for them. The neighbour's staff is a second sub-district's.
ROLES = TABLE["roles"]
NOBODY = "0" * 10
# Who tries codes of another district and codes of nothing.
PROBES = ("district_staff", "subdistrict_staff", "community_user", "resident_judge", "public")
CHANGING = re.compile(
    rb'(csrfmiddlewaretoken" value="|"X-CSRFToken": "|X-CSRFToken&quot;: &quot;)[A-Za-z0-9]+|name="next" value="[^"]*"|"request_id": "[^"]*"'
)


CANARY = re.compile(rb"139[ -]?0000[ -]?77\d\d")
LEAKS: list[tuple] = []
# An organization sees its own contact on its own page.
OWN_CONTACT = ("own:organization",)


def addresses() -> dict[str, list[str]]:
    """Name of every address → the names of its arguments."""
    found: dict[str, list[str]] = {}

    def walk(resolver, namespace: str, arguments: list[str]) -> None:
        for pattern in resolver.url_patterns:
            own = [*arguments, *pattern.pattern.converters]
            if hasattr(pattern, "url_patterns"):
                walk(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""), own)
            else:
                found[namespace + pattern.name] = own

    walk(get_resolver(), "", [])
    return found


ADDRESSES = addresses()


def test_every_address_is_listed_here():
    assert sorted(set(ADDRESSES) - set(PAGES)) == []
    assert sorted(set(PAGES) - set(ADDRESSES)) == []


def letters(page: Page, role: str) -> str:
    """The page's letters for the role."""
    if role in page.but:
        return page.but[role]
    table = ROWS[page.row] if isinstance(page.row, str) else page.row
    return table.get(role, "-")


def allowed(page: Page, role: str, scope: str) -> bool:
    """Whether the role may open the page for an object of its own place, or of the neighbour's."""
    if page.row == EVERYBODY:
        return True
    if page.row == SIGNED_IN:
        return role not in ("public", "api_client")
    given = letters(page, role)
    if scope == "own" or not page.names:
        return bool(set(given) & set("ADSOX"))
    return bool(set(given) & set("AD"))


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker):
    """Both districts, built once in a database of this module's own; every request is undone."""
    with clone(django_db_blocker):
        yield World("shangcheng"), World("elsewhere")


def address(name: str, page: Page, slug: str, codes: list[str]) -> str:
    arguments = [slug] if "district_slug" in ADDRESSES[name] else []
    return reverse(name, args=[*arguments, *codes, *page.options])


def answer(client: Client, method: str, url: str):
    """The answer, with everything it did undone."""
    send = {"G": client.get, "P": client.post, "A": client.patch}[method]
    json_ = {"content_type": "application/json"} if url.startswith("/api/") and method != "G" else {}
    with transaction.atomic():
        response = send(url, {}, **json_)
        if response.streaming:
            response.close()
        else:
            LEAKS.extend((url, method, whole) for whole in CANARY.findall(response.content))
        transaction.set_rollback(True)
    return response


def signed_out(response) -> bool:
    return response.status_code == 401 or (
        response.status_code == 302 and response["Location"].startswith(("/accounts/login/", "/card/"))
    )


def told_apart(response) -> bytes:
    """The answer's bytes without what differs in every answer."""
    return CHANGING.sub(b"", response.content)


def visit(client: Client, role: str, name: str, page: Page, method: str, here: World) -> list[tuple]:
    """What is wrong with the answers for objects of the own place and of the neighbour's."""
    wrong = []
    for scope, codes in (("own", here.own), ("other", here.other)):
        if scope == "other" and not page.names:
            continue
        url = address(name, page, "shangcheng", [codes[kind] for kind in page.names])
        response = answer(client, method, url)
        may = allowed(page, role, scope)
        fine = {200, 204, 302, 303, 400, 409, 422} | ({404} if page.names == ("word",) else set())
        if may:
            fits = response.status_code in fine and not signed_out(response)
        else:
            fits = signed_out(response) or response.status_code in (403, 404)
        if not fits:
            wrong.append((role, method, scope, response.status_code, "may" if may else "may not"))
    return wrong


def probe(client: Client, role: str, name: str, page: Page, method: str, elsewhere: World) -> list[tuple]:
    """Another district's object and one that does not exist answer alike, byte for byte."""
    foreign = address(name, page, "shangcheng", [elsewhere.own[kind] for kind in page.names])
    nothing = address(name, page, "shangcheng", [NOBODY] * len(page.names))
    pair = [answer(client, method, url) for url in (foreign, nothing)]
    if all(map(signed_out, pair)):
        alike = role == "public"
    else:
        # Whoever may not open such a page at all is told so, or not; either way nothing is told about the object.
        codes = {404} if allowed(page, role, "own") else {403, 404}
        alike = {r.status_code for r in pair} <= codes and len(set(map(told_apart, pair))) == 1
    return [] if alike else [(role, method, "foreign = nothing", [r.status_code for r in pair])]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page(worlds, name):
    here, elsewhere = worlds
    page = PAGES[name]
    wrong = []
    LEAKS.clear()
    for role in ROLES:
        client = Client()
        person = here.cast.people.get(role)
        if role == "api_client":  # a program with a token of all scopes
            client = Client(headers={"Authorization": f"Bearer {here.token}"})
        elif person is not None:
            client.force_login(person, backend="accounts.backends.AccountBackend")
        for method in page.methods:
            wrong += visit(client, role, name, page, method, here)
            if page.names and page.names != ("word",) and role in PROBES:
                wrong += probe(client, role, name, page, method, elsewhere)
    assert name in OWN_CONTACT or not LEAKS, LEAKS
    assert not wrong, "\n" + "\n".join(map(str, wrong))
