"""`make run`: the servers, the tables, the season, then worker, beat and web until somebody stops them."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from goldidea.embedded import environment
from goldidea.embedded.environment import PROJECT, Addresses
from goldidea.embedded.errors import CannotRun, StopRequested
from goldidea.embedded.place import Place
from goldidea.embedded.processes import Program, last_lines
from goldidea.embedded.servers import start_servers
from goldidea.embedded.steps import Steps
from goldidea.embedded.supervisor import Service, Supervisor, say
from goldidea.embedded.web import Port, chosen_port

WEB_SECONDS = 60.0
# A task that is running when the person stops the run may end; a longer one is done again after the next
# start.
WORKER_PATIENCE = 20.0
# Celery would say it at each start, as several lines.
QUIET_ABOUT_ROOT = "ignore:You're running the worker with superuser privileges"


def run() -> int:
    """Run the product until it is stopped; returns the exit status."""
    began = time.monotonic()
    given = Addresses.given(os.environ)
    place = Place(PROJECT / "var")
    if not place.take():
        known = place.description()
        where = known.get("web") or "it is just starting"
        raise CannotRun(
            f"Gold Idea runs from this folder already (process {known.get('process', '?')}): {where}"
        )
    try:
        with Supervisor() as supervisor:
            try:
                _serve(place, supervisor, given, began)
            except StopRequested:
                say("\nStopping …")
    finally:
        place.let_go()
    say("Stopped. The data stays in var/.")
    return 0


def _serve(place: Place, supervisor: Supervisor, given: Addresses, began: float) -> None:
    port = chosen_port(os.environ)
    for log in place.logs.glob("*.log"):
        log.unlink()
    say("Starting PostgreSQL and Redis …")
    addresses = start_servers(place, supervisor, given)
    base = _environment(place, addresses, port)
    place.describe({"servers": addresses.as_both()})

    steps = Steps(place, base, addresses.as_owner())
    say("Bringing the database up to date …")
    supervisor.run_all([steps.catalogs(), steps.tables(), steps.static_files()])
    say("Loading the demonstration season (the first time takes longest) …")
    web = _web(place, base, port)
    supervisor.start(web)
    season = steps.season()
    supervisor.run_all([season])
    # Only now: what falls due in a season that is half there is nobody's to act upon.
    for service in (_worker(place, base), _beat(place, base)):
        supervisor.start(service)
    _wait_for_the_web(supervisor, web, port)
    told = season.log.read_text(encoding="utf-8", errors="replace").strip()
    took = time.monotonic() - began
    say(f"\n{told}\n\nReady after {took:.1f} s.")
    screen = Screen(place.logs, ("worker", "beat", "web"))
    address = ""
    while True:
        if address != port.address:  # also when the web was killed and somebody else took its port meanwhile
            address = port.address
            place.describe({"servers": addresses.as_both(), "web": address})
            say(f"Gold Idea runs at {address} (Ctrl-C stops it)")
        supervisor.check()
        supervisor.tend()
        screen.show()
        supervisor.wait(0.5)


def _environment(place: Place, addresses: Addresses, port: Port) -> dict[str, str]:
    base = {
        **environment.plain(os.environ, place),
        **environment.settings(os.environ, place),
        **addresses.as_application(),
    }
    # Plain HTTP: Secure cookies would not come back.
    base.setdefault("DEVELOPMENT", "1")
    if port.host not in {"127.0.0.1", "localhost", "::1"}:
        base.setdefault("ALLOWED_HOSTS", "*")
    return base


def _worker(place: Place, base: Mapping[str, str]) -> Service:
    options = ("--concurrency=2", "--loglevel=WARNING", "--without-gossip", "--without-mingle")
    quiet = ",".join(filter(None, [base.get("PYTHONWARNINGS"), QUIET_ABOUT_ROOT]))
    environment = {**base, "PYTHONWARNINGS": quiet} if os.geteuid() == 0 else base
    program = _program("worker", place, environment, "celery", "-q", "-A", "goldidea", "worker", *options)
    return Service(lambda: program, patience=WORKER_PATIENCE)


def _beat(place: Place, base: Mapping[str, str]) -> Service:
    options = ("--loglevel=WARNING", "--pidfile=", "-s", str(place.var / "beat-schedule"))
    program = _program("beat", place, base, "celery", "-q", "-A", "goldidea", "beat", *options)
    return Service(lambda: program)


def _web(place: Place, base: Mapping[str, str], port: Port) -> Service:
    def program() -> Program:
        port.choose()
        # Below errors it advises against more threads than cores; ours wait for the database most of the time.
        kind = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--no-ws")
        where = ("--log-level", "error", "--host", port.host, "--port", str(port.number))
        return _program("web", place, base, "granian", *kind, *where, "goldidea.wsgi:application")

    return Service(program)


def _wait_for_the_web(supervisor: Supervisor, web: Service, port: Port) -> None:
    """It may need another try: a port that was free a second ago can be taken by the time it listens."""
    deadline = time.monotonic() + WEB_SECONDS
    while not (web.running and port.answers()):
        supervisor.check()
        supervisor.tend()
        if time.monotonic() > deadline:
            raise CannotRun(
                f"web does not answer. The end of {web.program.log}:\n{last_lines(web.program.log)}"
            )
        supervisor.wait(0.05)


def _program(
    name: str, place: Place, environment: Mapping[str, str], module: str, *arguments: str
) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-m", module, *arguments],
        environment=environment,
        folder=PROJECT,
        log=place.logs / f"{name}.log",
    )


class Screen:
    """Shows at the terminal what the programs write into their logs, each line with its program's name."""

    def __init__(self, logs: Path, names: tuple[str, ...]) -> None:
        self._logs = {name: logs / f"{name}.log" for name in names}
        self._shown = dict.fromkeys(names, 0)

    def show(self) -> None:
        """Show the lines written since the last time."""
        for name, log in self._logs.items():
            if not log.exists():
                continue
            with log.open("rb") as file:
                file.seek(self._shown[name])
                lines = file.read().rpartition(b"\n")
            self._shown[name] += len(lines[0]) + len(lines[1])
            for line in lines[0].decode("utf-8", errors="replace").splitlines():
                say(f"{name:6} | {line}")
