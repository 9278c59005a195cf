"""What the pages of a round share: finding it, its tabs, forms."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from communities.models import Decision
from communities.states import DecisionState
from evaluations.models import Round
from evaluations.parsed import parsed_rule
from evaluations.rules import rounds as rules
from evaluations.rules.objections import can_record_objection
from evaluations.rules.papers import can_take_papers
from evaluations.rules.results import can_fund, can_view_tally
from evaluations.rules.scoring import can_see_cards
from evaluations.states import RoundState
from goldidea.lib.htmx import page

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of a round."""

    url: str
    label: str
    current: bool


def find_round(request: HttpRequest, code: str) -> Round:
    """The round with this code, for those who may look; to others it does not exist."""
    rounds = rules.rounds_visible_to(request.user, request.district)
    found: Round = get_object_or_404(
        rounds.select_related("season__district", "sub_district", "rule_set"), code=code
    )
    return found


def page_number(request: HttpRequest) -> str | None:
    """Which page of a list; whatever is typed there, the paginator finds one."""
    return request.GET.get("page")


def tabs(request: HttpRequest, round_: Round, here: str) -> list[Tab]:
    """The views of a round that this person may open and that this installation has."""
    names: list[tuple[str, Any]] = [("round", _("Overview"))]
    if rules.can_see_progress(request.user, round_):
        names += [
            ("round_entries", _("Entries")),
            ("round_seats", _("Judges")),
            ("round_assignment", _("Assignment")),
        ]
        if can_see_cards(request.user, round_):
            names.append(("round_cards", _("Cards")))
        if can_take_papers(request.user, round_):
            names.append(("round_papers", _("Papers")))
        names.append(("round_progress", _("Progress")))
        names += points_tabs(round_)
        if can_view_tally(request.user, round_):
            names.append(("round_results", _("Results")))
        if can_record_objection(request.user, round_):
            names.append(("round_objections", _("Objections")))
        if can_fund(request.user, round_):
            names.append(("round_funding", _("Funding")))
    urls = [(name, address(name, round_), words) for name, words in names]
    return [Tab(url, words, name == here) for name, url, words in urls if url]


def points_tabs(round_: Round) -> list[tuple[str, Any]]:
    """What the rule counts besides marks."""
    rule, found = parsed_rule(round_.rule_set), []
    kinds = {panel.kind for panel in rule.panels} - {"marks"}
    if kinds:
        names = {"given": _("Points from elsewhere"), "votes": _("Votes")}
        found.append(("round_points", names[kinds.pop()] if len(kinds) == 1 else _("Votes and points")))
    if rule.adjustments and round_.state not in (RoundState.DRAFT, RoundState.CANCELLED):
        found.append(("round_adjustments", _("Bonus and deductions")))
    return found


def address(name: str, round_: Round) -> str:
    """The address of an office page of the round; empty where there is none."""
    try:
        if name == "season":
            return reverse("office:season", args=[round_.district.slug, round_.season.code])
        return reverse(f"office:{name}", args=[round_.district.slug, round_.code])
    except NoReverseMatch:
        return ""


def round_page(
    request: HttpRequest, template: str, round_: Round, here: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of a round, with its tabs."""
    shared = {"round": round_, "tabs": tabs(request, round_, here)}
    return page(request, template, {**shared, **context}, status=status)


def form_page(request: HttpRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    """A page with one form: 422 when something in it has to be put right."""
    bad = form.is_bound and not form.is_valid()
    return page(request, template, {"form": form, **context}, status=422 if bad else 200)


def pending_of(round_: Round) -> Any:
    """Decisions about the round, one of its seats or entries, that wait for a second person."""
    codes = [round_.code, *round_.seats.values_list("code", flat=True)]
    about = Q(object_code__in=codes) | Q(object_code__in=round_.entries.values("code"))
    waiting = Decision.objects.of(round_.season.district).filter(state=DecisionState.PENDING)
    return waiting.filter(about).select_related("requested_by").order_by("requested_at")
