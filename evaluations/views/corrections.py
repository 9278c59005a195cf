"""Corrections: asked for by the office, and shown to everybody beside what was published before."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.actions.decisions import request_decision
from evaluations.decisions.corrections import of_the_final
from evaluations.forms.corrections import CorrectionForm
from evaluations.models import Correction
from evaluations.rules import objections as rules
from evaluations.views.round_frame import find_round, form_page
from goldidea.lib.htmx import go, page


@require_http_methods(["GET", "HEAD", "POST"])
def round_correct(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a second person to correct the published result."""
    found = find_round(request, code)
    rules.can_correct(request.user, found).enforce()
    form = CorrectionForm(request.POST if request.method == "POST" else None, round_=found)
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        request_decision(
            "correct_round", found, form.change, by=request.user, reason=reason, now=timezone.now()
        )
        messages.success(request, _("Asked. It happens as soon as a second person has approved it."))
        return go(request, "office:round_results", found.district.slug, found.code)
    return form_page(request, "results/correct.html", form, {"round": found, "finals": of_the_final(found)})


@require_safe
@login_not_required
def correction(request: HttpRequest, code: str) -> HttpResponse:
    """What was corrected and why, and each place before and after."""
    rows = Correction.objects.of(request.district)  # type: ignore[attr-defined]
    found = get_object_or_404(rows.select_related("round__season", "before", "tally"), code=code)
    now = found.tally.publications.order_by("pk")[0]
    old, new = json.loads(found.before.body), json.loads(now.body)
    titles = {line["entry"]: line["title"] for line in new["standings"]}
    lines = beside(old, new)
    context = {
        "correction": found,
        "after": now,
        "body": new,
        "old": old,
        "lines": lines,
        "moved": sum(line["changed"] for line in lines),
        "changes": [{**change, "title": titles[change["entry"]]} for change in found.changes],
    }
    return page(request, "public/correction.html", context)


def beside(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """Each entry with its line of both publications, in the new order; `changed` where place, total or award differ."""
    names = ("rank", "total", "award")
    before = {line["entry"]: line for line in old["standings"]}
    awards = {award["key"]: award["name"] for award in new["rule"]["awards"]}
    rows = []
    for line in new["standings"]:
        former = before[line["entry"]]
        rows.append(
            {
                "before": former,
                "after": line,
                "changed": any(former[name] != line[name] for name in names),
                "lost": awards.get(former["award"]) if former["award"] != line["award"] else None,
                "gained": awards.get(line["award"]) if former["award"] != line["award"] else None,
            }
        )
    return rows
