"""The rule set of a round, checked when it was saved and parsed once for each text."""

from evaluations.conduct import checked_rule
from evaluations.models import RuleSet as RuleSetRow
from evaluations.tally import RuleSet


def parsed_rule(row: RuleSetRow) -> RuleSet:
    """The rule of a stored version.

    Raises: RuleErrors if it was stored without its check.
    """
    return checked_rule(row.text)
