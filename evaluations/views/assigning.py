"""Who marks what: the proposal seen before it is applied, and moves by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.actions.decisions import request_decision
from evaluations.actions import assignment as actions
from evaluations.actions.proposals import (
    PanelProposal,
    Proposal,
    balance_of,
    propose_assignment,
    propose_late,
)
from evaluations.forms.rounds import DigestForm, LatePairForm, PairForm
from evaluations.models import Entry, Round, Seat
from evaluations.progress import assignment_rows
from evaluations.rules import rounds as rules
from evaluations.rules.conflicts import Key, entries_of, exclusions, live_seats
from evaluations.states import RoundState
from evaluations.views.round_frame import find_round, round_page
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.htmx import go


@require_safe
def round_assignment(request: HttpRequest, code: str) -> HttpResponse:
    """Who marks what now; while the round is being prepared also what the computation proposes."""
    found = find_round(request, code)
    rules.can_see_progress(request.user, found).enforce()
    return assignment_page(request, found)


def assignment_page(
    request: HttpRequest, round_: Round, form: Any = None, problem: Any = "", status: int = 200
) -> HttpResponse:
    """The page of the assignment, with what was refused at its form."""
    current = set(round_.assignments.values_list("seat_id", "entry_id"))
    arranging = rules.can_arrange(request.user, round_)
    changing = rules.can_change_opened(request.user, round_)
    context: dict[str, Any] = {
        "arranging": arranging,
        "changing": changing,
        "problem": problem,
        "assigned": len(current),
    }
    if arranging:
        proposal = propose_assignment(round_)
        context |= {"proposal": proposal, "boards": [proposed(p, proposal, current) for p in proposal.panels]}
        context["form"] = form or PairForm(round_=round_)
        context["digest"] = DigestForm(initial={"digest": proposal.digest})
    else:
        context["boards"] = standing(round_, current)
        if changing:
            context["form"] = form or LatePairForm(round_=round_)
            context["late"] = late_suggestions(round_, current)
    context["by_hand"] = any(board["seats"] and board["rows"] for board in context["boards"])
    return round_page(request, "rounds/assignment.html", round_, "round_assignment", context, status=status)


def proposed(panel: PanelProposal, proposal: Proposal, current: set[Key]) -> dict[str, Any]:
    """One panel's table with what the proposal changes."""
    rows = assignment_rows(panel.seats, proposal.entries, current, set(panel.pairs), proposal.excluded)
    loads = [(seat, sum(1 for s, _e in panel.pairs if s == seat.pk)) for seat in panel.seats]
    own = {seat.pk for seat in panel.seats}
    barred = [
        (bar.label, sum(1 for (s, _e), b in proposal.excluded.items() if s in own and b == bar))
        for bar in dict.fromkeys(proposal.excluded.values())
    ]
    return {
        "panel": panel.panel,
        "seats": panel.seats,
        "rows": rows,
        "loads": loads,
        "barred": [(label, count) for label, count in barred if count],
        "balance": panel.balance,
        "short": panel.short,
    }


def late_suggestions(round_: Round, current: set[Key]) -> list[tuple[Entry, Seat]]:
    """Who could take the place of those who recused themselves, all else as it is."""
    proposal = propose_late(round_)
    entries = {entry.pk: entry for entry in proposal.entries}
    seats = {seat.pk: seat for panel in proposal.panels for seat in panel.seats}
    pairs = {pair for panel in proposal.panels for pair in panel.pairs} - current
    return [(entries[entry], seats[seat]) for entry, seat in sorted((e, s) for s, e in pairs)]


def standing(round_: Round, current: set[Key]) -> list[dict[str, Any]]:
    """Each panel's table as it stands."""
    entries: list[Entry] = entries_of(round_)
    seats: list[Seat] = live_seats(round_)
    barred = exclusions(round_)
    found = []
    for panel in round_.panels.all():
        own = [seat for seat in seats if seat.panel_id == panel.pk]
        keys = {seat.pk for seat in own}
        pairs = {pair for pair in current if pair[0] in keys}
        found.append(
            {
                "panel": panel,
                "seats": own,
                "rows": assignment_rows(own, entries, pairs, pairs, barred),
                "loads": [(seat, sum(1 for s, _e in pairs if s == seat.pk)) for seat in own],
                "balance": balance_of(own, entries, pairs),
            }
        )
    return found


@require_POST
def assignment_apply(request: HttpRequest, code: str) -> HttpResponse:
    """Apply the proposal that was seen. If it would be another by now, show that one (409)."""
    found = find_round(request, code)
    rules.can_arrange(request.user, found).enforce()
    form = DigestForm(request.POST)
    if not form.is_valid():
        return assignment_page(request, found, problem=_("Look at the proposal, then apply it."), status=422)
    try:
        actions.apply_assignment(found, form.cleaned_data["digest"], by=request.user, now=timezone.now())
    except StaleState as refusal:
        return assignment_page(request, found, problem=refusal.message, status=409)
    messages.success(request, _("Applied. Every judge's list follows from it."))
    return go(request, "office:round_assignment", request.district.slug, code)


@require_POST
def assignment_move(request: HttpRequest, code: str) -> HttpResponse:
    """Give one case to one judge by hand, or take it away; after opening ask a second person for it."""
    found = find_round(request, code)
    if found.state == RoundState.DRAFT:
        rules.can_arrange(request.user, found).enforce()
    else:
        rules.can_change_opened(request.user, found).enforce()
    form_class = PairForm if found.state == RoundState.DRAFT else LatePairForm
    form = form_class(request.POST, round_=found)
    if form.is_valid():
        try:
            return _move(request, found, form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return assignment_page(request, found, form, status=422)


def _move(request: HttpRequest, round_: Round, values: dict[str, Any]) -> HttpResponse:
    seat, entry, now = values["seat"], values["entry"], timezone.now()
    seat.round = round_
    if round_.state != RoundState.DRAFT:
        payload = {"entry": entry.code}
        asked = request_decision(
            "assign_late", seat, payload, by=request.user, reason=values["reason"], now=now
        )
        return go(request, "office:decision", round_.district.slug, asked.code)
    if request.POST.get("only") == "take":
        actions.unassign_by_hand(seat, entry, by=request.user, now=now)
        messages.success(request, _("Taken away. A new proposal may give it back."))
    else:
        actions.assign_by_hand(seat, entry, by=request.user, now=now)
        messages.success(request, _("Given. It stays when a proposal is applied."))
    return go(request, "office:round_assignment", round_.district.slug, round_.code)
