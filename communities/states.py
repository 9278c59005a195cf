"""What may follow what, for decisions that need two people and for uploaded tables."""

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


class ImportState(models.TextChoices):
    WAITING = "waiting", _("being read")
    READY = "ready", _("to check")
    UNREADABLE = "unreadable", _("cannot be read")
    APPLIED = "applied", _("written")
    DISCARDED = "discarded", _("discarded")


I = ImportState  # noqa: E741
IMPORT_MOVES: Mapping[str, frozenset[str]] = {
    I.WAITING: frozenset({I.READY, I.UNREADABLE, I.DISCARDED}),
    I.READY: frozenset({I.APPLIED, I.DISCARDED}),
    I.UNREADABLE: frozenset({I.DISCARDED}),
}
