"""How often one may guess: a neighbour's mistakes lock nobody else, and guessing from everywhere gets nowhere."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import RequestFactory, override_settings
from django.utils import timezone

from accounts.actions import limits
from accounts.models import SignInFailure
from accounts.tasks import forget_old_attempts
from goldidea.lib.addresses import client_address, network_of
from goldidea.lib.errors import TooMany

HALL = "10.1.2.3"
NOON = timezone.make_aware(dt.datetime(2026, 3, 2, 12, 0))


def guess(account: str, address: str, now: dt.datetime = NOON, door: str = "password") -> bool:
    """Try and be wrong; whether the try was allowed at all."""
    try:
        limits.enter(door, account, address, now=now)
    except TooMany:
        return False
    return True


@pytest.mark.django_db
def test_five_wrong_tries_then_a_wait_that_is_said() -> None:
    minutes = [NOON + dt.timedelta(minutes=n) for n in range(6)]
    assert [guess("wang", HALL, at) for at in minutes] == [True, True, True, True, True, False]
    with pytest.raises(TooMany) as refused:
        limits.enter("password", "wang", HALL, now=minutes[5])
    assert refused.value.retry_after == 10 * 60 + 1
    assert guess("wang", HALL, NOON + dt.timedelta(minutes=15, seconds=1))


@pytest.mark.django_db
def test_a_hall_signs_in_while_a_neighbour_mistypes() -> None:
    for person in range(30):
        guess("the neighbour", HALL)
        assert guess(f"judge {person}", HALL)
        limits.clear("password", f"judge {person}", HALL)
    assert SignInFailure.objects.count() == limits.OF_A_PAIR


@pytest.mark.django_db
def test_an_account_is_locked_whatever_address_the_guesses_come_from() -> None:
    tried = [guess("wang", f"10.9.{n}.1") for n in range(200)]
    assert sum(tried) == limits.OF_AN_ACCOUNT
    assert not guess("Wang ", "172.16.0.1")


@pytest.mark.django_db
def test_an_address_that_tries_many_accounts_is_stopped_in_the_end() -> None:
    tried = [guess(f"name {n}", HALL) for n in range(limits.OF_AN_ADDRESS + 20)]
    assert sum(tried) == limits.OF_AN_ADDRESS
    assert guess("name 1", "10.1.2.4")


@pytest.mark.django_db
def test_doors_are_counted_apart_and_old_counts_forgotten() -> None:
    for _more in range(5):
        guess("wang", HALL)
    assert guess("wang", HALL, door="slip")
    assert limits.forget_old_attempts(NOON + dt.timedelta(days=3)) == 6


def test_the_visitor_cannot_write_the_address() -> None:
    request = RequestFactory().get(
        "/", REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="1.1.1.1", HTTP_X_REAL_IP="2.2.2.2"
    )
    assert client_address(request) == "198.51.100.7"
    with override_settings(BEHIND_PROXY=True):
        request.META["HTTP_X_FORWARDED_FOR"] = "1.1.1.1, 203.0.113.9"
        assert client_address(request) == "203.0.113.9"
        request.META["HTTP_X_FORWARDED_FOR"] = "nonsense"
        assert client_address(request) is None


def test_a_household_has_one_ipv6_network() -> None:
    assert network_of("2001:db8:1:2::5") == network_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert network_of("::ffff:10.1.2.3") == "10.1.2.3"


def test_guesses_sent_at_the_same_moment_are_counted_one_by_one(own_database: str, django_db_blocker) -> None:
    def one(_number: int) -> bool:
        try:
            return guess("wang", HALL)
        finally:
            connections.close_all()

    with django_db_blocker.unblock(), ThreadPoolExecutor(8) as crowd:
        tried = list(crowd.map(one, range(24)))
    assert sum(tried) == limits.OF_A_PAIR


@pytest.mark.django_db
def test_sessions_that_ended_by_themselves_are_deleted() -> None:
    for key, days in (("ended", -1), ("running", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=timezone.now() + dt.timedelta(days)
        )
    forget_old_attempts()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["running"]
