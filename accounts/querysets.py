"""Which accounts: reads, named as sentences."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q

from goldidea.lib.personal import e164, keyed_hash


class UserQuerySet(models.QuerySet[Any]):
    """Accounts."""

    def people(self) -> Self:
        """Those who sign in with a password; judges come by cards."""
        return self.filter(kind="person")

    def called(self, typed: str) -> Self:
        """People whose sign-in name, e-mail or phone is what was typed. More than one is nobody's."""
        words = typed.strip()
        return self.people().filter(
            Q(username__iexact=words)
            | (Q(email__iexact=words) if "@" in words else Q(pk=None))
            | Q(phone_hash=phone_hash(words) or "no phone")
        )

    def with_email(self, address: str) -> Self:
        """People whose e-mail this is; a sign-in name that reads like one is none."""
        return self.people().filter(email__iexact=address.strip() or "no e-mail")

    def with_phone(self, number: str) -> Self:
        """People whose phone this is; a sign-in name of digits is none."""
        return self.people().filter(phone_hash=phone_hash(number) or "no phone")

    def activated(self) -> Self:
        """Accounts whose person has set a password."""
        return self.exclude(password__startswith="!")  # noqa: S106  Django's mark for 'no password'

    def not_activated(self) -> Self:
        return self.filter(password__startswith="!")  # noqa: S106

    def with_live_slip(self, now: Any) -> Self:
        """Annotate `slip_is_out`: a slip was printed that is still good."""
        slips = self.model._meta.apps.get_model("accounts", "ActivationSlip").objects
        live = slips.filter(user=OuterRef("pk"), used_at=None, revoked_at=None, expires_at__gt=now)
        return self.annotate(slip_is_out=Exists(live))


class ApiTokenQuerySet(models.QuerySet[Any]):
    """Tokens of the API."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district.slug)

    def live(self, now: Any) -> Self:
        """Neither revoked nor expired, and the account of its maker not disabled."""
        return self.filter(revoked_at=None, expires_at__gt=now, made_by__is_active=True)


def phone_hash(typed: str) -> str:
    """The keyed hash by which a phone is found; empty when it is no phone."""
    try:
        return keyed_hash(e164(typed))
    except ValidationError:
        return ""
