"""Rounds of any size, written in bulk: 4 criteria, trimmed means, every seat marks every entry."""

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from evaluations.actions.tallying import tally_round
from evaluations.models import (
    Criterion,
    Entry,
    Mark,
    Round,
    RoundEvent,
    ScoreSheet,
    Season,
    Seat,
    Submission,
    SubmissionSnapshot,
)
from judges.models import Judge
from tests import make
from tests.personas import Cast

CRITERIA = [
    {"id": key, "name": {"zh-hans": key, "en": key}, "min": "0", "max": "25", "step": "0.5", "weight": "1"}
    for key in ("need", "effect", "participation", "innovation")
]
ASSIGNMENTS = """
INSERT INTO evaluations_assignment (round_id, seat_id, entry_id, by_hand)
SELECT s.round_id, s.id, e.id, false FROM evaluations_seat s JOIN evaluations_entry e ON e.round_id = s.round_id
WHERE s.round_id = %(round)s ORDER BY s.id, e.id
"""
numbers = itertools.count(1)


def cast() -> Cast:
    """A district with its people."""
    return Cast.shangcheng(f"bench{next(numbers)}")


def open_round(people: Cast, entries: int, seats: int, judges: Sequence[Judge] = ()) -> Round:
    """An open preliminary of the cast's own sub-district in a season of its own; seats and entries assigned all to all.

    Args:
        judges: who sit; without them, as many new ones as there are seats.
    """
    season: Season = make.season(people.district, name=f"{next(numbers)} 届")
    rules = make.rule_set(season, criteria=CRITERIA, ties=["exact", "median"])
    round_: Round = make.round(season, people.home, rules)
    author = make.user()
    cases = Submission.objects.bulk_create(
        Submission(
            season=season,
            lead_community=people.community,
            sub_district=people.home,
            state="accepted",
            title=f"邻里共享厨房第{n}号",
            number=f"2018-HB-{n:04d}",
            created_by=author,
        )
        for n in range(1, entries + 1)
    )
    frozen = SubmissionSnapshot.objects.bulk_create(
        SubmissionSnapshot(submission=case, revision=1, body=body_of(case, people)) for case in cases
    )
    Entry.objects.bulk_create(
        Entry(round=round_, submission=case, snapshot=snapshot, key=case.number.lower(), position=n)
        for n, (case, snapshot) in enumerate(zip(cases, frozen, strict=True))
    )
    panel = make.panel(round_, places=seats)
    judges = judges or [make.judge(people.community) for _n in range(seats)]
    Seat.objects.bulk_create(
        Seat(round=round_, panel=panel, judge=who, number=n, pseudonym=f"p{n:07d}")
        for n, who in enumerate(judges, 1)
    )
    with connection.cursor() as cursor:
        cursor.execute(ASSIGNMENTS, {"round": round_.pk})
    return round_


def body_of(case: Submission, people: Cast) -> dict[str, object]:
    """What a snapshot says, as far as lists and rankings read it."""
    place, home = people.home, people.community
    return {
        "title": case.title,
        "number": case.number,
        "field": "mutual_help",
        "summary": "居民轮流掌勺，独居老人每天吃上热饭。" * 8,
        "community": {"code": home.code, "name": home.name},
        "sub_district": {"code": place.code, "name": place.name},
        "partners": [],
        "organizations": [{"code": "x", "name": "邻里互助社", "origin": "endogenous"}],
    }


@transaction.atomic
def mark_all(round_: Round, seed: int = 1) -> None:
    """One sheet of every seat for every entry, with seeded marks, and its event."""
    chance = random.Random(seed)
    criteria = list(Criterion.objects.filter(rule_set=round_.rule_set))
    pairs = list(round_.assignments.values_list("seat_id", "entry_id"))
    sheets = ScoreSheet.objects.bulk_create(
        ScoreSheet(round=round_, seat_id=seat, entry_id=entry, revision=1, client_key=uuid.uuid4(), salt="00")
        for seat, entry in pairs
    )
    Mark.objects.bulk_create(
        Mark(sheet=sheet, criterion=criterion, value=Decimal(chance.randrange(20, 51)) / 2)
        for sheet in sheets
        for criterion in criteria
    )
    RoundEvent.objects.bulk_create(
        RoundEvent(
            round=round_, kind="sheet", sheet=sheet, body="{}", digest=f"{round_.pk:08x}{sheet.pk:056x}"
        )
        for sheet in sheets
    )


def tallied_round(people: Cast, entries: int, seats: int = 5) -> Round:
    """A round with its tally."""
    round_ = open_round(people, entries, seats)
    mark_all(round_)
    at = timezone.now() - dt.timedelta(seconds=1)
    Round.objects.filter(pk=round_.pk).update(state="counting")
    Round.objects.filter(pk=round_.pk).update(state="closed", closed_at=at)
    assert tally_round(round_.pk, timezone.now()) is not None
    round_.refresh_from_db()
    return round_


def sitting_judges(round_: Round) -> list[Judge]:
    """The judges of the round's seats."""
    return [seat.judge for seat in round_.seats.select_related("judge__user")]
