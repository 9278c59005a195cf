"""Write a year's calendar, and take its last change back. Versions are added; none is changed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communities import rules
from communities.calendar_text import written
from communities.models import CalendarYear, District
from communities.workdays import SpecialDay, days_of
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState

WRITE = "write calendar"
UNDO = "undo calendar"


@transaction.atomic
def write_calendar(
    district: District,
    year: int,
    days: Sequence[SpecialDay],
    *,
    source: str,
    seen: int,
    by: Any,
    now: dt.datetime,
) -> CalendarYear:
    """Let these be the special days of a year. Notices that run keep their end.

    Args:
        seen: the version that the person looked at, 0 for a year that nobody has entered.
    Raises: StaleState if somebody else was first; PermissionDenied.
    """
    if by is not None:
        rules.can_edit_calendar(by, district).enforce()
    last = last_version(district, year, seen)
    if last is not None and days_of(last) == list(days) and last.source == source:
        return last
    return add_version(district, year, days, source, last, WRITE, by, now)


@transaction.atomic
def undo_calendar(district: District, year: int, *, seen: int, by: Any, now: dt.datetime) -> CalendarYear:
    """Write once more what stood before the last version; a second undoing brings the last version back.

    Raises: StaleState; Refusal if there is nothing to take back; PermissionDenied.
    """
    rules.can_edit_calendar(by, district).enforce()
    last = last_version(district, year, seen)
    if last is None:
        raise Refusal(_("Nobody has entered the calendar of this year: there is nothing to take back."))
    before = CalendarYear.objects.of(district).filter(year=year, version=last.version - 1).first()
    source = before.source if before else ""
    return add_version(district, year, days_of(before), source, last, UNDO, by, now)


def last_version(district: District, year: int, seen: int) -> CalendarYear | None:
    """The version in force, with the district held so that the next one is written by one person.

    Raises: StaleState if it is not the one that the person saw.
    """
    District.objects.select_for_update().get(pk=district.pk)
    last = CalendarYear.objects.of(district).filter(year=year).order_by("-version").first()
    if (last.version if last else 0) != seen:
        raise StaleState(_("Somebody else has changed this year's calendar. Look at it as it is now."))
    return last


def add_version(
    district: District,
    year: int,
    days: Sequence[SpecialDay],
    source: str,
    last: CalendarYear | None,
    action: str,
    by: Any,
    now: dt.datetime,
) -> CalendarYear:
    """Check, save and record a version.

    Raises: ValidationError if a day is not of this year or stands twice.
    """
    if any(known.day.year != year for known in days) or len({known.day for known in days}) != len(days):
        raise ValidationError(_("Every day lies in this year, and stands once."))
    row = CalendarYear(
        district=district,
        year=year,
        version=last.version + 1 if last else 1,
        days=[known.as_row() for known in days],
        source=source,
        entered_by=by,
        entered_at=now,
    )
    row.full_clean()
    row.save()
    changes = {
        "days": (written(days_of(last)), written(days)),
        "source": (last.source if last else "", source),
    }
    audit.record(
        action, row, by=by, changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    )
    return row
