"""Starts programs, starts them again when they end, and stops them in their order. One thread, one loop."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Any, Self

from goldidea.embedded.errors import CannotRun, StopRequested
from goldidea.embedded.processes import Program, has_ended, last_lines

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds before a program that ended is started again, by how many times it has just failed.
DELAYS = (0.0, 0.5, 1.0, 2.0, 4.0)
# A program that ran this long had started well: its next end counts as the first.
STEADY_SECONDS = 20.0


def say(text: str) -> None:
    """Tell the person at the terminal; a terminal that is gone is no reason to leave servers behind."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


class Service:
    """A program that has to be there as long as the run lasts.

    Args:
        program: makes the program anew for each start, so that a later start can differ (another free port).
        heal: puts right what a killed predecessor left, before each start.
        patience: seconds that it may take to stop before it is killed.
        holds_data: it is stopped after all others, who write until they end, and no hurry kills it.
    """

    def __init__(
        self,
        program: Callable[[], Program],
        *,
        heal: Callable[[], None] = lambda: None,
        patience: float = 10.0,
        holds_data: bool = False,
    ) -> None:
        self._make = program
        self._heal = heal
        self._patience = patience
        self.holds_data = holds_data
        self.program = program()
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self._started = 0.0
        self._due = 0.0

    @property
    def name(self) -> str:
        """What the person calls it."""
        return self.program.name

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self.process is not None and not has_ended(self.process)

    def start(self) -> None:
        """Start it, healed."""
        self._heal()
        self.program = self._make()
        self._started = time.monotonic()
        self.process = self.program.start()

    def tend(self) -> None:
        """Start it again if it has ended; later and later, and not for ever.

        Raises: CannotRun when it keeps ending.
        """
        if self.running:
            return
        now = time.monotonic()
        if self.process is not None:
            status = self.process.returncode
            self.process = None
            self.failures = 0 if now - self._started > STEADY_SECONDS else self.failures + 1
            if self.failures >= len(DELAYS):
                raise CannotRun(f"{self.name} ends again and again:\n{last_lines(self.program.log)}")
            self._due = now + DELAYS[self.failures]
            say(f"{self.name} ended ({_spoken(status)}); starting it again. Its log: {self.program.log}")
        if now >= self._due:
            self.start()

    def ask_to_stop(self) -> None:
        """Send the signal upon which it stops orderly."""
        if self.process is not None and self.running:
            self.process.send_signal(self.program.stop)

    def has_stopped(self, waited: float, *, hurry: bool) -> bool:
        """Whether it has stopped, `waited` seconds after it was asked to; killed once patience is used up."""
        if self.process is None or not self.running:
            self.process = None
            return True
        if waited > self._patience or (hurry and not self.holds_data):
            self.process.kill()
        return False


class Supervisor:
    """Holds the services of one run; `with Supervisor() as supervisor:` stops them all at the end."""

    def __init__(self) -> None:
        self.services: list[Service] = []
        self.stop_signal = 0
        self.stops_asked = 0
        self.stopping = False
        self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for end in self._bell:
            os.set_blocking(end, False)
        # Every signal writes into the pipe, so that a wait ends at once: a child's end as well as Ctrl-C.
        signal.set_wakeup_fd(self._bell[1], warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            self._before[number] = signal.signal(number, self._note_stop)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop_all()
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in self._before.items():
                signal.signal(number, handler)
            for end in self._bell:
                os.close(end)

    def start(self, service: Service) -> None:
        """Start a service and keep it running from now on."""
        self.services.append(service)
        service.start()

    def check(self) -> None:
        """Raises: StopRequested once somebody asked for it."""
        if self.stop_signal and not self.stopping:
            raise StopRequested

    def wait(self, seconds: float) -> None:
        """Sleep, but wake when a child ends or a signal comes."""
        with contextlib.suppress(InterruptedError):
            select.select([self._bell[0]], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            while os.read(self._bell[0], 512):
                pass

    def until(self, ready: Callable[[], bool], *, seconds: float, service: Service) -> None:
        """Wait for a service to answer.

        Raises: CannotRun with the end of its log when it ends, or does not answer in time.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if not service.running or time.monotonic() > deadline:
                said = last_lines(service.program.log)
                raise CannotRun(f"{service.name} did not start. The end of {service.program.log}:\n{said}")
            self.wait(0.02)

    def tend(self) -> None:
        """Start again what has ended."""
        for service in self.services:
            service.tend()

    def run_all(self, programs: Sequence[Program], *, seconds: float = 1800.0) -> None:
        """Run programs side by side until all have succeeded.

        Raises: CannotRun with the output of the first that fails, after the others were ended.
        """
        running = {program.start(): program for program in programs}
        deadline = time.monotonic() + seconds
        try:
            while running:
                self.check()
                self.tend()
                for process in [process for process in running if has_ended(process)]:
                    program = running.pop(process)
                    if process.returncode != 0:
                        said = last_lines(program.log, 40)
                        raise CannotRun(f"{program.name} failed ({_spoken(process.returncode)}):\n{said}")
                if time.monotonic() > deadline:
                    raise CannotRun(
                        f"{', '.join(p.name for p in running.values())}: no end after {seconds:.0f} s"
                    )
                self.wait(0.1 if running else 0)
        finally:
            for process in running:
                process.kill()
                while not has_ended(process):
                    self.wait(0.1)

    def stop_all(self) -> None:
        """Stop the product, then the servers of its data. Who asks a third time does not wait for tasks."""
        self.stopping = True
        asked = self.stops_asked
        for holds_data in (False, True):
            stopping = [service for service in self.services if service.holds_data is holds_data]
            for service in stopping:
                service.ask_to_stop()
            began = time.monotonic()
            while stopping:
                waited, hurry = time.monotonic() - began, self.stops_asked > asked + 1
                stopping = [service for service in stopping if not service.has_stopped(waited, hurry=hurry)]
                self.wait(0.1 if stopping else 0)
        self.services.clear()

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_signal = self.stop_signal or number
        self.stops_asked += 1


def _spoken(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
