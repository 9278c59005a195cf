"""What a killed run left behind: processes of one place that nobody supervises any more, found and ended."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Every process that a run starts carries this variable, and so does everything that those start.
MARK = "GOLDIDEA_PLACE"
# The servers write their title over their environment; they are known by their name and the folder they
# work in.
SERVERS = frozenset({"postgres", "redis-server", "valkey-server"})
PATIENCE_SECONDS = 8.0
# One look may miss a process: one that is just being forked, or has no environment while it becomes another program.
CLEAN_LOOKS = 3
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A process that belongs to a place."""

    pid: int
    name: str

    @property
    def gentle(self) -> signal.Signals:
        """The signal that ends it orderly. To PostgreSQL SIGTERM means: wait for every client to leave."""
        return signal.SIGINT if self.name == "postgres" else signal.SIGTERM


def end_leftovers(var: Path, *, servers_too: bool = True, patience: float = PATIENCE_SECONDS) -> int:
    """End every process of the place `var`, by force after `patience` seconds; returns how many there were.

    The caller holds the place's lock, so whatever runs there has lost its supervisor. This process and
    those that it descends from are spared: `make run` may be typed in a shell that a killed run had opened.
    """
    ended: set[int] = set()
    deadline = time.monotonic() + patience
    clean_looks = 0
    while clean_looks < CLEAN_LOOKS and time.monotonic() < deadline + patience:  # else stuck in the system
        found = [one for one in _belonging_to(var.absolute()) if servers_too or one.name not in SERVERS]
        late = time.monotonic() > deadline
        for leftover in found:
            if late or leftover.pid not in ended:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(leftover.pid, signal.SIGKILL if late else leftover.gentle)
                ended.add(leftover.pid)
        clean_looks = 0 if found else clean_looks + 1
        time.sleep(0.02)
    return len(ended)


def can_see_processes() -> bool:
    """Whether this system shows enough of its processes to say that none is left."""
    return (PROC / "self" / "environ").exists()


def _belonging_to(var: Path) -> Iterator[Leftover]:
    spared = set(_ancestry())
    for leftover in _in_proc(var) if can_see_processes() else _in_process_list(var):
        if leftover.pid not in spared:
            yield leftover


def _in_proc(var: Path) -> Iterator[Leftover]:
    mark = f"{MARK}=".encode() + os.fsencode(var) + b"\0"
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        # Processes end while one looks at them, and those of other people cannot be looked into.
        with contextlib.suppress(OSError):
            name, state, _ = _stat(entry)
            if state in {"Z", "X"}:
                continue
            works_here = name in SERVERS and (entry / "cwd").readlink().is_relative_to(var)
            if works_here or mark in b"\0" + (entry / "environ").read_bytes():
                yield Leftover(int(entry.name), name)


def _stat(entry: Path) -> tuple[str, str, int]:
    """Name, state and parent of a process. The name stands in brackets and may contain any character."""
    before, _, after = (entry / "stat").read_text(errors="replace").rpartition(")")
    state, parent = after.split()[:2]
    return before.partition("(")[2], state, int(parent)


def _in_process_list(var: Path) -> Iterator[Leftover]:
    """Without /proc (macOS): the processes that name the place in their command line."""
    said = subprocess.run(["ps", "-axo", "pid=,command="], capture_output=True, text=True, check=False).stdout
    for line in said.splitlines():
        pid, _, command = line.strip().partition(" ")
        if str(var) in command:
            yield Leftover(int(pid), Path(command.split()[0]).name)


def _ancestry() -> Iterator[int]:
    pid = os.getpid()
    yield pid
    yield os.getppid()
    while can_see_processes() and pid > 1:
        try:
            pid = _stat(PROC / str(pid))[2]
        except OSError:
            return
        yield pid
