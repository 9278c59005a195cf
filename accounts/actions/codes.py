"""One-time codes by phone or e-mail: ask for one, deliver it, take it in.

Whoever asks learns nothing: the same row, the same work and the same answer whether an account goes by the name or
not; delivery is the worker's. Each message costs money, so asking is limited by name, by account and by address.
"""

import datetime as dt
import hashlib
import hmac
import logging
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.actions.limits import queue_behind_others, too_many
from accounts.gateways import gateway
from accounts.models import SignInCode, User
from goldidea.lib.addresses import network_of
from goldidea.lib.jobs import enqueue
from goldidea.lib.personal import keyed_hash

log = logging.getLogger(__name__)
Channel = SignInCode.Channel
VALID_FOR = dt.timedelta(minutes=5)
TRIES = 5
DIGITS = 6
DAY, WINDOW = dt.timedelta(days=1), dt.timedelta(minutes=15)
# How many in a quarter of an hour and in a day: for one name or account, and for one address (one hall, one address).
OF_A_NAME, OF_AN_ADDRESS = ((WINDOW, 3), (DAY, 10)), ((WINDOW, 60), (DAY, 300))
KEPT_FOR = dt.timedelta(days=2)


@transaction.atomic
def ask_for_code(typed: str, *, address: str | None, language: str, now: dt.datetime) -> SignInCode:
    """Note that a code is wanted by whoever goes by this phone, e-mail or sign-in name; the worker sends it.

    Raises: TooMany by name or address, whether an account goes by the name or not.
    """
    typed_hash, address_hash = keyed_hash(typed.strip().casefold()), keyed_hash(network_of(address))
    queue_behind_others("ask for code", address_hash)
    asked = SignInCode.objects.all()
    enforce(asked.filter(typed_hash=typed_hash), OF_A_NAME, now)
    enforce(asked.filter(address_hash=address_hash), OF_AN_ADDRESS, now)
    user = whose(typed)
    code = SignInCode.objects.create(
        user=user,
        channel=channel_for(user, typed) if user else "",
        language=language,
        seed=secrets.token_hex(32),
        typed_hash=typed_hash,
        address_hash=address_hash,
        asked_at=now,
        expires_at=now + VALID_FOR,
    )
    enqueue("accounts.tasks.send_codes")
    return code


def enforce(
    asked: QuerySet[SignInCode], limits: tuple[tuple[dt.timedelta, int], ...], now: dt.datetime
) -> None:
    """Refuse when one of the limits is reached. Raises: TooMany."""
    for span, limit in limits:
        times = list(
            asked.filter(asked_at__gt=now - span)
            .order_by("-asked_at")
            .values_list("asked_at", flat=True)[:limit]
        )
        if len(times) == limit:
            raise too_many(times[-1] + span - now)


def whose(typed: str) -> User | None:
    """The account that was meant. Only activated ones: after a reset a slip is the way in, not the lost phone."""
    found = list(User.objects.called(typed).activated().filter(is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def channel_for(user: User, typed: str) -> str:
    """Where the code goes; empty when the account has neither phone nor e-mail that anybody delivers to."""
    ways = [Channel.PHONE] if user.phone and settings.PHONE_GATEWAY else []
    if user.email and settings.EMAIL_GATEWAY:
        ways.insert(0 if "@" in typed else len(ways), Channel.EMAIL)
    return ways[0].value if ways else ""


def digits_of(code: SignInCode) -> str:
    """The code's six digits, derived from its seed under the key of personal data."""
    mac = hmac.new(settings.PERSONAL_DATA_KEY.encode(), f"sign-in code/{code.seed}".encode(), hashlib.sha256)
    return f"{int.from_bytes(mac.digest()[:8]) % 10**DIGITS:0{DIGITS}d}"


def send_codes(now: dt.datetime) -> int:
    """Deliver what waits, each at most once: a second message costs more than asking again. Gives their number."""
    sent = 0
    while (code := claim(now)) is not None:
        deliverer = gateway(code.channel) if code.channel else None
        if code.user is None or deliverer is None or sent_enough(code, now):
            continue
        with translation.override(code.language):
            text = _(
                "%(digits)s is your code to sign in to Gold Idea. It is good for 5 minutes, once. Tell it to nobody."
            )
            text %= {"digits": digits_of(code)}
            try:
                deliverer.send(code.user.phone if code.channel == Channel.PHONE else code.user.email, text)
                sent += 1
            except (
                Exception
            ) as error:  # a district's gateway may fail in any way; the next person's code still goes out
                log.warning("a code by %s was not delivered: %s", code.channel, type(error).__name__)
    return sent


@transaction.atomic
def claim(now: dt.datetime) -> SignInCode | None:
    """The oldest code that nobody has sent; it is this worker's now."""
    waiting = SignInCode.objects.filter(sent_at=None, expires_at__gt=now).order_by("asked_at")
    code = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
    if code is not None:
        code.sent_at = now
        code.save(update_fields=["sent_at"])
    return code


def sent_enough(code: SignInCode, now: dt.datetime) -> bool:
    """Whether the account has had its messages, under whichever of its names they were asked for."""
    earlier = SignInCode.objects.filter(user=code.user, pk__lt=code.pk)
    return any(earlier.filter(asked_at__gt=now - span).count() >= limit for span, limit in OF_A_NAME)


@transaction.atomic
def take_code(public_code: str, digits: str, *, now: dt.datetime) -> User | None:
    """The person whose code this is; it is used up. None for a wrong, old or used one, and after five wrong tries.

    Nor for an account that was reset or disabled since: the message may be on the lost phone.
    """
    code = (
        SignInCode.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(code=public_code)
        .first()
    )
    if code is None or code.used_at or code.expires_at <= now or code.tries >= TRIES:
        return None
    code.tries += 1
    # Compared for nobody too, so that it takes as long.
    right = constant_time_compare(digits_of(code), digits) and code.channel != "" and is_open(code.user)
    if right:
        code.used_at = now
    code.save(update_fields=["tries", "used_at"])
    return code.user if right else None


def is_open(user: User | None) -> bool:
    """Whether a code opens this account: it is activated and not disabled."""
    return user is not None and user.is_active and user.is_activated


def forget_old_codes(now: dt.datetime) -> int:
    """Delete codes that no limit looks at any more. Gives their number."""
    return SignInCode.objects.filter(asked_at__lt=now - KEPT_FOR).delete()[0]
