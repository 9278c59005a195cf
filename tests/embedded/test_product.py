"""`run`: the product until Ctrl-C, on strange paths, beside others, and after anything was killed."""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from goldidea.embedded.place import Place
from tests.embedded import processes
from tests.embedded.processes import belonging_to, children_of, running, until

ALL = {"postgres", "redis", "worker", "beat", "web"}


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=5) as answer:
        body: bytes = answer.read()
    return body.decode()


def ticks(folder: Path) -> int:
    """How many tasks the worker has done."""
    file = folder / "var" / "media" / "ticks"
    return file.read_text().count("tick") if file.exists() else 0


def servers(folder: Path) -> dict[str, str]:
    held = json.loads((folder / "var" / "lock").read_text())
    addresses: dict[str, str] = held["servers"]
    return addresses


def test_a_long_path_with_a_space_and_chinese(tmp_path: Path) -> None:
    folder = tmp_path / "金点子 2025"
    folder /= ("项目" * 75)[: 150 - len(str(folder / "x")) + 1]
    assert len(str(folder)) == 150
    folder.mkdir(parents=True)
    processes.checkout(folder)
    with running(folder, "run") as run:
        address = run.address()
        assert page(address) == "golden"
        assert "Sign in as 王主任 with the password 金点子." in run.said
        until(lambda: ticks(folder) >= 2)

        with running(folder, "run") as second:
            assert second.status() == 1
            assert second.said.strip().endswith(f"(process {run.process.pid}): {address}")
        with running(folder, "exec", "--", "sh", "-c", 'echo "$DATABASE_OWNER_URL"') as joined:
            assert joined.status() == 0
            assert joined.said.strip() == servers(folder)["DATABASE_OWNER_URL"]

        assert run.stop() == 0
        assert belonging_to(folder) == {}
    assert "Stopped." in run.said


def test_whatever_is_killed_comes_back(checkout: Path) -> None:
    with running(checkout, "run") as run:
        address = run.address()
        before = children_of(run)
        assert set(before) == ALL
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        until(
            lambda: set(children_of(run)) == ALL and not set(children_of(run).values()) & set(before.values())
        )
        until(lambda: answers(address))
        done = ticks(checkout)
        until(lambda: ticks(checkout) > done)
        assert run.stop(signal.SIGTERM) == 0
        assert belonging_to(checkout) == {}


def answers(address: str) -> bool:
    try:
        return page(address) == "golden"
    except OSError:
        return False


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_keeps_the_data(checkout: Path) -> None:
    with running(checkout, "run") as run:
        run.address()
        psql(checkout, "CREATE TABLE kept AS SELECT 42 AS answer")
        run.stop(signal.SIGKILL)
        until(lambda: not belonging_to(checkout))
    data, sockets = checkout / "var" / "pg", Place(checkout / "var").sockets
    # As after a crash: the number of the old server now belongs to somebody else, who is alive.
    for stale in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
        stale.write_text(f"{os.getppid()}\n{data}\n0\n5432\n{sockets}\n\n0 0\nready\n")
    (sockets / "redis.sock").touch()
    with running(checkout, "run") as run:
        run.address()
        assert psql(checkout, "SELECT answer FROM kept") == "42"
        assert run.stop() == 0


def test_everything_killed_at_once_heals(checkout: Path) -> None:
    with running(checkout, "run") as run:
        run.address()
        run.process.send_signal(signal.SIGSTOP)  # so that it cannot start again what is killed first
        while victims := {pid for pid in belonging_to(checkout) if pid != run.process.pid}:
            for pid in victims:
                kill(pid)
        run.stop(signal.SIGKILL)
    assert (checkout / "var" / "pg" / "postmaster.pid").exists()
    with running(checkout, "run") as run:
        run.address()
        assert run.stop() == 0


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_two_side_by_side_while_the_usual_port_is_taken(tmp_path: Path) -> None:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):  # somebody else may have taken it already
        taken.bind(("127.0.0.1", 8000))
        taken.listen()
    short = tempfile.TemporaryDirectory(prefix="项 ")  # here the sockets fit into the checkout
    folders = [tmp_path, Path(short.name)]
    for folder in folders:
        processes.checkout(folder)
    with short, taken, running(folders[0], "run") as first, running(folders[1], "run") as second:
        addresses = {first.address(), second.address()}
        assert len(addresses) == 2
        assert "http://127.0.0.1:8000/" not in addresses
        assert [page(address) for address in addresses] == ["golden", "golden"]
        until(lambda: min(ticks(folder) for folder in folders) >= 1)
        assert (folders[1] / "var" / "run" / "redis.sock").is_socket()
        assert first.stop() == 0
        assert page(second.address()) == "golden"
        port = second.address().rpartition(":")[2].strip("/")
        with running(folders[0], "run", PORT=port) as third:
            assert third.status() == 1
            assert third.said.startswith(f"Port {port} of 127.0.0.1 is taken")
        assert second.stop() == 0


def test_a_step_that_fails_says_why_and_stops_everything(checkout: Path) -> None:
    (checkout / "manage.py").write_text("raise SystemExit('the table is on fire')")
    with running(checkout, "run") as run:
        assert run.status() == 1
        assert "the table is on fire" in run.said
        assert belonging_to(checkout) == {}


@pytest.mark.parametrize("user", [1, 54321], ids=["with a name", "without a name, as containers have them"])
def test_an_ordinary_user(user: int) -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests have run as an ordinary user already")
    python = python_for_all()
    if not python:
        pytest.skip("every Python here lies in a home that is closed to other users")
    folder = Path("/var/tmp") / f"goldidea-test-{os.getpid()}-{user}"  # tmp_path is closed to others
    folder.mkdir()
    try:
        processes.checkout(folder)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user)
        site = next(entry for entry in sys.path if entry.endswith("site-packages"))
        command = ("exec", "--tests", "--", "sh", "-c", 'id -u; test -S "${REDIS_URL#unix://}"')
        with running(folder, *command, python=python, user=user, PYTHONPATH=site) as run:
            assert (run.status(), run.said) == (0, f"{user}\n")
        assert belonging_to(folder) == {}
    finally:
        shutil.rmtree(folder)


def test_root_where_user_namespaces_are_forbidden(checkout: Path, tmp_path: Path) -> None:
    from goldidea.embedded import binaries

    if os.geteuid() != 0:
        pytest.skip("only root has to become somebody else")
    if not open_to_all(binaries.postgres()):
        pytest.skip("the servers' programs lie in a home that is closed to other users")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "ps"):
        (programs / name).symlink_to(str(shutil.which(name)))
    command = ("exec", "--tests", "--", "sh", "-c", "ps -o user:20= -C postgres; echo; echo $GOLDIDEA_PLACE")
    with running(checkout, *command, PATH=str(programs)) as run:
        assert run.status() == 0, run.said
        assert "nobody" in run.said
    assert not Path(run.said.splitlines()[-1]).exists()


def python_for_all() -> str | None:
    """A Python 3.11 or 3.12 outside closed homes; the package needs nothing but its standard library."""
    for candidate in (sys.executable, "/usr/bin/python3.11", "/usr/bin/python3.12", "/usr/local/bin/python3"):
        if Path(candidate).exists() and open_to_all(Path(candidate).resolve()):
            return candidate
    return None


def open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in path.parents)


def psql(folder: Path, statement: str) -> str:
    """What a statement returns, on the servers of the run in this folder."""
    import psycopg2

    connection = psycopg2.connect(servers(folder)["DATABASE_OWNER_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return str(cursor.fetchone()[0]) if cursor.description else ""
    finally:
        connection.close()
