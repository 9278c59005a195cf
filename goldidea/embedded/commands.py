"""`make test` and `make demo`: one command on servers made for it, which go when it goes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from goldidea.embedded import environment
from goldidea.embedded.environment import PROJECT, Addresses
from goldidea.embedded.errors import CannotRun, StopRequested
from goldidea.embedded.leftovers import MARK, end_leftovers
from goldidea.embedded.place import Place
from goldidea.embedded.processes import ending_with_us
from goldidea.embedded.servers import start_servers
from goldidea.embedded.steps import Steps
from goldidea.embedded.supervisor import Supervisor

# Seconds that a command which was asked to stop may take before it is killed.
COMMAND_PATIENCE = 15.0


def execute(command: Sequence[str], *, throwaway: bool) -> int:
    """Run a command with the servers' addresses in its environment; returns its exit status.

    Args:
        command: program and arguments, started in the project's folder.
        throwaway: fresh servers that are gone afterwards, quick rather than safe. Otherwise those of `make
        run`, joined
            while they are running.
    """
    place = Place.temporary() if throwaway else Place(PROJECT / "var")
    if not place.take():
        _join(place, command)

    def work(supervisor: Supervisor, addresses: Addresses) -> int:
        place.describe({"servers": addresses.as_both()})
        return _attend(supervisor, command, _environment(place, addresses.as_both()))

    return _on_servers(place, work)


def demonstrate(arguments: Sequence[str]) -> int:
    """Run the season on fresh servers; returns the exit status of `manage.py run_demonstration`."""
    place = Place.temporary()
    place.take()

    def work(supervisor: Supervisor, addresses: Addresses) -> int:
        base = {**_environment(place, addresses.as_application()), "DEVELOPMENT": "1"}
        steps = Steps(place, base, addresses.as_owner())
        supervisor.run_all([steps.catalogs(), steps.tables()])
        return _attend(supervisor, [sys.executable, "manage.py", "run_demonstration", *arguments], base)

    return _on_servers(place, work)


def _on_servers(place: Place, work: Callable[[Supervisor, Addresses], int]) -> int:
    try:
        with Supervisor() as supervisor:
            try:
                return work(supervisor, start_servers(place, supervisor, Addresses.given(os.environ)))
            except StopRequested:
                return 128 + supervisor.stop_signal
            finally:
                # What a command left in the background would write to servers that are about to stop.
                end_leftovers(place.var, servers_too=False)
    finally:
        place.let_go()


def _attend(supervisor: Supervisor, command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run the command to its end, keep the servers running meanwhile, pass on the signals.

    At a terminal the command shares our process group: it may read from the keyboard, and Ctrl-C reaches it
    directly.
    """
    at_terminal = sys.stdin is not None and sys.stdin.isatty()
    try:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(variables),
            start_new_session=not at_terminal,
            preexec_fn=ending_with_us(signal.SIGTERM),
        )
    except OSError as error:
        raise CannotRun(f"{command[0]}: {error.strerror}") from error
    passed_on, asked_at = 0, 0.0
    try:
        while process.poll() is None:
            if supervisor.stops_asked > passed_on:
                passed_on, asked_at = supervisor.stops_asked, asked_at or time.monotonic()
                if not (at_terminal and supervisor.stop_signal == signal.SIGINT):
                    process.send_signal(supervisor.stop_signal)
            if asked_at and not at_terminal and time.monotonic() - asked_at > COMMAND_PATIENCE:
                process.kill()
            supervisor.tend()
            supervisor.wait(0.5)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _join(place: Place, command: Sequence[str]) -> NoReturn:
    """Become the command, on the servers of the run that holds the place."""
    servers = place.description().get("servers")
    if not servers:
        raise CannotRun("Gold Idea is just starting or stopping in this folder: try again in a moment.")
    variables = {**_environment(place, servers), "DEVELOPMENT": os.environ.get("DEVELOPMENT", "1")}
    del variables[MARK]  # it is not the other run's to end
    os.chdir(PROJECT)
    try:
        os.execvpe(command[0], list(command), variables)  # noqa: S606
    except OSError as error:
        raise CannotRun(f"{command[0]}: {error.strerror}") from error


def _environment(place: Place, addresses: Mapping[str, str]) -> dict[str, str]:
    return {
        **environment.plain(os.environ, place),
        **environment.settings(os.environ, place),
        **addresses,
    }
