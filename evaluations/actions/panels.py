"""A round's panels follow its rule: one for each panel of marks."""

from django.utils import translation
from django.utils.translation import gettext as _

from evaluations.models import Panel, Round
from evaluations.names import panel_name
from evaluations.tally import RuleSet as Rule
from goldidea.lib.errors import Refusal


def fit_panels(round_: Round, rule: Rule) -> None:
    """Add the panels that the rule has and the round lacks; take out those that the rule does not have.

    Raises: Refusal when judges sit in a panel that would go.
    """
    wanted = [panel.id for panel in rule.panels if panel.kind == "marks"]
    there = {panel.key: panel for panel in round_.panels.all()}
    for key in wanted:
        if key not in there:
            Panel.objects.create(round=round_, key=key, name=_name(key))
    for key, panel in there.items():
        if key not in wanted:
            if panel.seats.exists():
                raise Refusal(
                    _("Judges sit in the panel “%(panel)s” of “%(round)s”, which this rule does not have.")
                    % {"panel": panel.words, "round": round_},
                    code="panel-in-use",
                )
            panel.delete()


def _name(key: str) -> str:
    with translation.override("zh-hans"):
        return panel_name(key)
