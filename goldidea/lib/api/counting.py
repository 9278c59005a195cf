"""How often somebody may ask: counted in the database, so that no flushed cache lets anybody through.

One statement a request. A hall of people shares one network address: the narrow limit is a person's, a token's or an
unknown reader's, the wide one an address's. The table is unlogged: counting waits for no disk, and a crashed database
begins to count anew.
"""

import datetime as dt
from typing import Any, Final

from django.db import connection
from django.utils.translation import ngettext

from goldidea.lib.addresses import network_of
from goldidea.lib.errors import TooMany
from goldidea.lib.models import RequestCount
from goldidea.lib.personal import keyed_hash

# Requests a minute.
OF_A_TOKEN, OF_A_PERSON, OF_A_READER, OF_AN_ADDRESS = 600, 600, 300, 6000
COUNT: Final = """
INSERT INTO lib_requestcount AS kept (key, minute, count) VALUES (%s, %s, 1), (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN excluded.minute > kept.minute THEN 1 ELSE kept.count + 1 END,
  minute = greatest(kept.minute, excluded.minute)
RETURNING key, count
"""


def count_request(caller: str, limit: int, address: str | None, *, now: dt.datetime) -> None:
    """Count one request of a caller (token, person, or reader at an address) and of the address.

    Raises: TooMany with the seconds until the next minute.
    """
    network = network_of(address)
    limits = {keyed_hash(f"api/{caller or network}"): limit, keyed_hash(f"api/all/{network}"): OF_AN_ADDRESS}
    minute = int(now.timestamp()) // 60
    with connection.cursor() as cursor:
        # In one order for everybody: two requests never wait for each other's row.
        cursor.execute(COUNT, [value for key in sorted(limits) for value in (key, minute)])
        counted = cursor.fetchall()
    if any(count > limits[key] for key, count in counted):
        raise too_many(60 - int(now.timestamp()) % 60)


def too_many(seconds: int) -> TooMany:
    words = ngettext(
        "Too many requests. Try again in %(seconds)d second.",
        "Too many requests. Try again in %(seconds)d seconds.",
        seconds,
    )
    return TooMany(words % {"seconds": seconds}, retry_after=seconds)


def forget_old_counts(now: dt.datetime) -> int:
    """Delete the counts of callers who have not asked for an hour. Gives their number."""
    return RequestCount.objects.filter(minute__lt=int(now.timestamp()) // 60 - 60).delete()[0]


def caller_of(request: Any) -> tuple[str, int]:
    """Who asks, as it is counted, and the limit."""
    if request.auth is not None:
        return f"token/{request.auth.code}", OF_A_TOKEN
    if request.user.is_authenticated:
        return f"person/{request.user.person_key}", OF_A_PERSON
    return "", OF_A_READER
