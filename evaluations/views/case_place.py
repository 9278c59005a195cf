"""How far a case has come: from its own state and from the rounds that it is in."""

import enum
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from evaluations.models import Round, Submission
from evaluations.states import RoundState, SubmissionState

S = SubmissionState


class Place(enum.Enum):
    """Where an accepted case is."""

    WAITING = "waiting"
    SCORING = "scoring"
    ON_NOTICE = "on notice"
    FINAL = "final"


def place_of(rounds: Iterable[Round]) -> Place:
    """By the rounds that have opened with the case: the one that is least far says where it is."""
    states = {RoundState(row.state) for row in rounds}
    if not states:
        return Place.WAITING
    if states - {RoundState.ON_NOTICE, RoundState.FINAL}:
        return Place.SCORING
    return Place.ON_NOTICE if RoundState.ON_NOTICE in states else Place.FINAL


def stages(case: Submission) -> list[tuple[str, str, Any]]:
    """The line of stages on the page of a case: (words, tone, when)."""
    state, place = case.state, place_of(entry.round for entry in case.opened)  # type: ignore[attr-defined]
    handed, decided = bool(case.number), state in (S.ACCEPTED, S.NOT_ELIGIBLE)
    checked = "ok" if decided else "now" if state == S.SUBMITTED else "wait"
    scored = {Place.WAITING: "wait", Place.SCORING: "now"}.get(place, "ok")
    noticed = {Place.ON_NOTICE: "now", Place.FINAL: "ok"}.get(place, "wait")
    return [
        (_("Written"), "ok" if handed and state != S.RETURNED else "now", None),
        (_("Handed in"), "ok" if handed else "wait", case.submitted_at),
        (_("Checked by the sub-district"), checked, None),
        (_("Scored by the judges"), scored, None),
        (_("On notice"), noticed, None),
    ]
