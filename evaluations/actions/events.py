"""Write the log of a round: one event for each change, in the change's own transaction."""

import base64
import datetime as dt
from typing import Any

from django.db import connection

from evaluations.models import Round, RoundEvent, ScoreSheet
from evaluations.tally import canonical
from goldidea.lib import sealing, signing


def database_time() -> dt.datetime:
    """The database's clock, now. Events carry it, never the web server's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def instant(moment: dt.datetime) -> str:
    """A time as events write it: UTC, microseconds, Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record_event(
    round_: Round,
    kind: str,
    body: dict[str, Any],
    *,
    at: dt.datetime | None = None,
    sheet: ScoreSheet | None = None,
) -> RoundEvent:
    """Insert one event. `body` holds pseudonyms, keys, numbers as text: no name, phone, address or free text.

    Args:
        at: the database's time of the change (default: read now); it stands in the body as `at`.
    """
    text = canonical.dumps(
        {**body, "at": instant(at or database_time()), "event": kind, "round": round_.code}
    )
    return RoundEvent.objects.create(
        round=round_, kind=kind, sheet=sheet, body=text.decode(), digest=canonical.sha256(text)
    )


def receipt_code(digest: str) -> str:
    """The receipt of an event: the first 60 bits of its SHA-256 as 12 base32 characters in groups of four."""
    word = base64.b32encode(bytes.fromhex(digest[:16])).decode()[:12]
    return "-".join(word[i : i + 4] for i in (0, 4, 8))


def signed_receipt(round_code: str, digest: str) -> str:
    """The promise that the log of the round will hold the event with this digest, as a signed note."""
    name = sealing.origin(f"round/{round_code}")
    return signing.sign(name, f"{name}\nreceipt {digest}\n")
