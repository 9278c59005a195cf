"""The two addresses for operators and front servers."""

import pytest
from django.db import connections


@pytest.mark.django_db
def test_alive_and_ready(client):
    assert client.get("/healthz").content == b"ok\n"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "database": True, "redis": True})


@pytest.mark.django_db
def test_ready_without_redis_because_it_is_only_a_doorbell(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert client.get("/readyz").json() == {"ready": True, "database": True, "redis": False}


def test_not_ready_without_the_database(own_database, client):
    described = connections["default"].settings_dict
    connections["default"].close()
    described["NAME"] = "no_such_database"
    try:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["database"]) == (503, False)
    finally:
        described["NAME"] = own_database
