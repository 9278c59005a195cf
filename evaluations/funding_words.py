"""Why a case gets money or not, in a sentence."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def money(amount: Any) -> str:
    """Yuan with two decimals, as the reader writes numbers."""
    return number_format(Decimal(amount or 0), 2, force_grouping=True)


def why(line: Mapping[str, Any]) -> str:
    """The sentence that says why a case gets what it gets (a line of `FundingPlan.lines`)."""
    names = {name: money(line[name]) for name in ("asked", "least", "amount", "budget_left", "cap_left")}
    names |= {"rank": line["rank"], "place": line["sub_district"]}
    sentence = sentences()[line["reason"]] % names
    drawn = _("Its turn among those of the same place was drawn.")
    return f"{sentence} {drawn}" if line["by_lot"] else sentence


def sentences() -> dict[str, str]:
    """Reason (evaluations.tally.funding) -> sentence."""
    return {
        "funded": _("Place %(rank)s. %(budget_left)s yuan were still there: it gets all that it asks for."),
        "in-part": _(
            "Place %(rank)s. It asks for %(asked)s yuan; %(amount)s were left for it, and %(least)s suffice."
        ),
        "budget": _(
            "Place %(rank)s. It needs at least %(least)s yuan; %(budget_left)s yuan of the budget were left."
        ),
        "sub-district": _(
            "Place %(rank)s. It needs at least %(least)s yuan; %(cap_left)s yuan were left for the cases of %(place)s."
        ),
        "no-place": _("It has no place in the ranking."),
        "nothing-asked": _("It asks for no money."),
    }
