"""Who could mark what: proposals by computation with their quality, what is short and why. Nothing is written here."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from evaluations.conduct import Conduct, checked_rule, conduct_of
from evaluations.matching import Quality, Task, match, quality
from evaluations.models import Entry, Panel, Round, Seat
from evaluations.rules.conflicts import Bar, Key, entries_of, exclusions, live_seats


@dataclass(frozen=True, slots=True)
class Short:
    """An entry that gets fewer judges than the rule asks for, and why.

    Attributes:
        barred: how many judges of the panel are barred for what reason.
        full: how many of the others already have all the entries that the rule lets them have.
        crowded: how many come from a sub-district from which enough judges mark this entry.
    """

    entry: Entry
    judges: int
    wanted: int
    barred: Mapping[Bar, int]
    full: int
    crowded: int


@dataclass(frozen=True, slots=True)
class Balance:
    """How even an assignment is: the fewest and the most of an entry's judges and of a judge's entries."""

    per_entry: tuple[int, int]
    per_judge: tuple[int, int]
    quality: Quality

    @property
    def groups(self) -> int:
        """1: connected, so that severe and mild judges meet everywhere."""
        return self.quality.groups

    @property
    def efficiency(self) -> int:
        """Percent of the precision that equally strict judges would give."""
        return int(self.quality.efficiency * 100)

    @property
    def connectivity(self) -> str:
        return f"{self.quality.connectivity:.2f}"

    @property
    def weak(self) -> bool:
        """Connected, but by so few common judges that differences in strictness are hard to tell."""
        return self.groups == 1 and self.quality.efficiency < 0.5


@dataclass(frozen=True, slots=True)
class PanelProposal:
    """What would be assigned in one panel. Pairs are (seat id, entry id)."""

    panel: Panel
    seats: list[Seat]
    pairs: frozenset[Key]
    fixed: frozenset[Key]
    short: list[Short]
    balance: Balance


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be assigned in a round, what the rule excludes and why. `digest` names exactly this proposal."""

    round: Round
    entries: list[Entry]
    panels: list[PanelProposal]
    excluded: Mapping[Key, Bar]
    added: int
    removed: int
    digest: str


def propose_assignment(round_: Round) -> Proposal:
    """Compute a balanced assignment: the same for the same rule, entries, seats and exclusions.

    What was assigned by hand stays, unless it is barred now.
    """
    rows = round_.assignments.values_list("seat_id", "entry_id", "by_hand")
    return _proposal(round_, {(seat, entry): hand for seat, entry, hand in rows}, keep_all=False)


def propose_late(round_: Round) -> Proposal:
    """For a round that runs: who could take the place of those who recused themselves. All that is assigned stays."""
    rows = round_.assignments.values_list("seat_id", "entry_id", "by_hand")
    return _proposal(round_, {(seat, entry): hand for seat, entry, hand in rows}, keep_all=True)


def _proposal(round_: Round, there: Mapping[Key, bool], *, keep_all: bool) -> Proposal:
    conduct = conduct_of(checked_rule(round_.rule_set.text))
    entries, seats, barred = entries_of(round_), live_seats(round_), exclusions(round_)
    fixed = {key for key, by_hand in there.items() if (by_hand or keep_all) and key not in barred}
    panels = [
        _propose(panel, [s for s in seats if s.panel_id == panel.pk], entries, barred, fixed, conduct)
        for panel in round_.panels.all()
    ]
    pairs = {pair for panel in panels for pair in panel.pairs}
    return Proposal(
        round=round_,
        entries=entries,
        panels=panels,
        excluded=barred,
        added=len(pairs - there.keys()),
        removed=len(there.keys() - pairs),
        digest=hashlib.sha256(json.dumps([sorted(pairs), sorted(there)]).encode()).hexdigest()[:32],
    )


def _propose(
    panel: Panel,
    seats: list[Seat],
    entries: list[Entry],
    barred: Mapping[Key, Bar],
    fixed: Collection[Key],
    conduct: Conduct,
) -> PanelProposal:
    seat_of = {seat.pseudonym: seat for seat in seats}
    entry_of = {entry.key: entry for entry in entries}
    name_of = {seat.pk: seat.pseudonym for seat in seats}
    key_of = {entry.pk: entry.key for entry in entries}
    eligible = {
        entry.key: [seat.pseudonym for seat in seats if (seat.pk, entry.pk) not in barred]
        for entry in entries
    }
    found = match(
        Task(
            eligible=eligible,
            wanted={key: min(conduct.per_entry or len(seats), len(names)) for key, names in eligible.items()},
            capacity=conduct.per_judge,
            seed=f"{panel.round.rule_set.sha256}/{panel.key}",
            home=_homes(seats),
            per_home=conduct.per_sub_district,
            fixed=frozenset((key_of[e], name_of[s]) for s, e in fixed if s in name_of and e in key_of),
        )
    )
    pairs = frozenset((seat_of[name].pk, entry_of[key].pk) for key, name in found)
    return PanelProposal(
        panel=panel,
        seats=seats,
        pairs=pairs,
        fixed=frozenset(fixed) & pairs,
        short=_short(seats, entries, pairs, barred, conduct),
        balance=balance_of(seats, entries, pairs),
    )


def _homes(seats: Iterable[Seat]) -> dict[str, str]:
    return {seat.pseudonym: str(seat.judge.sub_district_id) for seat in seats if seat.judge.sub_district_id}


def balance_of(seats: Iterable[Seat], entries: Iterable[Entry], pairs: Iterable[Key]) -> Balance:
    """How even these pairs of seats and entries are, and how well they compare entries."""
    pairs = set(pairs)
    of_entry = Counter(entry for _seat, entry in pairs)
    of_seat = Counter(seat for seat, _entry in pairs)
    counts = [of_entry[entry.pk] for entry in entries] or [0]
    loads = [of_seat[seat.pk] for seat in seats] or [0]
    design = quality({(f"entry {entry}", f"seat {seat}") for seat, entry in pairs})
    return Balance((min(counts), max(counts)), (min(loads), max(loads)), design)


def _short(
    seats: list[Seat],
    entries: list[Entry],
    pairs: frozenset[Key],
    barred: Mapping[Key, Bar],
    conduct: Conduct,
) -> list[Short]:
    counts = Counter(entry for _seat, entry in pairs)
    loads = Counter(seat for seat, _entry in pairs)
    wanted = conduct.per_entry or len(seats)
    found = []
    for entry in entries:
        if counts[entry.pk] >= wanted:
            continue
        reasons = Counter(barred[seat.pk, entry.pk] for seat in seats if (seat.pk, entry.pk) in barred)
        others = [s for s in seats if (s.pk, entry.pk) not in barred and (s.pk, entry.pk) not in pairs]
        full = [s for s in others if conduct.per_judge is not None and loads[s.pk] >= conduct.per_judge]
        crowded = len(others) - len(full)
        found.append(Short(entry, counts[entry.pk], wanted, dict(reasons), len(full), crowded))
    return found
