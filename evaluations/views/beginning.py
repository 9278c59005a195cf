"""What a judge does before the first sheet: read the first cases, mark the trial case."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from evaluations.actions.beginning import record_reading, submit_trial_sheet, trial_marks
from evaluations.actions.sheets import criteria_of
from evaluations.forms.scoring import TrialForm
from evaluations.rules import scoring as rules
from evaluations.views.judging import find_entry
from evaluations.views.seat import SeatRequest, at_the_seat, judge_page
from goldidea.lib.htmx import go
from goldidea.lib.verdict import HIDDEN


@at_the_seat
@require_POST
def read(request: SeatRequest, code: str) -> HttpResponse:
    """I have read this case."""
    what = find_entry(request.seat, code)
    record_reading(request.seat, what, by=request.user, now=timezone.now())
    if request.seat.to_read:
        return go(request, "judging:list", request.district.slug)
    return go(request, "judging:entry", request.district.slug, code)


@at_the_seat
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: SeatRequest) -> HttpResponse:
    """The trial case: read it, mark it once, then see what the panel gave it."""
    seat, now = request.seat, timezone.now()
    verdict = rules.can_try(seat, now)
    if verdict.hidden:
        HIDDEN.enforce()
    form = TrialForm(request.POST or None, criteria=criteria_of(seat))
    if request.method == "POST":
        verdict.enforce()
        form = TrialForm(request.POST, criteria=criteria_of(seat))
        if form.is_valid():
            submit_trial_sheet(seat, form.marks, by=request.user, now=now)
            return go(request, "judging:trial", request.district.slug)
    context = {
        "seat": seat,
        "round": seat.round,
        "body": {**seat.round.trial_case.body, "photos": []},
        "form": form,
        "lines": list(form.lines()),
        "verdict": verdict,
        "done": _done(seat),
    }
    return judge_page(request, "judging/trial.html", context, status=422 if form.is_bound else 200)


def _done(seat: Any) -> list[tuple[str, str, list[str]]]:
    """Name, own mark and all marks of the panel, for each criterion; nothing before one's own are in."""
    if seat.trial_waits:
        return []
    own, every = seat.trial_sheet.marks, trial_marks(seat)
    names = {line.criterion.id: line.name for line in TrialForm(criteria=criteria_of(seat)).lines()}
    return [(name, own.get(key, ""), every.get(key, [])) for key, name in names.items()]
