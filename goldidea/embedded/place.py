"""The folder that holds everything one run keeps, and the lock that lets only one run use it."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from goldidea.embedded.errors import CannotRun
from goldidea.embedded.leftovers import end_leftovers

# A Unix socket's path ends at 107 bytes on Linux and 103 on macOS. PostgreSQL refuses a longer one; Redis
# cuts it silently and listens somewhere else.
LONGEST_SOCKET_PATH = 100
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"
# A temporary folder without a lock is one that is just being made, unless it is older than this many seconds.
NEWBORN_SECONDS = 60


class Place:
    """One run's folder: the database, the sockets, the secrets, the logs. `take` makes it ours."""

    def __init__(self, var: Path, *, throwaway: bool = False) -> None:
        self.var = var.absolute()
        self.throwaway = throwaway
        self.postgres = self.var / "pg"
        self.redis = self.var / "redis"
        self.secrets = self.var / "secrets"
        self.logs = self.var / "log"
        self.media = self.var / "media"
        self.static = self.var / "static"
        self.sockets = self._socket_folder()
        self._lock: int | None = None

    @classmethod
    def temporary(cls) -> "Place":
        """A new empty folder in the system's temporary folder, removed by `let_go`."""
        prefix = f"goldidea-{os.getuid()}-once-"
        _remove_abandoned(Path(tempfile.gettempdir()), prefix)
        return cls(Path(tempfile.mkdtemp(prefix=prefix)), throwaway=True)

    @property
    def redis_socket(self) -> Path:
        """The socket on which Redis listens."""
        return self.sockets / "redis.sock"

    def take(self) -> bool:
        """Make the folder ours for as long as this process lives; False when another run has it."""
        try:
            for folder in (self.var, self.redis, self.logs, self.media, self.static):
                folder.mkdir(parents=True, exist_ok=True)
            for folder in (self.secrets, self.sockets):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CannotRun(f"{error.filename}: {error.strerror}. It has to belong to you.") from error
        self._refuse_foreign_sockets()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._lock = lock
        self.describe({})
        return True

    def let_go(self) -> None:
        """Give the folder back; a throwaway folder goes with all that is in it."""
        if self._lock is None:
            return
        if self.throwaway:
            shutil.rmtree(self.var, ignore_errors=True)
        if not self.sockets.is_relative_to(self.var):
            shutil.rmtree(self.sockets, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.ftruncate(self._lock, 0)
        os.close(self._lock)
        self._lock = None

    def describe(self, facts: dict[str, Any]) -> None:
        """Write into the lock what another starter wants to know: who holds it and where its servers are."""
        if self._lock is not None:
            written = json.dumps({"process": os.getpid(), **facts}).encode()
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, written, 0)

    def description(self) -> dict[str, Any]:
        """What the holder of the lock has written; empty while it is starting."""
        try:
            facts = json.loads((self.var / "lock").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return facts if isinstance(facts, dict) else {}

    def _socket_folder(self) -> Path:
        folder = self.var / "run"
        if _fits(folder):
            return folder
        name = f"goldidea-{os.getuid()}-{hashlib.sha256(os.fsencode(self.var)).hexdigest()[:10]}"
        short = Path(tempfile.gettempdir()) / name
        return short if _fits(short) else Path("/tmp") / name  # noqa: S108  (0700, its owner is checked)

    def _refuse_foreign_sockets(self) -> None:
        """A folder in the shared temporary folder may have been put there by somebody else."""
        if self.sockets.is_relative_to(self.var):
            return
        found = self.sockets.lstat()
        # 65534: as root without user namespaces the folder is given to `nobody`, who runs the servers.
        ours = found.st_uid == os.getuid() or (os.getuid() == 0 and found.st_uid == 65534)
        if self.sockets.is_symlink() or not ours or found.st_mode & 0o077:
            raise CannotRun(
                f"{self.sockets} belongs to somebody else: remove it, or set TMPDIR to a folder of yours."
            )


def _fits(folder: Path) -> bool:
    # A comma in a host separates two hosts for PostgreSQL's clients.
    return len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(folder)


def _remove_abandoned(parent: Path, prefix: str) -> None:
    """Throwaway folders of runs that were killed before they could remove them."""
    for folder in parent.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > NEWBORN_SECONDS and not _is_held(folder):
                end_leftovers(folder)
                shutil.rmtree(folder, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    try:
        lock = os.open(folder / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False
