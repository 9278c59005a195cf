"""How good the judging was: under pseudonyms for everybody, by name for the district's staff."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.again import prove_again
from evaluations.actions.judging import show_judging
from evaluations.distribution import FEWEST_SHEETS
from evaluations.forms.objections import WhyForm
from evaluations.models import Publication
from evaluations.quality import by_panel, changed_awards, panels_of, severities, shown_seats, spreads
from evaluations.quality_words import figures_of, home_words, influence_words
from evaluations.rules import results as rules
from evaluations.views.kept import etag_of, kept_page
from evaluations.views.round_frame import find_round, form_page
from goldidea.lib.htmx import page

Line = dict[str, Any]


@require_safe
@login_not_required
def quality(request: HttpRequest, code: str) -> HttpResponse:
    """How good the judging of a published round was. The page that everybody gets is drawn once a process."""
    if request.user.is_authenticated:
        return _quality(request, code)
    digest = _latest(request, code).values_list("etag", flat=True).first()
    if digest is None:
        raise Http404
    return kept_page(request, etag_of(request, digest), lambda: _quality(request, code))


def _latest(request: HttpRequest, code: str) -> Any:
    of_round = Publication.objects.of(request.district).filter(round__code=code)  # type: ignore[attr-defined]
    return of_round.order_by("-pk")


def _quality(request: HttpRequest, code: str) -> HttpResponse:
    publication = _latest(request, code).select_related("round__season").first()
    if publication is None:
        raise Http404
    body = json.loads(publication.body)
    return page(request, "public/quality.html", {"publication": publication, "body": body, **shown(body)})


def shown(body: Line) -> Line:
    """What the page shows of a snapshot."""
    analysis = body.get("analysis")
    corrected = body["rule"].get("calibration") is not None
    open_to_all = shown_seats(analysis) if analysis else set()
    panels = panels_of(analysis, corrected=corrected)
    for panel in panels:
        seats = [item for item in analysis["judges"] if item["panel"] == panel["panel"]] if analysis else []
        few = [item for item in seats if item["severity"] is not None and item["sheets"] < FEWEST_SHEETS]
        told = [item for item in seats if (item["panel"], item["seat"]) in open_to_all]
        panel |= {"figures": figures_of(panel), "few": len(few), "drawn": severities(told)}
    influence = analysis["influence"] if analysis else []
    named = [item for item in influence if (item["panel"], item["seat"]) in open_to_all]
    titles = {line["entry"]: line["title"] for line in body["standings"]}
    awards = {award["key"]: award["name"] for award in body["rule"]["awards"]}
    return {
        "analysis": analysis,
        "panels": panels,
        "spreads": spreads(body),
        "home": [home_words(item) for item in analysis["home"]] if analysis else [],
        "influence": influence_words(named, titles, awards),
        "hanging": len(influence),
        "unnamed": len(influence) - len(named),
        "calibrated": corrected,
        "corrections": by_panel(
            body.get("corrections", []), [panel["key"] for panel in body["rule"]["panels"]]
        ),
        "changed": changed_awards(body["standings"], body["rule"]["awards"]),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def round_judging(request: HttpRequest, code: str) -> HttpResponse:
    """The same by name, after publication, after the password once more and with a reason that is kept."""
    found = find_round(request, code)
    rules.can_see_judging(request.user, found).enforce()
    if again := prove_again(request):
        return again
    form = WhyForm(request.POST if request.method == "POST" else None)
    context: Line = {"round": found}
    if form.is_bound and form.is_valid():
        context |= {"judging": show_judging(found, by=request.user, reason=form.cleaned_data["reason"])}
    return form_page(request, "results/judging.html", form, context)
