"""Who gets money after a ranking: the district's plan, and what everybody may read of it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.actions.decisions import request_decision
from communities.models import Decision
from evaluations.actions.funding import (
    LotNeeded,
    final_tally,
    funding_lines,
    ranked_cases,
    save_funding_plan,
)
from evaluations.forms.funding import FundingForm
from evaluations.funding_words import money, why
from evaluations.models import FundingPlan, Round
from evaluations.rules import results as rules
from evaluations.views.round_frame import find_round, round_page
from goldidea.lib.htmx import go, page


@require_http_methods(["GET", "HEAD", "POST"])
def round_funding(request: HttpRequest, code: str) -> HttpResponse:
    """Plan the money and see at once who would get it and why."""
    found = find_round(request, code)
    rules.can_fund(request.user, found).enforce()
    plan = FundingPlan.objects.filter(round=found).select_related("tally").first()
    form = FundingForm(request.POST or None, instance=plan, places=_places(found))
    if request.method == "POST" and form.is_valid():
        save_funding_plan(found, form.values, by=request.user, now=timezone.now())
        return go(request, "office:round_funding", found.district.slug, found.code)
    if form.is_bound and plan:
        plan.refresh_from_db()
    context = {"form": form, "plan": plan, "decisions": _pending(found), **shown(plan)}
    status = 422 if form.is_bound else 200
    return round_page(request, "results/funding.html", found, "round_funding", context, status=status)


def _places(round_: Round) -> list[tuple[str, str]]:
    """The sub-districts that have a case in the ranking."""
    rows = ranked_cases(final_tally(round_))
    return sorted({(row["sub_district_code"], row["sub_district"]) for row in rows}, key=lambda pair: pair[1])


def _pending(round_: Round) -> Any:
    waiting = Decision.objects.of(round_.season.district).pending().filter(kind="decide_funding")
    return waiting.filter(object_code=round_.code).select_related("requested_by")


def shown(plan: FundingPlan | None) -> dict[str, Any]:
    """The plan's lines in words, and its sums; or what it needs first."""
    if plan is None:
        return {"lines": [], "problem": ""}
    try:
        lines = funding_lines(plan)
    except LotNeeded as needed:
        return {"lines": [], "problem": needed.message}
    given = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    rows = [
        {**line, "why": why(line), "money": money(line["amount"]), "wished": money(line["asked"])}
        for line in lines
    ]
    return {
        "lines": rows,
        "problem": "",
        "given": money(given),
        "budget": money(plan.budget),
        "left": money(plan.budget - given),
        "funded": sum(line["amount"] != "0.00" for line in lines),
    }


@require_POST
def round_funding_ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a second person to decide the plan."""
    found = find_round(request, code)
    rules.can_fund(request.user, found).enforce()
    request_decision("decide_funding", found, {}, by=request.user, now=timezone.now())
    messages.success(request, _("Asked. It happens as soon as a second person has approved it."))
    return go(request, "office:round_funding", found.district.slug, found.code)


@require_safe
@login_not_required
def public_funding(request: HttpRequest, code: str) -> HttpResponse:
    """Who got money, how much, and why the others did not."""
    plans = FundingPlan.objects.of(request.district).decided()  # type: ignore[attr-defined]
    plan = get_object_or_404(plans.select_related("round__season", "tally"), round__code=code)
    return page(request, "public/funding.html", {"plan": plan, "round": plan.round, **shown(plan)})
