"""Where judges sit: the rounds are an app above this one, so it tells (settings.JUDGE_SEATS).

Each entry of the setting is a function: judge -> the seats that the judge holds or held.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from goldidea.lib.verdict import ALLOWED, Verdict


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """One seat of a judge.

    Args:
        round_name: the round and its season, in words.
        url: its page in the office; may be empty.
        state_words: where the round stands.
        is_waiting: the round has not been closed, so the seat is still needed.
        is_scoring: the round was opened and is not closed.
    """

    round_name: str
    url: str
    state_words: Any
    is_waiting: bool
    is_scoring: bool


def seats_of(judge: Any) -> list[HeldSeat]:
    """Every seat of the judge, the latest first."""
    sources: list[Callable[[Any], list[HeldSeat]]] = [import_string(path) for path in settings.JUDGE_SEATS]
    return [seat for source in sources for seat in source(judge)]


def not_scoring(judge: Any) -> Verdict:
    """The record rests while the judge marks: its home and its interests decided who marks what."""
    for seat in seats_of(judge):
        if seat.is_scoring:
            return Verdict(
                _("%(name)s is scoring in “%(round)s”: the record can be changed once that round is closed.")
                % {"name": judge.name, "round": seat.round_name}
            )
    return ALLOWED


def not_needed(judge: Any) -> Verdict:
    """A term is not ended under a seat: the seat is given to somebody else first."""
    for seat in seats_of(judge):
        if seat.is_waiting:
            return Verdict(
                _("%(name)s has a seat in “%(round)s”. Give that seat to somebody else first.")
                % {"name": judge.name, "round": seat.round_name}
            )
    return ALLOWED
