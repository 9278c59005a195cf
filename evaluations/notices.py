"""Notices and the calendar: which notices run, when they end, and when another calendar would end them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from communities.workdays import Workdays, workdays_of
from evaluations.conduct import conduct_of
from evaluations.models import Round
from evaluations.parsed import parsed_rule
from evaluations.states import RoundState


@dataclass(frozen=True, slots=True)
class RunningNotice:
    """A notice as it was announced: its end stays whatever the calendar becomes. `would_end`: by the calendar asked about."""

    name: str
    url: str
    since: dt.date
    until: dt.date
    would_end: dt.date


def notices_running(district: Any, workdays: Workdays) -> list[RunningNotice]:
    """The rounds on notice in a district."""
    rounds = Round.objects.of(district).filter(state=RoundState.ON_NOTICE).exclude(notice_from=None)
    return [
        RunningNotice(
            round_.name,
            reverse("office:round", args=[district.slug, round_.code]),
            round_.notice_from,
            round_.notice_to,
            workdays.after(round_.notice_from, conduct_of(parsed_rule(round_.rule_set)).notice_working_days),
        )
        for round_ in rounds.select_related("rule_set").order_by("notice_to", "pk")
    ]


def notice_words(district: Any, days: int, today: dt.date) -> list[str]:
    """When a notice of so many working days ends if it begins today, and what the calendar does not know."""
    if not days:
        return []
    workdays = workdays_of(district)
    until = workdays.after(today, days)
    said = [
        _("Published today, it runs until the end of %(day)s.") % {"day": date_format(until, "DATE_FORMAT")}
    ]
    return said + [
        _("The calendar of %(year)d is not entered: only weekends are known as days off.") % {"year": year}
        for year in workdays.unknown_years(today, until)
    ]
