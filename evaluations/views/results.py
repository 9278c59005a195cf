"""The office's work after scoring: close early, void, read the tally, publish, bring entries into the final."""

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities.actions.decisions import request_decision
from communities.models import Decision
from evaluations.actions.advancing import advance_entries
from evaluations.actions.publication import corrections_of, notice_is_over, plain_of
from evaluations.certainty import sure_of
from evaluations.forms.results import ReasonForm, VoidForm
from evaluations.models import Round, Tally
from evaluations.names import in_language, panel_name
from evaluations.parsed import parsed_rule
from evaluations.quality import by_panel, changed_awards
from evaluations.refusals import refused_panels
from evaluations.rules import results as rules
from evaluations.rules.objections import can_correct
from evaluations.states import RoundState
from evaluations.templatetags.evaluation import interval_cells
from evaluations.views.round_frame import round_page
from goldidea.lib.htmx import go, page

PAGE = 250


def _round(request: HttpRequest, code: str) -> Round:
    rounds = Round.objects.of(request.district).select_related("season__district", "sub_district", "rule_set")  # type: ignore[attr-defined]
    return get_object_or_404(rounds, code=code)


def _to_results(request: HttpRequest, round_: Round) -> HttpResponse:
    return go(request, "office:round_results", round_.season.district.slug, round_.code)


@require_safe
def round_results(request: HttpRequest, code: str) -> HttpResponse:
    """The ranking for those who may see it before the public, and the way to its publication."""
    tally = Tally.objects.standing_in(request.district, code).first()  # type: ignore[attr-defined]
    round_ = tally.round if tally else _round(request, code)
    rules.can_view_tally(request.user, round_).enforce()
    decisions = Decision.objects.of(round_.season.district).pending().filter(object_code=round_.code)
    sure = _sure(tally)
    context = {
        "tally": tally,
        "analysed": hasattr(tally, "analysis"),
        "sure": sure,
        "page_obj": _ranking(tally, sure, request.GET.get("page")),
        "columns": _columns(round_),
        **_calibration(tally),
        "adjusted": parsed_rule(round_.rule_set).adjustments is not None,
        "decisions": decisions.select_related("requested_by"),
        "hosting": rules.hosts(request.user, round_),
        "published": round_.state in rules.PUBLISHED,
        "naming": bool(rules.can_see_judging(request.user, round_)),
        "may_publish": _next_publication(request.user, round_),
        "correcting": bool(can_correct(request.user, round_)),
        "undecided": tally.undecided,
        "notice_over": notice_is_over(round_, timezone.now()),
        "plain": plain_of(tally, round_) if tally else None,
    }
    return round_page(request, "results/round.html", round_, "round_results", context)


def _sure(tally: Any) -> dict[str, Any]:
    """How sure each place is, once the analysis is there."""
    if not hasattr(tally, "analysis") or not tally.analysis.body:
        return {}
    awards = parsed_rule(tally.round.rule_set).awards
    return sure_of(json.loads(tally.analysis.body), [(award.id, award.name) for award in awards])


def _calibration(tally: Any) -> dict[str, Any]:
    """The corrections of the judges, by panel, and the awards that they changed; nothing where the rule corrects nobody."""
    rule = parsed_rule(tally.round.rule_set)
    if rule.calibration is None:
        return {"corrected": False}
    lines = [{**row, **row["numbers"]} for row in tally.standings.as_rows()]
    awards = [{"key": award.id, "name": award.name, "places": award.places} for award in rule.awards]
    return {
        "corrected": True,
        "calibration": rule.calibration,
        "corrections": by_panel(corrections_of(tally, rule), [panel.id for panel in rule.panels]),
        "changed": changed_awards(lines, awards),
    }


def _ranking(tally: Any, sure: dict[str, Any], number: str | None) -> Any:
    """One page of the ranking, its rows as plain values: a page of 250 objects would cost twice the time."""
    paginator = Paginator(tally.standings.as_rows(), PAGE)
    paginator.count = tally.places
    found = paginator.get_page(number)
    for row in (rows := list(found.object_list)):
        panels = row["numbers"]["panels"]
        row["place"], row["total"] = row["rank"] or "–", row["total"] or "–"
        row["scores"] = [score["score"] or "–" for panel in panels for score in panel["criteria"] or (panel,)]
        row["sure"] = sure.get(row["key"])
        row["interval"] = interval_cells(row["sure"])
        row["plain"] = _plain(row["numbers"].get("uncalibrated"))
        row["remarks"] = (
            not row["rank"]
            or row["numbers"]["tie_broken_by"]
            or row["advances"]
            or (row["sure"] and (row["sure"]["near"] or row["sure"]["outside"]))
        )
    found.object_list = rows
    return found


def _plain(beside: dict[str, Any] | None) -> str:
    """Total and place without the corrections of judges."""
    return f"{beside['total']} ({beside['rank']})" if beside and beside["rank"] else "–"


def _columns(round_: Round) -> list[str]:
    """One heading for each criterion of each panel that marks, and for each panel that has points only."""
    rule = parsed_rule(round_.rule_set)
    many = len(rule.panels) > 1
    return [
        (f"{panel_name(panel.id)}: " if many else "") + name
        for panel in rule.panels
        for name in ([in_language(rule.criterion[key].name) for key in panel.criteria] or [_("Points")])
    ]


def _next_publication(user: Any, round_: Round) -> str:
    """The kind of decision that this person may ask for now, or nothing."""
    kinds = {RoundState.TALLIED: "publish_provisional", RoundState.ON_NOTICE: "publish_final"}
    state = RoundState(round_.state)
    return kinds[state] if state in kinds and rules.can_publish(user, round_, state) else ""


@require_POST
def round_publish(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for publication: provisional from a tally, final from a notice that is over."""
    round_ = _round(request, code)
    kind = {RoundState.ON_NOTICE: "publish_final"}.get(RoundState(round_.state), "publish_provisional")
    request_decision(kind, round_, {}, by=request.user, now=timezone.now())
    messages.success(request, _("Asked. It happens as soon as a second person has approved it."))
    return _to_results(request, round_)


@require_http_methods(["GET", "POST"])
def round_close(request: HttpRequest, code: str) -> HttpResponse:
    """Ask to close a round before its time, with a reason."""
    round_ = _round(request, code)
    rules.can_close_early(request.user, round_).enforce()
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        request_decision("close_round", round_, {}, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Asked. It happens as soon as a second person has approved it."))
        return go(request, "office:round", round_.season.district.slug, round_.code)
    return page(request, "results/close.html", {"round": round_, "form": form}, 422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def round_plain(request: HttpRequest, code: str) -> HttpResponse:
    """Ask to count a refused round without corrections, with a reason; names what could not be compared."""
    round_ = _round(request, code)
    rules.can_count_plain(request.user, round_).enforce()
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        request_decision("count_plain", round_, {}, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Asked. It happens as soon as a second person has approved it."))
        return go(request, "office:round", round_.season.district.slug, round_.code)
    context = {"round": round_, "form": form, "refused": refused_panels(round_)}
    return page(request, "results/plain.html", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def round_void(request: HttpRequest, code: str) -> HttpResponse:
    """Ask that one handed-in sheet does not count, with a reason."""
    round_ = _round(request, code)
    rules.can_void(request.user, round_).enforce()
    form = VoidForm(request.POST or None, round_=round_)
    if form.is_valid():
        payload = {"sheet": form.cleaned_data["sheet"].event.digest}
        reason = form.cleaned_data["reason"]
        request_decision("void_sheet", round_, payload, by=request.user, reason=reason, now=timezone.now())
        messages.success(request, _("Asked. It happens as soon as a second person has approved it."))
        return go(request, "office:round", round_.season.district.slug, round_.code)
    return page(request, "results/void.html", {"round": round_, "form": form}, 422 if form.is_bound else 200)


@require_POST
def round_advance(request: HttpRequest, code: str) -> HttpResponse:
    """Bring the entries that advance into the final; after a correction, bring it into line."""
    round_ = _round(request, code)
    rules.can_bring_entries(request.user, round_).enforce()
    entries, gone = advance_entries(round_, by=request.user, now=timezone.now())
    words = ngettext(
        "%(n)d case was brought into the final.", "%(n)d cases were brought into the final.", len(entries)
    )
    messages.success(request, words % {"n": len(entries)})
    if gone:
        titles = _("Taken out, since they do not advance any more: %(titles)s.")
        messages.success(request, titles % {"titles": "、".join(gone)})
    return go(request, "office:round", round_.season.district.slug, round_.code)
