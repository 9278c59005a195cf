"""`exec`: a command on servers of its own, which are gone afterwards however it ends."""

import os
import signal
import sys
import tempfile
from pathlib import Path

from tests.embedded.processes import belonging_to, running, until

ROLES = r"""
set -e
as() { psql -XqAt -v ON_ERROR_STOP=1 "$@" 2>&1 || echo refused; }
as "$DATABASE_OWNER_URL" -c "CREATE TABLE sheet (mark integer); REVOKE UPDATE, DELETE, TRUNCATE ON sheet FROM goldidea_app"
as "$DATABASE_URL" -c "INSERT INTO sheet VALUES (7) RETURNING mark"
as "$DATABASE_URL" -c "UPDATE sheet SET mark = 10"
as "$DATABASE_URL" -c "TRUNCATE sheet"
as "$DATABASE_URL" -c "CREATE TABLE more ()"
as "$DATABASE_URL" -c "SET ROLE goldidea_owner"
as "$DATABASE_OWNER_URL" -c "CREATE DATABASE copy TEMPLATE goldidea"
as "$DATABASE_URL" -c "SELECT rolname, rolsuper, rolcreatedb FROM pg_roles WHERE rolname LIKE 'goldidea%' ORDER BY 1"
"""
WRITES_ITS_SERVERS = """
import os, pathlib, sys, time
pathlib.Path("place").write_text(os.environ["GOLDIDEA_PLACE"])
time.sleep(float(sys.argv[1]))
"""


def test_a_command_gets_the_servers_and_its_status_is_returned(checkout: Path) -> None:
    with running(
        checkout, "exec", "--tests", "--", "sh", "-c", 'echo "$DATABASE_URL $REDIS_URL"; exit 7'
    ) as run:
        assert run.status() == 7
        database, redis = run.said.split()
    assert database.startswith("postgresql://goldidea_app@/goldidea?host=%2F")
    assert redis.startswith("unix:///")
    assert not belonging_to(checkout)
    assert not Path(redis.removeprefix("unix://")).exists()


def test_a_command_ended_by_a_signal_gives_the_status_of_a_shell(checkout: Path) -> None:
    with running(checkout, "exec", "--tests", "--", "sh", "-c", "kill -9 $$") as run:
        assert run.status() == 128 + signal.SIGKILL


def test_a_command_that_is_not_there_is_a_sentence(checkout: Path) -> None:
    with running(checkout, "exec", "--tests", "--", "no-such-program") as run:
        assert (run.status(), run.said) == (1, "no-such-program: No such file or directory\n")


def test_the_application_role_cannot_change_evidence(checkout: Path) -> None:
    from goldidea.embedded import binaries

    (checkout / "roles.sh").write_text(ROLES)
    path = f"{binaries.postgres()}{os.pathsep}{os.environ['PATH']}"
    with running(checkout, "exec", "--tests", "--", "sh", "roles.sh", PATH=path) as run:
        assert run.status() == 0, run.said
        said = run.said.splitlines()
    assert said == [
        "7",
        "ERROR:  permission denied for table sheet",
        "refused",
        "ERROR:  permission denied for table sheet",
        "refused",
        "ERROR:  permission denied for schema public",
        "LINE 1: CREATE TABLE more ()",
        "                     ^",
        "refused",
        'ERROR:  permission denied to set role "goldidea_owner"',
        "refused",
        "goldidea_app|f|f",
        "goldidea_owner|f|t",
    ]


def test_a_stopped_run_stops_the_command_and_the_servers(checkout: Path) -> None:
    with running(checkout, "exec", "--tests", "--", sys.executable, "-c", WRITES_ITS_SERVERS, "60") as run:
        until((checkout / "place").exists)
        assert run.stop(signal.SIGTERM) == 128 + signal.SIGTERM
        place = Path((checkout / "place").read_text())
        assert (belonging_to(place), place.exists()) == ({}, False)


def test_what_the_command_left_in_the_background_is_ended(checkout: Path) -> None:
    with running(
        checkout, "exec", "--tests", "--", "sh", "-c", 'echo "$GOLDIDEA_PLACE"; setsid sleep 60 &'
    ) as run:
        assert run.status() == 0
        assert belonging_to(Path(run.said.strip())) == {}


def test_nothing_outlives_a_killed_supervisor(checkout: Path) -> None:
    with running(checkout, "exec", "--tests", "--", sys.executable, "-c", WRITES_ITS_SERVERS, "60") as run:
        until(lambda: (checkout / "place").exists() and (checkout / "place").read_text())
        place = Path((checkout / "place").read_text())
        assert len(belonging_to(place)) >= 3
        run.stop(signal.SIGKILL)
        until(lambda: not belonging_to(place))
        assert place.exists()
        os.utime(place, (0, 0))  # as if it had happened long ago: a folder just made is nobody's yet
    with running(checkout, "exec", "--tests", "--", "true") as run:
        assert run.status() == 0
    assert not place.exists()
    assert place.parent == Path(tempfile.gettempdir())


def test_the_demonstration_gets_its_arguments(checkout: Path) -> None:
    with running(checkout, "demo", "--", "--seed", "7") as run:
        assert (run.status(), run.said) == (0, "ranking --seed 7\n")
    assert not belonging_to(checkout)


def test_one_of_two_database_addresses_is_not_enough(checkout: Path) -> None:
    with running(checkout, "run", DATABASE_URL="postgresql://goldidea_app@db/goldidea") as run:
        assert run.status() == 1
    assert [line.split(" PASSWORD")[0] for line in run.said.splitlines() if "CREATE ROLE" in line] == [
        "  CREATE ROLE goldidea_owner LOGIN CREATEDB",
        "  CREATE ROLE goldidea_app LOGIN",
    ]
    assert not (checkout / "var").exists()


def test_servers_that_the_environment_names_are_used(checkout: Path) -> None:
    inner = [sys.executable, "-m", "goldidea.embedded"]
    with running(checkout, "exec", "--tests", "--", *inner, "demo") as run:
        assert (run.status(), run.said) == (0, "ranking\n")
    show = "pgrep -c -P $PPID 'postgres|redis'; true"
    with running(checkout, "exec", "--tests", "--", *inner, "exec", "--tests", "--", "sh", "-c", show) as run:
        assert (run.status(), run.said) == (0, "0\n")
