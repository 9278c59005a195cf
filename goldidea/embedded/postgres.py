"""PostgreSQL as a child process: made, started, healed after a kill, and given its two roles."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from goldidea.embedded import binaries
from goldidea.embedded.errors import CannotRun
from goldidea.embedded.leftovers import can_see_processes, end_leftovers
from goldidea.embedded.place import Place
from goldidea.embedded.processes import Program, last_lines
from goldidea.embedded.supervisor import Service, Supervisor

OWNER_ROLE = "goldidea_owner"
APPLICATION_ROLE = "goldidea_app"
DATABASE = "goldidea"
NOBODY = 65534
# PostgreSQL writes the word into the eighth line of its pid file once it accepts connections.
READY_LINE = 7

# What the application role may do with tables to come; the migrations take rights on evidence away again.
# Said in template1 as well, since test databases are copied from it.
PRIVILEGES = f"""
ALTER SCHEMA public OWNER TO {OWNER_ROLE};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE}
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE}
    GRANT USAGE, SELECT ON SEQUENCES TO {APPLICATION_ROLE};
"""
ROLES = f"""
SELECT 'CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER_ROLE}') \\gexec
SELECT 'CREATE ROLE {APPLICATION_ROLE} LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') \\gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
\\connect template1
{PRIVILEGES}
\\connect {DATABASE}
{PRIVILEGES}
"""  # noqa: S608  (our own constants)
# A crash of the machine costs a throwaway database nothing.
UNSAFE_BUT_QUICK = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class Postgres:
    """The server of one place."""

    def __init__(self, place: Place, programs: Path, environment: Mapping[str, str]) -> None:
        self._place = place
        self._programs = programs
        self._version = binaries.postgres_version(programs)
        # Variables such as PGHOST would lead initdb and psql elsewhere.
        self._environment = {name: value for name, value in environment.items() if not name.startswith("PG")}
        self._prefix, self._account = _server_account()

    def create(self, supervisor: Supervisor) -> None:
        """Make the data folder if there is none yet. It gets its name when it is whole: a kill leaves no half."""
        data = self._place.postgres
        if data.exists():
            self._check_data(data)
            self._hand_over(data)
            data.chmod(0o700)  # a copied folder may be open to others, which PostgreSQL refuses
            return
        half = data.with_name("pg.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        self._hand_over(half)
        command: list[str | os.PathLike[str]] = [
            *(self._programs / "initdb", "-D", half, "-U", "postgres", "--auth=trust", "-E", "UTF8"),
            *("--locale=C", "--no-instructions"),
        ]
        if self._version >= 17:  # upper and lower case of all letters, the same on every machine
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self._place.throwaway:
            command.append("--no-sync")
        supervisor.run_all([self._program("initdb", command, signal.SIGTERM)], seconds=120)
        half.rename(data)

    def service(self) -> Service:
        """The server, ready to be started."""
        command: list[str | os.PathLike[str]] = [
            *(self._programs / "postgres", "-D", self._place.postgres, "-c", "listen_addresses="),
            *("-c", f"unix_socket_directories={_quoted(self._place.sockets)}"),
            *("-c", "unix_socket_permissions=0700", "-c", "timezone=UTC"),
            *(UNSAFE_BUT_QUICK if self._place.throwaway else ()),
        ]
        # SIGINT: end the sessions and stop. SIGTERM would wait for every client to leave by itself.
        return Service(
            lambda: self._program("PostgreSQL", command, signal.SIGINT),
            heal=self._heal,
            patience=20,
            holds_data=True,
        )

    def answers(self) -> bool:
        """Whether the server accepts connections."""
        with contextlib.suppress(OSError, IndexError):
            lines = (self._place.postgres / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return lines[READY_LINE].strip() == "ready"
        return False

    def make_roles(self) -> None:
        """The two roles, the database, and the application's rights. Changes nothing when all is there."""
        said = subprocess.run(
            [
                self._programs / "psql",
                "-XqAt",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                self._place.sockets,
                "-U",
                "postgres",
            ],
            input=ROLES,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode != 0:
            log = last_lines(self._place.logs / "postgresql.log")
            raise CannotRun(f"The database roles could not be made:\n{said.stderr}{log}")

    def address(self, role: str) -> str:
        """The value of DATABASE_URL for a role."""
        return f"postgresql://{role}@/{DATABASE}?host={quote(os.fsencode(self._place.sockets), safe='')}"

    def _program(self, name: str, command: list[str | os.PathLike[str]], stop: signal.Signals) -> Program:
        return Program(
            name=name,
            command=[*self._prefix, *command],
            environment=self._environment,
            folder=self._place.var,
            log=self._place.logs / f"{name.lower()}.log",
            stop=stop,
            account=self._account,
        )

    def _heal(self) -> None:
        """Remove the pid file and the socket of a killed server.

        The number in them may be a zombie's or belong to somebody else by now, and then PostgreSQL believes
        that it runs already. Its own test, that nobody uses the old shared memory, goes with the pid file:
        so every process of the old server has to be gone first.
        """
        if not can_see_processes():
            return
        end_leftovers(self._place.postgres)
        for stale in (
            self._place.postgres / "postmaster.pid",
            self._place.sockets / ".s.PGSQL.5432",
            self._place.sockets / ".s.PGSQL.5432.lock",
        ):
            stale.unlink(missing_ok=True)

    def _check_data(self, data: Path) -> None:
        try:
            made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError as error:
            raise CannotRun(f"{data} is no database of yours ({error.strerror}): move it away.") from error
        if made_by != str(self._version):
            raise CannotRun(
                f"{data} was made by PostgreSQL {made_by}, the server here is {self._version}: "
                "dump it with the old one, or move the folder away to begin anew."
            )

    def _hand_over(self, folder: Path) -> None:
        """As root: give the data and the sockets to the account that runs the server."""
        if os.geteuid() != 0:
            if folder.stat().st_uid != os.geteuid():
                raise CannotRun(f"{folder} belongs to another user: run as that user, or move it away.")
            return
        owner = self._account.get("user", 0)
        if owner:
            self._place.var.chmod(0o711)  # `nobody` has to pass through; the secrets in it stay closed
            _refuse_closed_parents(folder, self._programs)
        if folder.stat().st_uid not in {0, NOBODY}:
            raise CannotRun(f"{folder} belongs to another user: run as that user, or move it away.")
        if folder.stat().st_uid != owner:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner, owner, follow_symlinks=False)
        os.chown(self._place.sockets, owner, owner)


def _server_account() -> tuple[tuple[str, ...], dict[str, Any]]:
    """How to run the server, which refuses to be root or nameless: a command's prefix and Popen's arguments.

    First a user namespace, in which we bear another number while the files stay ours: it works under a closed
    home too. Containers may forbid it; root can then become `nobody`.
    """
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return (), {}
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if shutil.which("unshare") and _has_name(NOBODY):
        tried = subprocess.run([*namespace, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return namespace, {}
    if os.geteuid() != 0:
        raise CannotRun(
            f"PostgreSQL needs an account with a name: give user {os.geteuid()} a line in /etc/passwd."
        )
    return (), {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _refuse_closed_parents(*paths: Path) -> None:
    for path in paths:
        for parent in path.absolute().parents:
            if not parent.stat().st_mode & 0o001:
                raise CannotRun(
                    f"PostgreSQL refuses to run as root, and other accounts may not enter {parent}: "
                    f"run as an ordinary user, or allow it with: chmod o+x '{parent}'"
                )


def _quoted(folder: Path) -> str:
    """A folder in a list of folders: PostgreSQL splits at commas unless it stands in quotes."""
    return '"' + str(folder).replace('"', '""') + '"'
