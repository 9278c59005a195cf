"""How good the judging of a round was, from a stored analysis: plain values for people to read, ready to be drawn.

Severities are told of pseudonyms only where a pseudonym hides somebody: of seats with enough sheets, in panels with
enough judges. docs/evidence.md says why.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from evaluations.certainty import per_cent
from evaluations.distribution import FEWEST_SHEETS
from evaluations.quality_words import how_it_went, signed_figure
from evaluations.tally import RuleSet, canonical

FEWEST_JUDGES = 5
# Of the standard error: nine of ten such spans hold the true severity.
SPAN = Decimal("1.645")
CENTS = Decimal("0.01")
# The middle of a drawing is the panel's average; its names stand to the left of it.
LEFT, WIDE = 30, 66

Line = dict[str, Any]


def public_part(analysis: Line, rule: RuleSet) -> Line:
    """What everybody may read of an analysis. Where the marks are published by seat: all of it, since anybody can compute it.

    Where they are not, a severity from a sheet or two would tell the marks: seats with few sheets and panels of few
    judges are left out.
    """
    if rule.publish_marks != "none":
        return analysis
    open_to_all = shown_seats(analysis)
    kept = {
        name: [item for item in analysis[name] if (item["panel"], item["seat"]) in open_to_all]
        for name in ("judges", "influence")
    }
    return {**analysis, **kept}


def public_bytes(text: str, rule: RuleSet) -> bytes:
    """The same as the bytes of the bundle's analysis.json; those that were stored, unless something is left out."""
    analysis = json.loads(text)
    part = public_part(analysis, rule)
    return text.encode() if part is analysis else canonical.dumps(part) + b"\n"


def shown_seats(analysis: Line) -> set[tuple[str, str]]:
    """Panel and pseudonym of the seats of which something may be said."""
    large = {item["panel"] for item in analysis["panels"] if item["judges"] >= FEWEST_JUDGES}
    return {
        (item["panel"], item["seat"])
        for item in analysis["judges"]
        if item["panel"] in large and item["sheets"] >= FEWEST_SHEETS
    }


def panels_of(analysis: Line | None, *, corrected: bool) -> list[Line]:
    """Each panel of judges: its figures, and in a sentence what they come to.

    Args:
        corrected: the rule set corrects unequally strict judges, so that their strictness does not weigh on the order.
    """
    if not analysis:
        return []
    return [
        {
            **panel,
            "words": how_it_went(panel, corrected=corrected),
            "small": panel["judges"] < FEWEST_JUDGES,
        }
        for panel in analysis["panels"]
    ]


def severities(judges: Iterable[Line], names: Mapping[str, str] | None = None) -> Line | None:
    """The judges of one panel from the mildest to the strictest, drawn on one scale; None where nothing can be told.

    `points` is how far a judge's marks lie above (+) or below (-) what all judges together would have given to the same
    cases; `low` and `high` are the ends of its span of 90 per cent.

    Args:
        judges: items of `judges` in an analysis. names: pseudonym -> what the line is called, if not the pseudonym.
    """
    told = [item for item in judges if item["severity"] is not None and item["error"] is not None]
    if not told:
        return None
    rows = []
    for item in told:
        points, reach = -Decimal(item["severity"]), Decimal(item["error"]) * SPAN
        low, high = ((points + side * reach).quantize(CENTS) for side in (-1, 1))
        name = names[item["seat"]] if names else item["seat"]
        rows.append({**item, "name": name, "value": points, "low": low, "high": high})
    rows.sort(key=lambda row: (-row["value"], row["name"]))
    edge = scale_of(max(max(abs(row["low"]), abs(row["high"])) for row in rows))
    for number, row in enumerate(rows):
        row["points"], row["span"] = (
            signed_figure(row["value"]),
            f"{signed_figure(row['low'])} … {signed_figure(row['high'])}",
        )
        row["at"], row["from"], row["to"] = (_across(row[key], edge) for key in ("value", "low", "high"))
        row["y"], row["text_y"] = f"{1.75 * number + 2.25:.2f}em", f"{1.75 * number + 2.6:.2f}em"
    return {
        "rows": rows,
        "edge": signed_figure(edge),
        "other_edge": signed_figure(-edge),
        "height": f"{1.75 * len(rows) + 1.75:.2f}em",
        "middle": _across(Decimal(0), edge),
        "left": _across(-edge, edge),
        "right": _across(edge, edge),
    }


def scale_of(reach: Decimal) -> Decimal:
    """The end of the scale: the next round number of points."""
    steps = [Decimal(number).scaleb(power) for power in range(-2, 4) for number in (1, 2, 5)]
    return next((step for step in steps if step >= reach), reach)


def _across(value: Decimal, edge: Decimal) -> str:
    """Where a value stands on the drawing, in per cent of its width."""
    return f"{LEFT + WIDE * (float(value / edge) + 1) / 2:.2f}"


def spreads(body: Line) -> list[Line]:
    """Each panel of judges of a snapshot: how its marks are spread, criterion by criterion, as columns to be drawn."""
    return [
        {
            "panel": panel["key"],
            "sheets": found["sheets"],
            "criteria": [
                {"name": item["name"], **histogram(found["criteria"][item["key"]])}
                for item in body["rule"]["criteria"]
                if item["key"] in found["criteria"]
            ],
        }
        for panel in body["rule"]["panels"]
        if (found := body.get("distribution", {}).get(panel["key"]))
    ]


def histogram(bands: Sequence[Line]) -> Line:
    """Bands of marks as columns, their lengths in per cent of the highest; `most` is the fullest band."""
    highest = max(band["marks"] for band in bands)
    width = 100 / len(bands)
    columns = []
    for number, band in enumerate(bands):
        tall = per_cent(band["marks"], highest)
        place = {"x": f"{number * width + width * 0.06:.2f}", "width": f"{width * 0.88:.2f}"}
        name = band["from"] if band["from"] == band["to"] else f"{band['from']}–{band['to']}"
        columns.append({**band, **place, "name": name, "tall": tall, "top": f"{100 - float(tall):.2f}"})
    return {
        "columns": columns,
        "most": max(columns, key=lambda column: column["marks"]) if highest else None,
        "all": sum(band["marks"] for band in bands),
    }


def award_of(rank: int | None, awards: Iterable[Mapping[str, Any]]) -> str | None:
    """The key of the line of awards to which a place belongs."""
    limit = 0
    for award in awards:
        limit += award["places"]
        if rank is not None and rank <= limit:
            return str(award["key"])
    return None


def changed_awards(lines: Iterable[Line], awards: Sequence[Mapping[str, Any]]) -> list[Line]:
    """The entries that have another award than they would have if no judge were corrected.

    Args:
        lines: with title, rank, total, award, uncalibrated. awards: key, name and places of each line, from the first on.
    """
    names = {award["key"]: award["name"] for award in awards}
    found = []
    for line in lines:
        plain = line["uncalibrated"]
        without = award_of(plain["rank"], awards) if plain else None
        if plain and plain["rank"] and line["rank"] and without != line["award"]:
            points = Decimal(line["total"]) - Decimal(plain["total"])
            found.append(
                {
                    **line,
                    "moved": points,
                    "points": signed_figure(points),
                    "award_name": names.get(line["award"]),
                    "without_name": names.get(without),
                }
            )
    return found


def by_panel(corrections: Iterable[Line], panels: Iterable[str]) -> list[tuple[str, list[Line]]]:
    """Each panel that has corrections, in the rule's order, with them."""
    rows = list(corrections)
    each = [(panel, [item for item in rows if item["panel"] == panel]) for panel in panels]
    return [(panel, items) for panel, items in each if items]
