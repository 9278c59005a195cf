"""Make a backup: the rows of one instant, then the uploads, which only ever grow or go as a whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from goldidea.lib.backup import archive, rows
from goldidea.lib.personal import keyed_hash


@dataclass(frozen=True, slots=True)
class Told:
    """What a backup holds, or what a restore brought back."""

    tables: int
    rows: int
    files: int
    missing: list[str]


def make_backup(path: Path, key: bytes | None, *, with_secrets: bool = False) -> Told:
    """Write a backup to `path`.

    Args:
        key: 32 bytes under which it is sealed; without one anybody who holds the file reads everybody's data.
        with_secrets: put the keys in as well; only into a sealed one.
    Raises: archive.BadBackup.
    """
    if with_secrets and key is None:
        raise archive.BadBackup("The secrets go into a sealed backup only: give --key-file.")
    with archive.writing(path, key) as writer:
        manifest = described()
        with transaction.atomic():
            with connection.cursor() as cursor:
                # One instant for all tables; nobody waits for us.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            manifest |= {"tables": _add_rows(writer), "sequences": rows.sequences()}
            manifest["migrations"] = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
            named = uploads()
        manifest["files"] = _add_files(writer)
        manifest["missing"] = sorted(named - set(manifest["files"]))
        if with_secrets:
            writer.add("secrets.json", json.dumps(secrets()).encode())
        writer.finish(manifest)
    return told(manifest)


def told(manifest: dict[str, Any]) -> Told:
    """The manifest in figures."""
    tables = manifest["tables"]
    total = sum(table["rows"] for table in tables.values())
    return Told(len(tables), total, len(manifest["files"]), manifest["missing"])


def described() -> dict[str, Any]:
    """Which program wrote it, and a word by which the key of the personal data is recognized."""
    return {
        "format": archive.FORMAT,
        "release": settings.RELEASE,
        "personal_data_key": keyed_hash("backup"),
    }


def _add_rows(writer: archive.Writer) -> dict[str, Any]:
    found = {}
    for name in rows.tables():
        numbers = count(1)

        def add(part: bytes, name: str = name, numbers: Iterator[int] = numbers) -> None:
            writer.add(f"rows/{name}/{next(numbers):06}", part)

        found[name] = rows.copy_out(name, add)
    return found


def _add_files(writer: archive.Writer) -> dict[str, list[Any]]:
    root = Path(settings.MEDIA_ROOT)
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    return {name: list(writer.add_file(f"files/{name}", root / name)) for name in names}


def uploads() -> set[str]:
    """Every file that a row names."""
    fields = [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    found = {name for model, column in fields for name in model._base_manager.values_list(column, flat=True)}
    return {str(name) for name in found if name}


def secrets() -> dict[str, str]:
    """The keys without which a backup is readable in part only."""
    signing = Path(settings.SIGNING_KEY_FILE)
    return {
        "secret_key": settings.SECRET_KEY,
        "personal_data_key": settings.PERSONAL_DATA_KEY,
        **({"signing_key": signing.read_text(encoding="utf-8")} if signing.exists() else {}),
    }
