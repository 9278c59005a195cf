"""Erase the persons of seasons whose time is over. Without --apply it only says what it would erase."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from communities.models import District
from evaluations.actions.retention import Counts, erase_district, erase_season, seasons_due
from goldidea.lib import audit


class Command(BaseCommand):
    help = (
        "Erase names, phones, addresses, old and new values, and who sat where, of seasons kept long enough."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("district", help="the district's short name")
        parser.add_argument(
            "--years", type=int, help="from now on keep this district's persons for so many years"
        )
        parser.add_argument("--apply", action="store_true", help="erase; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        district = District.objects.filter(slug=options["district"]).first()
        if district is None:
            raise CommandError(f"There is no district {options['district']!r}.")
        if options["years"] is not None:
            self.set_years(district, options["years"])
        with transaction.atomic():
            self.run(district)
            if not options["apply"]:
                transaction.set_rollback(True)
        if not options["apply"]:
            self.stdout.write("Nothing was changed. Make a backup, then run it again with --apply.")

    def set_years(self, district: District, years: int) -> None:
        if years < 1:
            raise CommandError("At least one year.")
        old, district.retention_years = district.retention_years, years
        district.save(update_fields=["retention_years"])
        audit.record("set retention", district, district=district, changes={"retention_years": (old, years)})

    def run(self, district: District) -> None:
        now = timezone.now()
        for season in seasons_due(district, now):
            self.tell(str(season), erase_season(season, now))
        self.tell(f"older than {district.retention_years} years", erase_district(district, now))

    def tell(self, what: str, counts: Counts) -> None:
        self.stdout.write(f"{what}: " + ", ".join(f"{number} {name}" for name, number in counts.items()))
