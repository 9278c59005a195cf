"""Take in codes of the second factor; remove factors."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.factors import NAMES
from accounts.models import User
from goldidea.lib import audit
from goldidea.lib.errors import Refusal


@transaction.atomic
def take_code_of_app(factor: Authenticator, code: str) -> bool:
    """Use up a right code of an authenticator app: neither it nor an older one is good again.

    Kept with the factor, since the memory in which django-allauth keeps it is one process's own (RFC 6238, 5.2).
    """
    held = Authenticator.objects.select_for_update().get(pk=factor.pk)
    secret = decrypt(held.data["secret"])
    steps = [
        step
        for step in yield_hotp_counters_from_time()
        if format_hotp_value(hotp_value(secret, step)) == code
    ]
    if not steps or max(steps) <= held.data.get("last_step", 0):
        return False
    held.data["last_step"] = max(steps)
    held.save(update_fields=["data"])
    return True


def record_added(kind: str, user: User | AnonymousUser, *, address: str | None) -> None:
    """A line in the audit trail for a factor that was set up."""
    audit.record("add factor", user, by=user, address=address, changes={"factor": ("", str(kind))})  # type: ignore[arg-type]


@transaction.atomic
def remove_factor(factor: Authenticator, *, by: User, address: str | None) -> None:
    """Take one factor away from its own person.

    Raises: Refusal when it is gone already.
    """
    if not Authenticator.objects.filter(pk=factor.pk, user=by).delete()[0]:
        raise Refusal(_("Somebody else has done that already."))
    audit.record("remove factor", by, by=by, address=address, changes={"factor": (factor.type, "")})


@transaction.atomic
def reset_sign_in(account: User, *, by: Any, reason: str, district: Any = None) -> None:
    """Somebody lost the second factor: every factor goes, and the password with them; a slip opens the account again.

    The password goes too, and the link to another sign-in service, so that whoever holds only those cannot set up a
    factor of their own. Sessions end with it.
    """
    held = User.objects.select_for_update().get(pk=account.pk)
    factors = Authenticator.objects.filter(user=held)
    kinds = sorted(str(NAMES[kind]) for kind in factors.values_list("type", flat=True))
    factors.delete()
    SocialAccount.objects.filter(user=held).delete()
    held.set_unusable_password()
    held.save(update_fields=["password"])
    changes = {"factor": (", ".join(kinds), "")}
    audit.record("reset sign-in", held, by=by, reason=reason, district=district, changes=changes)
