"""What decides among equal totals, step by step."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from evaluations.names import panel_name
from evaluations.rulewords.said import Said, named
from evaluations.tally.rule import TieStep


def ties(said: Said) -> Iterator[str]:
    for step in said.rule.ties:
        if step.kind == "panel":
            yield _("The higher score of: %(panel)s.") % {"panel": panel_name(step.panel)}
        elif step.kind == "criterion":
            yield by_criterion(said, step)
        else:
            yield {
                "exact": _("Everything is computed again without rounding; the higher total goes first."),
                "median": _("The higher middle value of the judges' sheet totals."),
                "lot": _("A lot, drawn by computation from the marks and this sentence: %(seed)s"),
            }[step.kind] % {"seed": said.rule.lot_seed or ""}
    yield _("Whoever is still equal shares the rank (1, 2, 2, 4).")


def by_criterion(said: Said, step: TieStep) -> str:
    name = named(said.rule.criterion[step.criterion].name, said.language)
    if not step.panel:
        return _("The higher score for the criterion “%(criterion)s”.") % {"criterion": name}
    return _("The higher score for the criterion “%(criterion)s” from: %(panel)s.") % {
        "criterion": name,
        "panel": panel_name(step.panel),
    }
