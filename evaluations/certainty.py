"""How sure each place of a ranking is, from a stored analysis: plain values, ready to be drawn."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from evaluations.names import in_language

Line = dict[str, Any]


def sure_of(
    analysis: Mapping[str, Any] | None, awards: Iterable[tuple[str, Mapping[str, str]]]
) -> dict[str, Line]:
    """Entry -> its interval, expected place and the lines on which it stands; only entries of which something can be said.

    Args:
        analysis: the document `goldidea-analysis/1`, or nothing. awards: key and names of each line of awards.
    """
    if not analysis:
        return {}
    ranked = sum(item["rank"] is not None for item in analysis["standings"])
    names = {f"award:{key}": in_language(texts) for key, texts in awards} | {"advance": _("going on")}
    near: dict[str, list[str]] = {}
    for line in analysis["lines"]:
        for entry in line["borderline"]:
            near.setdefault(entry, []).append(names[line["line"]])
    cuts = [
        per_cent(line["places"], ranked)
        for line in analysis["lines"]
        if line["line"] != "advance" and line["places"] < ranked
    ]
    return {
        item["entry"]: _line(item, ranked, near.get(item["entry"], []), cuts)
        for item in analysis["standings"]
        if item["interval"]
    }


def _line(item: Mapping[str, Any], ranked: int, near: list[str], cuts: list[str]) -> Line:
    low, high = item["interval"]
    return {
        "low": low,
        "high": high,
        "rank": item["rank"],
        "expected": item["expected_rank"],
        "outside": item["outside"],
        "near": near,
        "cuts": cuts,
        "from": per_cent(low - 0.5, ranked),
        "to": per_cent(high - 0.5, ranked),
        "here": per_cent(item["rank"] - 0.5, ranked),
    }


def per_cent(part: float, whole: float) -> str:
    """A length for a drawing: part of the whole, two decimals."""
    return f"{100 * part / whole:.2f}" if whole else "0"
