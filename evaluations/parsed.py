"""The rule set of a round, checked and parsed once for each text."""

from functools import lru_cache

from evaluations.models import RuleSet as RuleSetRow
from evaluations.tally import RuleSet, parse_rule


@lru_cache(maxsize=64)
def _parsed(text: str) -> RuleSet:
    return parse_rule(text)


def parsed_rule(row: RuleSetRow) -> RuleSet:
    """The rule of a stored version; it was checked when it was saved.

    Raises: RuleErrors if it was not.
    """
    return _parsed(row.text)
