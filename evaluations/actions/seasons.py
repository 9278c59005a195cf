"""Make, change, start and finish a season."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from communities.models import District
from evaluations.models import Season
from evaluations.states import SEASON_MOVES, RoundState, SeasonState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from goldidea.lib.moves import move

FIELDS = [
    *("year", "name", "name_en", "introduction"),
    *("submissions_open_at", "submissions_close_at", "corrections_close_at", "amount_ceiling"),
]
OVER = (RoundState.FINAL, RoundState.CANCELLED)


@transaction.atomic
def create_season(district: District, *, by: Any, now: dt.datetime, **values: Any) -> Season:
    """Make a season, being prepared. `values` are those of FIELDS.

    Raises: ValidationError, with the field.
    """
    season = Season(district=district, **values)
    season.full_clean()
    season.save()
    audit.record("create season", season, by=by)
    return season


@transaction.atomic
def change_season(season: Season, *, by: Any, now: dt.datetime, **values: Any) -> Season:
    """Change a season's words and dates. The database judges submissions by the new dates at once.

    Raises: ValidationError, with the field; Refusal once it is finished.
    """
    season = Season.objects.select_for_update(of=("self",)).select_related("district").get(pk=season.pk)
    if season.state == SeasonState.FINISHED:
        raise Refusal(_("This season is finished."), code="season-finished")
    changes = {name: (getattr(season, name), value) for name, value in values.items()}
    for name, value in values.items():
        setattr(season, name, value)
    season.full_clean()
    season.save(update_fields=list(values))
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    audit.record("change season", season, by=by, changes=changes)
    return season


@transaction.atomic
def start_season(season: Season, *, by: Any, now: dt.datetime) -> None:
    """Make a season public and let communities work on their cases."""
    move(season, SEASON_MOVES, SeasonState.RUNNING)
    audit.record("start season", season, by=by)


@transaction.atomic
def finish_season(season: Season, *, by: Any, now: dt.datetime) -> None:
    """End a season when every round of it is over.

    Raises: Refusal naming the rounds that are not over; StaleState.
    """
    waiting = [str(round_) for round_ in season.rounds.exclude(state__in=OVER)]
    if waiting:
        raise Refusal(
            _("These rounds are not over yet: %(names)s.") % {"names": "、".join(waiting)},
            code="rounds-not-over",
        )
    move(season, SEASON_MOVES, SeasonState.FINISHED)
    audit.record("finish season", season, by=by)
