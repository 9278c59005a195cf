"""The final ranking as a table for the terminal, where a Chinese character is two columns wide."""

import unicodedata
from collections.abc import Sequence

from evaluations.models import Round

TITLE_WIDTH = 44


def width(text: str) -> int:
    """Columns that the text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def cut(text: str, columns: int) -> str:
    """The text, shortened with … to that many columns."""
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return kept + "…"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """Lines with columns of equal width; the columns in `right` end at the right."""
    lines = [head, *rows]
    widths = [max(width(line[place]) for line in lines) for place in range(len(head))]

    def aligned(line: Sequence[str]) -> str:
        cells = []
        for place, cell in enumerate(line):
            gap = " " * (widths[place] - width(cell))
            cells.append(gap + cell if place in right else cell + gap)
        return "  ".join(cells).rstrip()

    rule = "  ".join("─" * columns for columns in widths)
    return "\n".join([aligned(head), rule, *map(aligned, rows)])


def ranking(round_: Round) -> str:
    """The round's ranking: place, total, each panel's score, case and community."""
    tally = round_.tallies.exclude(state="superseded").get()
    standings = tally.standings.select_related("entry__snapshot").order_by("position")
    panels = [panel.key for panel in round_.panels.all()]
    rows = []
    for standing in standings:
        body = standing.entry.snapshot.body
        scores = {panel["key"]: panel["score"] or "" for panel in standing.numbers["panels"]}
        place = f"{standing.rank or ''}{'=' if standing.tied else ''}"
        award = standing.numbers["award"] or ""
        rows.append(
            [
                place,
                standing.total,
                *(scores[key] for key in panels),
                body["number"],
                cut(body["title"], TITLE_WIDTH),
                body["community"]["name"],
                award,
            ]
        )
    head = ["place", "total", *panels, "case", "title", "community", "award"]
    return table(head, rows, frozenset(range(2 + len(panels))))
