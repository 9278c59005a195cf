"""Restore a backup, or only look whether it could be."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldidea.lib.backup.archive import BadBackup, read_key, verified
from goldidea.lib.backup.making import told
from goldidea.lib.backup.restoring import restore_backup


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database (DATABASE_URL: the owner's) and an empty folder of uploads."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--key-file", help="the key under which it was sealed")
        parser.add_argument("--secrets-to", type=Path, help="write the keys that are in it into this folder")
        parser.add_argument("--check", action="store_true", help="read and compare it; change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = read_key(options["key_file"]) if options["key_file"] else None
            if options["check"]:
                found, words = told(verified(options["path"], key)), "whole"
            else:
                found = restore_backup(options["path"], key, secrets_to=options["secrets_to"])
                words = "rows equal, files 100 %"
        except BadBackup as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{words}: {found.rows} rows of {found.tables} tables, {found.files} files")
