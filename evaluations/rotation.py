"""What rounds keep under PERSONAL_DATA_KEY."""

from collections.abc import Iterator

from django.utils import timezone

from evaluations.models import Card
from evaluations.rules.scoring import CARDS_IN
from goldidea.lib.rotation import CannotRotate, FormerKey


def turn(_key: FormerKey) -> Iterator[str]:
    """Printed cards are found by a keyed hash of what only the paper says: none may be in use."""
    live = Card.objects.live()
    if used := live.filter(seat__round__state__in=CARDS_IN).count():
        raise CannotRotate(
            f"{used} judges' cards are in use: wait until their rounds have closed, or take them back."
        )
    yield f"cards of closed rounds taken back: {live.update(revoked_at=timezone.now())}"
