"""What everybody may read: the season, its cases, its results, its notices."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evaluations.certainty import sure_of
from evaluations.conduct import checked_rule
from evaluations.filters.public import CaseFilter, ResultFilterForm
from evaluations.models import FundingPlan, Publication, RuleSet, Season, Submission
from evaluations.names import in_language, panel_name
from evaluations.rulewords import rule_in_words
from evaluations.stages import stages
from evaluations.views.kept import conditional, etag_of, kept_page, unchanged
from goldidea.lib.htmx import page

PAGE = 25


def current_season(district: Any) -> Season | None:
    """The season that the front page shows: the latest one that is not a draft."""
    return Season.objects.of(district).public().first()


def cases(district: Any) -> Any:
    """Public cases with their opened entries, each with what was frozen."""
    return Submission.objects.of(district).public().with_opened_entries()


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The season, its stage, what can be done now."""
    district = request.district  # type: ignore[attr-defined]
    season = current_season(district)
    shown = cases(district).filter(season=season) if season else Submission.objects.none()
    line = stages(season, timezone.now()) if season else []
    context = {
        "season": season,
        "stages": line,
        "now": next((stage for stage in reversed(line) if stage.tone == "now"), None),
        "cases": shown.order_by("sub_district__division_code", "number")[:6],
        "case_count": shown.count(),
        "publications": published(district)[:3],
        "rule_sets": RuleSet.objects.public().filter(season=season) if season else [],
        "communities": district.communities.filter(valid_to=None).count(),
        "sub_districts": district.sub_districts.filter(valid_to=None).count(),
    }
    return page(request, "public/home.html", context)


@require_safe
@login_not_required
def projects(request: HttpRequest) -> HttpResponse:
    """Cases of opened rounds: search, filters, paging."""
    district = request.district  # type: ignore[attr-defined]
    listed = cases(district).order_by("-season__year", "number")
    filtered = CaseFilter(request.GET, queryset=listed, district=district)
    found = Paginator(filtered.qs, PAGE).get_page(request.GET.get("page"))
    return page(request, "public/projects.html", {"filter": filtered, "page_obj": found})


@require_safe
@login_not_required
def project(request: HttpRequest, code: str) -> HttpResponse:
    """One case as it was frozen, with what is published of its results."""
    district = request.district  # type: ignore[attr-defined]
    case = get_object_or_404(cases(district).select_related("season"), code=code)
    context = {"case": case, "body": case.opened[-1].snapshot.body, "results": _lines_of(case)}
    return page(request, "public/project.html", context)


def _lines_of(case: Submission) -> list[dict[str, Any]]:
    """The case's line in each latest publication of its rounds."""
    found = []
    for publication in _latest(Publication.objects.filter(round__entries__submission=case)):
        body = json.loads(publication.body)
        for line in body["standings"]:
            if line["case"] == case.code:
                found.append({"publication": publication, "body": body, "line": with_bars(line, body)})
    return found


def with_bars(line: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The line with, per panel, its bars: name, score, maximum, length and the mean of all cases, in per cent."""
    criteria = {criterion["key"]: criterion for criterion in body["rule"]["criteria"]}
    for panel in line["panels"]:
        panel["bars"] = [
            {
                "name": in_language(criteria[score["key"]]["name"]),
                "max": criteria[score["key"]]["max"],
                "mean": body["means"].get(f"{panel['key']}/{score['key']}"),
                **score,
            }
            for score in panel["criteria"]
        ]
    return line


def _latest(publications: Any) -> list[Publication]:
    """The latest publication of each round, final rounds first."""
    rows = publications.select_related("round__season", "round__sub_district").order_by("round_id", "-pk")
    return sorted(rows.distinct("round_id"), key=lambda p: (-p.round.season.year, p.round.kind, p.round.name))


def published(district: Any) -> list[Publication]:
    """The latest publication of each round of the district."""
    return _latest(Publication.objects.filter(round__season__district=district))


@require_safe
@login_not_required
def results(request: HttpRequest) -> HttpResponse:
    """Rounds with published results."""
    district = request.district  # type: ignore[attr-defined]
    funded = set(FundingPlan.objects.of(district).decided().values_list("round_id", flat=True))
    return page(request, "public/results.html", {"publications": published(district), "funded": funded})


def _publication(request: HttpRequest, code: str) -> Publication:
    """The latest publication of the round with this code, or 404."""
    of_round = Publication.objects.filter(round__code=code, round__season__district=request.district)  # type: ignore[attr-defined]
    row = of_round.select_related("round__season", "round__rule_set", "tally").order_by("-pk").first()
    if row is None:
        raise Http404
    return row


def _digest(request: HttpRequest, code: str) -> str:
    """The SHA-256 of what is published of the round, or 404: all that has to be read of it to answer who holds the page."""
    of_round = Publication.objects.filter(round__code=code, round__season__district=request.district)  # type: ignore[attr-defined]
    digest: str | None = of_round.order_by("-pk").values_list("etag", flat=True).first()
    if digest is None:
        raise Http404
    return digest


@require_safe
@login_not_required
def result(request: HttpRequest, code: str) -> HttpResponse:
    """The ranked list of a round, from its immutable snapshot. The page that everybody gets is rendered once a process."""
    if request.user.is_authenticated:
        return _ranking(request, code)
    etag = etag_of(request, _digest(request, code))
    return kept_page(request, etag, lambda: _ranking(request, code))


def _ranking(request: HttpRequest, code: str) -> HttpResponse:
    publication = _publication(request, code)
    body = json.loads(publication.body)
    form = ResultFilterForm(request.GET, body["standings"])
    found = Paginator(form.kept(), PAGE).get_page(request.GET.get("page"))
    sure = sure_of(body.get("analysis"), awards_of(body))
    for line in found:
        with_bars(line, body)
        line["sure"] = sure.get(line["entry"])
    context = {
        "publication": publication,
        "body": body,
        "sure": sure,
        "corrected": any(line.get("uncalibrated") for line in body["standings"]),
        "adjusted": any(line.get("adjusted") for line in body["standings"]),
        "form": form,
        "page_obj": found,
        "panels": panels(body),
    }
    return page(request, "public/result.html", context)


def awards_of(body: dict[str, Any]) -> list[tuple[str, Any]]:
    """Key and names of each line of awards in a snapshot."""
    return [(award["key"], award["name"]) for award in body["rule"]["awards"]]


def panels(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns of the table: each panel that marks with its criteria, any other with its points."""
    line: dict[str, Any] = next((row for row in body["standings"] if row["panels"]), {"panels": []})
    names = {criterion["key"]: in_language(criterion["name"]) for criterion in body["rule"]["criteria"]}
    return [
        {
            "name": panel_name(panel["key"]),
            "names": [names[score["key"]] for score in panel["criteria"]] or [_("Points")],
        }
        for panel in line["panels"]
    ]


@require_safe
@login_not_required
def result_json(request: HttpRequest, code: str) -> HttpResponse:
    """The snapshot itself."""
    etag = f'"{_digest(request, code)}"'
    if (held := unchanged(request, etag)) is not None:
        return held
    publication = _publication(request, code)
    response = HttpResponse(publication.body, content_type="application/json; charset=utf-8")
    return conditional(response, f'"{publication.etag}"')


@require_safe
@login_not_required
def notices(request: HttpRequest) -> HttpResponse:
    """Notices of results, newest first."""
    rows = Publication.objects.filter(round__season__district=request.district)  # type: ignore[attr-defined]
    rows = rows.select_related("round__season").order_by("-pk")
    return page(
        request, "public/notices.html", {"page_obj": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    )


@require_safe
@login_not_required
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """A notice as it hangs on the board: basis, steps run, list, period, contact, office, date. It prints."""
    rows = Publication.objects.filter(round__season__district=request.district)  # type: ignore[attr-defined]
    row = get_object_or_404(rows.select_related("round__season__district", "round__rule_set"), code=code)
    here = request.build_absolute_uri(
        reverse("public:result", args=[row.round.season.district.slug, row.round.code])
    )
    superseded = _publication(request, row.round.code) != row
    context = {
        "publication": row,
        "body": json.loads(row.body),
        "superseded": superseded,
        "here": here,
        "objections": row.round.objections.outcomes(),
    }
    return page(request, "public/notice.html", context)


@require_safe
@login_not_required
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """What a rule says, from the day on which a round under it has opened: in words, and as the program reads it."""
    versions = RuleSet.objects.public().filter(season__district=request.district)  # type: ignore[attr-defined]
    found = get_object_or_404(versions.select_related("season"), code=code)
    words = rule_in_words(checked_rule(found.text), get_language() or "zh-hans")
    rounds = found.rounds.opened().prefetch_related("publications")
    return page(request, "public/rules.html", {"rule_set": found, "words": words, "rounds": rounds})


@require_safe
@login_not_required
def judge(request: HttpRequest) -> HttpResponse:
    """For resident judges: how scoring begins, for who comes without scanning a card."""
    return page(request, "public/judge.html")
