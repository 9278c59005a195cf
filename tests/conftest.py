"""What all tests share: the database made by its owner and used as the application's role; committed databases of their own.

Nothing is flushed, no trigger is switched off and no test runs as owner: a test that commits gets its own database
from a template (`own_database`) and drops it.
"""

import contextlib
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import pytest_django.fixtures
from django.conf import settings
from django.db import connections

from goldidea.settings import env

# `become` changes DATABASES in place, so both accounts are read from the environment.
OWNER, APPLICATION = (
    {part: env.database(name)[part] for part in ("USER", "PASSWORD")}
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL")
)
ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What commits to a database of its own is marked `database`: .ci/run repeats it on separately installed servers."""
    for item in items:
        if "own_database" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


def become(account: dict[str, str], blocker) -> None:
    """Every later connection signs in to the database with this account."""
    with blocker.unblock():
        connection = connections["default"]
        connection.close()
        connection.settings_dict.update(account)


# The test database is made for every run: pytest-django makes it only for tests with its own marker, and a test
# with `own_database` alone would clone whatever database the environment names.
pytest_django.fixtures._get_databases_for_setup = lambda _items: ({"default"}, set())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    # A clone to which nobody ever connects: a template must have no sessions.
    become(APPLICATION, django_db_blocker)
    name = connections["default"].settings_dict["NAME"]
    assert name.startswith("test_"), name
    beside(f'DROP DATABASE IF EXISTS "{name}_template"')
    beside(f'CREATE DATABASE "{name}_template" TEMPLATE "{name}"')
    yield
    beside(f'DROP DATABASE "{name}_template"')
    become(OWNER, django_db_blocker)  # teardown drops the database


def beside(sql: str, account: dict[str, str] = OWNER) -> None:
    """Run one statement outside any transaction, beside the test's databases."""
    described = connections["default"].settings_dict
    connection = psycopg2.connect(
        dbname="postgres",
        user=account["USER"],
        password=account["PASSWORD"],
        host=described["HOST"],
        port=described["PORT"] or None,
    )
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(sql)


@contextlib.contextmanager
def clone(django_db_blocker) -> Iterator[str]:
    """A database cloned from the migrated one, dropped at the end. Gives its name."""
    described = connections["default"].settings_dict
    template = described["NAME"]
    name = f"t_{uuid.uuid4().hex[:12]}"
    with django_db_blocker.unblock():
        connections["default"].close()
        beside(f'CREATE DATABASE "{name}" TEMPLATE "{template}_template"')
        described["NAME"] = name
        try:
            yield name
        finally:
            connections["default"].close()
            described["NAME"] = template
            # Threads and programs of the test may still hold connections; the application's role ends its own,
            # and only those: an autovacuum is nobody's.
            ended = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{name}' AND usename = current_user"
            )
            beside(ended, APPLICATION)
            # Not WITH (FORCE): the owner may not end an autovacuum; a plain drop waits for it to go.
            beside(f'DROP DATABASE "{name}"')


@pytest.fixture
def own_database(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of this test's own: what it commits nobody else sees. Gives its name."""
    with clone(django_db_blocker) as name:
        yield name


def program_environment(database: str) -> dict[str, str]:
    """The environment of a program (worker, manage.py) that works on the test's own database."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    url = base.rsplit("/", 1)[0] + f"/{database}" + (f"?{query}" if query else "")
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "goldidea.settings.base",
        "DEVELOPMENT": "1",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PYTHONWARNINGS": "ignore",
    }


def start_worker(database: str, folder: Path) -> subprocess.Popen:
    """A separate Celery worker process with its beat, in a process group of its own."""
    command = [sys.executable, "-m", "celery", "-A", "goldidea", "worker", "-P", "solo", "-B", "-l", "INFO"]
    command += ["--without-gossip", "--without-mingle", "-s", str(folder / "beat")]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=program_environment(database),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.fixture
def worker(own_database: str, tmp_path: Path) -> Iterator[subprocess.Popen]:
    """A worker on the test's own database, stopped at the end."""
    process = start_worker(own_database, tmp_path)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
