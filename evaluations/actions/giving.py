"""Points that a round brings from elsewhere: entered or taken over before it opens; after that they stay."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from evaluations.actions.rounds import draft_round
from evaluations.models import Entry, GivenPoints, GivenTable, Round, Standing
from evaluations.rules.given import preliminaries_of
from evaluations.tally.decimals import decimals_of, plain_decimal, plain_text
from goldidea.lib import audit
from goldidea.lib.errors import Refusal

MOST_DECIMALS = 6


@transaction.atomic
def save_given(
    round_: Round,
    panel: str,
    source: str,
    points: Mapping[int, Decimal | None],
    *,
    by: Any,
    now: dt.datetime,
    tallies: Mapping[int, int] | None = None,
) -> GivenTable:
    """Write the points of a panel's entries anew.

    Args:
        points: entry id -> points, None where there are none yet.
        source: where they come from, as everybody reads it.
        tallies: entry id -> id of the tally whose total was taken over.
    Raises: Refusal once the round has been opened.
    """
    round_ = draft_round(round_)
    table, _new = GivenTable.objects.update_or_create(
        round=round_,
        panel=panel,
        defaults={"source": source, "entered_by": by, "entered_at": now},
    )
    old = dict(table.points.values_list("entry_id", "points"))
    new = {pk: value for pk, value in points.items() if value is not None}
    table.points.all().delete()
    GivenPoints.objects.bulk_create(
        GivenPoints(table=table, entry_id=pk, points=value, tally_id=(tallies or {}).get(pk))
        for pk, value in new.items()
    )
    changed = [pk for pk in old.keys() | new.keys() if old.get(pk) != new.get(pk)]
    entries = Entry.objects.with_round().filter(pk__in=changed).order_by("position")
    changes = [(entry, {"points": (old.get(entry.pk), new.get(entry.pk))}) for entry in entries]
    audit.record_many("enter given points", changes, by=by, reason=source)
    return table


@transaction.atomic
def take_over_totals(round_: Round, panel: str, *, by: Any, now: dt.datetime) -> GivenTable:
    """Take each entry's points from the final result of its preliminary in this season: the total as published.

    Raises: Refusal if no preliminary is final, or a total cannot be written as points.
    """
    before = list(preliminaries_of(round_))
    if not before:
        raise Refusal(_("No preliminary of this season has final results yet."), code="nothing-to-take")
    cases = dict(round_.entries.values_list("submission_id", "pk"))
    rows = Standing.objects.filter(tally__round__in=before, tally__state="final", rank__isnull=False)
    rows = rows.filter(entry__submission__in=cases)
    points: dict[int, Decimal] = {}
    tallies: dict[int, int] = {}
    for case, total, tally in rows.values_list("entry__submission", "total", "tally"):
        value = plain_decimal(total)
        if value is None or decimals_of(value) > MOST_DECIMALS:
            raise Refusal(
                _("The total %(total)s has too many decimals to be taken over.") % {"total": total},
                code="total-too-fine",
            )
        points[cases[case]], tallies[cases[case]] = value, tally
    with translation.override("zh-hans"):  # everybody reads it, in the working language
        source = _("Totals of: %(rounds)s") % {"rounds": "、".join(sorted(map(str, before)))}
        if len(source) > 120:
            source = _("Totals of the preliminaries of this season")
    return save_given(round_, panel, source, points, by=by, now=now, tallies=tallies)


def given_rows(round_: Round, panels: list[str]) -> list[tuple[str, str, str]]:
    """The rows of given.csv, sorted."""
    rows = GivenPoints.objects.filter(table__round=round_, table__panel__in=panels)
    found = rows.values_list("table__panel", "entry__key", "points")
    return sorted((panel, entry, plain_text(points)) for panel, entry, points in found)
