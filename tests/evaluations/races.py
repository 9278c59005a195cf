"""Closing against submitting, on real connections: what was acknowledged is counted, what is late is refused.

The short form runs in test_deadline.py, the long one is benchmarks/faults/deadline.py.
"""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from evaluations.actions.events import database_time, record_event
from evaluations.actions.locks import hold_round
from evaluations.actions.sheets import Receipt, submit_score_sheet
from evaluations.models import Round, RoundEvent, ScoreSheet
from goldidea.lib.errors import TooLate
from tests.evaluations.judging import MARKS, Scene

REFUSALS = 3  # a judge gives up after so many
PATIENCE = 120  # seconds until a stuck thread is a failure


@dataclass
class Figures:
    """What came of races, added up."""

    attempts: int = 0
    acked: int = 0
    acked_but_uncounted: int = 0
    late: int = 0
    counted_but_unacked: int = 0
    slowest_close: float = 0.0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        line = f"acked_but_uncounted={self.acked_but_uncounted} late={self.late} of {self.attempts}"
        return f"{line} (slowest close {self.slowest_close * 1000:.0f} ms)"


@dataclass
class Closing:
    """What the closer saw: the sheets that it read as the round's, and its instant."""

    at: dt.datetime
    read: set[uuid.UUID]
    seconds: float


Closer = Callable[[int], Closing]


def close_by_hand(round_id: int) -> Closing:
    """As an early close does: hold the round, move it, read it."""
    with transaction.atomic():
        begin = database_time()
        hold_round(round_id)
        round_ = Round.objects.get(pk=round_id)
        at = database_time()
        Round.objects.filter(pk=round_id, state="open").update(state="counting")
        record_event(round_, "close", {"early": 1}, at=at)
        read = sheets_of(round_id)
    return Closing(at, read, (at - begin).total_seconds())


def close_by_clock(round_id: int) -> Closing:
    """As the deadline does: once the database's clock has passed it, hold the round and read it."""
    closes_at = Round.objects.values_list("closes_at", flat=True).get(pk=round_id)
    wait = threading.Event()
    while database_time() < closes_at:
        wait.wait(0.01)
    closing = close_by_hand(round_id)
    return Closing(closes_at, closing.read, closing.seconds)


def close_carelessly(round_id: int) -> Closing:
    """How it must not be done: read first, then move, without holding the round. The check has to notice."""
    at, read = database_time(), sheets_of(round_id)
    threading.Event().wait(0.2)
    Round.objects.filter(pk=round_id, state="open").update(state="counting")
    return Closing(at, read, 0.0)


def sheets_of(round_id: int) -> set[uuid.UUID]:
    return set(ScoreSheet.objects.filter(round=round_id).values_list("client_key", flat=True))


class Race:
    """One round: judges on so many connections hand in and revise until they are told that it is too late."""

    def __init__(self, scene: Scene, connections: int, closer: Closer, close_after: int) -> None:
        self.scene, self.closer, self.close_after = scene, closer, close_after
        self.acked: dict[uuid.UUID, Receipt] = {}
        self.refused = 0
        self.errors: list[str] = []
        self.closing: Closing | None = None
        self.enough = threading.Event()
        self.lock = threading.Lock()
        self.threads = [
            threading.Thread(target=self.guarded, args=(self.judge, scene.seats[n::connections]))
            for n in range(connections)
        ]
        self.threads.append(threading.Thread(target=self.guarded, args=(self.close,)))

    def guarded(self, work: Callable[..., None], *args: Any) -> None:
        try:
            work(*args)
        except Exception as error:
            with self.lock:
                self.errors.append(repr(error))
        finally:
            connection.close()

    def judge(self, seats: list[Any]) -> None:
        base = {(seat.pk, entry.pk): 0 for seat in seats for entry in self.scene.entries}
        refusals = number = 0
        while refusals < REFUSALS:
            number += 1
            seat = seats[number % len(seats)]
            entry = self.scene.entries[number // len(seats) % len(self.scene.entries)]
            key, marks = uuid.uuid4(), {**MARKS, "need": Decimal(number % 60)}
            try:
                receipt = submit_score_sheet(
                    entry, seat, marks=marks, client_key=key, base_revision=base[seat.pk, entry.pk]
                )
            except TooLate:
                refusals += 1
                continue
            base[seat.pk, entry.pk] += 1
            with self.lock:
                self.acked[key] = receipt
                if len(self.acked) >= self.close_after:
                    self.enough.set()
        with self.lock:
            self.refused += refusals

    def close(self) -> None:
        if self.close_after:
            self.enough.wait(PATIENCE)
        self.closing = self.closer(self.scene.round.pk)

    def run(self, figures: Figures) -> None:
        begin = time.perf_counter()
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join(PATIENCE)
        figures.seconds += time.perf_counter() - begin
        figures.errors += self.errors + [f"stuck: {t.name}" for t in self.threads if t.is_alive()]
        if self.closing is None:
            return
        rows = dict(
            ScoreSheet.objects.filter(round=self.scene.round).values_list("client_key", "submitted_at")
        )
        figures.attempts += len(self.acked) + self.refused
        figures.acked += len(self.acked)
        figures.acked_but_uncounted += len(self.acked.keys() - self.closing.read)
        figures.late += sum(at >= self.closing.at for at in rows.values())
        figures.late += len(rows.keys() - self.closing.read)
        figures.counted_but_unacked += len(rows.keys() - self.acked.keys())
        figures.slowest_close = max(figures.slowest_close, self.closing.seconds)


def run_races(
    make_scene: Callable[[], Scene], closer: Closer, *, connections: int, sheets: int, races: int
) -> Figures:
    """So many races one after the other, closing each once its share of `sheets` is acknowledged."""
    figures = Figures()
    for _n in range(races):
        Race(make_scene(), connections, closer, -(-sheets // races)).run(figures)
    return figures


def double_tap(scene: Scene, taps: int = 20) -> tuple[int, int, set[Receipt], list[str]]:
    """One tap that arrives so many times at once. Gives rows, events, the receipts, and what went wrong."""
    key, barrier, lock = uuid.uuid4(), threading.Barrier(taps), threading.Lock()
    receipts: list[Receipt] = []
    errors: list[str] = []

    def tap() -> None:
        try:
            barrier.wait(PATIENCE)
            receipt = submit_score_sheet(
                scene.entry, scene.seat, marks=MARKS, client_key=key, base_revision=0
            )
            with lock:
                receipts.append(receipt)
        except Exception as error:
            with lock:
                errors.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _n in range(taps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if len(receipts) != taps:
        errors.append(f"{len(receipts)} of {taps} answered")
    rows = ScoreSheet.objects.filter(client_key=key).count()
    return rows, RoundEvent.objects.filter(sheet__client_key=key).count(), set(receipts), errors
