"""Decisions that need two people: what a kind of decision has to say.

settings.DECISIONS maps each kind to a class; the classes live in the apps whose objects they move.
"""

import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from goldidea.lib.verdict import Verdict


class DecisionKind:
    """One kind of decision. Subclasses find their object, say who may ask and approve, describe it and carry it out."""

    label: Any = ""

    def find(self, district: Any, code: str) -> Any:
        """The object with this public code in the district, or None."""
        raise NotImplementedError(type(self).__name__)

    def url(self, obj: Any) -> str:
        """Where the object can be looked at before deciding."""
        raise NotImplementedError(type(self).__name__)

    def can_request(self, user: Any, obj: Any) -> Verdict:
        """Whether the person may ask for it now."""
        raise NotImplementedError(type(self).__name__)

    def can_approve(self, user: Any, obj: Any) -> Verdict:
        """Whether the person may be the second; the action adds that the two differ."""
        return self.can_request(user, obj)

    def sentences(self, obj: Any, payload: dict[str, Any]) -> list[str]:
        """The exact change, in words."""
        raise NotImplementedError(type(self).__name__)

    def state_of(self, obj: Any) -> dict[str, Any]:
        """What the decision was based on; when it differs at approval, the decision is void."""
        raise NotImplementedError(type(self).__name__)

    def apply(
        self, obj: Any, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: Any
    ) -> None:
        """Carry it out, in the approval's transaction."""
        raise NotImplementedError(type(self).__name__)

    def fingerprint(self, obj: Any) -> str:
        """SHA-256 of `state_of`."""
        return hashlib.sha256(
            json.dumps(self.state_of(obj), sort_keys=True, default=str).encode()
        ).hexdigest()


@cache
def decision_kind(name: str) -> DecisionKind:
    """The kind registered under this name in settings.DECISIONS."""
    return import_string(settings.DECISIONS[name])()


SAME_PERSON = _("The second person is somebody else.")
