"""What may follow what from a judge's nomination to the end of the term."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class JudgeState(models.TextChoices):
    NOMINATED = "nominated", _("nominated")
    ELECTED = "elected", _("elected")
    NOT_ELECTED = "not_elected", _("not elected")
    APPOINTED = "appointed", _("appointed")
    DECLINED = "declined", _("declined")
    ENDED = "ended", _("term ended")


J = JudgeState
JUDGE_MOVES: Mapping[str, frozenset[str]] = {
    J.NOMINATED: frozenset({J.ELECTED, J.NOT_ELECTED, J.DECLINED}),
    J.ELECTED: frozenset({J.APPOINTED, J.DECLINED}),
    J.APPOINTED: frozenset({J.ENDED}),
}
# Experts are invited, not elected.
EXPERT_MOVES: Mapping[str, frozenset[str]] = {
    J.NOMINATED: frozenset({J.APPOINTED, J.DECLINED}),
    J.APPOINTED: frozenset({J.ENDED}),
}

# While nobody of a meeting is appointed, what was recorded of it can be put right: never a move for anything else.
CORRECTIONS: Mapping[str, frozenset[str]] = {
    J.NOMINATED: frozenset({J.ELECTED, J.NOT_ELECTED}),
    J.ELECTED: frozenset({J.NOT_ELECTED, J.NOMINATED}),
    J.NOT_ELECTED: frozenset({J.ELECTED, J.NOMINATED}),
}
# Those who are on the way to a seat, or have one: a second person of the same name is asked about.
ON_THE_WAY = (J.NOMINATED, J.ELECTED, J.APPOINTED)


def moves_of(kind: str) -> Mapping[str, frozenset[str]]:
    """The table that a resident judge or an expert goes by."""
    return EXPERT_MOVES if kind == "expert" else JUDGE_MOVES
