"""Who and what could not be compared, by name: for the round's page and for the two who decide."""

from typing import Any

from evaluations.actions.counting import tally_inputs
from evaluations.models import Round
from evaluations.parsed import parsed_rule
from evaluations.tally import DisconnectedError, tally

Group = dict[str, list[str]]


def refused_panels(round_: Round) -> list[tuple[str, list[Group]]]:
    """Each refused panel's id with its groups: the titles of their cases and the numbers of their seats."""
    titles = dict(round_.entries.values_list("key", "snapshot__body__title"))
    seats = {seat.pseudonym: f"{seat.number:02d}" for seat in round_.seats.only("pseudonym", "number")}
    return [
        (panel, [_named(entries, seated, titles, seats) for entries, seated in groups])
        for panel, groups in refused_groups(round_).items()
    ]


def refused_groups(round_: Round) -> dict[str, Any]:
    """Each refused panel's groups as the refusal keeps them. Those kept before it did are computed again: marks stay."""
    kept: dict[str, Any] | None = round_.tally_refusal.params.get("panels")
    if kept is not None:
        return kept
    try:
        tally(parsed_rule(round_.rule_set), tally_inputs(round_))
    except DisconnectedError as refusal:
        return refusal.panels
    return {}


def _named(entries: list[str], seated: list[str], titles: dict[str, Any], seats: dict[str, str]) -> Group:
    return {
        "entries": [titles.get(key, key) for key in entries],
        "seats": sorted(seats.get(seat, seat) for seat in seated),
    }
