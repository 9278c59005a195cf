"""Every error is a problem (RFC 9457) with a code and the request's id, in the reader's language, with the pages' sentence."""

import json

import pytest
from django.test import Client

from goldidea.lib.api import counting
from goldidea.lib.models import RequestCount
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
V1 = "/api/v1/districts/shangcheng/"
JSON = "application/json"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def problem(answer) -> tuple[int, str]:
    """Status and code of a well-formed problem."""
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    body = answer.json()
    assert body["request_id"] == answer["X-Request-ID"]
    assert (body["type"], body["status"], body["detail"] != "") == ("about:blank", answer.status_code, True)
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/", "/api/nothing", "/api/v2/districts/", "/api/v1/districts/none/", f"{V1}projects/0000000000/",
     f"{V1}projects/../", f"{V1}results/ab/", "/api/v1/districts/%00/"],
)  # fmt: skip
def test_not_found(client, cast, path):
    assert problem(client.get(path)) == (404, "not-found")


def test_methods(client, cast):
    answer = client.post(f"{V1}projects/", {}, content_type=JSON)
    assert (problem(answer), answer["Allow"]) == ((405, "method-not-allowed"), "GET, HEAD")
    for method in ("put", "delete", "patch", "options", "trace"):
        assert problem(getattr(client, method)(f"{V1}projects/"))[0] == 405
    assert client.head(f"{V1}projects/").status_code == 200


def test_json_only(client, cast):
    assert problem(client.get(f"{V1}projects/", headers={"Accept": "text/html"})) == (406, "not-acceptable")
    assert problem(client.get(f"{V1}projects.csv", headers={"Accept": JSON})) == (406, "not-acceptable")
    assert problem(client.get(f"{V1}projects/?format=api")) == (400, "malformed")


def test_bodies(client, cast):
    client.force_login(cast.people["community_user"])
    address = f"{V1}cases/"
    assert problem(client.post(address, {"title": "x"})) == (415, "unsupported-media-type")
    for body in ("{", "[" * 100_000, '{"a": NaN}', b"\xff\xfe"):
        assert problem(client.post(address, body, content_type=JSON)) == (400, "malformed")
    assert problem(client.post(address, "[]", content_type=JSON)) == (422, "invalid")
    large = client.post(address, '"' + "x" * 600_000 + '"', content_type=JSON)
    assert problem(large) == (413, "too-large")
    larger = client.generic("POST", address, b"", content_type=JSON, CONTENT_LENGTH=str(10**9))
    assert problem(larger) == (413, "too-large")


@pytest.mark.parametrize(
    "body",
    [
        r'{"revision": 0, "team": [{"\ud800": "x"}]}',
        r'{"revision": 0, "field": "\ud800"}',
        r'{"revision": 0, "title": "\ud800"}',
        r'{"revision": 0, "partners": ["\ud800"]}',
        r'{"revision": 0, "budget_total": "\ud800"}',
        r'{"revision": 1e999, "beneficiaries": 1e999, "budget_total": 1e999}',
        r'{"revision": 0, "beneficiaries": 99999999999999999999999}',
    ],
)
def test_half_a_character_is_bad_input(client, cast, body):
    case = make.submission(make.season(cast.district), cast.community)
    client.force_login(cast.people["community_user"])
    answer = client.patch(f"{V1}cases/{case.code}/", body, content_type=JSON)
    assert problem(answer) == (422, "invalid")


def test_a_hundred_errors_say_enough(client, cast):
    case = make.submission(make.season(cast.district), cast.community)
    client.force_login(cast.people["community_user"])
    rows = json.dumps({"revision": 0, "team": [{str(n): [] for n in range(5000)}]})
    answer = client.patch(f"{V1}cases/{case.code}/", rows, content_type=JSON)
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 100)


def test_who_asks(client, cast):
    answer = client.get("/api/v1/me/")
    assert (problem(answer), answer["WWW-Authenticate"]) == ((401, "not-signed-in"), "Bearer")
    client.force_login(cast.people["community_user"])
    assert problem(client.get(f"{V1}registers/judges/")) == (404, "not-found")
    client.force_login(cast.resident.user)
    refused = client.get(f"{V1}cases/")
    assert problem(refused) == (403, "not-permitted")
    page = client.get("/shangcheng/cases/")
    assert refused.json()["detail"] in page.content.decode()


def test_changes_need_the_token_of_the_page(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.people["community_user"])
    assert problem(client.post(f"{V1}cases/", "{}", content_type=JSON)) == (403, "csrf")
    client.get("/shangcheng/cases/")
    token = client.cookies["csrf"].value
    answer = client.post(f"{V1}cases/", "{}", content_type=JSON, headers={"X-CSRFToken": token})
    assert problem(answer) == (422, "invalid")


def test_in_the_readers_language(client, cast):
    said = {
        language: client.get("/api/v1/me/", headers={"Accept-Language": language}).json()["detail"]
        for language in ("en", "zh-hans")
    }
    assert said == {
        "en": "Sign in, or send a token that is valid.",
        "zh-hans": "请先登录，或附上有效的令牌。",
    }


def test_what_nobody_foresaw(cast, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("foreseen by nobody")

    monkeypatch.setattr("communities.api.Districts.get_queryset", fail)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/districts/")
    assert problem(answer) == (500, "error")
    assert b"foreseen" not in answer.content


def test_too_fast(client, cast, monkeypatch):
    monkeypatch.setattr(counting, "OF_A_READER", 2)
    statuses = [client.get(f"{V1}seasons/").status_code for _n in range(3)]
    assert statuses == [200, 200, 429]
    answer = client.get(f"{V1}seasons/")
    assert problem(answer) == (429, "too-many")
    assert 1 <= int(answer["Retry-After"]) <= 60
    # Another reader, a person and a program behind the same address go on.
    assert client.get(f"{V1}seasons/", REMOTE_ADDR="192.0.2.7").status_code == 200
    client.force_login(cast.people["district_staff"])
    assert client.get("/api/v1/me/").status_code == 200
    token = make.api_token(cast.district, cast.people["district_staff"])
    headers = {"Authorization": f"Bearer {token.text}"}
    assert client.get(f"{V1}seasons/", headers=headers).status_code == 200


def test_guessed_tokens_are_counted_and_a_forged_header_changes_nothing(client, cast, monkeypatch):
    monkeypatch.setattr(counting, "OF_A_READER", 2)
    for guess in range(2):
        headers = {"Authorization": f"Bearer goldidea_{guess}", "X-Forwarded-For": f"192.0.2.{guess}"}
        assert client.get(f"{V1}seasons/", headers=headers).status_code == 401
    assert client.get(f"{V1}seasons/", headers=headers).status_code == 429


def test_the_wide_limit_is_an_addresss(client, cast, monkeypatch):
    monkeypatch.setattr(counting, "OF_AN_ADDRESS", 3)
    people = [
        cast.people[role] for role in ("district_staff", "subdistrict_staff", "observer", "community_user")
    ]
    statuses = []
    for person in people:
        client.force_login(person)
        statuses.append(client.get("/api/v1/me/").status_code)
    assert statuses == [200, 200, 200, 429]


def test_counts_hold_no_address_and_are_forgotten(client, cast):
    client.get(f"{V1}seasons/")
    assert {len(row.key) for row in RequestCount.objects.all()} == {64}
    from django.utils import timezone

    assert counting.forget_old_counts(timezone.now()) == 0
    RequestCount.objects.update(minute=1)
    assert counting.forget_old_counts(timezone.now()) == 2
