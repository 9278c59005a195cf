"""Working days: Monday to Friday. Holidays and make-up days come with the district's calendar."""

import datetime as dt


def is_working_day(day: dt.date) -> bool:
    return day.weekday() < 5


def add_working_days(day: dt.date, count: int) -> dt.date:
    """The `count`-th working day after `day`; `day` itself for 0."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day
