"""Working days of a district: Monday to Friday, except its holidays, and its make-up working days (调休)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from communities.models import CalendarYear

REST, WORK = "rest", "work"
LONGEST = 3660  # days that are looked through for a working day: a calendar without any would never end


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day off that is no weekend, or named; or a working day that is one. `kind` is REST or WORK."""

    day: dt.date
    kind: str
    name: str = ""

    def as_row(self) -> list[str]:
        return [self.day.isoformat(), self.kind, self.name]

    @classmethod
    def from_row(cls, row: Iterable[str]) -> "SpecialDay":
        day, kind, name = row
        return cls(dt.date.fromisoformat(day), kind, name)


@dataclass(frozen=True, slots=True)
class Workdays:
    """What a calendar says. `years` are those that the district has entered: elsewhere only the weekends are known."""

    special: Mapping[dt.date, SpecialDay] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_working_day(self, day: dt.date) -> bool:
        known = self.special.get(day)
        return known.kind == WORK if known else day.weekday() < 5

    def after(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`; `day` itself for 0.

        Raises: OverflowError if the calendar has no such day within ten years.
        """
        looked = 0
        while count > 0:
            day, looked = day + dt.timedelta(days=1), looked + 1
            count -= self.is_working_day(day)
            if looked > LONGEST:
                raise OverflowError(f"no working day within {looked} days")
        return day

    def number_in(self, first: dt.date, last: dt.date) -> int:
        """Working days from `first` to `last`, both included."""
        days = ((last - first).days + 1) if last >= first else 0
        return sum(self.is_working_day(first + dt.timedelta(days=n)) for n in range(days))

    def unknown_years(self, first: dt.date, last: dt.date) -> list[int]:
        """The years between two days that nobody has entered."""
        return [year for year in range(first.year, last.year + 1) if year not in self.years]

    def with_year(self, year: int, days: Iterable[SpecialDay]) -> "Workdays":
        """The same calendar with another one of this year."""
        kept = {day: known for day, known in self.special.items() if day.year != year}
        return Workdays(kept | {known.day: known for known in days}, self.years | {year})


def days_of(row: CalendarYear | None) -> list[SpecialDay]:
    """A version's special days; none without a version."""
    return [SpecialDay.from_row(day) for day in row.days] if row else []


def workdays_of(district: Any) -> Workdays:
    """The district's calendar as it counts now, in one query."""
    rows = list(CalendarYear.objects.of(district).in_force())
    special = {known.day: known for row in rows for known in days_of(row)}
    return Workdays(special, frozenset(row.year for row in rows))
