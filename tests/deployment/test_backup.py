"""The drill: everything is lost but the backup; what comes back is equal, and refuses what it refused before."""

import base64
import contextlib
import os
import re
import subprocess
import sys
import tarfile
import uuid
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from goldidea.lib.backup import rows
from goldidea.lib.backup.archive import BadBackup, verified
from goldidea.lib.evidence import EVIDENCE_TABLES
from tests.architecture.world import World
from tests.conftest import APPLICATION, OWNER, ROOT, beside, clone, program_environment

pytestmark = pytest.mark.database
GRANTS = """
SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
WHERE table_schema = 'public' ORDER BY 1, 2, 3
"""


def run(database: str, account: dict[str, str], media: Path, *arguments: str, **environment: str):
    """A management command on a database, as one of the two roles."""
    given = program_environment(database)
    given["DATABASE_URL"] = re.sub(
        r"//[^@/]*@", f"//{account['USER']}:{account['PASSWORD']}@", given["DATABASE_URL"]
    )
    for name in environment:
        given.pop(f"{name}_FILE", None)  # which would go before it
    given |= {"MEDIA_ROOT": str(media), **environment}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], env=given, cwd=ROOT, capture_output=True, text=True
    )  # fmt: skip


def connected(database: str, account: dict[str, str]):
    described = connections["default"].settings_dict
    made = psycopg2.connect(
        dbname=database,
        user=account["USER"],
        password=account["PASSWORD"],
        host=described["HOST"],
        port=described["PORT"] or None,
    )
    made.autocommit = True
    return contextlib.closing(made)


def asked(database: str, sql: str, account: dict[str, str] = APPLICATION) -> list[tuple]:
    with connected(database, account) as made, made.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@contextlib.contextmanager
def empty_database():
    """A database as deploy/roles.sh leaves it."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    beside(f'CREATE DATABASE "{name}" TEMPLATE "{settings.DATABASE_TEMPLATE}"')
    try:
        yield name
    finally:
        beside(f'DROP DATABASE "{name}"')


@pytest.fixture(scope="module")
def lost(django_db_setup, django_db_blocker, tmp_path_factory):
    """A district in full swing, with uploads: its database, its folder, and a sealed backup of both."""
    folder = tmp_path_factory.mktemp("backup")
    media = folder / "media"
    key = folder / "key"
    key.write_text(base64.b64encode(os.urandom(32)).decode())
    # Not by hand: the storage remembers its folder until it is told that the setting has changed.
    with override_settings(MEDIA_ROOT=str(media)), clone(django_db_blocker) as database:
        World("shangcheng")
        backup = folder / "whole.backup"
        made = run(
            database, APPLICATION, media, "backup", str(backup), "--key-file", str(key), "--with-secrets"
        )
        assert made.returncode == 0, made.stdout + made.stderr
        yield database, media, backup, key


def test_the_drill(lost, tmp_path, capsys):
    database, media, backup, key = lost
    with empty_database() as new:
        arguments = ("restore", str(backup), "--key-file", str(key))
        restored = run(new, OWNER, tmp_path / "media", *arguments, "--secrets-to", str(tmp_path / "secrets"))
        assert restored.returncode == 0, restored.stdout + restored.stderr
        with capsys.disabled():
            print(f"\n{restored.stdout.strip()}")
        assert restored.stdout.startswith("rows equal, files 100 %: ")
        # Beside what the command says itself: rows, files, sequences, triggers, privileges.
        for table in sorted(rows.tables().keys() - rows.LEFT_OUT):
            content = f"SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {rows.quoted(table)} t"
            assert asked(database, content) == asked(new, content), table
        for sql in (rows.SEQUENCES, rows.TRIGGERS, GRANTS):
            assert asked(database, sql) == asked(new, sql) != []
        assert (
            {p.relative_to(media): p.read_bytes() for p in media.rglob("*") if p.is_file()}
            == {
                p.relative_to(tmp_path / "media"): p.read_bytes()
                for p in (tmp_path / "media").rglob("*")
                if p.is_file()
            }
            != {}
        )
        for table in EVIDENCE_TABLES:
            refuses_changes(new, table)
        goes_on_counting(new)
        given = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
        assert given["personal_data_key"] == settings.PERSONAL_DATA_KEY
        assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "secrets").iterdir())

        again = run(new, OWNER, tmp_path / "other", *arguments)
        assert again.returncode != 0 and "The database is not empty" in again.stderr


def refuses_changes(database: str, table: str) -> None:
    """As the application's role by privilege, as the owner by trigger."""
    (column,) = asked(
        database, f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum = 1"
    )[0]
    for sql in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        forbidden = pytest.raises(psycopg2.errors.InsufficientPrivilege, match="permission denied")
        with connected(database, APPLICATION) as made, made.cursor() as cursor, forbidden:
            cursor.execute(sql)
        filled = asked(database, f"SELECT count(*) FROM {table}")[0][0]
        with connected(database, OWNER) as made, made.cursor() as cursor:
            if filled or sql.startswith("TRUNCATE"):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="evidence|refused"):
                    cursor.execute(sql)


def goes_on_counting(database: str) -> None:
    last = asked(database, "SELECT max(id) FROM lib_auditevent")[0][0]
    insert = "INSERT INTO lib_auditevent (role, action, object_type, object_code, district, before, after) "
    assert asked(database, f"{insert} VALUES ('', 'x', '', '', '', '', '') RETURNING id")[0][0] == last + 1


@pytest.mark.parametrize("harm", ["cut", "flipped", "other key", "no key"])
def test_what_is_not_as_it_was_written_changes_nothing(lost, tmp_path, harm):
    _database, _media, backup, key = lost
    content = bytearray(backup.read_bytes())
    if harm == "cut":
        del content[-100:]
    elif harm == "flipped":
        content[len(content) // 2] ^= 1
    elif harm == "other key":
        key = tmp_path / "key"
        key.write_text(base64.b64encode(os.urandom(32)).decode())
    bent = tmp_path / "bent"
    bent.write_bytes(content)
    with empty_database() as new:
        sealed = [] if harm == "no key" else ["--key-file", str(key)]
        told = run(new, OWNER, tmp_path / "media", "restore", str(bent), *sealed)
        assert told.returncode != 0
        assert (
            "sealed" if harm == "no key" else "The key is another one, or the file was cut or changed"
        ) in told.stderr
        assert asked(new, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_another_place_is_refused(lost, tmp_path):
    _database, _media, backup, key = lost
    arguments = ("restore", str(backup), "--key-file", str(key))
    with empty_database() as new:
        (tmp_path / "x").write_text("someone's")
        assert "is not empty: uploads" in run(new, OWNER, tmp_path, *arguments).stderr
        other = base64.urlsafe_b64encode(os.urandom(32)).decode()
        said = run(new, OWNER, tmp_path / "media", *arguments, PERSONAL_DATA_KEY=other).stderr
        assert "PERSONAL_DATA_KEY is not the one of the backup" in said
        assert (
            "The application's role would have no rights"
            in run(new, APPLICATION, tmp_path / "m", *arguments).stderr
        )
        assert asked(new, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_backup_can_be_looked_at_without_a_database_to_fill(lost):
    database, media, backup, key = lost
    said = run(database, APPLICATION, media, "restore", str(backup), "--key-file", str(key), "--check")
    assert said.stdout.startswith("whole: "), said.stderr


def test_an_open_backup_holds_no_key_and_no_session_and_every_bent_part_is_found(lost, tmp_path):
    database, media, _backup, _key = lost
    refused = run(database, APPLICATION, media, "backup", str(tmp_path / "b"), "--with-secrets")
    assert "The secrets go into a sealed backup only" in refused.stderr and not (tmp_path / "b").exists()
    made = run(database, APPLICATION, media, "backup", str(tmp_path))
    (backup,) = tmp_path.iterdir()
    assert "NOT sealed" in made.stdout and backup.stat().st_mode & 0o077 == 0
    with pytest.raises(BadBackup, match="not sealed"):  # somebody else's, put in the place of a sealed one
        verified(backup, bytes(32))
    content = backup.read_bytes()
    assert settings.SECRET_KEY.encode() not in content and settings.PERSONAL_DATA_KEY.encode() not in content
    with tarfile.open(backup) as tar:
        assert not [name for name in tar.getnames() if "django_session" in name]
        entries = [entry for entry in tar.getmembers() if entry.size][:40]
    for entry in entries:
        bent = bytearray(content)
        bent[entry.offset_data + entry.size // 2] ^= 1
        (tmp_path / "bent").write_bytes(bent)
        with pytest.raises((BadBackup, ValueError)):
            verified(tmp_path / "bent", None)
