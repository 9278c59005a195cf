"""The office chooses the trial case of a round."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from evaluations.actions.beginning import choose_trial_case, trial_cases
from evaluations.forms.rounds import TrialCaseForm
from evaluations.rules import rounds as rules
from evaluations.views.round_frame import find_round, round_page
from goldidea.lib.htmx import go


@require_http_methods(["GET", "HEAD", "POST"])
def round_trial(request: HttpRequest, code: str) -> HttpResponse:
    """Which case all judges mark first, without its counting."""
    found = find_round(request, code)
    rules.can_arrange(request.user, found).enforce()
    form = TrialCaseForm(request.POST or None, cases=trial_cases(found))
    if request.method == "POST":
        form = TrialCaseForm(request.POST, cases=trial_cases(found))
        if form.is_valid():
            choose_trial_case(found, form.cleaned_data["case"], by=request.user, now=timezone.now())
            messages.success(request, _("The trial case is chosen."))
            return go(request, "office:round", request.district.slug, code)
    status = 422 if form.is_bound else 200
    return round_page(request, "rounds/trial.html", found, "round_entries", {"form": form}, status)
