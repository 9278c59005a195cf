"""Where a judge sits, for the judge's page in the register (settings.JUDGE_SEATS)."""

from django.urls import NoReverseMatch, reverse

from evaluations.models import Seat
from evaluations.states import RoundState
from judges.models import Judge
from judges.seating import HeldSeat

WAITING = (RoundState.DRAFT, RoundState.OPEN, RoundState.COUNTING)
SCORING = (RoundState.OPEN, RoundState.COUNTING)


def held_seats(judge: Judge) -> list[HeldSeat]:
    """Every seat of the judge, the latest round first; a seat given to somebody else is over."""
    seats = Seat.objects.filter(judge=judge).select_related("round__season")
    return [held(judge, seat) for seat in seats.order_by("-round__opens_at", "-pk")]


def held(judge: Judge, seat: Seat) -> HeldSeat:
    live = seat.state == "live"
    return HeldSeat(
        round_name=f"{seat.round.season.name} · {seat.round.name}",
        url=address(judge.district.slug, seat.round.code),
        state_words=seat.round.get_state_display() if live else seat.get_state_display(),
        is_waiting=live and seat.round.state in WAITING,
        is_scoring=live and seat.round.state in SCORING,
    )


def address(slug: str, code: str) -> str:
    """The round's page in the office; empty where there is none."""
    try:
        return reverse("office:round", args=[slug, code])
    except NoReverseMatch:
        return ""
