"""What a round counts besides marks: points from elsewhere, entered before it opens, and votes, entered after its close."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations.actions.giving import save_given, take_over_totals
from evaluations.actions.voting import Entered, enter_votes
from evaluations.forms.tables import GivenForm, VotesForm
from evaluations.models import GivenTable, Round
from evaluations.names import panel_name
from evaluations.parsed import parsed_rule
from evaluations.rules import rounds as rules
from evaluations.rules.given import panels_of, preliminaries_of
from evaluations.rules.votes import can_enter_votes
from evaluations.states import RoundState
from evaluations.tally.decimals import plain_text
from evaluations.views.round_frame import find_round, round_page
from goldidea.lib.errors import Refusal
from goldidea.lib.htmx import go

HERE = "round_points"


@require_safe
def round_points(request: HttpRequest, code: str) -> HttpResponse:
    """The tables of points from elsewhere, as they stand."""
    found = find_round(request, code)
    rules.can_see_progress(request.user, found).enforce()
    kinds = {panel.kind for panel in parsed_rule(found.rule_set).panels}
    context = {
        "given": given_tables(found) if "given" in kinds else [],
        "arranging": bool(rules.can_arrange(request.user, found)),
        "votes": vote_panels(found) if "votes" in kinds else [],
        "entering": "votes" in kinds and bool(can_enter_votes(request.user, found)),
        "scoring": found.state in (RoundState.DRAFT, RoundState.OPEN),
    }
    return round_page(request, "rounds/points.html", found, HERE, context)


def given_tables(round_: Round) -> list[dict[str, Any]]:
    """Each panel of given points with its entries and their points; a constant number of queries."""
    tables = {
        table.panel: table
        for table in GivenTable.objects.filter(round=round_).prefetch_related("points__tally__round")
    }
    entries = list(round_.entries.select_related("submission", "snapshot").order_by("position", "key"))
    found = []
    for key in panels_of(parsed_rule(round_.rule_set), "given"):
        table = tables.get(key)
        points = {row.entry_id: row for row in table.points.all()} if table else {}
        rows = [
            {
                "entry": entry,
                "points": plain_text(points[entry.pk].points) if entry.pk in points else "",
                "tally": points[entry.pk].tally if entry.pk in points else None,
            }
            for entry in entries
        ]
        found.append(
            {"key": key, "name": panel_name(key), "table": table, "rows": rows, "there": len(points)}
        )
    return found


def vote_panels(round_: Round) -> list[dict[str, Any]]:
    """Each panel of votes: who has entered them, for which cases two counts differ, or the votes that stand."""
    panels = round_.vote_panels.prefetch_related("tables__person", "counts")
    there = {panel.key: panel for panel in panels}
    entries = list(round_.entries.select_related("submission", "snapshot").order_by("position", "key"))
    found = []
    for key in panels_of(parsed_rule(round_.rule_set), "votes"):
        tables = list(there[key].tables.all()) if key in there else []
        counts = {row.entry_id: row.votes for row in there[key].counts.all()} if key in there else {}
        open_ = len(tables) > 1 and not counts
        last = sorted(tables, key=lambda table: (table.entered_at, table.pk))[-2:] if open_ else []
        found.append(
            {
                "key": key,
                "name": panel_name(key),
                "tables": tables,
                "rows": [(entry, counts[entry.pk]) for entry in entries if entry.pk in counts],
                "all": sum(counts.values()),
                "differing": [
                    e for e in entries if last and last[0].votes.get(e.key) != last[1].votes.get(e.key)
                ],
            }
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def round_votes(request: HttpRequest, code: str, panel: str) -> HttpResponse:
    """Enter the counted votes of one panel by oneself; nobody sees the other person's count here."""
    found = find_round(request, code)
    can_enter_votes(request.user, found).enforce()
    row = get_object_or_404(found.vote_panels.filter(counts=None), key=panel)
    own = row.tables.filter(person=request.user).first()
    keys = dict(found.entries.values_list("key", "pk"))
    known = {keys[key]: votes for key, votes in own.votes.items() if key in keys} if own else {}
    form = VotesForm(request.POST if request.method == "POST" else None, round_=found, known=known)
    if form.is_bound and form.is_valid():
        came = enter_votes(row, form.votes, by=request.user, now=timezone.now())
        tell = messages.success if came.settled or came.alone else messages.warning
        tell(request, votes_words(came))
        return go(request, "office:round_points", found.district.slug, found.code)
    context = {"form": form, "panel": row, "own": own}
    status = 422 if form.is_bound else 200
    return round_page(request, "rounds/votes.html", found, HERE, context, status=status)


def votes_words(came: Entered) -> str:
    """What came of an entry, in words."""
    if came.settled:
        return _("Both counts agree: these votes stand.")
    if came.alone:
        return _("Your count is saved. Now somebody else enters the votes by themselves.")
    return _("Your count is saved. It differs from the other one: both look at the paper again.")


def panel_or_404(round_: Round, key: str, kind: str) -> str:
    """The key of a panel of this kind in the round's rule; else there is no such page."""
    if key not in panels_of(parsed_rule(round_.rule_set), kind):
        raise Http404
    return key


@require_http_methods(["GET", "HEAD", "POST"])
def round_given(request: HttpRequest, code: str, panel: str) -> HttpResponse:
    """Enter the points of one panel's entries, or paste them."""
    found = find_round(request, code)
    rules.can_arrange(request.user, found).enforce()
    panel_or_404(found, panel, "given")
    table = GivenTable.objects.filter(round=found, panel=panel).first()
    known = dict(table.points.values_list("entry_id", "points")) if table else {}
    form = GivenForm(
        request.POST if request.method == "POST" else None,
        round_=found,
        known={pk: plain_text(points) for pk, points in known.items()},
        initial={"source": table.source if table else ""},
    )
    if form.is_bound and form.is_valid():
        source = form.cleaned_data["source"]
        save_given(found, panel, source, form.values, by=request.user, now=timezone.now())
        messages.success(request, _("The points are saved."))
        return go(request, "office:round_points", found.district.slug, found.code)
    context = {
        "form": form,
        "panel": panel,
        "name": panel_name(panel),
        "preliminaries": list(preliminaries_of(found)),
    }
    status = 422 if form.is_bound else 200
    return round_page(request, "rounds/given.html", found, HERE, context, status=status)


@require_POST
def round_given_take(request: HttpRequest, code: str, panel: str) -> HttpResponse:
    """Take the totals of the preliminaries over."""
    found = find_round(request, code)
    rules.can_arrange(request.user, found).enforce()
    panel_or_404(found, panel, "given")
    try:
        table = take_over_totals(found, panel, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return go(request, "office:round_given", found.district.slug, found.code, panel)
    words = _("%(count)d of %(all)d cases have the total of their preliminary now.")
    counts = {"count": table.points.count(), "all": found.entries.count()}
    messages.success(request, words % counts)
    return go(request, "office:round_points", found.district.slug, found.code)
