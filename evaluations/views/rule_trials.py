"""What a rule would have made of the marks of an earlier round: for the district's staff, before anything is frozen."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from evaluations.actions.counting import tally_inputs
from evaluations.conduct import checked_rule
from evaluations.models import Round, Standing
from evaluations.rules import rounds as rules
from evaluations.rules.results import PUBLISHED
from evaluations.tally import MESSAGES, Inputs, RuleSet, TallyError, tally
from evaluations.views.rule_sets import find_rule_set
from goldidea.lib.htmx import page

SHOWN_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its rank and total as published, and under the rule that is looked at. None: no rank."""

    title: str
    rank: int | None
    total: str
    was: int | None
    was_total: str


@require_safe
def rule_set_trial(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a published round; see its ranking under this version. Nothing is kept."""
    found = find_rule_set(request, code)
    rules.can_prepare(request.user, request.district).enforce()
    rounds = Round.objects.of(request.district).filter(state__in=PUBLISHED)
    rounds = rounds.select_related("season", "sub_district").order_by("-season__year", "-pk")
    chosen = request.GET.get("round", "")
    context: dict[str, Any] = {"rule_set": found, "rounds": rounds[:SHOWN_ROUNDS], "chosen": chosen}
    if chosen:
        round_ = get_object_or_404(rounds, code=chosen if chosen.isalnum() and chosen.isascii() else "-")
        try:
            context |= {"round": round_, "lines": _lines(checked_rule(found.text), round_)}
        except TallyError as refused:
            words = MESSAGES.get(refused.code)
            context |= {"round": round_, "refused": _(words) % refused.params if words else refused.message}
    return page(request, "seasons/rule_trial.html", context)


def _lines(rule: RuleSet, round_: Round) -> list[Line]:
    """The entries by their rank under the rule; those without one last.

    Raises: TallyError where the marks do not fit the rule.
    """
    inputs = _fitting(rule, tally_inputs(round_))
    titles = {entry: title for entry, title, _community, _place in inputs.entries}
    last = round_.tallies.order_by("-version").first()
    rows = Standing.objects.filter(tally=last).values_list("entry__key", "rank", "total")
    was = {key: (rank, total) for key, rank, total in rows}
    standings: Any = tally(rule, inputs).as_dict()["standings"]
    return [
        Line(titles[s["entry"]], s["rank"], s["total"] or "", *was.get(s["entry"], (None, "")))
        for s in standings
    ]


def _fitting(rule: RuleSet, inputs: Inputs) -> Inputs:
    """The marks of panels and criteria that the rule has; what it does not ask for is left out."""
    panels = {panel.id: panel for panel in rule.panels if panel.kind == "marks"}
    marks = [row for row in inputs.marks if row[0] in panels and row[3] in panels[row[0]].criteria]
    seats = [row for row in inputs.seats or () if row[0] in panels]
    return replace(inputs, marks=marks, seats=seats)
