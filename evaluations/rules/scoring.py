"""May this judge score, recuse, look? May this person print the cards? The seat comes from the card that opened the session."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from communities.rules import (
    can_decide_for_district,
    can_staff,
    is_district_staff,
    is_observer,
    staff_sub_district_ids,
)
from evaluations.models import Card, Entry, Round, ScoreSheet, Seat
from evaluations.states import RoundState, SeatState
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

CARDS_IN = (RoundState.DRAFT, RoundState.OPEN)

NO_CARD = _("These pages open with a judge's card. Scan the QR code on your card.")
REVOKED = _("This card is not valid any more: a newer one was printed for you, or it was taken back.")
NOT_SEATED = _("You are not a judge of this round any more.")
ELSEWHERE = _("Your card is now used on another phone. To go on here, scan it again and type its code.")
RECUSED = _("You have recused yourself from this project.")
TRIAL_FIRST = _("First mark the trial case. It does not count; it shows how the others use the marks.")


def can_use_card(card: Card) -> Verdict:
    """Whether a card opens anything at all: not revoked, its seat in place."""
    if card.revoked_at is not None:
        return Verdict(REVOKED)
    if card.seat.state != SeatState.LIVE:
        return Verdict(NOT_SEATED)
    return ALLOWED


def can_open_card(card: Card) -> Verdict:
    """Whether the card's code may still be typed: until the round closes."""
    if not (verdict := can_use_card(card)):
        return verdict
    round_ = card.seat.round
    if round_.state == RoundState.CANCELLED:
        return Verdict(_("This round was cancelled."))
    if round_.state not in CARDS_IN:
        return Verdict(_("Scoring is closed."))
    return ALLOWED


def can_sit(user: Any, card: Card | None, device_hash: str, district: Any) -> Verdict:
    """Whether this session sits at its card's seat: the card's own judge, on the phone where its code was typed last.

    The seat of one round, and nothing else: no other round's, no other district's.
    """
    if card is None or card.seat.judge.user_id != user.pk:
        return Verdict(NO_CARD)
    if card.seat.round.season.district_id != district.pk:
        return HIDDEN
    if verdict := can_use_card(card):
        return ALLOWED if device_hash and card.device_hash == device_hash else Verdict(ELSEWHERE)
    return verdict


def scoring_time(round_: Round, now: dt.datetime) -> Verdict:
    """Whether the round takes sheets at `now`. The last word has the database's clock."""
    if round_.state == RoundState.CANCELLED:
        return Verdict(_("This round was cancelled."))
    if round_.state == RoundState.DRAFT or (round_.state == RoundState.OPEN and now < round_.opens_at):
        return Verdict(_("Scoring has not opened yet."))
    if round_.state != RoundState.OPEN or now >= round_.closes_at:
        return Verdict(_("Scoring is closed."))
    return ALLOWED


def can_view_entry(seat: Seat, entry: Entry) -> Verdict:
    """A judge reads the cases assigned to the seat, no others. Twin: `EntryQuerySet.assigned_to`."""
    return ALLOWED if seat.assignments.filter(entry=entry).exists() else HIDDEN


def can_score(seat: Seat, entry: Entry, now: dt.datetime) -> Verdict:
    """Hand in or revise one's own sheet: assigned, not recused, in time, not locked. Twin: `EntryQuerySet.scorable_by`."""
    if not (verdict := can_view_entry(seat, entry)):
        return verdict
    if seat.state != SeatState.LIVE:
        return Verdict(NOT_SEATED)
    if not (verdict := scoring_time(entry.round, now)):
        return verdict
    if entry.locked_at is not None:
        return Verdict(_("The marks of this project are in: it is locked."))
    if seat.recusals.filter(entry=entry, withdrawn_at=None).exists():
        return Verdict(RECUSED)
    return may_begin(seat)


def may_begin(seat: Seat) -> Verdict:
    """Whether this seat did what the rule asks before the first sheet. The trigger on sheets counts once more."""
    if seat.trial_waits:
        return Verdict(TRIAL_FIRST)
    if left := seat.to_read:
        words = ngettext(
            "Scoring begins once you have read the first cases: %(count)d more.",
            "Scoring begins once you have read the first cases: %(count)d more.",
            left,
        )
        return Verdict(words % {"count": left})
    return ALLOWED


def can_try(seat: Seat, now: dt.datetime) -> Verdict:
    """Mark the trial case: where the rule has one, in time, once."""
    if not seat.round.rule_set.calibration_item or seat.round.trial_case_id is None:
        return HIDDEN
    if not (verdict := scoring_time(seat.round, now)):
        return verdict
    return ALLOWED if seat.trial_waits else Verdict(_("You have marked the trial case."))


def can_view_sheet(seat: Seat, sheet: ScoreSheet) -> Verdict:
    """Nobody sees another's marks. Twin: `SheetQuerySet.of`."""
    return ALLOWED if sheet.seat_id == seat.pk else HIDDEN


def can_recuse(seat: Seat, entry: Entry, now: dt.datetime) -> Verdict:
    """Declare a conflict, or take it back: while the round takes sheets and the entry is not locked."""
    if not (verdict := can_view_entry(seat, entry)):
        return verdict
    if not (verdict := scoring_time(entry.round, now)):
        return verdict
    if entry.locked_at is not None:
        return Verdict(_("The marks of this project are in: it is locked."))
    return ALLOWED


def can_issue_cards(user: Any, round_: Round) -> Verdict:
    """Print, reprint and revoke: those who host the round, until it closes. Twin: `rounds_with_cards`."""
    verdict = can_see_cards(user, round_)
    if verdict and round_.state not in CARDS_IN:
        return Verdict(_("Cards are printed until the round closes."))
    return verdict


def can_see_cards(user: Any, round_: Round) -> Verdict:
    """The list of a round's cards (who has one, never what is on it): those who host the round."""
    district = round_.season.district
    if is_observer(user, district):
        return Verdict(_("Observers look on; staff print the cards."))
    if round_.sub_district_id is None:
        return can_decide_for_district(user, district)
    return can_staff(user, district, round_.sub_district_id)


def rounds_with_cards(user: Any, district: Any) -> Any:
    """Rounds whose cards the person may print. Twin of `can_issue_cards`."""
    rounds = Round.objects.of(district).filter(state__in=CARDS_IN)
    if is_district_staff(user, district):
        return rounds
    return rounds.filter(sub_district__in=staff_sub_district_ids(user, district))
