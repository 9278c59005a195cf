"""Seal the logs of rounds: chain their events, sign checkpoints. Order stands beside the events, never in them."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import QuerySet

from evaluations.models import Round, RoundEvent
from evaluations.states import RoundState
from goldidea.lib import sealing
from goldidea.lib.models import Checkpoint, Seal

# Rounds with an event that has no seal, among the last events or among all of them.
WAITING = """
SELECT DISTINCT r.id FROM evaluations_roundevent e JOIN evaluations_round r ON r.id = e.round_id
WHERE e.id > %(after)s
  AND NOT EXISTS (SELECT 1 FROM lib_seal s WHERE s.log = 'round/' || r.code AND s.event = e.id)
"""


def log_of(round_: Round) -> str:
    """The name of a round's log."""
    return f"round/{round_.code}"


@transaction.atomic
def seal_round(round_: Round, *, whole: bool = True) -> int:
    """Chain the round's events that have no seal yet; gives their number. Whoever closes a round holds it meanwhile."""
    log = log_of(round_)
    sealing.hold_log(log)
    events = sealing.unsealed(log, RoundEvent.objects.filter(round=round_), whole=whole)
    return sealing.seal(log, events.values_list("pk", "body").iterator())


@transaction.atomic
def checkpoint_round(round_: Round, occasion: str) -> Checkpoint:
    """Seal what is left and sign what the log is now."""
    seal_round(round_)
    return sealing.checkpoint(log_of(round_), occasion)


def seal_rounds(*, whole: bool = False) -> int:
    """Seal every round in which something was written since; each in a transaction of its own. Gives the events' number."""
    last = RoundEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"after": 0 if whole else last - sealing.LAST_ROWS})
        waiting = [pk for (pk,) in cursor.fetchall()]
    return sum(seal_round(round_, whole=whole) for round_ in Round.objects.filter(pk__in=waiting))


def sealed_logs() -> Iterator[tuple[str, QuerySet[RoundEvent], str]]:
    """Every round's log with its rows and the column of their text, for `manage.py verify_audit`."""
    for round_ in Round.objects.filter(events__isnull=False).distinct().order_by("pk"):
        yield log_of(round_), RoundEvent.objects.filter(round=round_).order_by("pk"), "body"


def checkpoint_rounds() -> int:
    """Sign the log of every round under way that has grown since its last checkpoint. Gives the number of signatures."""
    signed = 0
    seal_rounds(whole=True)
    for round_ in Round.objects.filter(state__in=(RoundState.OPEN, RoundState.COUNTING)):
        last = Checkpoint.objects.filter(log=log_of(round_)).order_by("-size").first()
        if Seal.objects.filter(log=log_of(round_)).count() > (last.size if last else 0):
            checkpoint_round(round_, Checkpoint.Occasion.HOURLY)
            signed += 1
    return signed
