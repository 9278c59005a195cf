"""Judges mark: some mildly, some severely, each by the own lights, and all of it by the seed."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone

from evaluations.actions.recusals import declare_recusal
from evaluations.actions.sheets import criteria_of, submit_score_sheet
from evaluations.demonstration.cast import Cast
from evaluations.demonstration.chance import bell, chance
from evaluations.demonstration.rounds import name_of
from evaluations.models import Assignment, Round, Seat
from evaluations.tally import Criterion
from goldidea.lib.entropy import seeded

# In thousandths of a criterion's maximum.
MIDDLE, CASES, JUDGES, CRITERIA, TASTE = 810, 60, 55, 35, 45
LEAST, MOST = 350, 1000
REVISED = 25  # one sheet in so many is put right by its judge
RECUSED = 90  # one assignment in so many ends in a declared conflict


def marks_for(
    seed: str, entry: str, judge: str, criteria: tuple[Criterion, ...], revision: int = 1
) -> dict[str, Decimal]:
    """What this judge thinks of this case: its quality, the judge's severity, the criterion, and taste."""
    quality = MIDDLE + bell(chance(seed, "case", entry), CASES)
    severity = bell(chance(seed, "judge", judge), JUDGES)
    return {
        criterion.id: on_scale(
            criterion,
            quality
            - severity
            + bell(chance(seed, "case", entry, criterion.id), CRITERIA)
            + bell(chance(seed, "taste", entry, judge, criterion.id, revision), TASTE),
        )
        for criterion in criteria
    }


def on_scale(criterion: Criterion, thousandths: int) -> Decimal:
    """The nearest mark that the criterion's scale has."""
    share = min(max(thousandths, LEAST), MOST)
    steps = int((criterion.max - criterion.min) / criterion.step)
    return Decimal(criterion.min) + Decimal(criterion.step) * ((steps * share + 500) // 1000)


def assigned(round_: Round) -> dict[Seat, list[Assignment]]:
    """Each seat with what it marks, in order."""
    rows = Assignment.objects.filter(round=round_).select_related(
        "entry__round",
        "seat__panel",
        "seat__judge__user",
        "seat__round__rule_set",
        "seat__round__season__district",
    )
    found: dict[Seat, list[Assignment]] = defaultdict(list)
    for row in rows.order_by("seat__panel", "seat__number", "entry__position"):
        found[row.seat].append(row)
    return dict(found)


def score_all(cast: Cast, round_: Round, before_each: Callable[[], None] = lambda: None) -> int:
    """Every judge hands in a sheet for every case assigned; gives the number of sheets, revised ones counted again."""
    return sum(score_some(cast, round_, seat, rows, before_each) for seat, rows in assigned(round_).items())


def score_some(
    cast: Cast,
    round_: Round,
    seat: Seat,
    rows: list[Assignment],
    before_each: Callable[[], None] = lambda: None,
) -> int:
    """One judge hands in these sheets, declares a conflict here and there, thinks again here and there."""
    sheets, name, judge = 0, name_of(round_), seat.judge.name
    for row in rows:
        before_each()
        throw = chance(cast.seed, "throw", name, row.entry.key, judge)
        if throw.randrange(RECUSED) == 0:
            by = seat.judge.user
            declare_recusal(seat, row.entry, reason="kin", by=by, now=timezone.now())
            continue
        revisions = 2 if throw.randrange(REVISED) == 0 else 1
        for revision in range(revisions):
            hand_in_sheet(cast, row, f"{name}/{row.entry.key}/{seat.pseudonym}", revision)
        sheets += revisions
    return sheets


def hand_in_sheet(cast: Cast, row: Assignment, name: str, base: int) -> None:
    """One sheet, on top of revision `base`, with a salt that follows from the seed."""
    seat = row.seat
    marks = marks_for(cast.seed, row.entry.key, seat.judge.name, criteria_of(seat), base + 1)
    with seeded(f"{cast.seed}/sheet/{name}/{base}"):
        submit_score_sheet(
            row.entry,
            seat,
            marks=marks,
            client_key=uuid.uuid4(),
            base_revision=base,
            by=seat.judge.user,
            now=timezone.now(),
        )
