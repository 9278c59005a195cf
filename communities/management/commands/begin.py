"""The first district of an empty installation, and the three people who can go on from there."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communities.actions.beginning import begin_district
from goldidea.lib.errors import Refusal


class Command(BaseCommand):
    """Set up a district with a platform administrator and two of its staff, and print their one-time codes."""

    help = "Set up a district, a platform administrator and two district staff, and print their activation codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slug", required=True, help="short name in addresses, e.g. shangcheng")
        parser.add_argument("--code", required=True, help="six-digit division code, e.g. 330102")
        parser.add_argument("--name", required=True, help="name of the district, e.g. 上城区")
        parser.add_argument("--name-en", default="", help="its name in English")
        parser.add_argument(
            "--people", nargs=3, metavar="NAME", required=True, help="administrator and two district staff"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            slips = begin_district(
                options["slug"],
                options["code"],
                options["name"],
                options["name_en"],
                people=options["people"],
                now=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from refusal
        for printed in slips:
            user = printed.slip.user
            self.stdout.write(f"{user.name}\t{user.username}\t{printed.grouped}")
        self.stdout.write("Each opens /accounts/activate/ and sets a password within 14 days.")
