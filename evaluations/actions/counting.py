"""What a tally counts, read from the database in the form in which the pure tally takes it."""

from collections import Counter
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from evaluations.models import Adjustment, Recusal, Round, RoundEvent, SheetVoid
from evaluations.parsed import parsed_rule
from evaluations.tally import Inputs, RuleSet

if TYPE_CHECKING:
    from evaluations.tally.packed import Columns

# A sub-district is told beside a pseudonym only where the panel has so many seats of it: one judge is no pseudonym.
SEATS_OF_A_SUB_DISTRICT = 5

# Whole numbers in PostgreSQL's binary format, which numpy reads as it comes; values in thousandths.
SHEETS = "SELECT id, seat_id, entry_id, revision::int8 FROM evaluations_scoresheet WHERE round_id = {round}"
MARKS = """
SELECT m.sheet_id, (m.criterion_id << 32) + (m.value * 1000)::int8 + 2147483648
FROM evaluations_mark m JOIN evaluations_scoresheet s ON s.id = m.sheet_id WHERE s.round_id = {round}
"""


def rule_of(round_: Round) -> RuleSet:
    """The rule by which the round counts: its rule set; where two people decided so, without the refusal to count plain."""
    rule = parsed_rule(round_.rule_set)
    plain = RoundEvent.objects.filter(round=round_, kind=RoundEvent.Kind.PLAIN).exists()
    return rule.never_refusing if plain else rule


def tally_inputs(round_: Round) -> Inputs:
    """Entries, seats and counted marks of a round."""
    return replace(inputs_without_marks(round_), marks=list(mark_columns(round_).rows()))


def inputs_without_marks(round_: Round) -> Inputs:
    """Entries and seats of a round. Titles and places are those of the frozen snapshots."""
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
    return Inputs(entries=entries, marks=(), seats=seats, adjustments=adjustments)


def mark_columns(round_: Round) -> "Columns":
    """The marks that count: of the latest revision of each seat's sheet for an entry, not void, the judge not recused."""
    import numpy as np

    from evaluations.tally.packed import Columns

    sheet, seat, entry = _counted_sheets(round_)
    of_sheet, packed = _copied(MARKS.format(round=int(round_.pk)), 2)
    place = np.searchsorted(sheet, of_sheet)
    counted = np.append(sheet, -1)[place] == of_sheet
    place, packed = place[counted], packed[counted]
    criteria = dict(round_.rule_set.criteria.values_list("pk", "key"))
    entries = dict(round_.entries.values_list("pk", "key"))
    rows = list(round_.seats.values_list("pk", "pseudonym", "panel__key"))
    panels = sorted({panel for _pk, _name, panel in rows})
    seats = {pk: name for pk, name, _panel in rows}
    panel_of = np.array([panels.index(panel) for _pk, _name, panel in rows], dtype=np.int64)
    numbers = _numbers(seat, list(seats))[place]
    return Columns(
        panels=panels,
        entries=list(entries.values()),
        seats=list(seats.values()),
        criteria=list(criteria.values()),
        panel=panel_of[numbers],
        entry=_numbers(entry, list(entries))[place],
        seat=numbers,
        criterion=_numbers(packed >> 32, list(criteria)),
        value=(packed & 0xFFFFFFFF) - 2147483648,
    )


def _counted_sheets(round_: Round) -> tuple[Any, Any, Any]:
    """Id, seat and entry of each sheet that counts, by id."""
    import numpy as np

    sheet, seat, entry, revision = _copied(SHEETS.format(round=int(round_.pk)), 4)
    order = np.lexsort((revision, entry, seat))
    latest = np.ones(len(order), dtype=bool)
    latest[:-1] = (np.diff(seat[order]) != 0) | (np.diff(entry[order]) != 0)
    void = SheetVoid.objects.filter(sheet__round=round_).values_list("sheet_id", flat=True)
    recusals = Recusal.objects.filter(seat__round=round_, withdrawn_at=None).values_list(
        "seat_id", "entry_id"
    )
    counted = np.zeros(len(order), dtype=bool)
    counted[order[latest]] = True
    counted &= ~np.isin(sheet, np.array(list(void), dtype=np.int64))
    for pair in recusals:
        counted &= ~((seat == pair[0]) & (entry == pair[1]))
    kept = np.flatnonzero(counted)
    kept = kept[np.argsort(sheet[kept])]
    return sheet[kept], seat[kept], entry[kept]


def _numbers(ids: Any, known: list[int]) -> Any:
    """The place of each id among the known ones."""
    import numpy as np

    order = np.argsort(np.array(known, dtype=np.int64))
    found: Any = order[np.searchsorted(np.array(known, dtype=np.int64)[order], ids)]
    return found


def _copied(sql: str, width: int) -> Any:
    """The rows of a query of so many bigint columns, none of them null, as that many arrays."""
    import numpy as np

    buffer = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT binary)", buffer)
    # A header of 19 bytes; each row a count of fields, each field its length and its bytes; an end of 2 bytes.
    fields = [part for name in range(width) for part in ((f"length{name}", ">i4"), (f"field{name}", ">i8"))]
    rows = np.frombuffer(buffer.getbuffer()[19:-2], dtype=[("count", ">i2"), *fields])
    return tuple(rows[f"field{name}"].astype(np.int64) for name in range(width))
