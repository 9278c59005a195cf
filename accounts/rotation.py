"""What accounts keep under PERSONAL_DATA_KEY beside their encrypted fields."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.models import ActivationSlip, SignInCode, SignInFailure
from goldidea.lib.rotation import FormerKey

TOKEN = "gAAAAA"  # noqa: S105  how every encrypted value begins


def turn(key: FormerKey) -> Iterator[str]:
    """Secrets of second factors are encrypted anew. Slips that wait are void, since nobody knows their codes; counts begin anew."""
    held = list(Authenticator.objects.select_for_update().order_by("pk"))
    for row in held:
        row.data = _again(row.data, key, f"second factor {row.pk}")
        row.save(update_fields=["data"])
    yield f"second factors: {len(held)}"
    waiting = ActivationSlip.objects.filter(used_at=None, revoked_at=None)
    yield f"activation slips that are void now, to be printed again: {waiting.update(revoked_at=timezone.now())}"
    forgotten = SignInFailure.objects.all().delete()[0] + SignInCode.objects.all().delete()[0]
    yield f"counted attempts and one-time codes forgotten: {forgotten}"


def _again(value: Any, key: FormerKey, where: str) -> Any:
    """The same JSON, every encrypted text in it under the new key."""
    if isinstance(value, dict):
        return {name: _again(part, key, where) for name, part in value.items()}
    if isinstance(value, list):
        return [_again(part, key, where) for part in value]
    return key.again(value, where)[1] if isinstance(value, str) and value.startswith(TOKEN) else value
