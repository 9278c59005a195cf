"""Who and what could not be compared, by name: for the round's page and for the two who decide."""

from typing import Any

from evaluations.models import Round

Group = dict[str, list[str]]


def refused_panels(round_: Round) -> list[tuple[str, list[Group]]]:
    """Each refused panel's id with its groups: the titles of their cases and the numbers of their seats."""
    titles = dict(round_.entries.values_list("key", "snapshot__body__title"))
    seats = {seat.pseudonym: f"{seat.number:02d}" for seat in round_.seats.only("pseudonym", "number")}
    return [
        (panel, [_named(entries, seated, titles, seats) for entries, seated in groups])
        for panel, groups in round_.tally_refusal.params["panels"].items()
    ]


def _named(entries: list[str], seated: list[str], titles: dict[str, Any], seats: dict[str, str]) -> Group:
    return {
        "entries": [titles.get(key, key) for key in entries],
        "seats": sorted(seats.get(seat, seat) for seat in seated),
    }
