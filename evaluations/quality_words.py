"""How good the judging was, in sentences. The bounds are rules of thumb and stand in docs/tally.md."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from evaluations.names import in_language, panel_name

# Reliability of the order: the share of what parts the cases that is not the chance of who judged.
STABLE, MOSTLY = Decimal("0.8"), Decimal("0.5")
# Agreement of single judges.
WELL, MODERATELY = Decimal("0.6"), Decimal("0.3")
BY_CHANCE = Decimal("0.05")


def signed_figure(points: Decimal) -> str:
    """Points with their sign, as people write it, with all their decimals: columns of them stand in line."""
    if not points:
        return "0"
    return f"{'+' if points > 0 else '−'}{abs(points):f}"


def how_it_went(panel: Mapping[str, Any], *, corrected: bool) -> str:
    """One sentence on the panel's reliability, or why none can be said."""
    if panel["judges"] == 1:
        return _("One judge marked, so there is nobody to compare with: agreement cannot be told.")
    if panel["alpha"] is None and Decimal(panel["marks_per_entry"]) == 1:
        return _("Each case was marked by one judge only: agreement cannot be told.")
    if panel["alpha"] is None:
        return _("All sheets have the same sum: agreement cannot be told, and no case is set apart.")
    icc = panel["icc"]
    if icc is None:
        return _("There are too few sheets to tell how far the order would hold if other judges had scored.")
    order = Decimal(icc["3,k" if corrected else "1,k"])
    alone = Decimal(icc["3,1" if corrected else "1,1"])
    return _("%(order)s; %(agreement)s.") % {
        "order": _order(order),
        "agreement": _agreement(alone, corrected),
    }


def _order(reliability: Decimal) -> str:
    if reliability >= STABLE:
        return _("If other judges of the same kind had scored, the order of the cases would be much the same")
    if reliability >= MOSTLY:
        return _(
            "If other judges of the same kind had scored, the best and the last would mostly stay where they are, but neighbours would change places"
        )
    return _("If other judges of the same kind had scored, the order of the cases could look quite different")


def _agreement(single: Decimal, corrected: bool) -> str:
    """Where the rule corrects strict and mild judges, that they differ in strictness does not count against them."""
    level = 2 if single >= WELL else 1 if single >= MODERATELY else 0
    if corrected:
        return (
            _("apart from how strict they are, the judges agreed little"),
            _("apart from how strict they are, the judges agreed moderately"),
            _("apart from how strict they are, the judges agreed well"),
        )[level]
    return (_("the judges agreed little"), _("the judges agreed moderately"), _("the judges agreed well"))[
        level
    ]


def home_words(home: Mapping[str, Any]) -> str:
    """Whether judges marked their own place up, in two sentences."""
    points = Decimal(home["coefficient"])
    values = {"panel": panel_name(home["panel"]), "n": home["sheets"], "points": abs(points)}
    words = {
        ("sub_district", True): _(
            "%(panel)s: %(n)d sheets for cases of the judges' own sub-district lie %(points)s points above what the same judges and cases lead to expect."
        ),
        ("sub_district", False): _(
            "%(panel)s: %(n)d sheets for cases of the judges' own sub-district lie %(points)s points below what the same judges and cases lead to expect."
        ),
        ("community", True): _(
            "%(panel)s: %(n)d sheets for cases of the judges' own community lie %(points)s points above what the same judges and cases lead to expect."
        ),
        ("community", False): _(
            "%(panel)s: %(n)d sheets for cases of the judges' own community lie %(points)s points below what the same judges and cases lead to expect."
        ),
    }[home["place"], points >= 0]
    verdict = (
        _("This is more than chance explains (t = %(t)s, p = %(p)s).")
        if Decimal(home["p"]) < BY_CHANCE
        else _("Chance explains as much (t = %(t)s, p = %(p)s).")
    )
    return f"{words % values} {verdict % {'t': home['t'], 'p': home['p']}}"


def influence_words(
    items: Iterable[Mapping[str, Any]], titles: Mapping[str, str], awards: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Per judge what would change without that judge's sheets: panel, seat and a sentence for each case.

    Args:
        titles: entry -> title of the case. awards: key -> names of a line of awards.
    """

    def award(key: str | None) -> str:
        return in_language(awards[key]) if key else _("no award")

    sentence = _("“%(case)s”: %(then)s instead of %(now)s")
    return [
        {
            "panel": item["panel"],
            "seat": item["seat"],
            "changes": [
                sentence
                % {
                    "case": titles.get(change["entry"], change["entry"]),
                    "then": award(change["without"]),
                    "now": award(change["award"]),
                }
                for change in item["changes"]
            ],
        }
        for item in items
    ]


def figures_of(panel: Mapping[str, Any]) -> list[dict[str, str]]:
    """The figures behind the sentence: name, value (a dash where it cannot be told), and in a line what it is."""
    icc, parts = panel["icc"] or {}, panel["deviations"] or {}
    rows = [
        ("α", panel["alpha"], _("Krippendorff's alpha: 1 full agreement of single judges, 0 no more than chance.")),
        ("ICC(1,1)", icc.get("1,1"), _("One judge alone, strict and mild ones counted as they come.")),
        ("ICC(2,1)", icc.get("2,1"), _("One judge alone, drawn from all judges of this kind.")),
        ("ICC(3,1)", icc.get("3,1"), _("One judge alone, once it is allowed for that some are stricter.")),
        ("ICC(1,k)", icc.get("1,k"), _("The mean of all judges of a case, strict and mild ones as they come.")),
        ("ICC(2,k)", icc.get("2,k"), _("The mean of all judges of a case, drawn from all judges of this kind.")),
        ("ICC(3,k)", icc.get("3,k"), _("The mean of all judges of a case, once their strictness is allowed for.")),
        (
            "W",
            panel["kendall_w"],
            _("Kendall's W: how alike the judges order the cases; only where every judge marked every case."),
        ),
        (
            _("Judges for .80"),
            panel["judges_for_80"],
            _("So many judges a case would need for its mean to have a reliability of .80."),
        ),
        (_("Judges a case"), panel["marks_per_entry"], _("How many complete sheets a case has (harmonic mean).")),
        (_("Between cases"), parts.get("entry"), _("How far the cases lie apart, in points (standard deviation).")),
        (_("Between judges"), parts.get("judge"), _("How far strict and mild judges lie apart, in points.")),
        (_("Left over"), parts.get("residual"), _("What is neither the case nor the judge's strictness, in points.")),
    ]  # fmt: skip
    return [{"name": name, "value": _value(value), "what": what} for name, value, what in rows]


def _value(value: str | int | None) -> str:
    return "–" if value is None else str(value)
