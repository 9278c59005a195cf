"""A Celery worker with its beat in a process of its own, for as long as the demonstration lasts."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from goldidea.embedded.processes import ending_with_us

PATIENCE = 20.0  # seconds for a worker that was asked to stop


class WorkerDied(Exception):
    """The worker ended by itself; the message holds the end of its log."""


@contextlib.contextmanager
def worker(log: Path) -> Iterator[Callable[[], None]]:
    """Start the worker; gives a check to call while waiting for it. It is stopped at the end, come what may.

    Raises: WorkerDied from the check.
    """
    command = [sys.executable, "-m", "celery", "-q", "-A", "goldidea", "worker", "-B", "-P", "solo"]
    command += [
        "--loglevel=INFO",
        "--without-gossip",
        "--without-mingle",
        "-s",
        str(log.with_suffix(".beat")),
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ending_with_us(signal.SIGTERM),
        )

    def check() -> None:
        if process.poll() is not None:
            raise WorkerDied(
                f"The worker ended ({process.returncode}):\n{log.read_text(errors='replace')[-2000:]}"
            )

    try:
        yield check
    finally:
        stop(process)
        for beat in log.parent.glob(f"{log.stem}.beat*"):
            beat.unlink()


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the worker to stop; end what is left of its group."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
