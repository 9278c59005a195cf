"""Verify the audit trail and the logs of all rounds against their seals, checkpoints and exported heads."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from goldidea.lib.audit_sealing import LOG, read_heads, verify_log
from goldidea.lib.models import AuditEvent, Seal


class Command(BaseCommand):
    help = "Find what was changed, taken out, put in, put in another order or cut off. Exit status 1 when anything was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads",
            type=Path,
            help="exported heads kept outside this machine (default: AUDIT_HEADS_FILE)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["heads"] or Path(settings.AUDIT_HEADS_FILE)
        if options["heads"] and not path.is_file():
            raise CommandError(f"{path}: there is no such file.")
        heads = list(read_heads(path.read_text(encoding="utf-8"))) if path.is_file() else []
        found = list(verify_log(LOG, AuditEvent.objects.order_by("pk"), heads=heads))
        lines = Seal.objects.filter(log=LOG).count()
        logs = 1
        for find in settings.SEALED_LOGS:
            for log, rows, body in import_string(find)():
                found += verify_log(log, rows, body)
                logs += 1
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} found.", returncode=1)
        self.stdout.write(
            f"audit trail: {lines} lines and {len(heads)} exported heads, all as written; {logs - 1} logs of rounds too"
        )
