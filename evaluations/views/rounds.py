"""Rounds, as the office makes and watches them: list, overview, entries, progress."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.models import SubDistrict
from evaluations.actions import rounds as actions
from evaluations.actions.advancing import line_of
from evaluations.filters.rounds import RoundFilter
from evaluations.forms.rounds import PreliminariesForm, RoundForm
from evaluations.forms.seasons import put_errors
from evaluations.models import Round, Season
from evaluations.progress import boards
from evaluations.refusals import refused_panels
from evaluations.rules import results as result_rules
from evaluations.rules import rounds as rules
from evaluations.rules.adjustments import can_adjust
from evaluations.rules.opening import readiness
from evaluations.states import RoundState
from evaluations.views.round_frame import (
    PER_PAGE,
    address,
    find_round,
    form_page,
    page_number,
    pending_of,
    round_page,
)
from evaluations.views.seasons import find_season
from goldidea.lib.errors import Refusal
from goldidea.lib.htmx import go, page


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """Rounds of the district, the latest season first."""
    rules.can_look(request.user, request.district).enforce()
    rows = rules.rounds_visible_to(request.user, request.district)
    rows = rows.select_related("season", "sub_district").annotate(
        filled=Count("entries", distinct=True),
        sitting=Count("seats", filter=Q(seats__state="live"), distinct=True),
    )
    chosen = RoundFilter(
        request.GET or None,
        rows.order_by("-season__year", "-season", "kind", "sub_district__division_code", "pk"),
        request.district,
    )
    context = {
        "filter": chosen,
        "page_obj": Paginator(chosen.qs, PER_PAGE).get_page(page_number(request)),
        "preparing": rules.can_prepare(request.user, request.district),
    }
    bad = chosen.is_bound and not chosen.form.is_valid()
    return page(request, "rounds/list.html", context, status=422 if bad else 200)


@require_safe
def round(request: HttpRequest, code: str) -> HttpResponse:
    """One round: where it stands, what is missing, what waits for a second person, what can be done."""
    found, user = find_round(request, code), request.user
    context: dict[str, Any] = {
        "entry_count": found.entries.count(),
        "seat_count": found.seats.live().count(),
        "editing": rules.can_edit_round(user, found),
        "running": rules.can_run(user, found),
        "watching": rules.can_see_progress(user, found),
        "opening": rules.can_open(user, found),
        "extending": rules.can_extend(user, found),
        "closing": result_rules.can_close_early(user, found),
        "voiding": result_rules.can_void(user, found),
        "adjusting": can_adjust(user, found),
        "published": found.state in result_rules.PUBLISHED,
        "plain": result_rules.can_count_plain(user, found),
        "cancelling": rules.can_cancel(user, found),
    }
    if context["watching"]:
        context["boards"] = boards(found)
        if Round.objects.refused().filter(pk=found.pk).exists():  # type: ignore[attr-defined]
            context["refused"] = refused_panels(found)
        if found.state in (RoundState.COUNTING, RoundState.CLOSED):
            awaiting = Round.objects.awaiting_votes()  # type: ignore[attr-defined]
            context["without_votes"] = awaiting.filter(pk=found.pk).exists()
        context["pending"] = list(pending_of(found))
        context["opening_asked"] = any(decision.kind == "open_round" for decision in context["pending"])
        if found.state == RoundState.DRAFT:
            context["readiness"] = readiness(found, timezone.now())
            context["addresses"] = {
                name: address(name, found)
                for name in (
                    "round_edit",
                    "round_trial",
                    "round_entries",
                    "round_seats",
                    "round_assignment",
                    "round_points",
                    "season",
                )
            }
    return round_page(request, "rounds/round.html", found, "round", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rounds_new(request: HttpRequest, code: str) -> HttpResponse:
    """A preliminary in each sub-district that has none yet, in one go."""
    season = find_season(request, code)
    rules.can_change_season(request.user, season).enforce()
    hosts = hosts_without(season)
    form = PreliminariesForm(request.POST or None, season=season, hosts=hosts)
    if request.method == "POST":
        form = PreliminariesForm(request.POST, season=season, hosts=hosts)
        if form.is_valid() and (made := _create_preliminaries(request, season, form)):
            words = ngettext("%(count)d round is made.", "%(count)d rounds are made.", len(made))
            messages.success(request, words % {"count": len(made)})
            return go(request, "office:season", request.district.slug, code)
    context = {"season": season, "hosts": hosts, "has_rule": season.rule_sets.exists()}
    return form_page(request, "rounds/preliminaries.html", form, context)


def hosts_without(season: Season) -> Any:
    """Valid sub-districts that have no preliminary in this season."""
    taken = season.rounds.filter(kind=Round.Kind.PRELIMINARY).exclude(state=RoundState.CANCELLED)
    places = SubDistrict.objects.of(season.district).on(timezone.localdate())
    return places.exclude(pk__in=taken.values("sub_district")).order_by("division_code")


def _create_preliminaries(request: HttpRequest, season: Season, form: PreliminariesForm) -> Any:
    values = form.cleaned_data
    try:
        return actions.create_preliminaries(
            season,
            values["rule_set"],
            values["hosts"],
            opens_at=values["opens_at"],
            closes_at=values["closes_at"],
            by=request.user,
            now=timezone.now(),
        )
    except ValidationError as error:
        put_errors(form, error)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def final_new(request: HttpRequest, code: str) -> HttpResponse:
    """The season's final; its entries advance from the preliminaries."""
    season = find_season(request, code)
    rules.can_change_season(request.user, season).enforce()
    initial = {"name": _("District final")}
    form = RoundForm(request.POST or None, season=season, initial=initial)
    if request.method == "POST":
        form = RoundForm(request.POST, season=season)
        if form.is_valid() and (made := _create_final(request, season, form)):
            messages.success(request, _("The final is made. Its entries come from the preliminaries."))
            return go(request, "office:round", request.district.slug, made.code)
    context = {"season": season, "has_rule": season.rule_sets.exists()}
    return form_page(request, "rounds/form.html", form, context)


def _create_final(request: HttpRequest, season: Season, form: RoundForm) -> Round | None:
    try:
        return actions.create_round(season, by=request.user, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        put_errors(form, error)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def round_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Name, rule and times, until the round opens."""
    found = find_round(request, code)
    rules.can_edit_round(request.user, found).enforce()
    names = ("name", "opens_at", "closes_at")
    initial = {"rule_set": found.rule_set.code, **{name: getattr(found, name) for name in names}}
    form = RoundForm(request.POST or None, season=found.season, initial=initial)
    if request.method == "POST":
        form = RoundForm(request.POST, season=found.season)
        if form.is_valid() and _change(request, found, form):
            messages.success(request, _("Saved."))
            return go(request, "office:round", request.district.slug, code)
    context = {"season": found.season, "round": found, "has_rule": True}
    return form_page(request, "rounds/form.html", form, context)


def _change(request: HttpRequest, found: Round, form: RoundForm) -> Round | None:
    try:
        return actions.change_round(found, by=request.user, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        put_errors(form, error)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    return None


@require_safe
def round_entries(request: HttpRequest, code: str) -> HttpResponse:
    """The cases of the round, in their order."""
    found = find_round(request, code)
    rules.can_see_progress(request.user, found).enforce()
    rows = found.entries.select_related("snapshot", "submission__lead_community").annotate(
        judges=Count("assignments", filter=Q(assignments__seat__state="live"))
    )
    rows = rows.order_by("position", "key")
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(page_number(request)),
        "arranging": rules.can_arrange(request.user, found),
        "line": line_of(found) if found.kind == Round.Kind.FINAL else None,
    }
    return round_page(request, "rounds/entries.html", found, "round_entries", context)


@require_POST
def round_fill(request: HttpRequest, code: str) -> HttpResponse:
    """Take the accepted cases into the round, with what they say now."""
    found = find_round(request, code)
    rules.can_arrange(request.user, found).enforce()
    count = actions.fill_entries(found, by=request.user, now=timezone.now())
    words = ngettext("%(count)d entry has changed.", "%(count)d entries have changed.", count)
    messages.success(
        request, words % {"count": count} if count else _("The entries were up to date: nothing changed.")
    )
    return go(request, "office:round_entries", request.district.slug, code)


@require_safe
def round_progress(request: HttpRequest, code: str) -> HttpResponse:
    """Who has handed in what; never how anybody marked."""
    found = find_round(request, code)
    rules.can_see_progress(request.user, found).enforce()
    context = {"boards": boards(found), "now": timezone.now()}
    return round_page(request, "rounds/progress.html", found, "round_progress", context)
