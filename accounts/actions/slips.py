"""Print activation slips and take them in: a one-time code that lets a person set the own password."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import ActivationSlip, User
from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from goldidea.lib.personal import keyed_hash

VALID_FOR = dt.timedelta(days=14)
DIGITS = 12


class WrongSlip(Refusal):
    """The name and the code do not belong together, or the slip is no longer good. It never says which."""

    status = 422
    code = "wrong-slip"


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A slip with its code in clear: exists only while the sheet that shows it is being made."""

    slip: ActivationSlip
    digits: str

    @property
    def grouped(self) -> str:
        """1234 5678 9012"""
        return " ".join(self.digits[start : start + 4] for start in range(0, DIGITS, 4))


def secret_hash(user: User, digits: str) -> str:
    """The keyed hash under which a slip's code is kept."""
    return keyed_hash(f"slip/{user.person_key}/{digits}")


@transaction.atomic
def issue_slips(
    accounts: Iterable[User],
    *,
    by: User | None,
    now: dt.datetime,
    district: Any = None,
    sheet: uuid.UUID | None = None,
) -> list[PrintedSlip]:
    """A new slip for each account; earlier slips of the account are no longer good. The codes are in the answer only.

    The password that an account has goes on working until the slip is used.
    Args:
        sheet: a key of the caller's: the same sheet is not printed twice.
    """
    return [issue_slip(account, by=by, now=now, district=district, sheet=sheet) for account in accounts]


@transaction.atomic
def issue_slip(
    account: User,
    *,
    by: User | None,
    now: dt.datetime,
    district: Any = None,
    sheet: uuid.UUID | None = None,
) -> PrintedSlip:
    """A new slip for one account, the earlier one revoked.

    Raises: Refusal for a judge's account (cards open those) and for a disabled one.
    """
    locked = User.objects.select_for_update().get(pk=account.pk)
    if locked.kind != User.Kind.PERSON or not locked.is_active:
        raise Refusal(_("This account is disabled. Enable it before you print a slip."))
    ActivationSlip.objects.filter(user=locked, used_at=None, revoked_at=None).update(revoked_at=now)
    digits = "".join(secrets.choice("0123456789") for _position in range(DIGITS))
    slip = ActivationSlip.objects.create(
        user=locked,
        sheet=sheet,
        secret_hash=secret_hash(locked, digits),
        issued_by=by,
        issued_at=now,
        expires_at=now + VALID_FOR,
    )
    audit.record("issue slip", locked, by=by, district=district)
    return PrintedSlip(slip, digits)


@transaction.atomic
def activate(
    username: str, digits: str, password: str, *, now: dt.datetime, address: str | None = None
) -> User:
    """Set a person's own password by a slip, which is used up.

    Raises: WrongSlip; ValidationError if the password is too weak (the slip stays good).
    """
    slip = (
        ActivationSlip.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(user__username__iexact=username.strip(), used_at=None, revoked_at=None, expires_at__gt=now)
        .filter(user__kind=User.Kind.PERSON, user__is_active=True)
        .first()
    )
    if slip is None or not constant_time_compare(slip.secret_hash, secret_hash(slip.user, digits)):
        raise WrongSlip(
            _(
                "The sign-in name and the code do not belong together, or the slip is no longer good: "
                "it is good for 14 days, once, and until a newer one is printed."
            )
        )
    validate_password(password, slip.user)
    slip.user.set_password(password)
    slip.user.save(update_fields=["password"])
    slip.used_at = now
    slip.save(update_fields=["used_at"])
    audit.record("activate account", slip.user, by=slip.user, address=address)
    return slip.user
