"""Where a season stands: the stages that the front page shows, from what has happened and from the dates set."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from evaluations.models import Round, Season
from evaluations.states import RoundState

OPENED = (RoundState.OPEN, RoundState.COUNTING, RoundState.CLOSED)
NOTICED = (RoundState.ON_NOTICE, RoundState.FINAL)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `tone` is ok (done), now or wait; `since` and `until` are times or None."""

    name: str
    tone: str
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def word(self) -> str:
        return {"ok": _("done"), "now": _("going on"), "wait": _("not begun")}[self.tone]


def stages(season: Season, now: dt.datetime) -> list[Stage]:
    """The season's stages in order, for everybody to read."""
    rounds = [r for r in season.rounds.all() if r.state != RoundState.CANCELLED]
    first = [r for r in rounds if r.kind == Round.Kind.PRELIMINARY]
    last = [r for r in rounds if r.kind == Round.Kind.FINAL]
    return [
        _dated(_("Communities submit"), season.submissions_open_at, season.submissions_close_at, now),
        _dated(_("Checking and corrections"), season.submissions_close_at, season.corrections_close_at, now),
        _scoring(_("Preliminaries in the sub-districts"), first),
        _scoring(_("Final"), last),
        Stage(_("Results on notice"), _tone(last or first, {RoundState.ON_NOTICE}, {RoundState.FINAL})),
        Stage(_("Final results"), "ok" if _all(last or first, {RoundState.FINAL}) else "wait"),
    ]


def _dated(name: str, since: dt.datetime, until: dt.datetime, now: dt.datetime) -> Stage:
    return Stage(name, "wait" if now < since else "now" if now < until else "ok", since, until)


def _scoring(name: str, rounds: list[Any]) -> Stage:
    done = {RoundState.TALLIED, *NOTICED}
    since = min((r.opens_at for r in rounds), default=None)
    until = max((r.closes_at for r in rounds), default=None)
    return Stage(name, _tone(rounds, {*OPENED}, done), since, until)


def _tone(rounds: list[Any], going_on: set[str], done: set[str]) -> str:
    if _all(rounds, done):
        return "ok"
    return "now" if any(r.state in going_on | done for r in rounds) else "wait"


def _all(rounds: list[Any], states: set[str]) -> bool:
    return bool(rounds) and all(r.state in states for r in rounds)
