"""Child processes that end with the supervisor, whatever ends the supervisor."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1


def _load_libc() -> Any:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


# Loaded before any fork: between fork and exec nothing may be looked up.
_libc = _load_libc()


def follow_parent(stop: signal.Signals) -> None:
    """Ask the system to send this process `stop` when the thread that started it ends (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(stop), 0, 0, 0)


def ending_with_us(stop: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec so that it ends when the supervisor does."""
    supervisor = os.getpid()

    def in_child() -> None:
        follow_parent(stop)
        if os.getppid() != supervisor:
            os._exit(1)  # the supervisor died in between: nobody would ever send the signal

    return in_child


@dataclass(frozen=True, slots=True)
class Program:
    """How a process is started. `account` holds `user`, `group` and `extra_groups` of subprocess.Popen."""

    name: str
    command: Sequence[str | os.PathLike[str]]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    stop: signal.Signals = signal.SIGTERM
    account: Mapping[str, Any] = field(default_factory=dict)

    def start(self) -> subprocess.Popen[bytes]:
        """Start it in its own session: Ctrl-C reaches the supervisor alone, which stops things in order."""
        with self.log.open("ab") as log:
            return self.popen(stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def popen(
        self, *, stdin: int | None, stdout: IO[bytes] | int | None, stderr: int | None
    ) -> subprocess.Popen[bytes]:
        """Start it with the given streams."""
        return subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            preexec_fn=ending_with_us(self.stop),
            **self.account,
        )


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; what it left of its own session is killed before its number can be used again."""
    if process.returncode is not None:
        return True
    if hasattr(os, "waitid"):
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
    elif process.poll() is None:
        return False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for the sentence that tells why something did not start."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
    except OSError:
        return ""
