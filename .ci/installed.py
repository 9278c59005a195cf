"""Run the tests marked `database` once more, on a PostgreSQL and a Redis that were installed apart from the wheels.

Their addresses are given (DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL), or servers of this machine are found: then two roles, a
template and their passwords are made for this run and dropped after it, and Redis is used in a database that holds nothing.
Where there is none it says so, and why, and that is no failure.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import redis

TESTS = [
    sys.executable,
    "-m",
    "pytest",
    "-m",
    "database and not browser",
    "-n",
    "2",
    "--dist",
    "loadfile",
    *sys.argv[1:],
]
NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
# How one may be the superuser here, without a password: by trust, by peer, as root.
WAYS = (
    ["psql", "-h", "127.0.0.1", "-U", "postgres"],
    ["psql", "-U", "postgres"],
    ["psql"],
    ["runuser", "-u", "postgres", "--", "psql"],
    ["sudo", "-n", "-u", "postgres", "psql"],
)
MAKE = """
CREATE ROLE {name}_owner LOGIN CREATEDB PASSWORD '{password}';
CREATE ROLE {name}_app LOGIN PASSWORD '{password}';
CREATE DATABASE {name} OWNER {name}_owner;
\\connect {name}
ALTER SCHEMA public OWNER TO {name}_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE {name}_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name}_app;
ALTER DEFAULT PRIVILEGES FOR ROLE {name}_owner GRANT USAGE, SELECT ON SEQUENCES TO {name}_app;
"""
# What an interrupted test left goes too.
LEFT = """
SELECT format('DROP DATABASE %I WITH (FORCE)', d.datname)
FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE r.rolname = '{name}_owner' \\gexec
DROP ROLE {name}_app; DROP ROLE {name}_owner;
"""


class NotHere(Exception):
    """No such server; the words say what was looked for."""


def main() -> int:
    """The tests' status; 0 with a sentence where they cannot run."""
    given = [name for name in NAMES if os.environ.get(name)]
    try:
        if len(given) == len(NAMES):
            return run(os.environ["DATABASE_OWNER_URL"], os.environ["REDIS_URL"], {})
        if given:
            raise NotHere(f"of {', '.join(NAMES)} only {', '.join(given)} is set; all three are needed")
        bell, way = empty_redis(), superuser()
        return on_local_servers(way, bell)
    except NotHere as why:
        print(f"NOT RUN on separately installed servers: {why}", file=sys.stderr, flush=True)
        return 0


def superuser() -> list[str]:
    """The command that is psql as a superuser."""
    for way in WAYS:
        if (
            shutil.which(way[0])
            and said(way, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "t"
        ):
            return way
    raise NotHere(
        "no PostgreSQL on this machine of which one is superuser without a password (psql, by trust or peer)"
    )


def said(way: Sequence[str], sql: str) -> str:
    """What psql answers; empty when it fails."""
    command = [*way, "-XqAtw", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, cwd="/", timeout=60)
    return done.stdout.strip() if done.returncode == 0 else ""


def empty_redis() -> str:
    """The address of a database of the local Redis that holds nothing: the tests flush it."""
    for number in range(15, -1, -1):
        url = f"redis://127.0.0.1:6379/{number}"
        try:
            if redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).dbsize() == 0:
                return url
        except redis.RedisError as error:
            raise NotHere(f"no Redis at 127.0.0.1:6379 ({error})") from error
    raise NotHere("every database of the Redis at 127.0.0.1:6379 holds something")


def on_local_servers(way: list[str], bell: str) -> int:
    """Roles and a template for this run, the tests, and nothing left."""
    name, password = f"goldidea_ci_{secrets.token_hex(4)}", secrets.token_hex(16)
    values = {"name": name, "password": password}
    if said(way, MAKE.format(**values) + "SELECT 'made'") != "made":
        raise NotHere("the roles could not be made")
    try:
        place = f"127.0.0.1:{said(way, 'SHOW port')}/{name}"
        addresses = {
            "DATABASE_URL": f"postgresql://{name}_app:{password}@{place}",
            "DATABASE_OWNER_URL": f"postgresql://{name}_owner:{password}@{place}",
            "REDIS_URL": bell,
            "DATABASE_TEMPLATE": name,
        }
        return run(addresses["DATABASE_OWNER_URL"], bell, addresses)
    finally:
        said(way, LEFT.format(**values))


def run(database: str, bell: str, addresses: dict[str, str]) -> int:
    """The tests, told where."""
    where = f"{urlsplit(database).hostname}, {urlsplit(bell).hostname}"
    print(f"The tests marked `database`, on separately installed servers ({where}):", flush=True)
    return subprocess.run(TESTS, env=os.environ | addresses).returncode


if __name__ == "__main__":
    sys.exit(main())
