"""The last way back in: nobody is left who could decide a reset on the pages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.actions.factors import reset_sign_in
from accounts.actions.slips import issue_slip
from accounts.models import User
from goldidea.lib.errors import Refusal


class Command(BaseCommand):
    """Withdraw an account's second factor and password and print a new slip's code."""

    help = "Withdraw an account's second factor and password, and print the code of a new slip."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="sign-in name of the account")
        parser.add_argument("--reason", required=True, help="kept in the audit trail")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        account = User.objects.people().filter(username__iexact=options["username"]).first()
        if account is None:
            raise CommandError("Nobody has this sign-in name.")
        reset_sign_in(account, by=None, reason=options["reason"])
        try:
            printed = issue_slip(account, by=None, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{account.name}\t{account.username}\t{printed.grouped}")
        self.stdout.write("Opens /accounts/activate/ and sets a password within 14 days.")
