"""A year's days as text: lists, published notices, what cannot be read; and the counting of working days."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from communities.calendar_text import read_days, written
from communities.published_days import PUBLISHED
from communities.workdays import REST, WORK, SpecialDay, Workdays

NOTICE = """一、元旦：1月1日放假，与周末连休。
二、春节：2月15日至21日放假调休，共7天。2月11日（星期日）、2月24日（星期六）上班。
三、清明节：4月5日至7日放假调休，共3天。4月8日（星期日）上班。
四、劳动节：4月29日至5月1日放假调休，共3天。4月28日（星期六）上班。
五、端午节：6月18日放假，与周末连休。
六、中秋节：9月24日放假，与周末连休。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期六）、9月30日（星期日）上班。"""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def of(year: int) -> Workdays:
    return Workdays().with_year(year, read_days(PUBLISHED[year].text, year))


def test_a_notice_as_it_was_published():
    assert read_days(NOTICE, 2018) == [
        known for known in read_days(PUBLISHED[2018].text, 2018) if known.day < day("2018-12-01")
    ]


@pytest.mark.parametrize(("year", "off", "worked", "working"), [(2018, 25, 7, 250), (2026, 33, 6, 248)])
def test_the_published_years(year, off, worked, working):
    days = read_days(PUBLISHED[year].text, year)
    assert sum(known.kind == REST for known in days) == off
    assert sum(known.kind == WORK for known in days) == worked
    assert of(year).number_in(dt.date(year, 1, 1), dt.date(year, 12, 31)) == working
    assert all(known.name for known in days)
    # A make-up day that is no weekend, or a working day named a make-up day, would be a slip of the pen.
    assert all(known.day.weekday() >= 5 for known in days if known.kind == WORK)


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("2018-02-15 至 2018-02-16 休 春节", [("02-15", REST, "春节"), ("02-16", REST, "春节")]),
        ("2018/2/15~2018/2/16 休", [("02-15", REST, ""), ("02-16", REST, "")]),
        ("2018.2.11 班", [("02-11", WORK, "")]),
        ("２月１１日　上班　春节", [("02-11", WORK, "春节")]),
        ("2月11日、24日上班", [("02-11", WORK, ""), ("02-24", WORK, "")]),
        ("2-11 work", [("02-11", WORK, "")]),
        ("4月29日—5月1日休", [("04-29", REST, ""), ("04-30", REST, ""), ("05-01", REST, "")]),
        ("", []),
    ],
)
def test_lines_that_offices_write(line, days):
    assert [(f"{known.day:%m-%d}", known.kind, known.name) for known in read_days(line, 2018)] == days


@pytest.mark.parametrize(
    "line",
    [
        "春节",
        "休 春节",
        "2月30日 休",
        "2017-12-31 休",
        "2月15日至1月2日 休",
        "1月1日至12月31日 休",
        "15日 休",
        "2月15日 休\n2月15日 班",
        "2月15日",
        "=HYPERLINK(1)",
        "1" * 7000,
    ],
)
def test_lines_that_cannot_be_read(line):
    with pytest.raises(ValidationError):
        read_days(line, 2018)


NAMES = st.sampled_from(["", "春节", "国庆节", "本区调整"])
SPECIAL = st.builds(
    SpecialDay,
    st.dates(day("2018-01-01"), day("2018-12-31")),
    st.sampled_from([REST, WORK]),
    NAMES,
)


@given(st.lists(SPECIAL, unique_by=lambda known: known.day, max_size=80))
def test_what_is_written_reads_back_the_same(days):
    days = sorted(days, key=lambda known: known.day)
    assert read_days(written(days), 2018) == days


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        read_days(text, 2018)
    except ValidationError as error:
        assert error.messages


def test_a_notice_of_working_days_over_a_holiday():
    """Published on Friday 28 September 2018, 5 working days: the make-up weekend counts, the holiday does not."""
    assert of(2018).after(day("2018-09-28"), 5) == day("2018-10-10")
    assert Workdays().after(day("2018-09-28"), 5) == day("2018-10-05")
    assert of(2018).after(day("2018-09-28"), 0) == day("2018-09-28")
    assert of(2018).unknown_years(day("2018-12-28"), day("2019-01-04")) == [2019]


def test_a_calendar_without_working_days_ends():
    always = Workdays(
        {day("2018-01-01") + dt.timedelta(days=n): SpecialDay(day("2018-01-01"), REST) for n in range(4000)}
    )
    with pytest.raises(OverflowError):
        always.after(day("2018-01-01"), 1)
