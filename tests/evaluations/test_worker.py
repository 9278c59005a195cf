"""Separate worker processes: killed in mid-tally, Redis flushed, messages doubled and stale."""

import datetime as dt
import os
import signal
import subprocess
import time
from collections.abc import Callable

import psycopg2
import redis
from django.conf import settings
from django.db import connections
from django.utils import timezone

from communities.models import District
from evaluations.actions.closing import close_round_early
from evaluations.models import Round, Tally
from goldidea.celery import app
from tests import make
from tests.conftest import start_worker

MARKS = {"早安": [("50", "30"), ("55", "35"), ("60", "40"), ("40", "20"), ("52", "31")]}


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def closed_round() -> Round:
    round_ = make.scored_round(make.season(make.district()), make.sub_district(District.objects.get()), MARKS)
    close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())
    return round_


def waiting_backends(name: str) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", [name]
        )
        return cursor.fetchone()[0]


def test_a_worker_killed_in_mid_tally_leaves_nothing_half_and_the_next_one_finishes(own_database, tmp_path):
    round_ = closed_round()
    described = connections["default"].settings_dict
    blocker = psycopg2.connect(
        dbname=own_database, user=described["USER"], host=described["HOST"], port=described["PORT"] or None,
        password=described["PASSWORD"],
    )  # fmt: skip
    # The tally is computed and inserted, then its standings wait for this lock: the middle of the transaction.
    blocker.cursor().execute("LOCK TABLE evaluations_standing IN ACCESS EXCLUSIVE MODE")
    first = start_worker(own_database, tmp_path)
    until(lambda: waiting_backends(own_database) > 0)
    kill(first)
    blocker.rollback()
    blocker.close()
    assert Tally.objects.count() == 0
    assert Round.objects.get().state == "closed"
    second = start_worker(own_database, tmp_path)
    try:
        until(lambda: Round.objects.get(pk=round_.pk).state == "tallied")
        assert [t.standings.count() for t in Tally.objects.all()] == [1]
    finally:
        kill(second)


def test_a_flushed_redis_loses_nothing_and_stale_messages_double_nothing(worker):
    url = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://", 1)
    client = redis.Redis.from_url(url)
    client.flushdb()
    round_ = closed_round()
    client.flushdb()
    until(lambda: Round.objects.get(pk=round_.pk).state == "tallied")
    for _n in range(5):
        app.send_task("evaluations.tasks.tally_round", kwargs={"round_id": round_.pk})
    app.send_task("evaluations.tasks.tally_round", kwargs={"round_id": 987654321})
    until(lambda: client.llen("celery") == 0)
    assert Tally.objects.count() == 1


def test_rounds_close_and_are_tallied_without_anybody(worker):
    """The deadline passes; the beat's tick closes the round and the worker tallies it."""
    season = make.season(make.district())
    closes = timezone.now() + dt.timedelta(seconds=3)
    round_ = make.scored_round(season, make.sub_district(season.district), MARKS, closes_at=closes)
    until(lambda: Round.objects.get(pk=round_.pk).state == "tallied")
    assert list(round_.events.values_list("kind", flat=True)) == ["close"]
