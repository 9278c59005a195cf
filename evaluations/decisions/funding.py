"""The decision of two about money after a ranking."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.actions.funding import COLUMNS, decide_funding, funding_lines
from evaluations.decisions.results import OfRound
from evaluations.funding_words import money
from evaluations.models import FundingPlan, Round
from evaluations.rules import results as rules
from goldidea.lib.verdict import Verdict


class DecideFunding(OfRound):
    """Give the money of a round's plan."""

    label = gettext_lazy("Decide the funding")

    def url(self, obj: Round) -> str:
        return reverse("office:round_funding", args=[obj.district.slug, obj.code])

    def can_request(self, user: Any, obj: Round) -> Verdict:
        verdict = rules.can_fund(user, obj)
        if verdict and not FundingPlan.objects.filter(round=obj, decided_at=None).exists():
            return Verdict(_("There is no plan to decide."))
        return verdict

    def sub_district_id(self, obj: Round) -> None:
        """Only the district's staff give money."""
        return

    def state_of(self, obj: Round) -> dict[str, Any]:
        plan = FundingPlan.objects.filter(round=obj).first()
        return {name: getattr(plan, name, None) for name in (*COLUMNS, "tally_id", "decided_at")}

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        plan = obj.funding
        funded = [line for line in funding_lines(plan) if line["amount"] != "0.00"]
        first = _("%(n)d cases of “%(round)s” get money, %(sum)s of %(budget)s yuan.") % {
            "n": len(funded),
            "round": obj,
            "sum": money(sum((Decimal(line["amount"]) for line in funded), Decimal(0))),
            "budget": money(plan.budget),
        }
        each = [f"{line['title']}: {money(line['amount'])}" for line in funded]
        return [first, *each, _("Everybody may read it, with the reason for each case.")]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        decide_funding(obj.funding, by=by, second=second, now=now)
