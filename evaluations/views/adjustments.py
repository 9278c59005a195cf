"""Bonus points and deductions of a round: what was decided, what waits, and asking for more."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.actions.decisions import request_decision
from evaluations.forms.adjustments import AdjustmentForm
from evaluations.models import Adjustment, Round
from evaluations.parsed import parsed_rule
from evaluations.points import signed
from evaluations.rules import adjustments as rules
from evaluations.rules.rounds import can_see_progress
from evaluations.tally.decimals import plain_text
from evaluations.views.round_frame import find_round, pending_of, round_page
from goldidea.lib.errors import Refusal
from goldidea.lib.htmx import go

HERE = "round_adjustments"


@require_safe
def round_adjustments(request: HttpRequest, code: str) -> HttpResponse:
    """What was decided, with its reasons, and what waits for a second person."""
    found = find_round(request, code)
    can_see_progress(request.user, found).enforce()
    verdict = rules.can_adjust(request.user, found)
    context = {
        "lines": lines(found),
        "allowed": parsed_rule(found.rule_set).adjustments,
        "pending": pending_of(found).filter(kind="adjust_entry"),
        "adjusting": bool(verdict),
        "why_not": "" if verdict.hidden else verdict.reason,
    }
    return round_page(request, "rounds/adjustments.html", found, HERE, context)


@require_http_methods(["GET", "HEAD", "POST"])
def round_adjust(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a second person for bonus points or a deduction. `entry` and `points` of the address fill the form in."""
    found = find_round(request, code)
    rules.can_adjust(request.user, found).enforce()
    initial = {name: request.GET.get(name, "")[:40] for name in ("entry", "points")}
    form = AdjustmentForm(request.POST if request.method == "POST" else None, round_=found, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            return asked(request, found, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "allowed": parsed_rule(found.rule_set).adjustments}
    return round_page(
        request, "rounds/adjust.html", found, HERE, context, status=422 if form.is_bound else 200
    )


def asked(request: HttpRequest, round_: Round, told: dict[str, Any]) -> HttpResponse:
    payload, reason = {"points": plain_text(told["points"])}, told["reason"]
    request_decision(
        "adjust_entry", told["entry"], payload, by=request.user, reason=reason, now=timezone.now()
    )
    messages.success(
        request, _("Asked. It counts as soon as a second person has approved it, before the close.")
    )
    return go(request, "office:round_adjustments", round_.district.slug, round_.code)


def lines(round_: Round) -> list[dict[str, Any]]:
    """Each adjustment with its entry, in the order of entries and time; `back` takes it back, `together` closes an entry."""
    rows = Adjustment.objects.filter(entry__round=round_).select_related("entry__snapshot", "event")
    found: list[dict[str, Any]] = []
    for row in rows.select_related("entry__submission").order_by("entry__position", "entry_id", "pk"):
        same = bool(found) and found[-1]["entry"] == row.entry
        together = (found[-1]["sum"] if same else 0) + row.points
        if same:
            found[-1]["together"] = ""
        found.append(
            {
                "entry": row.entry,
                "points": signed(row.points),
                "back": plain_text(-row.points),
                "reason": row.reason,
                "at": row.event.at,
                "corrects": row.correction_id is not None,
                "sum": together,
                "together": signed(together),
            }
        )
    return found
