"""Who sits in a round's panels: chosen, drawn, lent, replaced."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.actions.decisions import request_decision
from evaluations.actions import seats as actions
from evaluations.forms.rounds import BenchForm, DrawForm, GuestsForm, ReplaceForm, SeatJudgesForm
from evaluations.models import Panel, Round, Seat
from evaluations.rules import rounds as rules
from evaluations.rules.bench import EXPERTS, bench_of, free_judges, guests_for, lending_sub_districts
from evaluations.states import RoundState
from evaluations.views.round_frame import find_round, round_page
from goldidea.lib.errors import Refusal
from goldidea.lib.htmx import go
from judges.models import Judge

Bound = dict[tuple[str, str], Any]


@require_safe
def round_seats(request: HttpRequest, code: str) -> HttpResponse:
    """The panels with their judges, and, until the round opens, the ways to seat more."""
    found = find_round(request, code)
    rules.can_see_progress(request.user, found).enforce()
    return seats_page(request, found, {})


def seats_page(request: HttpRequest, round_: Round, bound: Bound) -> HttpResponse:
    """The page of the seats; `bound` holds a form that has to be put right, by panel and kind."""
    arranging = rules.can_arrange(request.user, round_)
    panels = round_.panels.select_related("bench_from")
    context = {
        "panels": [panel_context(panel, round_, bool(arranging), bound) for panel in panels],
        "arranging": arranging,
        "changing": rules.can_change_opened(request.user, round_),
        "bench": bench_of(round_),
    }
    bad = any(form.is_bound and form.errors for form in bound.values())
    return round_page(
        request, "rounds/seats.html", round_, "round_seats", context, status=422 if bad else 200
    )


def panel_context(panel: Panel, round_: Round, arranging: bool, bound: Bound) -> dict[str, Any]:
    """One panel: who sits there, who could."""
    panel.round = round_
    seats = panel.seats.select_related("judge__community", "judge__sub_district", "replaces")
    shown: dict[str, Any] = {"panel": panel, "seats": list(seats.order_by("number")), "forms": []}
    for seat in shown["seats"]:
        seat.panel = panel
    shown["live"] = [seat for seat in shown["seats"] if seat.state == "live"]
    if not arranging:
        return shown
    now = timezone.now()
    exchange = panel.key != EXPERTS and bench_of(round_) == "exchange"
    shown["exchange"] = exchange
    for kind, make in form_makers(panel, now, exchange).items():
        shown[kind] = bound.get((panel.key, kind)) or make(None)
        shown["forms"].append(shown[kind])
    shown["free"] = len(shown["seat"].fields["judges"].choices)
    shown["guests_free"] = "guests" in shown and len(shown["guests"].fields["judges"].choices)
    return shown


def form_makers(panel: Panel, now: Any, exchange: bool) -> dict[str, Callable[[Any], Any]]:
    """The forms of a panel by kind; each takes what was posted, or None."""
    makers: dict[str, Callable[[Any], Any]] = {
        "seat": lambda data: SeatJudgesForm(data, judges=free_judges(panel, now), prefix=f"{panel.key}-seat"),
        "draw": lambda data: DrawForm(
            data, prefix=f"{panel.key}-draw", initial={"places": panel.places or None}
        ),
    }
    if exchange:
        makers["bench"] = lambda data: BenchForm(
            data,
            places=lending_sub_districts(panel.round, now),
            prefix=f"{panel.key}-bench",
            initial={"place": panel.bench_from.code if panel.bench_from else None},
        )
    if panel.key != EXPERTS:
        makers["guests"] = lambda data: GuestsForm(
            data, judges=guests_for(panel, now), prefix=f"{panel.key}-guests"
        )
    return makers


@require_POST
def panel_change(request: HttpRequest, code: str, panel: str, kind: str) -> HttpResponse:
    """Seat judges, draw them, choose where they come from, or ask for guests: one kind of change of one panel."""
    found = find_round(request, code)
    rules.can_arrange(request.user, found).enforce()
    row = get_object_or_404(found.panels.select_related("bench_from"), key=panel)
    row.round = found
    exchange = row.key != EXPERTS and bench_of(found) == "exchange"
    form = get_maker(form_makers(row, timezone.now(), exchange), kind)(posted(request, row, kind))
    if form.is_valid():
        try:
            messages.success(request, CHANGES[kind](request, row, form.cleaned_data))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return go(request, "office:round_seats", request.district.slug, code)
    return seats_page(request, found, {(row.key, kind): form})


def posted(request: HttpRequest, panel: Panel, kind: str) -> Any:
    """What was posted; with the button that seats everybody, every judge who is free is ticked."""
    if kind != "seat" or request.POST.get("only") != "all":
        return request.POST
    ticked = request.POST.copy()
    ticked.setlist(f"{panel.key}-seat-judges", [judge.code for judge in free_judges(panel, timezone.now())])
    return ticked


def get_maker(makers: dict[str, Callable[[Any], Any]], kind: str) -> Callable[[Any], Any]:
    """The form of this kind; a kind that the panel does not have is not found."""
    if kind not in makers:
        raise Http404
    return makers[kind]


def seat(request: HttpRequest, panel: Panel, values: dict[str, Any]) -> str:
    seats = actions.seat_judges(panel, values["judges"], by=request.user, now=timezone.now())
    return ngettext("%(count)d judge is seated.", "%(count)d judges are seated.", len(seats)) % {
        "count": len(seats)
    }


def draw(request: HttpRequest, panel: Panel, values: dict[str, Any]) -> str:
    seats = actions.draw_judges(panel, values["seed"], values["places"], by=request.user, now=timezone.now())
    return ngettext("%(count)d judge is drawn.", "%(count)d judges are drawn.", len(seats)) % {
        "count": len(seats)
    }


def bench(request: HttpRequest, panel: Panel, values: dict[str, Any]) -> str:
    now = timezone.now()
    if values["place"]:
        actions.choose_bench(panel, values["place"], by=request.user, now=now)
        return _("Judges come from: %(place)s.") % {"place": values["place"]}
    place = actions.draw_bench(panel, values["seed"], by=request.user, now=now)
    return _("Drawn by lot: judges come from %(place)s.") % {"place": place}


def guests(request: HttpRequest, panel: Panel, values: dict[str, Any]) -> str:
    payload = {"panel": panel.key, "judges": [judge.code for judge in values["judges"]]}
    request_decision(
        "seat_guests", panel.round, payload, by=request.user, reason=values["reason"], now=timezone.now()
    )
    return _("Asked. A second person decides; you find it under “Decisions of two”.")


CHANGES: dict[str, Callable[[HttpRequest, Panel, dict[str, Any]], str]] = {
    "seat": seat,
    "draw": draw,
    "bench": bench,
    "guests": guests,
}


def find_seat(round_: Round, code: str) -> Seat:
    seats = Seat.objects.select_related("judge", "panel").filter(round=round_, state="live")
    found: Seat = get_object_or_404(seats, code=code)
    found.round = round_
    return found


@require_POST
def seat_withdraw(request: HttpRequest, code: str, seat_code: str) -> HttpResponse:
    """Take a judge out while the round is being prepared."""
    found = find_round(request, code)
    rules.can_arrange(request.user, found).enforce()
    gone = find_seat(found, seat_code)
    actions.withdraw_seat(gone, by=request.user, now=timezone.now())
    messages.success(request, _("%(judge)s does not sit in this round any more.") % {"judge": gone.judge})
    return go(request, "office:round_seats", request.district.slug, code)


@require_http_methods(["GET", "HEAD", "POST"])
def seat_replace(request: HttpRequest, code: str, seat_code: str) -> HttpResponse:
    """After opening: ask for another judge in a judge's place, or for nobody."""
    found = find_round(request, code)
    rules.can_change_opened(request.user, found).enforce()
    old, now = find_seat(found, seat_code), timezone.now()
    old.panel.round = found
    judges = free_judges(old.panel, now)
    if old.panel.key != EXPERTS:
        both = (judges | guests_for(old.panel, now)).values("pk")
        judges = Judge.objects.filter(pk__in=both).select_related("community", "sub_district")
    form = ReplaceForm(request.POST if request.method == "POST" else None, judges=judges)
    if request.method == "POST" and form.is_valid():
        judge, reason = form.cleaned_data["judge"], form.cleaned_data["reason"]
        payload = {"judge": judge.code if judge else ""}
        try:
            asked = request_decision("replace_seat", old, payload, by=request.user, reason=reason, now=now)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return go(request, "office:decision", request.district.slug, asked.code)
    bad = form.is_bound and not form.is_valid()
    context = {"seat": old, "form": form, "open": RoundState.OPEN}
    return round_page(
        request, "rounds/replace.html", found, "round_seats", context, status=422 if bad else 200
    )
