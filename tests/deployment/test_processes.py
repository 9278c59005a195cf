"""Web, worker and beat, started as docker-compose.yml starts them, in production settings: killed, flushed, stopped; nothing lost."""

import itertools
import os
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from evaluations.actions.cards import issue_cards
from evaluations.actions.closing import close_round_early
from evaluations.models import Round, RoundEvent, ScoreSheet, Tally
from goldidea.lib.logs import request_id
from tests import make
from tests.deployment.judge import Phone
from tests.deployment.stage import Stage, until
from tests.evaluations.judging import Scene

pytestmark = pytest.mark.database
KILLS = int(os.environ.get("KILLS", "6"))


@pytest.fixture
def stage(own_database, tmp_path, static_files):
    stage = Stage(own_database, tmp_path, static_files)
    try:
        yield stage
    finally:
        stage.close()


def phones(stage: Stage, scene: Scene) -> list[Phone]:
    cards = issue_cards(scene.seats, by=None, now=timezone.now())
    return [Phone(stage, scene, item) for item in cards]


def doorbell() -> redis.Redis:
    return redis.Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://", 1))


def children(pid: int) -> list[int]:
    """The processes that a process has started (Linux)."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def other_session(sql: str):
    """What somebody else's transaction holds, until the block ends."""
    described = connections["default"].settings_dict
    other = psycopg2.connect(
        dbname=described["NAME"], user=described["USER"], password=described["PASSWORD"], host=described["HOST"],
        port=described["PORT"] or None,
    )  # fmt: skip
    with closing(other):
        other.cursor().execute(sql)
        yield
        other.rollback()


def waiting() -> int:
    """How many sessions wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def test_nothing_acknowledged_is_lost_whatever_is_killed(stage, capsys):
    scene = Scene.open(entries=6, seats=4)
    for service in ("web", "worker", "beat"):
        stage.start(service)
    until(stage.answers)
    judges = phones(stage, scene)
    enough = threading.Event()

    def score(phone: Phone) -> None:
        for revision in itertools.count():
            for entry in scene.entries:
                phone.hand_in(entry, revision)
            if enough.is_set():
                return

    def kill_one(number: int) -> None:
        match number % 5:
            case 0:  # one process of the web server, which makes another
                os.kill(children(stage.processes["web"].pid)[-1], signal.SIGKILL)
            case 1 | 3 | 4:
                service = {1: "worker", 3: "web", 4: "beat"}[number % 5]
                stage.kill(service)
                stage.start(service)
            case 2:
                doorbell().flushdb()

    with ThreadPoolExecutor(len(judges)) as pool:
        scoring = [pool.submit(score, phone) for phone in judges]
        try:
            for number in range(KILLS):
                time.sleep(0.6)
                kill_one(number)
                until(stage.answers)
        finally:
            enough.set()
        for one in scoring:
            one.result(120)

    acknowledged = {key: code for phone in judges for key, code in phone.receipts.items()}
    stored = dict(ScoreSheet.objects.values_list("client_key", "pk"))
    sealed = RoundEvent.objects.filter(kind="sheet").values_list("sheet__client_key", flat=True)
    lost, doubled = acknowledged.keys() - stored.keys(), len(sealed) - len(set(sealed))

    closed_at = time.monotonic()
    token = request_id.set("request-that-closed")
    close_round_early(scene.round, by=make.user(), second=make.user(), now=timezone.now())
    request_id.reset(token)
    until(lambda: Round.objects.get().state == "tallied")
    seconds = time.monotonic() - closed_at
    flushed = sum(number % 5 == 2 for number in range(KILLS))
    retries = sum(phone.retries for phone in judges)
    with capsys.disabled():
        print(
            f"\nacknowledged={len(acknowledged)} lost={len(lost)} doubled={doubled} retries={retries} under "
            f"{KILLS - flushed} kill -9 and {flushed} FLUSHDB; tallied {seconds:.1f} s after the close"
        )
    assert (len(lost), doubled, Tally.objects.count()) == (0, 0, 1)
    assert set(stored) == set(acknowledged)
    assert len(acknowledged) >= len(scene.entries) * len(judges)

    # A task's line has an id: of the request that rang for it, or of the tick where the message was lost.
    tasks = until(
        lambda: [line for line in stage.lines("worker") if line.get("task", "").endswith(".tally_round")]
    )
    assert {line["request"] for line in tasks} != {""}
    assert stage.lines("web") != [] == [line for line in stage.lines("beat") if line["level"] == "error"]
    whole = "".join(map(stage.said, ("web", "worker", "beat")))
    assert "203.0.113.7" not in whole and scene.seat.judge.name not in whole


def test_a_task_is_told_which_request_rang(stage):
    scene = Scene.open()
    token = request_id.set("request-that-closed")
    close_round_early(scene.round, by=make.user(), second=make.user(), now=timezone.now())
    request_id.reset(token)
    stage.start("worker")
    until(lambda: Round.objects.get().state == "tallied")

    def tasks() -> list[tuple]:
        """Other tests leave messages in the queue: only what this request rang for."""
        lines = [line for line in stage.lines("worker") if line.get("request") == "request-that-closed"]
        return [(line["task"], line["state"]) for line in lines if line["logger"] == "goldidea.tasks"]

    assert until(tasks)[0] == ("evaluations.tasks.tally_round", "SUCCESS")
    assert stage.stop("worker") == 0


def test_a_stopped_web_server_ends_what_it_began(stage, capsys):
    """SIGTERM while sheets wait inside the database: each is answered with its receipt, then the server ends with 0."""
    scene = Scene.open(entries=1, seats=4)
    stage.start("web")
    until(stage.answers)
    judges = phones(stage, scene)
    keys = [uuid.uuid4() for _phone in judges]
    process = stage.processes["web"]
    with ThreadPoolExecutor(len(judges) + 1) as pool:
        with other_session(f"SELECT pg_advisory_xact_lock(7101, {scene.round.pk})"):
            asked = [pool.submit(p.send, scene.entry, 0, key) for p, key in zip(judges, keys, strict=True)]
            until(lambda: waiting() == len(judges))
            ended = pool.submit(stage.stop, "web")
            time.sleep(1.5)
            assert process.poll() is None and not any(one.done() for one in asked)
        answers = [one.result(60) for one in asked]
        status = ended.result(60)
    with capsys.disabled():
        print(
            f"\nSIGTERM with {len(asked)} sheets under way: {sum(s == 200 for s, _ in answers)} receipts, exit {status}"
        )
    assert [code for code, _body in answers] == [200] * len(judges)
    assert set(ScoreSheet.objects.values_list("client_key", flat=True)) == set(keys)
    assert status == 0


def test_a_stopped_worker_ends_what_it_began(stage, capsys):
    scene = Scene.open()
    close_round_early(scene.round, by=make.user(), second=make.user(), now=timezone.now())
    stage.start("beat")
    with other_session("LOCK TABLE evaluations_standing IN ACCESS EXCLUSIVE MODE"):
        process = stage.start("worker")
        until(lambda: waiting() > 0)
        process.terminate()
        time.sleep(1.5)
        assert process.poll() is None and Tally.objects.count() == 0
    statuses = (process.wait(40), stage.stop("beat"))
    with capsys.disabled():
        print(f"\nSIGTERM in mid-tally: {Tally.objects.count()} tally, exit of worker and beat {statuses}")
    assert (Round.objects.get().state, Tally.objects.count(), statuses) == ("tallied", 1, (0, 0))
