"""Handing in score sheets from 8 connections, against the least that could be written for one.

    python -m goldidea.embedded exec --tests -- python benchmarks/sheets.py

The floor is a bare Django view: it reads the marks of a form, writes them with one bulk statement and a row of a log in one
transaction, and answers. The product does the same work with session, card, permission, form, deadline, evidence and receipt.
Both run in this process, 8 threads with a connection each, in turns of a few seconds.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import io
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "goldidea.settings.test"

import django

django.setup()

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone

from benchmarks import worlds
from benchmarks.measuring import load, own_database
from evaluations.actions.cards import issue_cards
from evaluations.models import Round, ScoreSheet

THREADS = 8
MARKS = {criterion["id"]: "12.5" for criterion in worlds.CRITERIA}
TABLES = """
CREATE TABLE floor_mark (seat int, entry int, criterion text, value numeric(9, 3), PRIMARY KEY (seat, entry, criterion));
CREATE TABLE floor_log (id bigserial PRIMARY KEY, seat int, entry int, at timestamptz DEFAULT clock_timestamp());
"""
UPSERT = """
INSERT INTO floor_mark SELECT %s, %s, * FROM unnest(%s::text[], %s::numeric[])
ON CONFLICT (seat, entry, criterion) DO UPDATE SET value = excluded.value
"""


@transaction.atomic
def floor_view(request: HttpRequest, seat: int, entry: int) -> HttpResponse:
    values = [request.POST[f"mark_{key}"] for key in MARKS]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [seat, entry, list(MARKS), values])
        cursor.execute("INSERT INTO floor_log (seat, entry) VALUES (%s, %s)", [seat, entry])
    return HttpResponse("received")


urlpatterns = [path("floor/<int:seat>/<int:entry>/", floor_view)]


@dataclass
class Phone:
    """One judge's way in: cookies, the projects' addresses, and how many sheets were handed in."""

    cookie: str
    addresses: list[str]
    number: int
    sent: int = 0

    def next_form(self) -> tuple[str, dict[str, str]]:
        """The next project's address and form: one after the other, round and round, each time as the next revision."""
        base, place = divmod(self.sent, len(self.addresses))
        self.sent += 1
        fields = {f"mark_{key}": mark for key, mark in MARKS.items()}
        keys = {"step": "send", "client_key": str(uuid.uuid4()), "base_revision": str(base)}
        return self.addresses[place], {**fields, **keys, "csrfmiddlewaretoken": "c" * 32}


def sit(round_: Round, slug: str) -> list[Phone]:
    """Everybody at their phone, signed in with a printed card."""
    phones = []
    codes = list(round_.entries.values_list("code", flat=True))
    for number, item in enumerate(issue_cards(list(round_.seats.all()), by=None, now=timezone.now())):
        client = Client()
        assert client.post(f"/card/{item.token}/", {"code": item.secret}).status_code == 303
        kept = {name: morsel.value for name, morsel in client.cookies.items()}
        kept[settings.CSRF_COOKIE_NAME] = "c" * 32
        cookie = "; ".join(f"{name}={value}" for name, value in kept.items())
        phones.append(Phone(cookie, [f"/{slug}/judging/{code}/" for code in codes], number))
    return phones


def posted(
    handler: WSGIHandler, address: str, fields: dict[str, str], cookie: str, urlconf: str | None
) -> int:
    """Ask the handler as a server would; gives the status."""
    environ = RequestFactory(HTTP_COOKIE=cookie)._base_environ(
        **{
            "PATH_INFO": address,
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body := urlencode(fields).encode())),
            "wsgi.input": io.BytesIO(body),
        }
    )
    request = WSGIRequest(environ)
    if urlconf:
        request.urlconf = urlconf
    response = handler.get_response(request)
    response.close()
    return response.status_code


def rate(work: list[Callable[[], None]], seconds: float) -> tuple[float, float]:
    """Requests a second of all threads together, and CPU milliseconds of one request."""
    counts = [0] * len(work)
    until = time.perf_counter() + seconds

    def run(place: int) -> None:
        try:
            while time.perf_counter() < until:
                work[place]()
                counts[place] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(work))]
    wall, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return sum(counts) / wall, 1000 * cpu / sum(counts)


def measure(sizes: list[int], turns: int, seconds: float) -> None:
    people = worlds.cast()
    with override_settings(MIDDLEWARE=[]):
        bare = WSGIHandler()
    handler = WSGIHandler()
    kinds: dict[str, list[Callable[[], None]]] = {}

    def floor(number: int) -> None:
        fields = {f"mark_{key}": mark for key, mark in MARKS.items()}
        status = posted(bare, f"/floor/{number}/{time.perf_counter_ns() % 200}/", fields, "", __name__)
        assert status == 200, status

    def product(phone: Phone) -> None:
        address, fields = phone.next_form()
        status = posted(handler, address, fields, phone.cookie, None)
        assert status == 303, status

    kinds["floor"] = [lambda n=n: floor(n) for n in range(THREADS)]
    for size in sizes:
        round_ = worlds.open_round(people, entries=size, seats=THREADS)
        phones = sit(round_, people.district.slug)
        kinds[f"product, {size} entries"] = [lambda phone=phone: product(phone) for phone in phones]
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _n in range(turns):
        for name, work in kinds.items():
            seen[name].append(rate(work, seconds))
    best = {name: sorted(rows)[len(rows) // 2] for name, rows in seen.items()}
    print(f"{'':24} {'sheets/s':>9} {'CPU ms':>8} {'× floor':>8}")
    for name, (per_second, cpu) in best.items():
        print(f"{name:24} {per_second:9.0f} {cpu:8.2f} {per_second / best['floor'][0]:8.2f}")
    print(f"{ScoreSheet.objects.count()} sheets, one receipt each")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[12, 200])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    given = parser.parse_args()
    with own_database("sheets", TABLES):
        print(load())
        measure(given.sizes, given.turns, given.seconds)


if __name__ == "__main__":
    main()
