"""Make, use and revoke the API's tokens. A token is in clear only in the answer that makes it."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState

# Says to whoever finds one what it is; searched for by those who look for lost secrets.
PREFIX: Final = "goldidea_"
USE_NOTED: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token with its text in clear: exists only while the page that shows it is being made."""

    row: ApiToken
    text: str


@transaction.atomic
def make_token(
    district: Any,
    *,
    name: str,
    scopes: Sequence[str],
    days: int,
    client_key: uuid.UUID,
    by: User,
    now: dt.datetime,
) -> NewToken:
    """A new token of the district, good for `days` days.

    Raises: Refusal when this form has made its token already: it cannot be shown again.
    """
    if ApiToken.objects.filter(client_key=client_key).exists():
        raise Refusal(
            _("This token was made already and is shown only once. Revoke it if you did not copy it."),
            code="shown-once",
        )
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        district=district.slug,
        name=name,
        token_hash=token_hash(text),
        scopes=list(scopes),
        client_key=client_key,
        made_by=by,
        made_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    row.full_clean()
    row.save()
    changes = {"name": ("", name), "scopes": ("", ", ".join(scopes)), "expires_at": ("", row.expires_at)}
    audit.record("make API token", row, by=by, changes=changes, district=district)
    return NewToken(row, text)


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, now: dt.datetime, district: Any) -> None:
    """The token opens nothing any more, from now on and for ever.

    Raises: StaleState when it was revoked already.
    """
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        raise StaleState(_("This token was revoked already."))
    audit.record("revoke API token", token, by=by, district=district)


def token_hash(text: str) -> str:
    """Without a key: a token is 256 bits of chance, which nobody finds by trying, and it outlives a change of the key."""
    return hashlib.sha256(text.encode()).hexdigest()


def find_token(text: str, *, now: dt.datetime) -> ApiToken | None:
    """The token that was sent, if it is good now; its use is noted to the minute."""
    row = ApiToken.objects.live(now).filter(token_hash=token_hash(text)).first()
    if row is not None and (row.used_at is None or now - row.used_at >= USE_NOTED):
        ApiToken.objects.filter(pk=row.pk).update(used_at=now)
    return row
