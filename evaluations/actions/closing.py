"""Close rounds: at their deadline by the database's clock, or earlier by two people."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import database_time, record_event
from evaluations.actions.locks import hold_round
from evaluations.actions.sealing import checkpoint_round
from evaluations.models import Round, ScoreSheet
from evaluations.states import ROUND_MOVES, RoundState
from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from goldidea.lib.jobs import enqueue
from goldidea.lib.models import Checkpoint
from goldidea.lib.moves import move


def close_due_rounds(now: dt.datetime) -> list[int]:
    """Close every open round whose time is over. Gives the ids of those that this call closed."""
    due = Round.objects.due(now).values_list("pk", flat=True)
    return [pk for pk in due if close_round_at_deadline(pk)]


@transaction.atomic
def close_round_at_deadline(round_id: int) -> bool:
    """Close one round if, by the database's clock, its time is over. False when somebody was first or it was extended."""
    hold_round(round_id)
    round_ = Round.objects.select_related("season__district").get(pk=round_id)
    at = database_time()
    if round_.state != RoundState.OPEN or at < round_.closes_at:
        return False
    _close(round_, at, early=False)
    audit.record("close round", round_)
    return True


@transaction.atomic
def close_round_early(round_: Round, *, by: Any, second: Any, now: dt.datetime) -> None:
    """Close an open round before its time, by decision of two.

    Raises: StaleState if it is not open any more.
    """
    hold_round(round_.pk)
    round_.refresh_from_db()
    if round_.state != RoundState.OPEN:
        raise StaleState(_("This round is not open any more."))
    _close(round_, database_time(), early=True)
    audit.record("close round early", round_, by=by, changes={"second": (None, second.name)})


def _close(round_: Round, at: dt.datetime, *, early: bool) -> None:
    """Open → counting → closed: no paper is outstanding, so counting ends at once. Rings the tally's doorbell.

    The log ends with the event of the close, is sealed and signed while nobody else may write to the round.
    """
    move(round_, ROUND_MOVES, RoundState.COUNTING)
    sheets = ScoreSheet.objects.filter(round=round_).count()
    record_event(round_, "close", {"early": int(early), "sheets": sheets}, at=at)
    checkpoint_round(round_, Checkpoint.Occasion.CLOSING)
    move(round_, ROUND_MOVES, RoundState.CLOSED, closed_at=at)
    enqueue("evaluations.tasks.tally_round", round_id=round_.pk)
