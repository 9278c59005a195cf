"""The calendar of a year: written, taken back, read by notices; who may; what a stale or bad form gets."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities.actions.calendar import undo_calendar, write_calendar
from communities.calendar_text import read_days
from communities.forms.calendar import COLUMNS, CalendarForm
from communities.models import CalendarYear
from communities.workdays import days_of, workdays_of
from evaluations.actions.closing import close_round_early
from evaluations.actions.publication import publish_provisional
from evaluations.actions.tallying import tally_round
from evaluations.decisions.results import PublishProvisional
from evaluations.notices import notices_running
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditDetail
from goldidea.lib.spreadsheets import as_csv
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
LIST = "2月15日至21日 休 春节\n2月11日 班 春节\n2月24日 班 春节"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def write(cast: Cast, text: str, seen: int = 0, year: int = 2018, **values):
    return write_calendar(
        cast.district,
        year,
        read_days(text, year),
        seen=seen,
        **{"source": "", "by": cast.people["district_staff"], "now": timezone.now(), **values},
    )


def client(person) -> Client:
    found = Client()
    found.force_login(person, backend="accounts.backends.AccountBackend")
    return found


def address(name: str, *rest) -> str:
    return reverse(f"office:calendar_{name}", args=["shangcheng", 2018, *rest])


def test_versions_are_added_and_undoing_writes_one_more(cast: Cast) -> None:
    first = write(cast, LIST, source="国办发明电〔2017〕12号")
    second = write(cast, "2月15日 休 春节", seen=1)
    assert (first.version, second.version, len(first.days), len(second.days)) == (1, 2, 9, 1)
    third = undo_calendar(cast.district, 2018, seen=2, by=cast.people["district_staff"], now=timezone.now())
    assert (third.version, third.days, third.source) == (3, first.days, first.source)
    assert len(workdays_of(cast.district).special) == 9
    again = undo_calendar(cast.district, 2018, seen=3, by=cast.people["district_staff"], now=timezone.now())
    assert again.days == second.days
    assert CalendarYear.objects.count() == 4
    words = list(AuditDetail.objects.order_by("pk").values_list("event__action", "changes"))
    assert [action for action, _changes in words] == ["write calendar"] * 2 + ["undo calendar"] * 2
    assert words[1][1]["days"] == [
        "2018-02-11 班 春节\n2018-02-15 至 2018-02-21 休 春节\n2018-02-24 班 春节",
        "2018-02-15 休 春节",
    ]


def test_undoing_the_first_version_empties_the_year(cast: Cast) -> None:
    by, now = cast.people["district_staff"], timezone.now()
    with pytest.raises(Refusal, match="没有可撤回的内容"):
        undo_calendar(cast.district, 2018, seen=0, by=by, now=now)
    write(cast, LIST)
    assert days_of(undo_calendar(cast.district, 2018, seen=1, by=by, now=now)) == []


def test_the_same_calendar_once_more_is_no_version(cast: Cast) -> None:
    assert write(cast, LIST).pk == write(cast, LIST, seen=1).pk


def test_of_two_people_the_second_is_told(cast: Cast) -> None:
    write(cast, LIST)
    with pytest.raises(StaleState):
        write(cast, "2月15日 休", seen=0)
    answer = client(cast.people["district_staff"]).post(
        address("edit"), {"days": "2月15日 休", "seen": "0", "write": "1"}
    )
    assert (answer.status_code, answer["X-Refusal"]) == (409, "stale-state")


def test_another_district_has_its_own(cast: Cast) -> None:
    write(cast, LIST)
    other = make.district("elsewhere")
    assert workdays_of(other).special == {}
    assert not workdays_of(other).years


def test_the_calendar_takes_one_query(cast: Cast, django_assert_num_queries) -> None:
    for year in (2017, 2018, 2019):
        write(cast, "1月1日 休 元旦", year=year)
        with django_assert_num_queries(1):
            assert year in workdays_of(cast.district).years


def test_from_the_list_to_the_year(cast: Cast) -> None:
    staff = client(cast.people["district_staff"])
    body = staff.get(address("edit") + "?fill=published").content.decode()
    assert "国办发明电〔2017〕12号" in body
    bad = staff.post(address("edit"), {"days": "春节放假七天", "seen": "0"})
    assert bad.status_code == 422
    assert "春节放假七天" in bad.content.decode()
    looked = staff.post(address("edit"), {"days": LIST, "source": "通知", "seen": "0"})
    assert looked.status_code == 200
    assert CalendarYear.objects.count() == 0
    assert "261 → 258" in looked.content.decode()
    again = staff.post(address("edit"), {"days": LIST, "seen": "0", "again": "1"})
    assert "<textarea" in again.content.decode()
    done = staff.post(address("edit"), {"days": LIST, "source": "通知", "seen": "0", "write": "1"})
    assert done.status_code == 303
    assert CalendarYear.objects.get().source == "通知"
    assert staff.post(address("undo"), {"seen": "1"}).status_code == 303
    assert staff.post(address("undo"), {"seen": "one"}).status_code == 400
    assert staff.post(address("undo"), {"seen": "1"}).status_code == 409


def test_an_exported_year_can_be_uploaded_again(cast: Cast) -> None:
    write(cast, LIST)
    staff = client(cast.people["district_staff"])
    for ending in ("csv", "xlsx"):
        content = staff.get(address("export", ending)).content
        file = SimpleUploadedFile(f"日历.{ending}", content)
        looked = staff.post(address("edit"), {"days": "", "seen": "1", "table": file})
        assert looked.status_code == 200
        assert "No day changes." in looked.content.decode() or "没有变化" in looked.content.decode()


def test_what_is_wrong_in_a_table_is_said_by_row(cast: Cast) -> None:
    rows = [
        ["2018-02-15", "休", "春节"],
        ["2018-02-15", "休", ""],
        ["2017-12-31", "休", ""],
        ["2018-02-30", "休", ""],
    ]
    rows += [["2018-02-16", "也许", ""], ["", "休", ""]]
    file = SimpleUploadedFile("x.csv", as_csv(COLUMNS, rows))
    form = CalendarForm({"seen": "0"}, {"table": file}, year=2018)
    assert not form.is_valid()
    assert [words.split(":")[0].split("：")[0] for words in form.errors["table"]] == [
        f"{'第 ' if '第' in words else 'Row '}{n}{' 行' if '第' in words else ''}"
        for n, words in zip((3, 4, 5, 6, 7), form.errors["table"], strict=True)
    ]
    broken = CalendarForm(
        {"seen": "0"}, {"table": SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0")}, year=2018
    )
    assert not broken.is_valid()


@pytest.mark.parametrize(
    ("role", "year", "edit"),
    [
        ("district_staff", 200, 200),
        ("subdistrict_staff", 200, 403),
        ("observer", 200, 403),
        ("community_user", 404, 404),
        ("organization_user", 404, 404),
    ],
)
def test_who_reads_and_who_enters(cast: Cast, role: str, year: int, edit: int) -> None:
    person = client(cast.people[role])
    answers = [
        person.get(address("year")),
        person.get(address("edit")),
        person.post(address("undo"), {"seen": "0"}),
    ]
    assert answers[0].status_code == year
    assert answers[1].status_code == edit
    assert answers[2].status_code == (409 if edit == 200 else edit)


def test_a_year_out_of_range_is_not_found(cast: Cast) -> None:
    staff = client(cast.people["district_staff"])
    assert staff.get("/shangcheng/office/calendar/1999/").status_code == 404
    assert staff.get("/shangcheng/office/calendar/99999999999999/").status_code == 404


def tallied_round(cast: Cast, notice: int):
    """A preliminary that is counted, under a rule with so many working days of notice."""
    season = make.season(cast.district)
    rules = make.rule_set(season, conduct={**make.RULE["conduct"], "notice_working_days": notice})
    marks = {"甲": [("50", "30"), ("40", "20")], "乙": [("30", "30"), ("40", "20")]}
    round_ = make.scored_round(season, cast.home, marks, rules=rules)
    close_round_early(round_, by=make.user(), second=make.user(), now=timezone.now())
    tally_round(round_.pk, timezone.now())
    round_.refresh_from_db()
    return round_


def on_notice(cast: Cast, days: int, now: dt.datetime):
    round_ = tallied_round(cast, days)
    return publish_provisional(round_, by=make.user(), second=make.user(), now=now).round


def test_a_notice_counts_the_calendar_and_keeps_its_end(cast: Cast) -> None:
    friday = dt.datetime(2018, 9, 28, 4, tzinfo=dt.UTC)
    write(cast, "10月1日至7日 休 国庆节\n9月29日、9月30日 班")
    round_ = on_notice(cast, 5, friday)
    assert round_.notice_to == dt.date(2018, 10, 10)
    write(cast, "", seen=1)
    round_.refresh_from_db()
    assert round_.notice_to == dt.date(2018, 10, 10)
    (running,) = notices_running(cast.district, workdays_of(cast.district))
    assert (running.until, running.would_end) == (dt.date(2018, 10, 10), dt.date(2018, 10, 5))
    looked = client(cast.people["district_staff"]).post(address("edit"), {"days": "9月28日 班", "seen": "2"})
    assert round_.name in looked.content.decode()


def test_the_second_person_reads_when_the_notice_ends(cast: Cast) -> None:
    said = PublishProvisional().sentences(tallied_round(cast, 3), {})
    assert len(said) >= 4  # ranking, days, end, and each year that nobody has entered
