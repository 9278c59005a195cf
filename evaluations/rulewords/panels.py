"""Who marks, and how much it counts."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from evaluations.names import panel_name
from evaluations.rulewords.said import Said, named
from evaluations.tally import Panel
from evaluations.tally.decimals import plain_text


def panels(said: Said) -> Iterator[str]:
    for panel in said.rule.panels:
        yield f"{what_it_does(said, panel)} {how_it_counts(said, panel)}"


def what_it_does(said: Said, panel: Panel) -> str:
    values = {"panel": panel_name(panel.id)}
    if panel.kind == "votes":
        return votes_in_words(said, panel)
    if panel.kind == "given":
        return _("%(panel)s: points given from elsewhere.") % values
    if len(panel.criteria) == len(said.rule.criteria):
        return _("%(panel)s: they mark every criterion.") % values
    names = [named(item.name, said.language) for item in said.rule.criteria_of(panel)]
    return _("%(panel)s: they mark %(criteria)s.") % {**values, "criteria": said.listed(names)}


def how_it_counts(said: Said, panel: Panel) -> str:
    if panel.weight == 0:
        return _("Their score is shown apart and never decides.")
    if len(said.rule.weighted_panels) == 1 and panel.weight == 1:
        return _("Their score is the total.")
    return _("Their score counts %(weight)s times.") % {"weight": plain_text(panel.weight)}


def votes_in_words(said: Said, panel: Panel) -> str:
    conversion = panel.conversion
    assert conversion is not None  # noqa: S101  the rule was checked
    values = {
        "panel": panel_name(panel.id),
        "full": plain_text(conversion.full),
        "first": plain_text(conversion.first),
        "step": plain_text(conversion.step),
        "mean": plain_text(conversion.mean),
        "spread": plain_text(conversion.spread),
    }
    return {
        "top": _("%(panel)s: votes. Most votes are %(full)s points, the others in proportion."),
        "ladder": _("%(panel)s: votes. The first gets %(first)s points, each rank after that %(step)s less."),
        "standard": _("%(panel)s: votes, as standard scores: mean %(mean)s, spread %(spread)s."),
    }[conversion.method] % values
