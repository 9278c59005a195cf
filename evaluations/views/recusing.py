"""The office records for a judge that the judge does not mark an entry, or takes that back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from evaluations.actions.recusals import declare_recusal, withdraw_recusal
from evaluations.forms.rounds import OfficeRecusalForm
from evaluations.models import ScoreSheet, Seat
from evaluations.rules import rounds as rules
from evaluations.views.round_frame import find_round, round_page
from evaluations.views.seating import find_seat
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.htmx import go


@require_http_methods(["GET", "HEAD", "POST"])
def seat_recuse(request: HttpRequest, code: str, seat_code: str) -> HttpResponse:
    """Choose the entry and say why; read what will happen; then it is done. `back` takes one back."""
    found = find_round(request, code)
    rules.can_record_recusals(request.user, found).enforce()
    seat = find_seat(found, seat_code)
    if request.method == "POST" and "back" in request.POST:
        return take_back(request, seat)
    form = OfficeRecusalForm(request.POST if request.method == "POST" else None, seat=seat)
    if form.is_valid() and "sure" in request.POST and declared(request, seat, form):
        return go(request, "office:seat_recuse", request.district.slug, code, seat_code)
    asked = form.is_valid() and "change" not in request.POST
    sheets = ScoreSheet.objects.counted().filter(seat=seat)
    standing = seat.recusals.filter(withdrawn_at=None).select_related("entry__snapshot", "entry__submission")
    context = {
        "seat": seat,
        "form": form,
        "reason": dict(form.fields["reason"].choices).get(form.cleaned_data["reason"]) if asked else "",  # type: ignore[attr-defined]
        "handed_in": asked and sheets.filter(entry=form.cleaned_data["entry"]).exists(),
        "standing": standing.order_by("declared_at"),
    }
    bad = form.is_bound and not form.is_valid()
    template = "rounds/recuse_sure.html" if asked else "rounds/recuse.html"
    return round_page(request, template, found, "round_seats", context, status=422 if bad else 200)


def declared(request: HttpRequest, seat: Seat, form: OfficeRecusalForm) -> bool:
    """Do it; what cannot stand (too late, locked) is said at the form."""
    given: dict[str, Any] = {name: form.cleaned_data[name] for name in ("reason", "note")}
    try:
        declare_recusal(seat, form.cleaned_data["entry"], **given, by=request.user, now=timezone.now())
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, _("Recorded. The judge does not mark this entry any more."))
    return True


def take_back(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take a standing recusal of this seat back: a sheet given before counts again."""
    standing = get_object_or_404(seat.recusals, entry__code=request.POST["back"], withdrawn_at=None)
    try:
        withdraw_recusal(standing, by=request.user, now=timezone.now())
    except StaleState:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Taken back. The judge marks this entry again."))
    return go(request, "office:seat_recuse", request.district.slug, seat.round.code, seat.code)
