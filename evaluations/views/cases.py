"""A community writes its cases: the list, a new one, the form that is saved as typed."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import rules as places
from evaluations.actions.submissions import create_submission
from evaluations.application import sums
from evaluations.filters.submissions import FOUND_AT_ONCE, OrganizationSearch
from evaluations.forms.merging import Merge, fingerprints, merge, typed
from evaluations.forms.papers import PaperForm
from evaluations.forms.submissions import CaseForm, NewCaseForm
from evaluations.models import Photo, Season, Submission
from evaluations.rules import submissions as rules
from evaluations.rules.checklist import needed_papers
from evaluations.rules.completeness import CAPTION, gaps
from evaluations.rules.papers import MOST_PAPERS
from evaluations.states import SeasonState
from evaluations.views.case_papers import listed_papers, take_papers
from evaluations.views.case_reading import along_step, conflict_rows, next_step, progress, saver
from evaluations.views.case_saving import (
    Clash,
    after_saving,
    found_case,
    own_communities,
    save_typed,
    steps_on,
    take_step,
)
from goldidea.lib.errors import StaleState
from goldidea.lib.htmx import go, page
from organizations.models import SocialOrganization


@require_safe
def list_cases(request: HttpRequest) -> HttpResponse:
    """The community's own cases by season, with what to do next for each."""
    rules.can_list_own_cases(request.user, request.district).enforce()
    now = timezone.now()
    own = places.community_ids(request.user, request.district)
    seasons = list(Season.objects.of(request.district).exclude(state=SeasonState.DRAFT))
    cases = rules.written_by(request.user, request.district).with_parties().with_opened_entries()
    cases = cases.prefetch_related("papers", "season__rule_sets")  # what is missing is said of each draft
    return page(
        request,
        "cases/list.html",
        {
            "seasons": [by_season(season, cases, own, now) for season in seasons],
            "writes": bool(own),
            "several": len(own) > 1,
        },
    )


def by_season(season: Season, cases: Any, own: set[int], now: dt.datetime) -> dict[str, Any]:
    """One season of the list: its cases, whether it takes new ones."""
    here = [
        (case, next_step(case, now) if case.lead_community_id in own else along_step(case))
        for case in cases
        if case.season_id == season.pk
    ]
    return {"season": season, "cases": here, "takes": rules.accepts_cases(season, now), "now": now}


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """Begin a case."""
    communities = own_communities(request)
    if not communities:
        rules.can_list_own_cases(request.user, request.district).enforce()
        raise Http404
    now = timezone.now()
    seasons = Season.objects.of(request.district).taking_cases(now)
    if not seasons.exists():
        return go(request, "cases:list", request.district.slug)
    form = NewCaseForm(request.POST if request.method == "POST" else None, communities, seasons)
    if request.method == "POST" and form.is_valid():
        place = form.chosen("community")
        case = create_submission(
            form.chosen("season"), place, by=request.user, now=now, title=form.cleaned_data["title"]
        )
        return go(request, "cases:edit", request.district.slug, case.code)
    context = {"form": form, **form.only}
    return page(request, "cases/new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def edit_case(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a case. A post saves everything typed, then does what its button says."""
    case = found_case(request, code)
    if not (verdict := rules.editable(case)):
        if request.method == "POST":
            raise StaleState(verdict.reason)
        return go(request, "cases:case", request.district.slug, code)
    if request.method == "GET":
        return form_page(request, case, CaseForm(case, typed(case), own_communities(request)))
    try:
        form, case = save_typed(request, case)
    except Clash as clash:
        return conflict_page(request, case, clash.laid)
    problems, about_papers = take_step(request, case, form), take_papers(request, case)
    if problems or about_papers or (form.errors and not steps_on(request)):
        return form_page(request, case, form, problems, about_papers, status=422)
    return after_saving(request, case)


def form_page(
    request: HttpRequest,
    case: Submission,
    form: CaseForm,
    problems: list[str] | None = None,
    about_papers: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form with what is missing, the reasons of the office, and the search in the register."""
    form.is_valid()
    form.complain()
    form.show_reasons(case.notes.filter(resolved_at=None))
    for words in problems or []:
        form.add_error("photos", words)
    search = OrganizationSearch(request.GET, addable(request, case))
    address = reverse("cases:organizations", args=[request.district.slug, case.code])
    form.search_at(address, search.words or form.raw("organizations"))
    context = {
        "case": case,
        "form": form,
        "seen": fingerprints(typed(case)),
        **listed(case, form),
        "paper_form": PaperForm(request.POST or None, needed_papers(case.season), about_papers or ()),
        "papers": listed_papers(request, case),
        "most_papers": MOST_PAPERS,
        "mine": rules.own(request.user, case),
        "tables": form.tables(),
        "photos": [(photo, form[f"{CAPTION}{photo.code}"]) for photo in shown_photos(case, form)],
        "links": case.organization_links.select_related("organization"),
        "words": search.words,
        "found": search.qs[:FOUND_AT_ONCE] if search.words else [],
    }
    return page(request, "cases/edit.html", context, status=status)


def listed(case: Submission, form: CaseForm) -> dict[str, Any]:
    """The steps of the form with what each lacks, and what the budget lines make."""
    found = gaps(case)
    return {
        "parts": progress(found, form),
        "lacking": len(found),
        "sums": sums(case.budget_lines),
        "case": case,
    }


def shown_photos(case: Submission, form: CaseForm) -> list[Photo]:
    """The photos whose captions the form holds; new ones get theirs."""
    here = list(case.photos.filter(removed_at=None))
    form.add_captions(here)
    return here


def addable(request: HttpRequest, case: Submission) -> Any:
    """Active organizations of the register that are not named yet, with their origin to the lead community."""
    named = case.organization_links.values("organization")
    register = SocialOrganization.objects.of(request.district).active().exclude(pk__in=named)
    return register.with_origin_to(case.lead_community_id)


def conflict_page(request: HttpRequest, case: Submission, laid: Merge) -> HttpResponse:
    """Both versions, and a choice for each field in which they clash. Nothing is lost."""
    case = found_case(request, case.code)
    rows = conflict_rows(case, laid, own_communities(request))
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name in laid.theirs]
    context = {
        "case": case,
        "rows": rows,
        "kept": kept,
        "seen": fingerprints(laid.theirs),
        "saver": saver(case),
    }
    return page(request, "cases/conflict.html", context, status=409)


@require_POST
def autosave_case(request: HttpRequest, code: str) -> HttpResponse:
    """Save as typed. Answers with the new revision, and with what others have changed meanwhile."""
    case = found_case(request, code)
    if not (verdict := rules.editable(case)):
        return JsonResponse({"code": "stale-state", "message": str(verdict.reason)}, status=409)
    try:
        form, saved = save_typed(request, case)
    except Clash:
        message = _("Somebody else has changed the same field. Press “Save” to see both versions.")
        return JsonResponse({"code": "stale-revision", "message": message}, status=409)
    saved = found_case(request, code)
    stored, laid = typed(saved), merge(saved, request.POST)
    form.complain()
    return JsonResponse(
        {
            "revision": saved.revision,
            "seen": fingerprints(stored),
            "saved_at": timezone.localtime(saved.saved_at).isoformat(timespec="seconds"),
            "fields": {name: stored[name] for name in laid.different if name in request.POST},
            "errors": {name: [str(e) for e in errors] for name, errors in form.errors.items()},
            "missing": render_to_string("cases/_missing.html", listed(saved, form), request),
        }
    )


@require_safe
def find_organizations(request: HttpRequest, code: str) -> HttpResponse:
    """A part of the page: organizations of the register whose names hold what was typed."""
    case = found_case(request, code)
    search = OrganizationSearch(request.GET, addable(request, case))
    context = {
        "case": case,
        "words": search.words,
        "found": search.qs[:FOUND_AT_ONCE] if search.words else [],
    }
    return page(request, "cases/_found.html", context)
