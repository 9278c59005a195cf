"""The log: JSON lines, told apart by request ids, and nobody's name, phone, address or words in them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from goldidea.lib import logs
from tests.architecture.pages import PAGES
from tests.architecture.test_permissions import address
from tests.architecture.world import CANARIES, World
from tests.conftest import clone

TYPED, ADDRESS, PROGRAM = "我叫赵秘密", "203.0.113.77", "SecretBrowser/9"


@pytest.fixture
def lines(monkeypatch) -> Iterator[list[dict]]:
    """What the production log says during the test, parsed."""
    written, found = io.StringIO(), []
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonFormatter())
    levels = {
        name: logging.getLogger(name).level
        for name in ("", *logs.configuration(development=False)["loggers"])
    }
    levels["goldidea.requests"] = levels["goldidea.tasks"] = 0
    chosen = logs.configuration(development=False)
    for name in levels:
        settings = chosen["loggers"].get(name, {}) if name else chosen["root"]
        monkeypatch.setattr(
            logging.getLogger(name), "level", logging.getLevelName(settings.get("level", "NOTSET"))
        )
    for name in levels:
        logging.getLogger(name).manager._clear_cache()
    logging.getLogger().addHandler(handler)

    class Lines(list):
        def read(self) -> list[dict]:
            found[:] = [json.loads(line) for line in written.getvalue().splitlines()]
            return found

        @property
        def text(self) -> str:
            return written.getvalue()

    try:
        yield Lines()
    finally:
        logging.getLogger().removeHandler(handler)
        monkeypatch.undo()
        logging.getLogger().manager._clear_cache()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with clone(django_db_blocker):
        yield World("shangcheng")


def test_no_page_writes_anybody_into_the_log(world, lines):
    """Every address, opened and sent nonsense, by the district's staff and by nobody."""
    paths = set()
    for person in (world.cast.people["district_staff"], None):
        client = Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=PROGRAM, HTTP_REFERER=f"https://x/?q={TYPED}")
        client.raise_request_exception = False
        if person:
            client.force_login(person, backend="accounts.backends.AccountBackend")
        for name, page in PAGES.items():
            path = address(name, page, "shangcheng", [world.own[kind] for kind in page.names])
            paths.add(path)
            with transaction.atomic():
                client.get(path, {"q": TYPED, "phone": CANARIES["judge"]}).close()
                if "P" in page.methods:
                    sent = {"name": TYPED, "title": TYPED, "phone": CANARIES["user"], "reason": TYPED}
                    client.post(f"{path}?next={TYPED}", {**sent, "password": TYPED, "code": TYPED}).close()
                transaction.set_rollback(True)
    wrong_host = client.get("/shangcheng/", headers={"host": f"{PROGRAM.replace('/', '_')}.example"})
    assert wrong_host.status_code in (200, 400)
    seen = [line for line in lines.read() if line["logger"] == "goldidea.requests"]
    assert len(seen) > 2 * len(PAGES) * 0.9
    secret = {TYPED, ADDRESS, PROGRAM, "q=", *CANARIES.values(), *(c[3:] for c in CANARIES.values())}
    secret |= {p.name for p in world.cast.people.values() if p} | {
        p.username for p in world.cast.people.values() if p
    }
    secret |= {path for path in paths if len(path.split("/")) > 4}
    assert [value for value in secret if value in lines.text] == []


@pytest.mark.django_db
def test_one_line_a_request(client, lines, settings):
    settings.BEHIND_PROXY = True
    answer = client.get("/healthz", headers={"X-Request-ID": "front-server-1"})
    assert (answer["X-Request-ID"], lines.read()) == ("front-server-1", [])
    client.get("/no/such/page/", headers={"X-Request-ID": "front-server-2"})
    (line,) = lines.read()
    assert {"level", "at", "ms", "statements", "database_ms"} < set(line)
    told = {key: line[key] for key in ("logger", "message", "request", "route", "method", "status", "person")}
    assert told == {
        "logger": "goldidea.requests",
        "message": "request",
        "request": "front-server-2",
        "route": "",
        "method": "GET",
        "status": 404,
        "person": "",
    }


@pytest.mark.django_db
def test_who_is_signed_in_is_a_random_key_and_is_not_asked_for(client, lines):
    client.get("/accounts/login/")
    person = User.objects.create_user("li", "李四")
    client.force_login(person, backend="accounts.backends.AccountBackend")
    client.get("/")
    assert [line["person"] for line in lines.read()][-1] == str(person.person_key)
    assert "李四" not in lines.text


def test_a_visitor_chooses_no_request_id(client, settings):
    settings.BEHIND_PROXY = False
    assert client.get("/healthz", headers={"X-Request-ID": "chosen-by-me"})["X-Request-ID"] != "chosen-by-me"


@pytest.mark.django_db
def test_what_nobody_foresaw_has_a_number_and_its_place_but_not_its_words(client, lines, monkeypatch):
    def broken(request):
        with transaction.atomic():
            User.objects.create_user("wang", TYPED, phone=CANARIES["user"])
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO accounts_user (username, name) VALUES ('wang', %s)", [TYPED])

    monkeypatch.setattr("goldidea.lib.health.redis_answers", broken)
    monkeypatch.setattr("goldidea.lib.health.database_answers", lambda: broken(None))
    client.raise_request_exception = False
    answer = client.get(f"/readyz?q={TYPED}")
    (line,) = lines.read()
    assert answer.status_code == line["status"] == 500
    assert f"<code>{line['request']}</code>" in answer.content.decode()
    assert line["request"] == answer["X-Request-ID"]
    assert line["error"]["kind"] == f"django.db.utils.{IntegrityError.__name__}"
    assert any("broken" in place for place in line["error"]["where"])
    assert line["error"]["cause"]["database"][:2] == ["23502", "accounts_user"]
    assert TYPED not in lines.text


@pytest.mark.parametrize("development", [True, False])
def test_the_configuration_is_one_that_python_takes(development):
    before = logging.root.handlers[:], logging.root.level
    try:
        logging.config.dictConfig({**logs.configuration(development=development), "incremental": False})
    finally:
        logging.root.handlers[:], logging.root.level = before
