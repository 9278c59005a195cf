"""What may follow what, for decisions that need two people."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class DecisionState(models.TextChoices):
    PENDING = "pending", _("waiting for the second person")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("lapsed")
    VOID = "void", _("void: the object has changed")


D = DecisionState
DECISION_MOVES: Mapping[str, frozenset[str]] = {
    D.PENDING: frozenset({D.APPROVED, D.DECLINED, D.WITHDRAWN, D.LAPSED, D.VOID}),
}
