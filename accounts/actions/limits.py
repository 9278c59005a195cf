"""How often somebody may try a door: password, slip or card. Counted in the database, never in a cache.

A hall of judges shares one network address, and one neighbour's typing mistakes must not lock it: the narrow limit is
for one account from one address, a wider one for an account from anywhere, and a very wide one for an address.
"""

import datetime as dt
import hashlib

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import SignInFailure
from goldidea.lib.addresses import network_of
from goldidea.lib.errors import TooMany
from goldidea.lib.personal import keyed_hash

WINDOW = dt.timedelta(minutes=15)
OF_A_PAIR, OF_AN_ACCOUNT, OF_AN_ADDRESS = 5, 10, 100
KEPT_FOR = dt.timedelta(days=2)


def enter(door: str, account: str, address: str | None, *, now: dt.datetime) -> None:
    """Count an attempt before it is looked at; `clear` takes it back when it was right.

    Counting first, one after the other for each account, makes the limits hold for guesses sent at the same moment.

    Args:
        account: what the door opens, in any spelling: a sign-in name, a card's token.
        address: of the visitor (goldidea.lib.addresses.client_address).
    Raises: TooMany, with the seconds to wait; a refused attempt is not counted.
    """
    of_account, of_address = keyed_hash(account.strip().casefold()), keyed_hash(network_of(address))
    with transaction.atomic():
        queue_behind_others(door, of_account)
        recent = SignInFailure.objects.filter(door=door, at__gt=now - WINDOW)
        for failures, limit in (
            (recent.filter(account_hash=of_account, address_hash=of_address), OF_A_PAIR),
            (recent.filter(account_hash=of_account), OF_AN_ACCOUNT),
            (recent.filter(address_hash=of_address), OF_AN_ADDRESS),
        ):
            times = list(failures.order_by("-at").values_list("at", flat=True)[:limit])
            if len(times) == limit:
                raise too_many(times[-1] + WINDOW - now)
        SignInFailure.objects.create(door=door, account_hash=of_account, address_hash=of_address, at=now)


def clear(door: str, account: str, address: str | None) -> None:
    """The attempt was right: forget what this account got wrong from this address."""
    SignInFailure.objects.filter(
        door=door,
        account_hash=keyed_hash(account.strip().casefold()),
        address_hash=keyed_hash(network_of(address)),
    ).delete()


def is_last_try(door: str, account: str, *, now: dt.datetime) -> bool:
    """Whether the account is locked now by attempts from anywhere: worth a line in the audit trail, once."""
    recent = SignInFailure.objects.filter(door=door, at__gt=now - WINDOW)
    return recent.filter(account_hash=keyed_hash(account.strip().casefold())).count() == OF_AN_ACCOUNT


def too_many(wait: dt.timedelta) -> TooMany:
    seconds = max(1, int(wait.total_seconds()) + 1)
    minutes = -(-seconds // 60)
    return TooMany(
        _("Too many attempts that were not right. Try again in %(minutes)d min.") % {"minutes": minutes},
        retry_after=seconds,
    )


def queue_behind_others(door: str, account_hash: str) -> None:
    """Attempts at one account's door are counted one after the other, until this transaction ends."""
    number = int.from_bytes(hashlib.sha256(f"{door}/{account_hash}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def forget_old_attempts(now: dt.datetime) -> int:
    """Delete counts that no limit looks at any more. Gives their number."""
    return SignInFailure.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
