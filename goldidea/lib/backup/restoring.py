"""Restore a backup into an empty database and an empty folder, as the owner's role."""

import json
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from goldidea.lib.backup import archive, rows
from goldidea.lib.backup.making import Told, told
from goldidea.lib.personal import keyed_hash

GRANTS = (
    "SELECT count(*) FROM pg_default_acl WHERE defaclrole = current_user::regrole AND defaclobjtype = 'r'"
)


def restore_backup(path: Path, key: bytes | None, *, secrets_to: Path | None = None) -> Told:
    """Bring back rows, sequences and uploads; every hash is compared before anything is written, and the rows once more after.

    The tables are made by the migrations that the backup names, so that triggers and privileges are those of the program;
    then the rows go in, in one transaction; then later migrations follow.

    Raises: archive.BadBackup. What failed after the tables were made leaves them empty: make the database anew.
    """
    manifest = archive.verified(path, key)
    check_place(manifest)
    make_tables(manifest["migrations"])
    root = Path(settings.MEDIA_ROOT)
    try:
        with transaction.atomic():
            with rows.emptied():
                _bring_back(path, key, manifest, root, secrets_to)
                rows.set_sequences(manifest["sequences"])
            _compare(manifest)
    except BaseException:
        for entry in root.iterdir():  # it was empty
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        raise
    call_command("migrate", verbosity=0, interactive=False)
    return told(manifest)


def check_place(manifest: dict[str, Any]) -> None:
    """Refuse what would mix two installations, or leave one that cannot work."""
    if rows.tables():
        raise archive.BadBackup("The database is not empty: a backup is restored into a new one only.")
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    if any(root.iterdir()):
        raise archive.BadBackup(f"{root} is not empty: uploads are restored into an empty folder only.")
    if manifest["personal_data_key"] != keyed_hash("backup"):
        raise archive.BadBackup("PERSONAL_DATA_KEY is not the one of the backup: phones could not be read.")
    if not rows.fetched(GRANTS)[0][0]:
        raise archive.BadBackup(
            "The application's role would have no rights: make both roles first (deploy/roles.sh), "
            "and restore with the owner's address in DATABASE_URL."
        )
    known = MigrationExecutor(connection).loader.graph.nodes
    strange = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if strange:
        raise archive.BadBackup(
            f"The backup is of a newer release ({manifest['release']}); unknown here: {', '.join(strange[:5])}"
        )


def make_tables(migrations: list[list[str]]) -> None:
    """Migrate the empty database to where the backup was."""
    executor = MigrationExecutor(connection)
    applied = {(app, name) for app, name in migrations}
    graph = executor.loader.graph
    last = [
        node
        for node in sorted(applied)
        if not any(
            child.key in applied and child.key[0] == node[0] for child in graph.node_map[node].children
        )
    ]
    executor.migrate(last)


def _bring_back(
    path: Path, key: bytes | None, manifest: dict[str, Any], root: Path, secrets_to: Path | None
) -> None:
    with archive.reading(path, key) as parts:
        for name, content in parts:
            kind, _slash, rest = name.partition("/")
            if kind == "rows":
                table = rest.partition("/")[0]
                rows.copy_in(table, manifest["tables"][table]["columns"], content.read())
            elif kind == "files":
                _put(root, rest, content)
            elif name == "secrets.json" and secrets_to:
                _put_secrets(secrets_to, json.load(content))


def _put(root: Path, name: str, content: IO[bytes]) -> None:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts:
        raise archive.BadBackup(f"{name}: outside of the folder")
    path = root / pure
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file, archive.CHUNK)


def _put_secrets(folder: Path, values: dict[str, str]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in values.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(value)


def _compare(manifest: dict[str, Any]) -> None:
    """Every table as it is now has the bytes that were written."""
    other = [
        name
        for name, table in manifest["tables"].items()
        if rows.copy_out(name, lambda _part: None)["sha256"] != table["sha256"]
    ]
    if other or set(rows.tables()) != set(manifest["tables"]):
        raise archive.BadBackup(f"The rows are not those of the backup: {', '.join(other)}")
