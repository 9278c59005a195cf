"""Pages against their floors: the office's ranking, the public ranking, the answer that nothing has changed, a page of the API.

    python -m goldidea.embedded exec --tests -- python benchmarks/pages.py

The floors do what no server could leave out: one query and one template of the same size for the ranking, stored bytes through the
middlewares of a new Django project for the public page. All are asked through the same WSGI handler in this process,
one after the other, so CPU time is a request's own.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "goldidea.settings.test"

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path

from benchmarks import worlds
from benchmarks.measuring import in_turn, load, own_database, table
from evaluations.actions.publication import publish_provisional
from evaluations.models import Round, Standing, Submission
from goldidea.settings import base

ROWS = engines["django"].from_string(
    "<table>{% for rank, total, body, numbers in rows %}<tr><td>{{ rank }}</td><td>{{ body.number }}</td>"
    "<th>{{ body.title }}</th><td>{{ body.community.name }}</td><td>{{ total }}</td>"
    "{% for panel in numbers.panels %}{% for item in panel.criteria %}<td>{{ item.score }}</td>{% endfor %}{% endfor %}"
    "</tr>{% endfor %}</table>"
)

STORED = {"page": b""}
urlpatterns = [path("stored/", lambda _request: HttpResponse(STORED["page"]))]
NEW_PROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def asker(path: str, user: object = None, **headers: str) -> Callable[[], HttpResponse]:
    """Ask the product for a page through all of its middlewares, signed in if a user is given. 200 or 304, else it fails."""
    handler = WSGIHandler()
    cookie = f"{base.SESSION_COOKIE_NAME}={session_of(user)}" if user else ""
    environ = RequestFactory(HTTP_COOKIE=cookie, **headers)._base_environ(
        PATH_INFO=path.partition("?")[0], QUERY_STRING=path.partition("?")[2], REQUEST_METHOD="GET"
    )

    def ask() -> HttpResponse:
        connection.ensure_connection()
        response = handler.get_response(WSGIRequest(environ.copy()))
        response.render() if hasattr(response, "render") else None
        assert response.status_code in (200, 304), response.status_code
        return response

    return ask


def session_of(user: object) -> str:
    """A signed-in session, as the sign-in makes it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "accounts.backends.AccountBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def floor_of_ranking(round_: Round, rows: int = 250) -> Callable[[], HttpResponse]:
    """One query, one template: the same cells without any frame, permission or language."""
    standings = Standing.objects.filter(tally__round=round_).order_by("position")
    wanted = standings.values_list("rank", "total", "entry__snapshot__body", "numbers")[:rows]

    def ask() -> HttpResponse:
        return HttpResponse(ROWS.render({"rows": list(wanted)}))

    return ask


def ranking(sizes: list[int], turns: int) -> None:
    """The office's ranking of 250 rows in rounds of several sizes."""
    people = worlds.cast()
    things: dict[str, Callable[[], object]] = {}
    for size in sizes:
        round_ = worlds.tallied_round(people, size)
        path = f"/{people.district.slug}/office/rounds/{round_.code}/results/"
        ask = asker(path, people.people["subdistrict_staff"])
        with CaptureQueriesContext(connection) as queries:
            ask()
        print(f"{size} entries: {len(queries)} queries, {len(ask().content):,} bytes")
        things[f"ranking, {size} entries"] = ask
        if size == 250:
            things["floor of 250 rows"] = floor_of_ranking(round_)
    table(in_turn(things, turns), "floor of 250 rows")


def public(turns: int) -> None:
    """The public ranking of a round of 54, to one who has it and to one who has not."""
    people = worlds.cast()
    round_ = worlds.tallied_round(people, 54)
    second = people.people["subdistrict_staff_2"]
    publish_provisional(round_, by=people.people["subdistrict_staff"], second=second, now=round_.closed_at)
    address = f"/{people.district.slug}/results/{round_.code}/"
    first = asker(address)()
    STORED["page"] = first.content
    with override_settings(MIDDLEWARE=NEW_PROJECT):
        bare = WSGIHandler()
    environ = RequestFactory()._base_environ(PATH_INFO="/stored/", REQUEST_METHOD="GET")

    def floor() -> HttpResponse:
        """Stored bytes, through the middlewares that every new Django project has."""
        request = WSGIRequest(environ.copy())
        request.urlconf = __name__
        return bare.get_response(request)

    things = {
        "floor: stored bytes through Django": floor,
        "public ranking": asker(address),
        "public ranking, 304": asker(address, HTTP_IF_NONE_MATCH=first["ETag"]),
    }
    table(in_turn(things, turns), "floor: stored bytes through Django")


def api(turns: int) -> None:
    """A page of 50 cases for a program, against the same rows read with the ORM and written as JSON."""
    people = worlds.cast()
    worlds.tallied_round(people, 120)
    ask = asker(f"/api/v1/districts/{people.district.slug}/projects/?limit=50")
    with CaptureQueriesContext(connection) as queries:
        given = json.loads(ask().content)["results"]
    assert len(given) == 50, len(given)
    print(f"API page of 50: {len(queries)} queries")
    cases = Submission.objects.of(people.district).public().with_opened_entries().select_related("season")

    def floor() -> HttpResponse:
        rows = [
            {"code": case.code, "season": case.season.name, **_named(case.opened[-1].snapshot.body)}
            for case in cases.order_by("number", "code")[:50]
        ]
        return HttpResponse(json.dumps({"results": rows}, ensure_ascii=False))

    table(in_turn({"floor: ORM and json": floor, "API page of 50": ask}, turns), "floor: ORM and json")


def _named(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("number", "title", "field", "summary", "sub_district", "community")}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[125, 250, 500, 2000])
    parser.add_argument("--turns", type=int, default=40)
    given = parser.parse_args()
    with own_database("pages"):
        print(load())
        ranking(sorted({*given.sizes, 250}), given.turns)
        public(given.turns)
        api(given.turns)


if __name__ == "__main__":
    main()
