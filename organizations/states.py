"""What may follow what in the life of a social organization."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganizationState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", pgettext_lazy("organization", "active")
    SUSPENDED = "suspended", _("suspended")
    DISSOLVED = "dissolved", _("dissolved")


O = OrganizationState  # noqa: E741
ORGANIZATION_MOVES: Mapping[str, frozenset[str]] = {
    O.PROPOSED: frozenset({O.ACTIVE, O.DISSOLVED}),
    O.ACTIVE: frozenset({O.SUSPENDED, O.DISSOLVED}),
    O.SUSPENDED: frozenset({O.ACTIVE, O.DISSOLVED}),
}
