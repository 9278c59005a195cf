"""Ask a second person to open, extend or cancel a round."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from communities.actions.decisions import request_decision
from evaluations.decisions.rounds import CancelRound, ExtendRound, OpenRound
from evaluations.forms.rounds import ExtendForm, ReasonForm
from evaluations.models import Round
from evaluations.rules import rounds as rules
from evaluations.rules.opening import readiness
from evaluations.views.round_frame import address, find_round, round_page
from goldidea.lib.errors import Refusal
from goldidea.lib.htmx import go

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def round_open(request: HttpRequest, code: str) -> HttpResponse:
    """What the round opens with; refused while something is missing."""
    found = find_round(request, code)
    rules.can_open(request.user, found).enforce()
    ready = readiness(found, timezone.now())
    problem: Any = ""
    if request.method == "POST" and ready:
        try:
            return ask(request, "open_round", found, {}, "")
        except Refusal as refusal:
            problem = refusal.message
    context = {
        "readiness": ready,
        "sentences": OpenRound().sentences(found, {}),
        "problem": problem,
        "addresses": {
            name: address(name, found)
            for name in (
                *("round_edit", "round_entries", "round_seats", "round_assignment"),
                *("round_points", "season"),
            )
        },
    }
    status = 409 if request.method == "POST" else 200
    return round_page(request, "rounds/open.html", found, "round", context, status=status)


@require_http_methods(METHODS)
def round_extend(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a later close of an open round."""
    found = find_round(request, code)
    rules.can_extend(request.user, found).enforce()
    initial = {"closes_at": found.closes_at}
    data = request.POST if request.method == "POST" else None
    form = ExtendForm(data, round_=found, initial=initial)
    if form.is_valid():
        payload = {"closes_at": form.cleaned_data["closes_at"].isoformat()}
        try:
            return ask(request, "extend_round", found, payload, form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "kind": ExtendRound.label}
    return round_page(
        request, "rounds/ask.html", found, "round", context, status=422 if form.is_bound else 200
    )


@require_http_methods(METHODS)
def round_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for cancelling a round."""
    found = find_round(request, code)
    rules.can_cancel(request.user, found).enforce()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return ask(request, "cancel_round", found, {}, form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {
        "form": form,
        "kind": CancelRound.label,
        "sentences": CancelRound().sentences(found, {}),
        "bad": True,
    }
    return round_page(
        request, "rounds/ask.html", found, "round", context, status=422 if form.is_bound else 200
    )


def ask(request: HttpRequest, kind: str, round_: Round, payload: dict[str, Any], reason: str) -> HttpResponse:
    """Ask, and go to the page of the request."""
    asked = request_decision(kind, round_, payload, by=request.user, reason=reason, now=timezone.now())
    return go(request, "office:decision", round_.district.slug, asked.code)
