"""Which entries get which award."""

from __future__ import annotations

from evaluations.tally.result import Result
from evaluations.tally.rule import RuleSet


def awards(rule: RuleSet, result: Result) -> dict[str, tuple[str, ...]]:
    """The entries of each line of awards, by rank, then entry.

    The lines are filled one after the other. A line goes to every entry whose rank is not beyond the places
    of this line and those above it together, and that has no award yet. So entries that share a rank are
    never parted: all of them get the higher award, and the next line has as many places fewer. Nobody without
    a rank gets one.
    """
    lines: dict[str, tuple[str, ...]] = {}
    above = 0
    for award in rule.awards:
        limit = above + award.places
        lines[award.id] = tuple(
            standing.entry
            for standing in result.standings
            if standing.rank is not None and above < standing.rank <= limit
        )
        above = limit
    return lines
