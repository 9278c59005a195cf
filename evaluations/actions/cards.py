"""Judges' cards: print, revoke, open. The QR's token says whose card it is; the code on the torn-off strip opens it."""

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from evaluations.models import Card, Seat
from evaluations.rules.scoring import CARDS_IN, NOT_SEATED, can_open_card
from evaluations.states import SeatState
from goldidea.lib import audit
from goldidea.lib.codes import new_code
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.personal import keyed_hash

TOKEN_LENGTH = 20  # 100 bits
DIGITS = 8


class WrongCode(Refusal):
    """The digits typed are not those on the strip."""

    status = 422
    code = "wrong-code"


class IssuedCard(NamedTuple):
    """A new card with what is printed on it. Token and code are shown this once and stored nowhere."""

    card: Card
    token: str
    secret: str

    @property
    def groups(self) -> str:
        """The code as it is printed: 1234 5678."""
        return f"{self.secret[:4]} {self.secret[4:]}"


@transaction.atomic
def issue_cards(seats: Iterable[Seat], *, by: Any, now: dt.datetime) -> list[IssuedCard]:
    """A new card for each seat; an earlier card of the seat is revoked, and a phone that used it is signed out.

    Raises: Refusal if a round takes no cards any more or a seat is not in place.
    """
    # No key update: sheets on their way refer to the seat and do not wait.
    locked = Seat.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=[s.pk for s in seats])
    rows = list(locked.select_related("round__season__district", "judge", "panel").order_by("pk"))
    for seat in rows:
        if seat.round.state not in CARDS_IN:
            raise Refusal(_("Cards are printed until the round closes."))
        if seat.state != SeatState.LIVE:
            raise Refusal(NOT_SEATED)
    Card.objects.live().filter(seat__in=rows).update(revoked_at=now)
    issued = [_new_card(seat, by) for seat in rows]
    Card.objects.bulk_create(item.card for item in issued)
    for item in issued:
        audit.record("print judge card", item.card, by=by)
    return issued


def _new_card(seat: Seat, by: Any) -> IssuedCard:
    token, secret = new_code(TOKEN_LENGTH), "".join(secrets.choice("0123456789") for _n in range(DIGITS))
    card = Card(seat=seat, token_hash=token_hash(token), issued_by=by)
    card.secret_hash = secret_hash(card, secret)
    return IssuedCard(card, token, secret)


@transaction.atomic
def revoke_card(card: Card, *, by: Any, now: dt.datetime) -> None:
    """Take a card back: it opens nothing any more, and a phone that used it is signed out.

    Raises: StaleState if it was revoked already.
    """
    if not Card.objects.live().filter(pk=card.pk).update(revoked_at=now):
        raise StaleState(_("This card was taken back already."))
    audit.record("revoke judge card", card, by=by)


def open_card(card: Card, secret: str, *, device: str, now: dt.datetime) -> None:
    """Bind the card to the phone (`device`: its random cookie) on which its code was typed; another phone loses it.

    Raises: WrongCode; PermissionDenied if the card opens nothing.
    """
    can_open_card(card).enforce()
    if not constant_time_compare(secret_hash(card, secret), card.secret_hash):
        raise WrongCode(_("This is not the code of this card. Look at the strip again: 8 digits."))
    with transaction.atomic():
        moved = bool(card.device_hash) and card.device_hash != device_hash(device)
        card.device_hash, card.used_at = device_hash(device), card.used_at or now
        card.save(update_fields=["device_hash", "used_at"])
        audit.record(
            "open judge card on another phone" if moved else "open judge card", card, by=card.seat.judge.user
        )


def find_card(token: str) -> Card | None:
    """The card with this QR, revoked ones too: they are told so."""
    return Card.objects.with_seat().filter(token_hash=token_hash(token)).first()


def token_hash(token: str) -> str:
    return keyed_hash(f"card token {token}")


def secret_hash(card: Card, secret: str) -> str:
    return keyed_hash(f"card secret {card.token_hash} {secret}")


def device_hash(device: str) -> str:
    return keyed_hash(f"card device {device}") if device else ""
