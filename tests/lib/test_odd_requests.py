"""Headers and bodies that no browser sends: an answer below 500, and the same at both doors (WSGI, ASGI)."""

import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_started
from django.db import close_old_connections

from goldidea.asgi import application as streams
from goldidea.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection():
    """The test's own connection stays open, as Django's test client has it."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


TYPES = [
    "text/plain; charset=rot13",
    "text/plain; charset=idna",
    "text/plain; charset=undefined",
    "text/plain; charset=a\x00b",
    "text/plain; charset*=rot13''%41",
    "text/plain; a*=b; charset*=''",
    "application/json; charset=rot13",
    "application/x-www-form-urlencoded; charset=rot13",
    "multipart/form-data; boundary=x; charset=rot13",
    "multipart/form-data",
    "multipart/form-data; boundary=\xff",
    "multipart/form-data; boundary*=rot13''%41",
    "a/b" + "; c=d" * 5000,
]
ADDRESSES = ["/", "/accounts/login/", "/api/v1/districts/"]


def status(method: str, path: str, kind: str, body: bytes = b"") -> int:
    """What the application answers."""
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "next=%41",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    for _part in application(environ, lambda line, _headers: said.append(line)):
        pass
    return int(said[0][:3])


@async_to_sync
async def status_of_streams(method: str, path: str, kind: str, body: bytes = b"") -> int:
    """What the door of the event streams answers to the same."""
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": b"next=%41",
        "headers": [
            (b"host", b"testserver"),
            (b"content-type", kind.encode("latin1")),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "scheme": "http",
    }
    visit = ApplicationCommunicator(streams, scope)
    await visit.send_input({"type": "http.request", "body": body})
    answer = await visit.receive_output(timeout=20)
    while (await visit.receive_output(timeout=20)).get("more_body"):
        pass
    await visit.wait(timeout=20)
    return int(answer["status"])


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind[:50].replace("\x00", "0"))
def test_no_content_type_is_our_fault(kind: str) -> None:
    for path in ADDRESSES:
        assert status("GET", path, kind) < 500
        assert status("POST", path, kind, b"login=%41&password=%41") < 500


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind[:50].replace("\x00", "0"))
def test_both_doors_answer_alike(kind: str) -> None:
    for method, path, body in [
        ("GET", "/accounts/login/", b""),
        ("POST", "/language/", b"language=en"),
        ("POST", "/api/v1/districts/", b"{}"),
    ]:
        at_pages, at_streams = (door(method, path, kind, body) for door in (status, status_of_streams))
        assert (at_pages, at_streams < 500) == (at_streams, True), (method, path)


def test_a_form_is_utf8_whatever_its_header_says() -> None:
    """A page's appearance is chosen without a token: the choice was read."""
    kind = "application/x-www-form-urlencoded; charset=utf-16"
    assert status("POST", "/language/", kind, b"language=en") == 302


@pytest.mark.parametrize(
    "part",
    [
        b"name=\"a\"; filename*=rot13''%41",
        b"name*=rot13''%41",
        b"name=\"a\"; filename*=utf-8''%00%ff",
        b'name="a\x00"',
        b'name="a"; filename="b"\r\nContent-Type: text/plain; charset*=rot13\'\'%41',
    ],
)
def test_no_part_of_a_form_is_our_fault(part: bytes) -> None:
    body = b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n\r\nb\xffc\r\n--x--\r\n"
    assert status("POST", "/accounts/login/", "multipart/form-data; boundary=x", body) < 500
