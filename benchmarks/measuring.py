"""A database of a benchmark's own, and two things timed in turn in the same run."""

import contextlib
import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from django.db import connection

from goldidea.settings import env


@contextlib.contextmanager
def own_database(name: str, tables: str = "") -> Iterator[None]:
    """A fresh database on the server of DATABASE_OWNER_URL, used as the application's role and dropped at the end.

    Args:
        tables: SQL of the owner's that makes a floor's own tables.
    """
    described = connection.settings_dict
    owner = {part: described[part] for part in ("USER", "PASSWORD")}
    original = described["NAME"]
    described["TEST"]["NAME"] = f"{name}_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        if tables:
            with connection.cursor() as cursor:
                cursor.execute(tables)
        connection.close()
        described.update({part: env.database("DATABASE_URL")[part] for part in ("USER", "PASSWORD")})
        yield
    finally:
        connection.close()
        described.update(owner)
        connection.creation.destroy_test_db(original, verbosity=0)


def tidy(*tables: str) -> None:
    """What autovacuum would have done by the time that a round closes."""
    described = connection.settings_dict
    owner = env.database("DATABASE_OWNER_URL")
    with contextlib.closing(
        psycopg2.connect(
            dbname=described["NAME"],
            user=owner["USER"],
            password=owner["PASSWORD"],
            host=described["HOST"] or None,
            port=described["PORT"] or None,
        )
    ) as session:
        session.autocommit = True
        session.cursor().execute(f"VACUUM ANALYZE {', '.join(tables)}")


@dataclass
class Times:
    """Wall seconds, CPU seconds of this process, and those of its process on the server, of one thing, run by run."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)

    @property
    def wall_ms(self) -> float:
        return 1000 * statistics.median(self.wall)

    @property
    def cpu_ms(self) -> float:
        return 1000 * statistics.median(self.cpu)

    @property
    def server_ms(self) -> float:
        return 1000 * statistics.median(self.server)


def in_turn(things: Mapping[str, Callable[[], object]], turns: int, warm: int = 3) -> dict[str, Times]:
    """Run every thing once a turn, so that whatever else the machine does falls on all of them alike.

    Args:
        things: name -> what to run. turns: how often. warm: runs of each before the clock starts.
    """
    times = {name: Times() for name in things}
    for thing in things.values():
        for _n in range(warm):
            thing()
    for _n in range(turns):
        for name, thing in things.items():
            gc.collect()
            server, wall, cpu = server_cpu(), time.perf_counter(), time.process_time()
            thing()
            times[name].cpu.append(time.process_time() - cpu)
            times[name].wall.append(time.perf_counter() - wall)
            times[name].server.append(server_cpu() - server)
    return times


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process of this machine has used; 0 where there is none."""
    try:
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def server_cpu() -> float:
    """CPU seconds of this connection's process on the server (its parallel workers apart), where that is this machine."""
    return cpu_of(connection.connection.info.backend_pid) if connection.connection else 0.0


def table(times: Mapping[str, Times], floor: str) -> None:
    """Print the medians and the ratio of each to its floor."""
    print(f"{'':36} {'wall ms':>9} {'CPU ms':>9} {'server ms':>9} {'× floor':>8}")
    for name, taken in times.items():
        figures = f"{taken.wall_ms:9.2f} {taken.cpu_ms:9.2f} {taken.server_ms:9.1f}"
        print(f"{name:36} {figures} {taken.wall_ms / times[floor].wall_ms:8.2f}")


def load() -> str:
    """How busy the machine is, for the table."""
    one, five, _fifteen = os.getloadavg()
    return f"{os.cpu_count()} cores, load {one:.1f} (1 min) {five:.1f} (5 min)"
