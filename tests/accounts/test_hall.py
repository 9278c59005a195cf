"""The limits at the real doors: one hall, one address; one account, many addresses; Redis flushed; forged headers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.actions import limits
from accounts.models import SignInFailure
from tests import make
from tests.accounts.test_second_factor import app_of, code_of
from tests.accounts.test_sign_in import PASSWORD, sign_in

HALL = "10.1.2.3"


@pytest.mark.django_db
def test_thirty_people_of_one_hall_sign_in_while_a_neighbour_mistypes() -> None:
    people = [make.user(f"第{n}位", username=f"hall{n}", password=PASSWORD) for n in range(30)]
    make.user("邻座", username="neighbour", password=PASSWORD)
    mistyped = []
    for n, person in enumerate(people):
        if n < 20:
            mistyped.append(sign_in("neighbour", "wrong", Client(REMOTE_ADDR=HALL)).status_code)
        assert sign_in(person.username, client=Client(REMOTE_ADDR=HALL)).status_code == 302
    assert mistyped == [422] * limits.OF_A_PAIR + [429] * 15


@pytest.mark.django_db
def test_an_account_locks_after_ten_guesses_from_two_hundred_addresses() -> None:
    person = make.user("被猜的人", username="guessed", password=PASSWORD)
    codes = []
    for n in range(200):
        forged = {
            "HTTP_X_FORWARDED_FOR": f"10.6.{n}.9",
            "HTTP_X_REAL_IP": f"10.5.{n}.9",
            "HTTP_FORWARDED": f"for=10.4.{n}.9",
        }
        codes.append(sign_in("guessed", "wrong", Client(REMOTE_ADDR=f"10.7.{n}.1", **forged)).status_code)
    assert codes == [422] * limits.OF_AN_ACCOUNT + [429] * 190
    assert sign_in(person.username, client=Client(REMOTE_ADDR="10.7.250.1")).status_code == 429


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["password", "factor"])
def test_redis_flushed_and_every_memory_lost_it_is_still_locked(door: str) -> None:
    person = make.user("被锁的人", username="locked", password=PASSWORD)
    secret = app_of(person)
    client = Client()
    if door == "password":
        tried = [sign_in("locked", "wrong", client).status_code for _try in range(6)]
    else:
        sign_in("locked", client=client)
        tried = [client.post("/accounts/second-factor/", {"code": "000000"}).status_code for _try in range(6)]
    assert tried == [422] * limits.OF_A_PAIR + [429]
    redis.Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://", 1)).flushall()
    cache.clear()
    if door == "password":
        assert sign_in("locked", client=client).status_code == 429
    else:
        assert client.post("/accounts/second-factor/", {"code": code_of(secret)}).status_code == 429


def test_codes_sent_at_the_same_moment_cost_no_more_than_the_limit(
    own_database: str, django_db_blocker: Any
) -> None:
    from accounts.actions import codes
    from accounts.models import SignInCode
    from goldidea.lib.errors import TooMany

    def one(_number: int) -> bool:
        try:
            codes.ask_for_code("13805710001", address=HALL, language="en", now=timezone.now())
        except TooMany:
            return False
        finally:
            connections.close_all()
        return True

    with django_db_blocker.unblock(), ThreadPoolExecutor(8) as crowd:
        allowed = list(crowd.map(one, range(16)))
        assert (sum(allowed), SignInCode.objects.count()) == (3, 3)
        assert SignInFailure.objects.count() == 0
