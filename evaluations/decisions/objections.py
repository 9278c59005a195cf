"""The decision of two about an objection."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.decisions import DecisionKind
from evaluations.actions.objections import decide_objection
from evaluations.models import Objection
from evaluations.rules import objections as rules
from evaluations.states import ObjectionState
from goldidea.lib.verdict import Verdict


class DecideObjection(DecisionKind):
    """Uphold or reject an objection; the reason of the request is the reason of the decision."""

    label = gettext_lazy("Decide an objection")

    def find(self, district: Any, code: str) -> Objection | None:
        rows = Objection.objects.of(district).select_related("round__season__district", "entry__snapshot")
        return rows.filter(code=code).first()

    def url(self, obj: Objection) -> str:
        return reverse("office:objection", args=[obj.district.slug, obj.code])

    def can_request(self, user: Any, obj: Objection) -> Verdict:
        return rules.can_decide_objection(user, obj)

    def state_of(self, obj: Objection) -> dict[str, Any]:
        return {"state": obj.state}

    def sentences(self, obj: Objection, payload: dict[str, Any]) -> list[str]:
        if payload["outcome"] == ObjectionState.UPHELD:
            first = _("The objection against “%(round)s” is upheld.")
            then = _("It changes no figure yet: a correction is a decision of its own.")
        else:
            first = _("The objection against “%(round)s” is rejected.")
            then = _("The results stay as they are.")
        return [first % {"round": obj.round}, then, _("Everybody reads the outcome, nobody a name.")]

    def apply(
        self, obj: Objection, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        decide_objection(obj, payload["outcome"], by=by, second=second, reason=reason, now=now)
