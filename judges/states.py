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
