"""Seasons, as the office makes and reads them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations.actions import seasons as actions
from evaluations.forms.seasons import SeasonForm, put_errors
from evaluations.models import Season
from evaluations.rules import rounds as rules
from evaluations.rules.rounds import seasons_visible_to
from evaluations.stages import stages
from evaluations.views.round_frame import PER_PAGE, form_page, page_number
from goldidea.lib.htmx import go, page

SHOWN_STATES = ~Q(rounds__state="cancelled")


def find_season(request: HttpRequest, code: str) -> Season:
    """The season with this code, for those who may look. Others get what a nonexistent one gives."""
    season: Season = get_object_or_404(
        seasons_visible_to(request.user, request.district).select_related("district"), code=code
    )
    return season


@require_safe
def seasons(request: HttpRequest) -> HttpResponse:
    """Every season of the district, the latest first."""
    rules.can_look(request.user, request.district).enforce()
    rows = seasons_visible_to(request.user, request.district).annotate(
        cases=Count("submissions", filter=~Q(submissions__state="draft"), distinct=True),
        running=Count("rounds", filter=SHOWN_STATES, distinct=True),
    )
    rows = rows.order_by("-year", "-pk")
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(page_number(request)),
        "preparing": rules.can_prepare(request.user, request.district),
    }
    return page(request, "seasons/list.html", context)


@require_safe
def season(request: HttpRequest, code: str) -> HttpResponse:
    """One season: its stages, its rules, its rounds."""
    found = find_season(request, code)
    rounds = found.rounds.select_related("sub_district", "rule_set").annotate(
        filled=Count("entries", distinct=True),
        sitting=Count("seats", filter=Q(seats__state="live"), distinct=True),
    )
    rounds = rounds.order_by("kind", "sub_district__division_code", "pk")
    context = {
        "season": found,
        "stages": stages(found, timezone.now()),
        "rule_sets": found.rule_sets.order_by("-version").annotate(used=Count("rounds")),
        "rounds": rounds,
        "preparing": rules.can_change_season(request.user, found),
    }
    return page(request, "seasons/season.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def season_new(request: HttpRequest) -> HttpResponse:
    """Make a season."""
    rules.can_prepare(request.user, request.district).enforce()
    form = SeasonForm(request.POST or None, initial={"year": timezone.localdate().year})
    if request.method == "POST":
        form = SeasonForm(request.POST)
        if form.is_valid() and (made := _create(request, form)):
            messages.success(request, _("The season is made. Now give it a rule."))
            return go(request, "office:season", request.district.slug, made.code)
    return form_page(request, "seasons/form.html", form, {})


@require_http_methods(["GET", "HEAD", "POST"])
def season_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a season's words and dates."""
    found = find_season(request, code)
    rules.can_change_season(request.user, found).enforce()
    form = SeasonForm(request.POST or None, instance=found)
    if request.method == "POST":
        form = SeasonForm(request.POST, instance=found)
        if form.is_valid() and _change(request, found, form):
            messages.success(request, _("Saved."))
            return go(request, "office:season", request.district.slug, code)
    return form_page(request, "seasons/form.html", form, {"season": find_season(request, code)})


def _create(request: HttpRequest, form: SeasonForm) -> Season | None:
    try:
        return actions.create_season(
            request.district, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except ValidationError as error:
        put_errors(form, error)
        return None


def _change(request: HttpRequest, found: Season, form: SeasonForm) -> Any:
    try:
        return actions.change_season(found, by=request.user, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        put_errors(form, error)
        return None


@require_POST
def season_start(request: HttpRequest, code: str) -> HttpResponse:
    """Make the season public; communities can work on their cases."""
    found = find_season(request, code)
    rules.can_change_season(request.user, found).enforce()
    actions.start_season(found, by=request.user, now=timezone.now())
    messages.success(request, _("The season is running. It is on the front page now."))
    return go(request, "office:season", request.district.slug, code)


@require_POST
def season_finish(request: HttpRequest, code: str) -> HttpResponse:
    """End the season."""
    found = find_season(request, code)
    rules.can_change_season(request.user, found).enforce()
    actions.finish_season(found, by=request.user, now=timezone.now())
    messages.success(request, _("The season is finished."))
    return go(request, "office:season", request.district.slug, code)
