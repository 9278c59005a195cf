"""From marks in the database to a committed ranking, against the least that could do it; many rounds at once; memory.

    python -m goldidea.embedded exec --tests -- python benchmarks/tally.py --entries 2000 --seats 125
    python -m goldidea.embedded exec --tests -- python benchmarks/tally.py --rounds 600
    python -m goldidea.embedded exec --tests -- python benchmarks/tally.py --memory 10000000

The floor copies the same marks out in binary, sorts and trims them with numpy, and copies totals in: no seats, no revisions,
no checks, no hash, no ties, no result file. Both run in turn in one process. `--rounds` closes so many small rounds and lets one and
then two worker processes tally them. `--memory` tallies so many marks in a process of its own and prints its greatest size.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import os
import resource
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "goldidea.settings.test"

import django

django.setup()

import numpy as np
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from benchmarks import worlds
from benchmarks.measuring import in_turn, load, own_database, table, tidy
from evaluations.actions.counting import inputs_without_marks, mark_columns
from evaluations.actions.tallying import tally_round
from evaluations.models import Round
from evaluations.parsed import parsed_rule
from evaluations.tally import tally_columns
from tests import make

QUEUE = "benchmark:rounds"

# Rows are put in by the million and put back between turns: in this database alone, by its owner.
TABLES = """
ALTER TABLE evaluations_scoresheet DISABLE TRIGGER check_sheet;
ALTER TABLE evaluations_mark DISABLE TRIGGER check_mark;
ALTER TABLE evaluations_round DISABLE TRIGGER check_round;
ALTER TABLE evaluations_tally DISABLE TRIGGER check_tally;
ALTER TABLE evaluations_mark DROP CONSTRAINT evaluations_mark_sheet_id_54a658ea_fk_evaluations_scoresheet_id;
CREATE TABLE floor_total (entry bigint, total text);
"""
SHEETS = """
INSERT INTO evaluations_scoresheet (round_id, seat_id, entry_id, revision, client_key, channel, salt, submitted_at)
SELECT a.round_id, a.seat_id, a.entry_id, 1, gen_random_uuid(), 'screen', '00', now()
FROM evaluations_assignment a WHERE a.round_id = ANY(%(rounds)s)
"""
MARKS = """
INSERT INTO evaluations_mark (sheet_id, criterion_id, value)
SELECT s.id, c.id, (20 + floor(random() * 31)) / 2
FROM evaluations_scoresheet s JOIN evaluations_round r ON r.id = s.round_id
JOIN evaluations_criterion c ON c.rule_set_id = r.rule_set_id WHERE s.round_id = ANY(%(rounds)s)
"""
FLOOR = """
SELECT (s.entry_id << 32) + m.criterion_id, (m.value * 1000)::int8
FROM evaluations_mark m JOIN evaluations_scoresheet s ON s.id = m.sheet_id WHERE s.round_id = {round}
"""


def fill(rounds: list[Round]) -> int:
    """One sheet of every assignment; closes the rounds. Gives the number of marks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(SHEETS, {"rounds": [round_.pk for round_ in rounds]})
        cursor.execute(MARKS, {"rounds": [round_.pk for round_ in rounds]})
        marks = cursor.rowcount
    tidy("evaluations_scoresheet", "evaluations_mark")
    Round.objects.update(state="closed", closed_at=timezone.now())
    return marks


def again() -> None:
    """Every round as it was before its tally."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM evaluations_standing")
        cursor.execute("DELETE FROM evaluations_tally")
        cursor.execute("UPDATE evaluations_round SET state = 'closed'")


def product(round_: Round) -> None:
    assert tally_round(round_.pk, timezone.now()) is not None


def floor(round_: Round) -> None:
    buffer = BytesIO()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({FLOOR.format(round=round_.pk)}) TO STDOUT (FORMAT binary)", buffer)
        layout = [("n", ">i2"), ("a", ">i4"), ("group", ">i8"), ("b", ">i4"), ("value", ">i8")]
        rows = np.frombuffer(buffer.getbuffer()[19:-2], dtype=layout)
        groups, number = np.unique(rows["group"].astype(np.int64), return_inverse=True)
        packed = np.sort((number << 20) | rows["value"].astype(np.int64))
        ends = np.cumsum(np.bincount(number))
        starts = np.concatenate([[0], ends[:-1]])
        sums = np.concatenate([[0], np.cumsum(packed & 0xFFFFF)])
        means = (sums[ends - 1] - sums[starts + 1]) / (ends - starts - 2)
        entries, place = np.unique(groups >> 32, return_inverse=True)
        totals = np.bincount(place, means)
        text = "".join(f"{e}\t{t:.2f}\n" for e, t in zip(entries.tolist(), totals.tolist(), strict=True))
        cursor.copy_expert("COPY floor_total FROM STDIN", BytesIO(text.encode()))


def one_large(entries: int, seats: int, turns: int) -> None:
    round_ = worlds.open_round(worlds.cast(), entries, seats)
    marks = fill([round_])
    rule = parsed_rule(round_.rule_set)
    inputs, columns = inputs_without_marks(round_), mark_columns(round_)
    times = in_turn(
        {
            "floor: COPY, numpy, COPY": lambda: floor(round_),
            "read marks only": lambda: mark_columns(round_),
            "pure tally only": lambda: tally_columns(rule, inputs, columns).to_bytes(),
            "product: tally committed": lambda: (again(), product(round_)),
        },
        turns,
        warm=1,
    )
    print(f"{marks} marks, {entries} entries, {seats} seats; {load()}")
    table(times, "floor: COPY, numpy, COPY")


def queue_of_rounds() -> redis.Redis:
    """The broker, where the numbers of the rounds wait as Celery's messages do: each is taken by one worker."""
    return redis.Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://", 1))


def many(count: int) -> None:
    """Small rounds, closed together: by one worker process, then by two."""
    people = worlds.cast()
    judges = [make.judge(people.community) for _n in range(5)]
    rounds = [worlds.open_round(people, 10, 5, judges) for _n in range(count)]
    marks = fill(rounds)
    queue = queue_of_rounds()
    for workers in (1, 2):
        again()
        queue.rpush(QUEUE, *(round_.pk for round_ in rounds))
        command = [sys.executable, __file__, "--worker", connection.settings_dict["NAME"]]
        running = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _n in range(workers)
        ]
        assert [process.stdout.readline() for process in running] == ["ready\n"] * workers
        started = time.perf_counter()
        for process in running:
            process.stdin.close()
        cpu = [float(process.stdout.read()) for process in running]
        seconds = time.perf_counter() - started
        assert [process.wait() for process in running] == [0] * workers
        tallied = Round.objects.filter(state="tallied").count()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT round_id) FROM evaluations_tally")
            rows, different = cursor.fetchone()
        print(
            f"{workers} workers: {count} rounds ({marks} marks) in {seconds:.1f} s, {count / seconds:.0f} rounds/s; "
            f"{1000 * sum(cpu) / count:.1f} ms of a worker's CPU a round; tallied {tallied}, tallies {rows}, of different rounds {different}; {load()}"
        )


def work(database: str) -> None:
    """A worker: takes round by round from the queue, once standard input ends. Prints its CPU seconds."""
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    queue = queue_of_rounds()
    print("ready", flush=True)
    sys.stdin.read()
    began = time.process_time()
    while pk := queue.lpop(QUEUE):
        tally_round(int(pk), timezone.now())
    print(time.process_time() - began)


def memory(marks: int) -> None:
    """So many marks in the database, tallied by a process of its own, which prints its greatest size."""
    entries = 5000
    seats = max(1, marks // (entries * len(worlds.CRITERIA)))
    round_ = worlds.open_round(worlds.cast(), entries, seats)
    print(f"{fill([round_])} marks")
    command = [sys.executable, __file__, "--alone", connection.settings_dict["NAME"]]
    print(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout, end="")


def alone(database: str) -> None:
    """Tally the only round and say what it took."""
    connection.settings_dict["NAME"] = database
    round_ = Round.objects.get()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, cpu = time.perf_counter(), time.process_time()
    product(round_)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"committed in {wall:.1f} s, {cpu:.1f} s of CPU; greatest size {peak:.0f} MiB (before: {before:.0f}); {load()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--seats", type=int, default=125)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--memory", type=int, default=0)
    parser.add_argument("--worker", default="")
    parser.add_argument("--alone", default="")
    given = parser.parse_args()
    if given.worker:
        work(given.worker)
    elif given.alone:
        alone(given.alone)
    else:
        with own_database("gold_tally", TABLES):
            if given.memory:
                memory(given.memory)
            elif given.rounds:
                many(given.rounds)
            else:
                one_large(given.entries, given.seats, given.turns)


if __name__ == "__main__":
    main()
