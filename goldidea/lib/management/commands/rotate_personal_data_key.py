"""Put all personal values under a new PERSONAL_DATA_KEY."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldidea.lib.rotation import CannotRotate, rotate


class Command(BaseCommand):
    help = "Run it while web, worker and beat stand still, with the new key in PERSONAL_DATA_KEY(_FILE)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--former-key-file", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = rotate(options["former_key_file"].read_text(encoding="ascii").strip())
        except (CannotRotate, OSError, ValueError) as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write("\n".join(said))
