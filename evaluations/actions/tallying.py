"""Tally a closed round: claim it, compute, write the standings, in one transaction. Idempotent, safe to kill anywhere."""

import datetime as dt
import json
from fractions import Fraction
from functools import lru_cache
from io import StringIO
from typing import Any

from django.db import connection, transaction

from evaluations.actions.counting import inputs_without_marks, mark_columns, rule_of
from evaluations.models import Round, Standing, Tally, TallyRefusal
from evaluations.states import ROUND_MOVES, RoundState
from evaluations.tally import DisconnectedError, Panel, Result, awards, tally_columns
from evaluations.tally import RuleSet as Rule
from evaluations.tally.result import bytes_of
from goldidea.lib import audit
from goldidea.lib.jobs import enqueue
from goldidea.lib.moves import move


@transaction.atomic
def tally_round(round_id: int, now: dt.datetime) -> Tally | None:
    """Tally the round if it waits for it and no other worker has claimed it; else do nothing and give None.

    Where the rule set has no result, since judges cannot be compared, the refusal is kept and the round stays closed.

    The claim is the row's lock: a worker that dies leaves the round as it was, for the next tick.
    """
    claimed = Round.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(pk=round_id)
    round_ = claimed.awaiting_tally().select_related("season__district", "rule_set").first()
    if round_ is None:
        return None
    rule = rule_of(round_)
    try:
        result = tally_columns(rule, inputs_without_marks(round_), mark_columns(round_))
    except DisconnectedError as refusal:
        TallyRefusal.objects.create(
            round=round_, code=refusal.code, params={**refusal.params, "panels": refusal.panels}
        )
        audit.record("tally refused", round_, reason=str(refusal)[:200])
        return None
    row = write_tally(round_, rule, result)
    move(round_, ROUND_MOVES, RoundState.TALLIED)
    audit.record("tally round", round_, changes={"marks_sha256": ("", result.marks_sha256)})
    enqueue("evaluations.tasks.analyse_tally", tally_id=row.pk)
    return row


def write_tally(round_: Round, rule: Rule, result: Result) -> Tally:
    """The next version of the round's tally, with its standings."""
    document = result.as_dict()
    row = Tally.objects.create(
        round=round_,
        version=round_.tallies.count() + 1,
        rule_sha256=result.rule_sha256,
        marks_sha256=result.marks_sha256,
        result=bytes_of(document).decode(),
    )
    _write_standings(row, round_, rule, document["standings"], awards(rule, result))  # type: ignore[arg-type]
    return row


def _write_standings(
    row: Tally,
    round_: Round,
    rule: Rule,
    standings: list[dict[str, Any]],
    awarded: dict[str, tuple[str, ...]],
) -> None:
    """One row for each entry, its numbers ready to show: nothing is formatted when a page is read."""
    entries = dict(round_.entries.order_by().values_list("key", "pk"))
    lines = {key: line for line, keys in awarded.items() for key in keys}
    columns = ("tally_id", "entry_id", "position", "rank", "tied", "total", "advances", "numbers")
    figures = _Figures(rule)
    text = StringIO()
    for position, item in enumerate(standings, 1):
        numbers = figures.of(item, lines.get(item["entry"]))
        rank = "\\N" if item["rank"] is None else item["rank"]
        cells = (row.pk, entries[item["entry"]], position, rank, item["tied"], item["total"] or "", False)
        # JSON has no raw tab or line feed; its backslashes are the only characters that COPY would read otherwise.
        print(*cells, numbers.replace("\\", "\\\\"), sep="\t", file=text)
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {Standing._meta.db_table} ({', '.join(columns)}) FROM STDIN", text)


class _Figures:
    """Writes `Standing.numbers` as JSON. Equal scores are one object in a result: each is written once."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.maxima = {criterion.id: criterion.max for criterion in rule.criteria}
        self.weights = {panel.id: str(panel.weight) for panel in rule.panels}
        self.known: dict[tuple[str, int], str] = {}

    def of(self, item: dict[str, Any], award: str | None) -> str:
        """The numbers of one standing."""
        panels = ", ".join(self._panel(panel, item["panels"][panel.id]) for panel in self.rule.panels)
        beside = ("adjustments", "uncalibrated", "tie_broken_by", "flags")
        rest = json.dumps({"award": award, **{name: item[name] for name in beside}})
        return f'{{"panels": [{panels}], {rest[1:]}'

    def _panel(self, panel: Panel, found: dict[str, Any]) -> str:
        scores = [(key, found["criteria"][key]) for key in panel.criteria if key in found["criteria"]]
        criteria = ", ".join(self._criterion(key, score) for key, score in scores)
        figures = {name: found[name] for name in ("score", "share", "judges")}
        head = json.dumps({"key": panel.id, "weight": self.weights[panel.id], **figures})
        return f'{head[:-1]}, "criteria": [{criteria}]}}'

    def _criterion(self, key: str, score: dict[str, Any]) -> str:
        text = self.known.get((key, id(score)))
        if text is None:
            bar = percent(score["score"], self.maxima[key])
            shown = {name: readable(score[name], self.rule.rounding.places) for name in ("score", "weighted")}
            text = self.known[key, id(score)] = json.dumps({"key": key, "percent": bar, **score, **shown})
        return text


def readable(figure: str | None, places: int) -> str | None:
    """A criterion's score as people read it: rounded where no stage of the rule rounds it and it is a fraction (629/38).

    result.json keeps the fraction. Where whole sheets are averaged, no total is made of these scores.
    """
    if not figure or "/" not in figure:
        return figure
    whole = f"{int(abs(Fraction(figure)) * 10**places + Fraction(1, 2)):0{places + 1}d}"
    sign = "-" if figure.startswith("-") else ""
    return sign + (f"{whole[:-places]}.{whole[-places:]}" if places else whole)


@lru_cache(4096)
def percent(score: str | None, maximum: Any) -> str:
    """The length of a bar: the score as a percentage of the criterion's maximum, one decimal; 0 where there is none."""
    if not score or not maximum:
        return "0"
    tenths = Fraction(score) * 1000 / Fraction(maximum)
    return f"{int(tenths) // 10}.{int(tenths) % 10}"
