"""Second factors: how django-allauth's meet this product, and what a person has.

A factor is an authenticator app, a passkey, or a printed list of one-time codes. The list alone suffices: a season
runs without a phone.
"""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from goldidea.lib.personal import decrypt, encrypt

Type = Authenticator.Type
NAMES = {
    Type.TOTP: _("Authenticator app"),
    Type.WEBAUTHN: _("Passkey"),
    Type.RECOVERY_CODES: _("Printed list of codes"),
}
FEW = 5  # codes left, from which on the pages say so


class FactorAdapter(DefaultMFAAdapter):
    """Secrets encrypted at rest; the printed list counts as a factor of its own."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right, or it was used already."),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """django-allauth asks for "app or passkey" where it means "any"; a list without either is enough here."""
        if types is not None and set(types) == {Type.TOTP, Type.WEBAUTHN}:
            types = None
        return super().is_mfa_enabled(user, types)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return str(NAMES[type])


def has_factor(user: Any) -> bool:
    """Whether the person has set up any second factor."""
    return Authenticator.objects.filter(user_id=user.pk).exists()


def factors_of(user: Any) -> dict[str, list[Authenticator]]:
    """The person's factors by type, each type present, the oldest first."""
    found: dict[str, list[Authenticator]] = {str(kind.value): [] for kind in Type}
    for factor in Authenticator.objects.filter(user_id=user.pk).order_by("pk"):
        found[factor.type].append(factor)
    return found


def codes_left(factors: dict[str, list[Authenticator]]) -> int | None:
    """Unused codes of the printed list; None without a list."""
    lists = factors[Type.RECOVERY_CODES]
    return len(lists[0].wrap().get_unused_codes()) if lists else None
