"""Who marks what and who has handed in: counts, never a mark."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from evaluations.models import Entry, Panel, Recusal, Round, ScoreSheet, Seat
from evaluations.rules.conflicts import Bar, Key, entries_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One seat and one entry. `state`: received, waiting, recused, barred, void, or empty for not assigned."""

    state: str = ""
    words: str = ""
    change: str = ""  # "added" or "removed" by a proposal


@dataclass(slots=True)
class Row:
    """An entry with its cells, one for each seat of the panel."""

    entry: Entry
    cells: list[Cell] = field(default_factory=list)
    done: int = 0
    of: int = 0


@dataclass(slots=True)
class Board:
    """One panel: seats along the top, entries down the side, with the counts of both."""

    panel: Panel
    seats: list[Seat]
    rows: list[Row]
    by_seat: list[tuple[Seat, int, int]] = field(default_factory=list)
    done: int = 0
    of: int = 0


def boards(round_: Round) -> list[Board]:
    """Who has handed in what, for each panel; a constant number of queries."""
    seats = list(
        round_.seats.select_related("panel", "judge__sub_district", "judge__community").order_by(
            "panel", "number"
        )
    )
    entries = entries_of(round_)
    pairs = set(round_.assignments.values_list("seat_id", "entry_id"))
    received = set(ScoreSheet.objects.filter(round=round_).counted().values_list("seat_id", "entry_id"))
    voided = set(
        ScoreSheet.objects.filter(round=round_).latest().exclude(void=None).values_list("seat_id", "entry_id")
    )
    recused = set(
        Recusal.objects.filter(seat__round=round_, withdrawn_at=None).values_list("seat_id", "entry_id")
    )
    states = {**dict.fromkeys(pairs, "waiting"), **dict.fromkeys(received, "received")}
    states |= {**dict.fromkeys(voided, "void"), **dict.fromkeys(recused, "recused")}
    shown = [s for s in seats if s.state == "live" or any(s.pk == seat for seat, _entry in received)]
    return [_board(panel, shown, entries, states) for panel in round_.panels.all()]


def _board(panel: Panel, seats: list[Seat], entries: list[Entry], states: Mapping[Key, str]) -> Board:
    own = [seat for seat in seats if seat.panel_id == panel.pk]
    rows = []
    done_by, of_seat = Counter[int](), Counter[int]()
    for entry in entries:
        row = Row(entry)
        for seat in own:
            state = states.get((seat.pk, entry.pk), "")
            if state == "waiting" and seat.state != "live":
                state = ""
            row.cells.append(Cell(state))
            counts = state in ("received", "waiting", "void")
            row.of, of_seat[seat.pk] = row.of + counts, of_seat[seat.pk] + counts
            row.done, done_by[seat.pk] = (
                row.done + (state == "received"),
                done_by[seat.pk] + (state == "received"),
            )
        rows.append(row)
    by_seat = [(seat, done_by[seat.pk], of_seat[seat.pk]) for seat in own]
    return Board(panel, own, rows, by_seat, sum(done_by.values()), sum(of_seat.values()))


def assignment_rows(
    seats: list[Seat], entries: list[Entry], current: set[Key], proposed: set[Key], barred: Mapping[Key, Bar]
) -> list[Row]:
    """What is assigned now, what a proposal would change, and what is barred, entry by entry."""
    rows = []
    for entry in entries:
        row = Row(entry, of=len(seats))
        for seat in seats:
            key = (seat.pk, entry.pk)
            there, wanted = key in current, key in proposed
            change = "" if there == wanted else ("added" if wanted else "removed")
            state = "assigned" if there else ("barred" if key in barred else "")
            row.cells.append(Cell(state, str(barred[key].label) if key in barred else "", change))
            row.done += wanted
        rows.append(row)
    return rows
