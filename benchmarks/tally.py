"""From marks in the database to a committed ranking, against the least that could do it; many rounds at once; memory.

    python -m goldidea.embedded exec --tests -- python benchmarks/tally.py --entries 2000 --seats 125
    python -m goldidea.embedded exec --tests -- python benchmarks/tally.py --rounds 600
    python -m goldidea.embedded exec --tests -- python benchmarks/tally.py --memory 10000000

The floor copies the same marks out in binary, sorts and trims them with numpy, and copies totals in: no seats, no revisions,
no checks, no hash, no ties, no result file; once with a join, a row for each mark, and once read as the product reads. All run in turn in one process. `--rounds` closes so many small rounds and lets one and
then two worker processes tally them. `--memory` tallies so many marks in a process of its own and prints its greatest size.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
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
from benchmarks.measuring import cpu_of, in_turn, load, own_database, table, tidy
from evaluations.actions.counting import _strung, inputs_without_marks, mark_columns
from evaluations.actions.tallying import tally_round
from evaluations.models import Round
from evaluations.parsed import parsed_rule
from evaluations.tally import tally_columns
from goldidea.celery import app
from tests import make

# Rows are put in by the million, without a check each, and put back between turns: in this database alone, by its owner.
TABLES = """
ALTER TABLE evaluations_scoresheet DISABLE TRIGGER check_sheet;
ALTER TABLE evaluations_mark DISABLE TRIGGER check_mark;
ALTER TABLE evaluations_round DISABLE TRIGGER check_round;
ALTER TABLE evaluations_tally DISABLE TRIGGER check_tally;
DO $$ DECLARE key record; BEGIN
  FOR key IN SELECT conrelid::regclass AS of, conname FROM pg_constraint WHERE contype = 'f' AND conrelid IN
    ('evaluations_assignment'::regclass, 'evaluations_scoresheet'::regclass, 'evaluations_mark'::regclass)
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.of, key.conname); END LOOP;
END $$;
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
OF_SHEET = """
SELECT string_agg(int8send(id), ''), string_agg(int8send(entry_id), '') FROM evaluations_scoresheet WHERE round_id = {round}
"""
BY_SHEET = """
SELECT string_agg(int8send(((sheet_id - {first}) << 36) + (criterion_id << 20) + (value * 1000)::int8), '')
FROM evaluations_mark WHERE sheet_id BETWEEN {first} AND {last}
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
        ranked(rows["group"].astype(np.int64), rows["value"].astype(np.int64))


def floor_read_alike(round_: Round) -> None:
    """The same with the product's way of reading, and nothing asked of the sheets but their entries."""
    with transaction.atomic():
        sheets, of = (np.frombuffer(data, ">i8").astype(np.int64) for data in strung(OF_SHEET, round_))
        first, last = int(sheets.min()), int(sheets.max())
        entry = np.zeros(last - first + 1, dtype=np.int64)
        entry[sheets - first] = of
        packed = np.frombuffer(strung(BY_SHEET, round_, first=first, last=last)[0], ">i8").astype(np.int64)
        ranked((entry[packed >> 36] << 32) + ((packed >> 20) & 0xFFFF), packed & 0xFFFFF)


def strung(query: str, round_: Round, **values: int) -> list[bytes]:
    """The fields of a query of one row."""
    return _strung(query.format(round=round_.pk, **values))


def ranked(group: np.ndarray, value: np.ndarray) -> None:
    """Trimmed means of groups (entry and criterion), their sums by entry, and those into a table."""
    with connection.cursor() as cursor:
        groups, number = np.unique(group, return_inverse=True)
        packed = np.sort((number << 20) | value)
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
    print(f"{marks} marks, {entries} entries, {seats} seats; {load()}")
    compare(round_, turns)


def compare(round_: Round, turns: int) -> None:
    """The floor, the two halves of the product, and the product, in turn."""
    rule = parsed_rule(round_.rule_set)
    inputs, columns = inputs_without_marks(round_), mark_columns(round_)
    times = in_turn(
        {
            "floor: COPY, numpy, COPY": lambda: floor(round_),
            "floor, read as the product reads": lambda: floor_read_alike(round_),
            "read marks only": lambda: mark_columns(round_),
            "pure tally only": lambda: tally_columns(rule, inputs, columns).to_bytes(),
            "product: tally committed": lambda: (again(), product(round_)),
        },
        turns,
        warm=1,
    )
    print(load())
    table(times, "floor: COPY, numpy, COPY")


def many(count: int) -> None:
    """Small rounds, closed together: by one worker process of Celery, by two, and both again."""
    people = worlds.cast()
    judges = [make.judge(people.community) for _n in range(5)]
    rounds = [worlds.open_round(people, 10, 5, judges) for _n in range(count)]
    marks = fill(rounds)
    print(f"{count} rounds, {marks} marks")
    for workers in (1, 2, 1, 2):
        again()
        print(f"{workers} workers: {tallied_by(workers, [round_.pk for round_ in rounds])}; {load()}")


def tallied_by(workers: int, rounds: list[int]) -> str:
    """Lets so many workers tally the rounds. They are held while the messages are sent, so that the clock knows only them."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://", 1)) as broker:
        broker.flushdb()  # a database of the benchmark's own, as its name says
        folder = Path(tempfile.mkdtemp())
        logs = [folder / f"{number}.log" for number in range(workers)]
        running = [worker(log) for log in logs]
        while any("ready." not in log.read_text() for log in logs):
            time.sleep(0.1)
        for process in running:
            process.send_signal(signal.SIGSTOP)
        for pk in rounds:
            app.send_task("evaluations.tasks.tally_round", kwargs={"round_id": pk})
        started, before = time.perf_counter(), sum(cpu_of(process.pid) for process in running)
        for process in running:
            process.send_signal(signal.SIGCONT)
        while waiting := Round.objects.filter(pk__in=rounds, state="closed").count():
            time.sleep(0.02 if waiting < 20 else 0.25)
        seconds, cpu = time.perf_counter() - started, sum(cpu_of(process.pid) for process in running) - before
        for process in running:
            process.kill()
            process.wait()
        broker.flushdb()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT round_id) FROM evaluations_tally")
        tallies, different = cursor.fetchone()
    assert tallies == different == len(rounds), (tallies, different)
    return (
        f"{seconds:.1f} s, {len(rounds) / seconds:.0f} rounds/s, {1000 * cpu / len(rounds):.1f} ms of the workers' CPU a round; "
        f"{tallies} tallies of {different} rounds"
    )


def worker(log: Path) -> subprocess.Popen:
    """A worker process on the benchmark's database."""
    command = [sys.executable, "-m", "celery", "-A", "goldidea", "worker", "-P", "solo", "-l", "INFO"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    url = os.environ["DATABASE_URL"].partition("?")
    changed = url[0].rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"] + url[1] + url[2]
    environment = {**os.environ, "DATABASE_URL": changed, "DJANGO_SETTINGS_MODULE": "goldidea.settings.base"}
    with log.open("wb") as output:
        environment["DEVELOPMENT"] = "1"
        return subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)


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
    parser.add_argument("--alone", default="")
    given = parser.parse_args()
    if given.alone:
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
