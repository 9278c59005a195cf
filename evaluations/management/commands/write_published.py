"""Write published results as files for the front server."""

from typing import Any

from django.core.management.base import BaseCommand

from evaluations.actions.public_files import write_missing


class Command(BaseCommand):
    help = "Writes the files of published results that are missing under PUBLISHED_ROOT; all of them after an upgrade."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"rounds written: {write_missing()}")
