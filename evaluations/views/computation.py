"""One entry's computation, line by line: of what holds now, and of each publication as it was."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from evaluations.conduct import conduct_of
from evaluations.models import Publication
from evaluations.parsed import parsed_rule
from evaluations.published import BundleState, Published, published_rows
from evaluations.rulewords.said import Said
from evaluations.rulewords.ties import ties
from evaluations.tally import RuleSet
from evaluations.tally.computation import Disagreement, PublishedRows, compute, equals_of
from evaluations.tally.lines import Computation, PanelLines, TieLine
from evaluations.tally.messages import FolderError
from evaluations.tally.result import CORRECTION_PLACES
from evaluations.views.kept import etag_of, kept_page
from goldidea.lib.htmx import page

FEW = 15  # figures that are written out as a sum; of more the reader has the table
LOT_DIGITS = 16


@require_safe
@login_not_required
def computation(request: HttpRequest, code: str, case: str) -> HttpResponse:
    """Of the latest publication of the round with this code."""
    return _answer(request, _publications(request).filter(round__code=code), case)


@require_safe
@login_not_required
def computation_then(request: HttpRequest, code: str, case: str) -> HttpResponse:
    """Of the publication with this code, also after another has followed it."""
    return _answer(request, _publications(request).filter(code=code), case)


def _publications(request: HttpRequest) -> QuerySet[Publication]:
    return Publication.objects.of(request.district).order_by("-pk")  # type: ignore[attr-defined,no-any-return]


def _answer(request: HttpRequest, found: QuerySet[Publication], case: str) -> HttpResponse:
    """The page, drawn once for all who are not signed in; it changes when the bundle is there, and when another follows."""
    latest = Publication.objects.filter(round=OuterRef("round")).order_by("-pk").values("code")[:1]
    state = found.values_list("pk", "etag", "tally__bundle__sha256", Subquery(latest)).first()
    if state is None:
        raise Http404
    if request.user.is_authenticated:
        return _page(request, state[0], state[3], case)
    etag = etag_of(request, *map(str, state))
    return kept_page(request, etag, lambda: _page(request, state[0], state[3], case))


def _page(request: HttpRequest, pk: int, latest: str, case: str) -> HttpResponse:
    rows = Publication.objects.select_related("round__season", "round__rule_set", "tally__bundle")
    publication = rows.get(pk=pk)
    body = json.loads(publication.body)
    place = next((n for n, line in enumerate(body["standings"]) if line["case"] == case), None)
    if place is None:
        raise Http404
    lines, rule = body["standings"], parsed_rule(publication.round.rule_set)
    document = json.loads(publication.tally.result)
    state, found = _computed(publication, rule, document, lines[place]["entry"])
    context = {
        "publication": publication,
        "superseded": publication.code != latest,
        "body": body,
        "before": lines[place - 1] if place else None,
        "after": lines[place + 1] if place + 1 < len(lines) else None,
        "state": state,
        **told(rule, document, found, lines),
    }
    answer = page(request, "public/computation.html", context)
    if state == "unreadable":  # until the file is there again, not for as long as a page is kept
        answer["Cache-Control"] = "no-store"
    return answer


def told(
    rule: RuleSet, document: Mapping[str, Any], found: Computation, lines: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the page's parts tell of a computation; `lines` are those of the publication."""
    return {
        "rule": rule,
        "line": next(line for line in lines if line["entry"] == found.standing["entry"]),
        "found": found,
        "panels": [_panel(rule, item, document["warnings"]) for item in found.panels],
        "equals": len(found.equals) - 1,
        "ties": list(_ties(rule, found, lines)),
        "few": FEW,
    }


def _computed(
    publication: Publication, rule: RuleSet, document: Mapping[str, Any], entry: str
) -> tuple[BundleState, Computation]:
    """The lines; where the published rows do not give the published result, only what the result itself says."""
    read: Published = published_rows(publication.tally, equals_of(document, entry))
    try:
        return read.state, compute(rule, document, read.rows, entry)
    except (Disagreement, FolderError):
        return "unreadable", compute(rule, document, PublishedRows(), entry)


def _panel(rule: RuleSet, item: PanelLines, warnings: list[dict[str, Any]]) -> dict[str, Any]:
    """One panel for the page: which columns it needs, and what is to be said of its seats."""
    seats = {sheet.seat for sheet in item.sheets or ()}
    of_panel = [warning for warning in warnings if warning.get("panel") == item.panel.id]
    whole = [sheet for sheet in item.sheets or () if not sheet.incomplete]
    return {
        "lines": item,
        "weighted": any(line.criterion.weight != 1 for line in item.criteria),
        "whole": len(whole),
        "struck": [sheet for sheet in whole if sheet.struck],
        "needed": max(rule.min_marks, 1),
        "places": max(
            CORRECTION_PLACES if item.corrected else 0,
            rule.rounding.places if "sheet" in rule.rounding.stages else 0,
        ),
        "told": [warning for warning in of_panel if warning.get("seat") in seats],
        "plain": any(warning["code"] == "not_calibrated" for warning in of_panel),
        "nobody": any(warning["code"] == "votes_all_zero" for warning in of_panel),
    }


def _ties(rule: RuleSet, found: Computation, lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each step of the ladder in words, with the values that it compared."""
    of_entry = {line["entry"]: line for line in lines}
    said = Said(rule, conduct_of(rule), get_language() or "zh-hans")
    sentences = dict(zip((step.text for step in rule.ties), ties(said), strict=False))
    for step in found.ties:
        yield {
            "step": step,
            "sentence": sentences[step.step],
            "lot": step.step == "lot",
            "rows": [
                {"line": of_entry[entry], "value": _value(step, value), "fate": _fate(step, entry, found)}
                for entry, value in step.values
            ],
        }


def _value(step: TieLine, value: Any) -> Any:
    """A figure; of a lot the first digits of its hash."""
    return f"{-int(value):064x}"[:LOT_DIGITS] if step.step == "lot" else value


def _fate(step: TieLine, entry: str, found: Computation) -> str:
    if entry == found.standing["entry"]:
        return "own"
    if entry in step.ahead:
        return "ahead"
    return "behind" if entry in step.behind else "equal"
