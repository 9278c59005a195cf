"""Analyse a tally once it is computed: beside it, under a claim of its own, so that no result ever waits for it."""

import logging
from typing import Any

from django.db import transaction

from evaluations.actions.counting import inputs_without_marks, mark_columns, rule_of
from evaluations.actions.locks import claim_analysis
from evaluations.models import Analysis, Round, Tally

logger = logging.getLogger(__name__)


def tallies_without_analysis() -> Any:
    """Standing tallies that wait for their analysis."""
    return Tally.objects.filter(analysis=None).exclude(state="superseded")


@transaction.atomic
def analyse_tally(tally_id: int) -> Analysis | None:
    """Compute and keep the analysis of a tally, unless it is there or another worker is at it.

    What cannot be computed is kept as an empty one: the tally stands without it, and nobody tries again for ever.
    """
    if not claim_analysis(tally_id):
        return None
    tally = Tally.objects.filter(pk=tally_id, analysis=None).select_related("round__rule_set").first()
    if tally is None:
        return None
    return Analysis.objects.create(tally=tally, body=_body(tally))


def _body(tally: Tally) -> str:
    # Loaded here: a web process never needs the numerical libraries.
    from evaluations.tally.analysis import analyse

    try:
        with transaction.atomic():
            round_ = tally.round
            inputs, columns = inputs_without_marks(round_), mark_columns(round_)
            found = analyse(rule_of(round_), inputs, homes_of(round_), columns)
    except (ArithmeticError, ValueError):
        logger.exception("the analysis of tally %s could not be computed", tally.code)
        return ""
    if f'"marks_sha256":"{tally.marks_sha256}"'.encode() not in found:
        logger.error("the marks of tally %s are not those that were tallied", tally.code)
        return ""
    return found.decode()


def homes_of(round_: Round) -> dict[tuple[str, str], tuple[str, str]]:
    """Panel and pseudonym of each seat -> the judge's sub-district and community. They go into no published file."""
    rows = round_.seats.values_list(
        "panel__key", "pseudonym", "judge__sub_district__name", "judge__community__name"
    )
    return {(panel, seat): (place or "", community or "") for panel, seat, place, community in rows}
