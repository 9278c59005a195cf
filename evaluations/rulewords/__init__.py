"""A rule set in words: what staff read before they save it and what the public reads on the page of the rules.

`criteria`, `panels`, `counting`, `ties`, `bench` and `outcome` say one part each; `warnings` says what to know before
deciding; `said` holds what they say as data.
"""

import difflib
from collections.abc import Callable, Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from evaluations.conduct import conduct_of
from evaluations.rulewords.bench import bench
from evaluations.rulewords.counting import counting, rounding
from evaluations.rulewords.criteria import criterion_in_words, full
from evaluations.rulewords.outcome import outcome
from evaluations.rulewords.panels import panels
from evaluations.rulewords.said import RuleInWords, Said, Section, Warning, named
from evaluations.rulewords.ties import ties
from evaluations.rulewords.warnings import warnings
from evaluations.tally import RuleSet

__all__ = ["RuleInWords", "Section", "Warning", "difference", "named", "rule_in_words"]


def rule_in_words(rule: RuleSet, language: str) -> RuleInWords:
    """Say a checked rule set in one of the languages of the product (settings.LANGUAGES)."""
    with translation.override(language):
        said = Said(rule, conduct_of(rule), language)
        sections = [(title, tuple(say(said)), ordered) for title, say, ordered in _sections()]
        return RuleInWords(
            language=language,
            criteria=tuple(criterion_in_words(said, item) for item in rule.criteria),
            full=full(said),
            sections=tuple(Section(*section) for section in sections if section[1]),
            warnings=tuple(warnings(said)),
        )


def _sections() -> list[tuple[str, Callable[[Said], Iterator[str]], bool]]:
    return [
        (_("Who marks"), panels, False),
        (_("From marks to a score"), counting, False),
        (_("Rounding"), rounding, False),
        (_("Equal totals"), ties, True),
        (_("Which judges"), bench, False),
        (_("What follows"), outcome, False),
    ]


def difference(old: RuleInWords, new: RuleInWords) -> list[tuple[str, str]]:
    """What changed from one version to another: ("del" or "ins", sentence) in the order of the new one."""
    compared = difflib.ndiff(old.lines(), new.lines())
    names = {"- ": "del", "+ ": "ins"}
    return [(names[line[:2]], line[2:]) for line in compared if line[:2] in names]
