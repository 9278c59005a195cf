"""What a tally counts, read from the database in the form in which the pure tally takes it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from evaluations.actions.giving import given_rows
from evaluations.actions.voting import vote_rows
from evaluations.models import Adjustment, Round, RoundEvent
from evaluations.parsed import parsed_rule
from evaluations.rules.given import panels_of
from evaluations.tally import Inputs, RuleSet

if TYPE_CHECKING:
    from evaluations.tally.columns import Columns

# A sub-district is told beside a pseudonym only where the panel has so many seats of it: one judge is no pseudonym.
SEATS_OF_A_SUB_DISTRICT = 5

# Every row costs much of its time on the way out: so PostgreSQL strings the numbers together, eight or two bytes each, and
# hands out one row. Values are thousandths.
SHEETS = """
SELECT string_agg(int8send(id), ''), string_agg(int8send(seat_id), ''), string_agg(int8send(entry_id), ''),
  string_agg(int2send(revision), '')
FROM evaluations_scoresheet WHERE round_id = {round}
"""
MARKS = """
SELECT string_agg(int8send(
  ((m.sheet_id - {first}) << {shift}) + ((m.criterion_id - {least}) << 31) + (m.value * 1000)::int8 + (1 << 30)
), '') FROM evaluations_mark m {of_round} m.sheet_id BETWEEN {first} AND {last} AND m.criterion_id BETWEEN {least} AND {most}
"""
# What the numbers stand for, and what does not count, in one question instead of five: small rounds are many.
KNOWN = """
SELECT 'criterion', id, key, '' FROM evaluations_criterion WHERE rule_set_id = %(rule)s
UNION ALL SELECT 'entry', id, key, '' FROM evaluations_entry WHERE round_id = %(round)s
UNION ALL SELECT 'seat', s.id, s.pseudonym, p.key FROM evaluations_seat s
  JOIN evaluations_panel p ON p.id = s.panel_id WHERE s.round_id = %(round)s
UNION ALL SELECT 'void', v.sheet_id, '', '' FROM evaluations_sheetvoid v
  JOIN evaluations_scoresheet s ON s.id = v.sheet_id WHERE s.round_id = %(round)s
UNION ALL SELECT 'recused', r.seat_id, r.entry_id::text, '' FROM evaluations_recusal r
  JOIN evaluations_seat s ON s.id = r.seat_id WHERE s.round_id = %(round)s AND r.withdrawn_at IS NULL
"""
OF_ROUND = "JOIN evaluations_scoresheet s ON s.id = m.sheet_id WHERE s.round_id = {round} AND"
AT_ONCE = 2_000_000
# Where so large a share of the sheets between the first and the last is the round's own, the others' marks are read too and
# left out, which is quicker than asking of every mark whose it is.
SHARE = 0.5


def rule_of(round_: Round) -> RuleSet:
    """The rule by which the round counts: its rule set; where two people decided so, without the refusal to count plain."""
    rule = parsed_rule(round_.rule_set)
    plain = RoundEvent.objects.filter(round=round_, kind=RoundEvent.Kind.PLAIN).exists()
    return rule.never_refusing if plain else rule


def tally_inputs(round_: Round) -> Inputs:
    """Entries, seats and counted marks of a round."""
    return replace(inputs_without_marks(round_), marks=list(mark_columns(round_).rows()))


def inputs_without_marks(round_: Round) -> Inputs:
    """All that a round counts but marks. Titles and places are those of the frozen snapshots."""
    body = "snapshot__body"
    title = KeyTextTransform("title", body)
    places = [KeyTextTransform("name", KeyTransform(place, body)) for place in ("community", "sub_district")]
    entries = list(round_.entries.values_list("key", title, *places))
    rows = list(round_.seats.values_list("panel__key", "pseudonym", "judge__sub_district__name"))
    of_place = Counter((panel, place) for panel, _pseudonym, place in rows)
    seats = [
        (panel, pseudonym, place if place and of_place[panel, place] >= SEATS_OF_A_SUB_DISTRICT else "")
        for panel, pseudonym, place in rows
    ]
    adjusted = Adjustment.objects.filter(entry__round=round_).order_by("pk")
    adjustments = list(adjusted.values_list("entry__key", "points", "reason"))
    rule = parsed_rule(round_.rule_set)
    given, votes = panels_of(rule, "given"), panels_of(rule, "votes")
    return Inputs(
        entries=entries,
        marks=(),
        seats=seats,
        given=given_rows(round_, given) if given else (),
        adjustments=adjustments,
        votes=vote_rows(round_) if votes else (),
    )


def mark_columns(round_: Round, at_once: int = AT_ONCE) -> "Columns":
    """The marks that count: of the latest revision of each seat's sheet for an entry, not void, the judge not recused.

    Args:
        at_once: as many marks are read at once, which bounds the memory.
    """
    import numpy as np

    from evaluations.tally.columns import Columns

    known = _known(round_)
    criteria = dict(sorted((pk, key) for pk, key, _none in known["criterion"]))
    seats = known["seat"]
    panels = sorted({panel for _pk, _name, panel in seats})
    void = [pk for pk, _none, _nothing in known["void"]]
    recused = {(seat, int(entry)) for seat, entry, _none in known["recused"]}
    every, sheet, seat, entry = _counted_sheets(round_, void, recused)
    seat = _numbers(seat, [pk for pk, _name, _panel in seats])
    of_sheet, criterion, value = _marks(round_, every, sheet, list(criteria), at_once)
    return Columns(
        panels=panels,
        entries=[key for _pk, key, _none in known["entry"]],
        seats=[name for _pk, name, _panel in seats],
        criteria=list(criteria.values()),
        panel=np.array([panels.index(panel) for _pk, _name, panel in seats], dtype=np.int64)[seat],
        entry=_numbers(entry, [pk for pk, _key, _none in known["entry"]]),
        seat=seat,
        sheet=of_sheet,
        criterion=criterion,
        value=value,
    )


def _known(round_: Round) -> dict[str, list[tuple[int, str, str]]]:
    """The rows of KNOWN by their kind."""
    found: dict[str, list[tuple[int, str, str]]] = {
        kind: [] for kind in ("criterion", "entry", "seat", "void", "recused")
    }
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"round": round_.pk, "rule": round_.rule_set_id})
        for kind, pk, name, more in cursor.fetchall():
            found[kind].append((pk, name, more))
    return found


def _counted_sheets(
    round_: Round, void: list[int], recused: set[tuple[int, int]]
) -> tuple[Any, Any, Any, Any]:
    """The ids of all sheets, in ascending order; id, seat and entry of each that counts, by id."""
    import numpy as np

    ids, seat, entry, revision = (
        np.frombuffer(data, dtype=f">i{width}").astype(np.int64)
        for data, width in zip(_strung(SHEETS.format(round=int(round_.pk))), (8, 8, 8, 2), strict=True)
    )
    counted = np.ones(len(ids), dtype=bool)
    if len(ids) and revision.min() < revision.max():
        order = np.lexsort((revision, entry, seat))
        same = (np.diff(seat[order]) == 0) & (np.diff(entry[order]) == 0)
        counted[order[:-1][same]] = False
    if void:
        counted &= ~np.isin(ids, void)
    if recused:
        of_recused = np.flatnonzero(np.isin(seat, [of for of, _entry in recused]) & counted)
        pairs = zip(seat[of_recused].tolist(), entry[of_recused].tolist(), strict=True)
        counted[of_recused] = [pair not in recused for pair in pairs]
    order = np.argsort(ids, kind="stable")
    kept = order[counted[order]]
    return ids[order], ids[kept], seat[kept], entry[kept]


def _marks(round_: Round, every: Any, sheet: Any, criteria: list[int], at_once: int) -> tuple[Any, Any, Any]:
    """Of each mark of the counted sheets: the number of its sheet, the number of its criterion, its value.

    Args:
        every: the ids of all sheets of the round; sheet: of those that count; both ascending.
        criteria: their ids, ascending.
    """
    import numpy as np

    least, most = criteria[0], criteria[-1]
    shift = 31 + (most - least).bit_length()
    number_of = np.full(most - least + 1, -1, dtype=np.int16)
    number_of[np.array(criteria) - least] = np.arange(len(criteria))
    parts = []
    for first, last, own in _parts(every, max(1, at_once // len(criteria)), 1 << (63 - shift)):
        of_round = OF_ROUND.format(round=int(round_.pk)) if own < SHARE * (last - first + 1) else "WHERE"
        query = MARKS.format(first=first, last=last, least=least, most=most, shift=shift, of_round=of_round)
        packed = np.frombuffer(_strung(query)[0], dtype=">i8").astype(np.int64)
        number = _places(sheet, packed >> shift, first, last)
        if (there := number >= 0).all():
            there = slice(None)
        packed = packed[there]
        criterion = number_of[(packed >> 31) & ((1 << (shift - 31)) - 1)]
        value = ((packed & ((1 << 31) - 1)) - (1 << 30)).astype(np.int32)
        parts.append((number[there], criterion, value))
    if not parts:
        return np.empty(0, np.int32), np.empty(0, np.int16), np.empty(0, np.int32)
    sheets, numbers, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    return sheets, numbers, values


def _parts(every: Any, sheets: int, widest: int) -> Iterator[tuple[int, int, int]]:
    """First and last id, and number of sheets, of each part that is read at once."""
    import numpy as np

    start = 0
    while start < len(every):
        end = min(start + sheets, int(np.searchsorted(every, every[start] + widest)))
        yield int(every[start]), int(every[end - 1]), end - start
        start = end


def _places(sheet: Any, ids: Any, first: int, last: int) -> Any:
    """The number of each id, counted from `first`, among the sheets that count; -1 for others."""
    import numpy as np

    start, end = np.searchsorted(sheet, [first, last + 1]).tolist()
    if last - first < 16 * (end - start) + 1000:
        table = np.full(last - first + 1, -1, dtype=np.int32)
        table[sheet[start:end] - first] = np.arange(start, end)
        return table[ids]
    place = np.searchsorted(sheet, ids + first)
    return np.where(np.append(sheet, -1)[place] == ids + first, place, -1).astype(np.int32)


def _numbers(ids: Any, known: list[int]) -> Any:
    """The place of each id among the known ones."""
    import numpy as np

    if not known:
        return np.empty(0, dtype=np.int64)
    order = np.argsort(np.array(known, dtype=np.int64))
    found: Any = order[np.searchsorted(np.array(known, dtype=np.int64)[order], ids)]
    return found


def _strung(sql: str) -> list[bytes]:
    """The columns of a query of one row, each a string of bytes, as PostgreSQL's binary format has them."""
    buffer = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT binary)", buffer)
    # A header of 19 bytes and the number of fields; of each field its length (-1: null) and its bytes.
    data, fields, at = buffer.getbuffer(), [], 21
    for _n in range(int.from_bytes(data[19:21], "big")):
        length = max(0, int.from_bytes(data[at : at + 4], "big", signed=True))
        fields.append(bytes(data[at + 4 : at + 4 + length]))
        at += 4 + length
    return fields
