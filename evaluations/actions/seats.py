"""Who sits in a panel: chosen from the bench or drawn by lot while a round is prepared, replaced by two people after."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from communities.models import SubDistrict
from evaluations.actions.events import record_event
from evaluations.actions.locks import hold_round
from evaluations.actions.rounds import draft_round
from evaluations.matching import lot
from evaluations.models import Assignment, Panel, Round, Seat
from evaluations.rules.bench import bench_of, free_judges, guests_for, lending_sub_districts
from evaluations.rules.conflicts import conflicts_between, entries_of
from evaluations.states import SEAT_MOVES, RoundState, SeatState
from goldidea.lib import audit
from goldidea.lib.entropy import random_word
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.moves import move
from judges.models import Judge

PSEUDONYM = 8  # characters of 5 bits: nobody guesses one, and two in a round hardly ever meet
MOST_PLACES = 200


@transaction.atomic
def set_places(panel: Panel, places: int, *, by: Any, now: dt.datetime) -> None:
    """Say how many judges the panel has place for.

    Raises: Refusal once the round has been opened, or when more judges sit there already.
    """
    draft_round(panel.round)
    if places < panel.seats.live().count():
        raise Refusal(_("More judges sit in this panel already: take some out first."), code="places-taken")
    old, panel.places = panel.places, places
    panel.full_clean(exclude=["name", "key"])
    panel.save(update_fields=["places"])
    audit.record("set places", panel.round, by=by, changes={f"places {panel.key}": (old, places)})


@transaction.atomic
def seat_judge(panel: Panel, judge: Judge, *, by: Any, now: dt.datetime) -> Seat:
    """Seat one judge of the panel's bench while the round is being prepared. Raises: as `seat_judges`."""
    return seat_judges(panel, [judge], by=by, now=now)[0]


@transaction.atomic
def seat_judges(panel: Panel, judges: Iterable[Judge], *, by: Any, now: dt.datetime) -> list[Seat]:
    """Seat judges of the panel's bench while the round is being prepared. Places grow with them when there are too few.

    Raises: Refusal once the round has been opened, or for a judge who is not of the bench or sits in the round.
    """
    draft_round(panel.round)
    panel = _held(panel)
    judges = list(judges)
    allowed = set(free_judges(panel, now).values_list("pk", flat=True))
    for judge in judges:
        if judge.pk not in allowed:
            raise Refusal(
                _("%(judge)s cannot sit in this panel: not of its bench, not serving, or seated already.")
                % {"judge": judge},
                code="not-of-the-bench",
            )
    seats = [_seat(panel, judge) for judge in judges]
    _make_room(panel)
    audit.record(
        "seat judges", panel.round, by=by, changes={"seats": (None, [seat.judge_id for seat in seats])}
    )
    return seats


@transaction.atomic
def seat_guests(
    panel: Panel, judges: Iterable[Judge], *, by: Any, second: Any, reason: str, now: dt.datetime
) -> list[Seat]:
    """Seat judges from outside the bench, by two people, while the round is being prepared.

    Raises: Refusal once the round has been opened, or when a judge is not serving or sits in the round.
    """
    draft_round(panel.round)
    panel = _held(panel)
    allowed = set(guests_for(panel, now).values_list("pk", flat=True))
    for judge in (judges := list(judges)):
        if judge.pk not in allowed:
            raise Refusal(_("%(judge)s cannot be a guest here.") % {"judge": judge}, code="not-a-guest")
    seats = [_seat(panel, judge) for judge in judges]
    _make_room(panel)
    for seat in seats:
        audit.record("seat guest", seat, by=by, reason=reason, changes={"second": (None, second.name)})
    return seats


@transaction.atomic
def draw_judges(panel: Panel, seed: str, places: int, *, by: Any, now: dt.datetime) -> list[Seat]:
    """Fill the panel's free places by lot from the judges of its bench who do not sit yet; the sentence is kept.

    The lot: ascending SHA-256 of the sentence, the round's and the judge's code.
    Raises: Refusal once the round has been opened, or when the bench has too few judges.
    """
    draft_round(panel.round)
    panel = _held(panel)
    missing = places - panel.seats.live().count()
    bench = sorted(free_judges(panel, now), key=lambda judge: lot(seed, panel.round.code, judge.code))
    if missing < 1 or missing > len(bench):
        raise Refusal(
            _("There is nothing to draw: %(free)d judges are free for %(missing)d places.")
            % {"free": len(bench), "missing": max(missing, 0)},
            code="nothing-to-draw",
        )
    panel.places, panel.lot_seed = places, seed
    panel.save(update_fields=["places", "lot_seed"])
    seats = [_seat(panel, judge) for judge in bench[:missing]]
    audit.record(
        "draw judges", panel.round, by=by, reason=seed, changes={f"places {panel.key}": (None, places)}
    )
    return seats


@transaction.atomic
def choose_bench(panel: Panel, place: SubDistrict, *, by: Any, now: dt.datetime) -> None:
    """By agreement, judges of this sub-district sit in a panel whose bench is an exchange.

    Raises: Refusal once the round has been opened, or when judges of another sub-district sit there.
    """
    _exchange(panel, place, "", by=by, now=now)


@transaction.atomic
def draw_bench(panel: Panel, seed: str, *, by: Any, now: dt.datetime) -> SubDistrict:
    """By lot, judges of one other sub-district sit in a panel whose bench is an exchange; the sentence is kept.

    The lot: the smallest SHA-256 of the sentence, the round's code and the division code.
    Raises: as `choose_bench`; Refusal when no other sub-district has serving judges.
    """
    places = list(lending_sub_districts(panel.round, now))
    if not places:
        raise Refusal(_("No other sub-district has serving judges."), code="no-other-bench")
    drawn = min(places, key=lambda place: lot(seed, panel.round.code, place.division_code))
    _exchange(panel, drawn, seed, by=by, now=now)
    return drawn


def _exchange(panel: Panel, place: SubDistrict, seed: str, *, by: Any, now: dt.datetime) -> None:
    draft_round(panel.round)
    panel_ = _held(panel)
    if bench_of(panel.round) != "exchange" or not lending_sub_districts(panel.round, now).filter(pk=place.pk):
        raise Refusal(_("Judges of this sub-district cannot mark this round."), code="not-an-exchange")
    if panel_.bench_from_id != place.pk and panel_.seats.live().exists():
        raise Refusal(_("Judges sit in this panel already: take them out first."), code="places-taken")
    old, panel_.bench_from, panel_.lot_seed = panel_.bench_from, place, seed
    panel_.save(update_fields=["bench_from", "lot_seed"])
    panel.bench_from, panel.lot_seed = place, seed
    audit.record("choose bench", panel.round, by=by, reason=seed, changes={"bench": (old, place)})


@transaction.atomic
def withdraw_seat(seat: Seat, *, by: Any, now: dt.datetime) -> None:
    """Take a judge out of a panel while the round is being prepared; the assignment and the card go with the seat.

    Raises: Refusal once the round has been opened; StaleState.
    """
    draft_round(seat.round)
    seat.recusals.all().delete()
    if seat.cards.exists():
        move(seat, SEAT_MOVES, SeatState.WITHDRAWN)
        seat.assignments.all().delete()
        seat.cards.filter(revoked_at=None).update(revoked_at=now)
        audit.record("withdraw seat", seat, by=by)
        return
    audit.record("withdraw seat", seat, by=by)
    seat.delete()


@transaction.atomic
def replace_seat(
    seat: Seat, judge: Judge | None, *, by: Any, second: Any, reason: str, now: dt.datetime
) -> Seat | None:
    """After opening, by two people: put another judge in a judge's place, or (without one) only take the judge out.

    What the judge handed in counts unless it is voided. Entries without a sheet go to the new seat, except those
    that the new judge is barred from. The old card stops working.

    Raises: Refusal when the round is not open, or the new judge may not sit; StaleState.
    """
    round_ = seat.round
    hold_round(round_.pk)
    round_ = Round.objects.select_related("season__district", "sub_district", "rule_set").get(pk=round_.pk)
    if round_.state != RoundState.OPEN:
        raise StaleState(_("This round is not open any more."))
    panel = _held(seat.panel)
    if judge is not None and not _may_replace(panel, judge, now):
        raise Refusal(_("%(judge)s cannot take this seat.") % {"judge": judge}, code="not-of-the-bench")
    move(seat, SEAT_MOVES, SeatState.REPLACED if judge else SeatState.WITHDRAWN)
    seat.cards.filter(revoked_at=None).update(revoked_at=now)
    open_rows = seat.assignments.exclude(entry__in=seat.sheets.values("entry")).select_related("entry")
    left = [row.entry for row in open_rows.order_by("entry__key")]
    open_rows.delete()
    record_event(round_, "unseat", {"entries": [entry.key for entry in left], "seat": seat.pseudonym})
    audit.record("replace seat", seat, by=by, reason=reason, changes={"second": (None, second.name)})
    return _take_over(round_, panel, seat, judge, {entry.pk for entry in left}) if judge else None


def _take_over(round_: Round, panel: Panel, old: Seat, judge: Judge, left: set[int]) -> Seat:
    new = _seat(panel, judge, replaces=old)
    entries = [entry for entry in entries_of(round_) if entry.pk in left]
    barred = conflicts_between(round_, [new], entries)
    taken = [entry for entry in entries if (new.pk, entry.pk) not in barred]
    Assignment.objects.bulk_create(Assignment(round=round_, seat=new, entry=entry) for entry in taken)
    body = {"panel": panel.key, "replaces": old.pseudonym, "seat": new.pseudonym}
    record_event(round_, "seat", body)
    record_event(round_, "assign", {"added": {new.pseudonym: [entry.key for entry in taken]}, "removed": {}})
    return new


def _may_replace(panel: Panel, judge: Judge, now: dt.datetime) -> bool:
    """Of the bench, or a guest: after opening two people decide either way. Experts replace experts only."""
    free = free_judges(panel, now).filter(pk=judge.pk).exists()
    return free or (
        judge.kind == judge.Kind.RESIDENT
        and panel.key != "experts"
        and guests_for(panel, now).filter(pk=judge.pk).exists()
    )


def _held(panel: Panel) -> Panel:
    """The panel read again and held, so that two people at once give different seat numbers."""
    return (
        Panel.objects.select_for_update(of=("self",))
        .select_related("round__season__district", "round__rule_set", "round__sub_district", "bench_from")
        .get(pk=panel.pk)
    )


def _seat(panel: Panel, judge: Judge, replaces: Seat | None = None) -> Seat:
    number = (panel.seats.aggregate(last=Max("number"))["last"] or 0) + 1
    taken = set(panel.round.seats.values_list("pseudonym", flat=True))
    pseudonym = random_word(PSEUDONYM)
    while pseudonym in taken:
        pseudonym = random_word(PSEUDONYM)
    seat = Seat(
        round=panel.round, panel=panel, judge=judge, number=number, pseudonym=pseudonym, replaces=replaces
    )
    seat.full_clean()
    seat.save()
    return seat


def _make_room(panel: Panel) -> None:
    live = panel.seats.live().count()
    if live > panel.places:
        panel.places = live
        panel.save(update_fields=["places"])
