"""Load the demonstration: a season before, one under way, and everybody who takes part."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from communities.models import District
from evaluations.demonstration.founding import NotHere, check_installation, loaded_district
from evaluations.demonstration.loading import load
from evaluations.demonstration.season import Stages
from evaluations.demonstration.visiting import card_to_try, sign_ins


class Command(BaseCommand):
    help = "Load the demonstration district with its seasons; what is there already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seed", default="1", help="decides people, marks, pseudonyms and lots (default: 1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_installation()
            district = loaded_district()
            if district is None:
                load(options["seed"], Stages(self.tell))
                district = District.objects.get(is_demonstration=True)
                self.tell("")
        except NotHere as error:
            raise CommandError(str(error)) from error
        self.tell(f"演示数据，非真实结果 (invented data): {district.name}, /{district.slug}/\n")
        self.tell(sign_ins(district))
        if card := card_to_try(district):
            self.tell(f"\n{card}")

    def tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
