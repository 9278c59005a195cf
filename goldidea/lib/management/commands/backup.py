"""Write a backup of rows and uploads."""

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldidea.lib.backup.archive import BadBackup, read_key
from goldidea.lib.backup.making import make_backup


class Command(BaseCommand):
    help = "Writes the rows of one instant and the uploads into one file. The product goes on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the new file, or a folder for one named by the time")
        parser.add_argument("--key-file", help="seal it under this key (openssl rand -base64 32)")
        parser.add_argument("--with-secrets", action="store_true", help="put the keys in too (sealed only)")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if path.is_dir():
            path /= f"goldidea-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.backup"
        try:
            key = read_key(options["key_file"]) if options["key_file"] else None
            told = make_backup(path, key, with_secrets=options["with_secrets"])
        except BadBackup as error:
            raise CommandError(str(error)) from error
        size = path.stat().st_size / 1024 / 1024
        self.stdout.write(
            f"{path}: {told.rows} rows of {told.tables} tables, {told.files} files, {size:.1f} MB"
            + ("" if key else "; NOT sealed: whoever holds it reads it")
        )
        if told.missing:
            raise CommandError(f"Named by rows and not there: {', '.join(told.missing[:10])}", returncode=2)
