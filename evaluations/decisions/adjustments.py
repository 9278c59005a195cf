"""The decision of two to give a case points by the rule, or to take points off it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.decisions import DecisionKind
from evaluations.actions.adjusting import adjust_entry
from evaluations.models import Entry
from evaluations.rules import adjustments as rules
from evaluations.tally.decimals import plain_text
from goldidea.lib.verdict import Verdict


class AdjustEntry(DecisionKind):
    """Bonus points or a deduction for one entry; the payload holds `points`. Void once other points were decided for it."""

    label = gettext_lazy("Bonus points or deduction")

    def find(self, district: Any, code: str) -> Entry | None:
        entries = Entry.objects.with_round().select_related("round__sub_district")
        return entries.filter(round__season__district=district, code=code).first()

    def url(self, obj: Entry) -> str:
        return reverse("office:round_adjustments", args=[obj.district.slug, obj.round.code])

    def can_request(self, user: Any, obj: Entry) -> Verdict:
        return rules.can_adjust(user, obj.round)

    def sub_district_id(self, obj: Entry) -> int | None:
        return obj.round.sub_district_id

    def state_of(self, obj: Entry) -> dict[str, Any]:
        decided = list(obj.adjustments.order_by("pk").values_list("pk", flat=True))
        return {"round": obj.round.state, "adjustments": decided}

    def sentences(self, obj: Entry, payload: dict[str, Any]) -> list[str]:
        points, before = Decimal(payload["points"]), rules.points_of(obj)
        values = {"entry": obj, "round": obj.round, "points": plain_text(abs(points))}
        words = (
            _("“%(entry)s” in “%(round)s” gets %(points)s points.")
            if points > 0
            else _("“%(entry)s” in “%(round)s” loses %(points)s points.")
        )
        said = [words % values]
        if before:
            sums = {"before": plain_text(before), "after": plain_text(before + points)}
            said.append(_("Bonus points and deductions together: %(before)s before, %(after)s then.") % sums)
        said.append(_("Everybody reads points and reason beside the published result; no name of yours."))
        return said

    def apply(
        self, obj: Entry, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        adjust_entry(obj, Decimal(payload["points"]), by=by, second=second, reason=reason, now=now)
