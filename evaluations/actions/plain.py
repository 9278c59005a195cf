"""Count a refused round plain: the way out where judges cannot be compared and the rule wants no result then."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.events import record_event
from evaluations.actions.locks import hold_round
from evaluations.actions.sealing import checkpoint_round
from evaluations.models import Round, RoundEvent
from evaluations.refusals import refused_groups
from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from goldidea.lib.jobs import enqueue
from goldidea.lib.models import Checkpoint


@transaction.atomic
def count_plain(round_: Round, *, by: Any, second: Any, reason: str, now: dt.datetime) -> RoundEvent:
    """Let the round be tallied without corrections of the panels that were refused, by decision of two.

    The rule stays as it is; the log of the round says what was decided, and for which panels.
    Raises: StaleState if the round was not refused, or if this was decided already.
    """
    hold_round(round_.pk)
    if not Round.objects.refused().filter(pk=round_.pk).exists():
        raise StaleState(_("This round does not wait for such a decision any more."))
    event = record_event(round_, RoundEvent.Kind.PLAIN, {"panels": sorted(refused_groups(round_))})
    checkpoint_round(round_, Checkpoint.Occasion.LATER)
    audit.record("count plain", round_, by=by, reason=reason, changes={"second": (None, second.name)})
    enqueue("evaluations.tasks.tally_round", round_id=round_.pk)
    return event
