"""The district's calendar: a year at a glance, its holidays and make-up days, their change, and the way back."""

import calendar as months
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import rules
from communities.actions import calendar as actions
from communities.calendar_text import WORDS_OF, runs, written
from communities.forms.calendar import COLUMNS, CalendarForm
from communities.models import CalendarYear
from communities.models.calendar import FIRST_YEAR, LAST_YEAR
from communities.published_days import PUBLISHED
from communities.views.exports import table
from communities.workdays import SpecialDay, Workdays, days_of, workdays_of
from goldidea.lib.htmx import go, page

HISTORY = 20


@require_safe
def this_year(request: HttpRequest) -> HttpResponse:
    """To the year that runs."""
    rules.can_view_calendar(request.user, request.district).enforce()
    return go(request, "office:calendar_year", request.district.slug, timezone.localdate().year)


def versions(request: HttpRequest, year: int) -> list[CalendarYear]:
    """The year's versions, the last first."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    rows = CalendarYear.objects.of(request.district).filter(year=year).select_related("entered_by")
    return list(rows.order_by("-version")[:HISTORY])


def running(request: HttpRequest, workdays: Workdays) -> list[Any]:
    """What is already counted by this calendar, and when it would end by another (settings.CALENDAR_READERS)."""
    return [
        row for path in settings.CALENDAR_READERS for row in import_string(path)(request.district, workdays)
    ]


@require_safe
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """A year: twelve months, the special days as a list, who entered them."""
    rules.can_view_calendar(request.user, request.district).enforce()
    found = versions(request, year)
    workdays = workdays_of(request.district)
    context = {
        "year": year,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "entered": found[0] if found else None,
        "versions": found,
        "months": months_of(year, workdays),
        "working": workdays.number_in(dt.date(year, 1, 1), dt.date(year, 12, 31)),
        "spans": spans(days_of(found[0]) if found else []),
        "may_edit": bool(rules.can_edit_calendar(request.user, request.district)),
        "published": year in PUBLISHED and not found,
        "running": running(request, workdays),
    }
    return page(request, "communities/calendar.html", context)


def months_of(year: int, workdays: Workdays) -> list[dict[str, Any]]:
    """Twelve months as weeks from Monday; days of other months are None."""
    today, weeks = timezone.localdate(), months.Calendar(firstweekday=0)
    return [
        {
            "first": dt.date(year, month, 1),
            "working": workdays.number_in(
                dt.date(year, month, 1), dt.date(year, month, months.monthrange(year, month)[1])
            ),
            "weeks": [
                [cell(day, workdays, today) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        }
        for month in range(1, 13)
    ]


def cell(day: dt.date, workdays: Workdays, today: dt.date) -> dict[str, Any]:
    """One day: worked or off, and whether the calendar says so."""
    return {
        "day": day,
        "works": workdays.is_working_day(day),
        "special": workdays.special.get(day),
        "is_today": day == today,
    }


def spans(days: Iterable[SpecialDay]) -> list[dict[str, Any]]:
    """Days that follow each other as one line of a list."""
    return [
        {
            "first": run[0].day,
            "last": run[-1].day,
            "kind": run[0].kind,
            "name": run[0].name,
            "count": len(run),
        }
        for run in runs(days)
    ]


@require_http_methods(["GET", "POST"])
def calendar_edit(request: HttpRequest, year: int) -> HttpResponse:
    """Enter the year: typed, pasted or by a table; then look at what would change, then write it."""
    rules.can_edit_calendar(request.user, request.district).enforce()
    found = versions(request, year)
    last = found[0] if found else None
    form = CalendarForm(
        request.POST or None, request.FILES or None, year=year, initial=start(request, year, last)
    )
    if form.is_valid() and "write" in request.POST:
        return write(request, year, form)
    if form.is_valid() and "again" not in request.POST:
        return preview(request, year, form, last)
    context = {"form": form, "year": year, "entered": last, "published": PUBLISHED.get(year)}
    return page(
        request,
        "communities/calendar_edit.html",
        context,
        status=422 if form.is_bound and form.errors else 200,
    )


def start(request: HttpRequest, year: int, last: CalendarYear | None) -> dict[str, Any]:
    """What stands in the form first: the year as it is, or as it was published."""
    notice = PUBLISHED.get(year)
    seen = last.version if last else 0
    if notice and request.GET.get("fill") == "published":
        return {"days": notice.text, "source": notice.source, "seen": seen}
    return {"days": written(days_of(last)), "source": last.source if last else "", "seen": seen}


def write(request: HttpRequest, year: int, form: CalendarForm) -> HttpResponse:
    """Write what was looked at."""
    actions.write_calendar(
        request.district,
        year,
        form.special,
        source=form.cleaned_data["source"],
        seen=form.cleaned_data["seen"],
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("The calendar is written. It counts from now on."))
    return go(request, "office:calendar_year", request.district.slug, year)


def preview(request: HttpRequest, year: int, form: CalendarForm, last: CalendarYear | None) -> HttpResponse:
    """What would change, and which notices keep their end."""
    now = workdays_of(request.district)
    then = now.with_year(year, form.special)
    old = {known.day: known for known in days_of(last)}
    new = {known.day: known for known in form.special}
    first, final = dt.date(year, 1, 1), dt.date(year, 12, 31)
    context = {
        "form": form,
        "year": year,
        "changes": [
            {"day": day, "old": old.get(day), "new": new.get(day)}
            for day in sorted(old | new)
            if old.get(day) != new.get(day)
        ],
        "spans": spans(form.special),
        "before": now.number_in(first, final),
        "after": then.number_in(first, final),
        "running": [row for row in running(request, then) if row.would_end != row.until],
    }
    return page(request, "communities/calendar_preview.html", context)


@require_POST
def calendar_undo(request: HttpRequest, year: int) -> HttpResponse:
    """Take the last change back."""
    rules.can_edit_calendar(request.user, request.district).enforce()
    versions(request, year)
    typed = request.POST.get("seen", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        raise BadRequest
    actions.undo_calendar(request.district, year, seen=int(typed), by=request.user, now=timezone.now())
    messages.success(request, _("The last change is taken back."))
    return go(request, "office:calendar_year", request.district.slug, year)


@require_safe
def calendar_export(request: HttpRequest, year: int, ending: str) -> HttpResponse:
    """The year's special days as a table that can be uploaded again."""
    rules.can_view_calendar(request.user, request.district).enforce()
    found = versions(request, year)
    rows = (
        [known.day.isoformat(), WORDS_OF[known.kind], known.name]
        for known in days_of(found[0] if found else None)
    )
    return table(COLUMNS, rows, f"{year}年日历", ending)
