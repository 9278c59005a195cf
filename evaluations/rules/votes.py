"""Who enters counted votes, and when."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from evaluations.models import Round
from evaluations.rules.rounds import can_run, run_by
from goldidea.lib.verdict import ALLOWED, Verdict


def can_enter_votes(user: Any, round_: Round) -> Verdict:
    """Enter votes as the first or the second: those who run the round, after scoring, until they stand. Twin: `votes_entered_by`."""
    verdict = can_run(user, round_)
    if verdict and not Round.objects.awaiting_votes().filter(pk=round_.pk).exists():
        return Verdict(_("Votes are entered after the close, until two people have entered the same."))
    return ALLOWED if verdict else verdict


def votes_entered_by(user: Any, district: Any) -> Any:
    """Rounds whose votes the person may enter. Twin of `can_enter_votes`."""
    return run_by(user, district).awaiting_votes()
