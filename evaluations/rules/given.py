"""Points from elsewhere: which panels of a round have them, and what is missing before the round can open."""

from collections.abc import Iterable
from typing import Any

from evaluations.models import Entry, GivenPoints, Round
from evaluations.states import RoundState, TallyState
from evaluations.tally import RuleSet as Rule


def panels_of(rule: Rule, kind: str) -> list[str]:
    """The keys of the rule's panels of a kind: marks, given or votes."""
    return [panel.id for panel in rule.panels if panel.kind == kind]


def preliminaries_of(round_: Round) -> Any:
    """Preliminaries of the season whose results are final, and which have a case of this round."""
    others = Round.objects.filter(
        season=round_.season_id, kind=Round.Kind.PRELIMINARY, state=RoundState.FINAL
    )
    cases = round_.entries.values("submission")
    return others.exclude(pk=round_.pk).filter(entries__submission__in=cases).distinct()


def without_points(round_: Round, panel: str, entries: Iterable[Entry]) -> list[Entry]:
    """The entries that have no points of this panel yet."""
    rows = GivenPoints.objects.filter(table__round=round_, table__panel=panel)
    there = set(rows.values_list("entry_id", flat=True))
    return [entry for entry in entries if entry.pk not in there]


def with_stale_points(round_: Round, panel: str, entries: Iterable[Entry]) -> list[Entry]:
    """The entries whose points were taken over from a result that has been corrected since."""
    rows = GivenPoints.objects.filter(table__round=round_, table__panel=panel)
    stale = rows.exclude(tally=None).exclude(tally__state=TallyState.FINAL)
    there = set(stale.values_list("entry_id", flat=True))
    return [entry for entry in entries if entry.pk in there]
