"""A round with judges at their seats, for the tests of scoring."""

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.utils import timezone

from evaluations.actions.cards import issue_cards
from evaluations.actions.sheets import Receipt, submit_score_sheet
from evaluations.models import Entry, Round, Seat
from tests import make
from tests.personas import Cast

LEVELS = [
    {
        "from": "50",
        "name": {"zh-hans": "优", "en": "Excellent"},
        "help": {"zh-hans": "堪为示范", "en": "A model"},
    },
    {"from": "40", "name": {"zh-hans": "良", "en": "Good"}, "help": {"zh-hans": "扎实", "en": "Solid"}},
    {"from": "0", "name": {"zh-hans": "弱", "en": "Weak"}},
]


@dataclass
class Scene:
    """An open preliminary of 湖滨 with two residents of it, three entries, everybody assigned to everything."""

    cast: Cast
    round: Round
    entries: list[Entry]
    seats: list[Seat]

    @classmethod
    def open(cls, cast: Cast | None = None, entries: int = 3, seats: int = 2, **values: Any) -> Self:
        cast = cast or Cast.shangcheng()
        season = make.season(cast.district)
        criteria = [{**make.RULE["criteria"][0], "levels": LEVELS}, make.RULE["criteria"][1]]
        round_ = make.round(season, cast.home, make.rule_set(season, criteria=criteria), **values)
        cases = [make.submission(season, cast.neighbour_community, "accepted") for _n in range(entries)]
        judges = [cast.resident, *(make.judge(make.community(cast.home)) for _n in range(seats - 1))]
        scene = cls(
            cast,
            round_,
            [make.entry(round_, case) for case in cases],
            [make.seat(round_, who) for who in judges],
        )
        for seat in scene.seats:
            for entry in scene.entries:
                make.assign(seat, entry)
        return scene

    @property
    def seat(self) -> Seat:
        return self.seats[0]

    @property
    def entry(self) -> Entry:
        return self.entries[0]

    def url(self, rest: str = "") -> str:
        return f"/{self.cast.district.slug}/judging/{rest}"

    def sit(self, client: Any, seat: Seat | None = None) -> Any:
        """Come in by a new card and its code, as a judge does."""
        item = issue_cards([seat or self.seat], by=None, now=timezone.now())[0]
        answer = client.post(f"/card/{item.token}/", {"code": item.secret})
        assert answer.status_code == 303, answer.content.decode()[:2000]
        return item

    def close(self) -> None:
        """The round's time is over, by the clock."""
        Round.objects.filter(pk=self.round.pk).update(closes_at=timezone.now() - dt.timedelta(seconds=1))


MARKS = {"need": Decimal("45.5"), "effect": Decimal("30")}


def hand_in(
    seat: Seat, entry: Entry, marks: dict[str, Decimal] | None = None, base: int = 0, **values: Any
) -> Receipt:
    given = {"client_key": uuid.uuid4(), "channel": "screen", "by": seat.judge.user, "now": timezone.now()}
    return submit_score_sheet(entry, seat, marks=marks or MARKS, base_revision=base, **{**given, **values})


def typed(marks: dict[str, Any] | None = None, base: int = 0, **values: Any) -> dict[str, str]:
    """What the form of the page sends."""
    fields = {f"mark_{key}": str(value) for key, value in (marks or MARKS).items()}
    sent = {"step": "send", "client_key": str(uuid.uuid4()), "base_revision": str(base), **fields, **values}
    return {name: value for name, value in sent.items() if value is not None}
