"""From nomination to election: recorded as a whole, put right until somebody is appointed."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import Http404
from django.utils import timezone

from goldidea.lib import audit
from goldidea.lib.errors import StaleState
from judges.actions.appointments import appoint_judge
from judges.actions.elections import correct_election, record_election
from judges.actions.nominations import decline_nomination
from judges.actions.waiting import forget_waiting, keep_waiting, waiting_paper
from judges.models import ElectionMeeting, Judge
from judges.papers import Paper
from tests.judges.conftest import PDF, enter, nominated, upload, votes
from tests.personas import Cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timezone.localdate() - dt.timedelta(days=3)
MEETING = {"held_on": DAY, "place": "社区会议室", "present": 40}


def hold(cast: Cast, how, **values):
    staff = values.pop("by", cast.people["subdistrict_staff"])
    return record_election(cast.home, **{**MEETING, **values}, votes=how, by=staff, now=NOW)


def states(*judges: Judge) -> list[str]:
    return [Judge.objects.get(pk=judge.pk).state for judge in judges]


def test_all_candidates_move_together(cast: Cast) -> None:
    one, two, three = nominated(cast, "章淑珍", "王建国", "李阿毛")
    meeting = hold(cast, [votes(one), votes(two, 10, 20, 10, elected=False)])
    assert states(one, two, three) == ["elected", "not_elected", "nominated"]
    one.refresh_from_db()
    assert (one.meeting, one.votes_for, one.votes_against, one.votes_abstaining) == (meeting, 30, 5, 1)
    assert [row.event.action for row in audit.history(one)] == ["record votes", "nominate judge"]
    assert [row.event.action for row in audit.history(meeting)] == ["record election"]


def test_one_wrong_row_and_nothing_is_recorded(cast: Cast) -> None:
    one, two = nominated(cast, "章淑珍", "王建国")
    with pytest.raises(ValidationError) as refused:
        hold(cast, [votes(one), votes(two, 41, 0, 0)])
    assert list(refused.value.error_dict) == [two.code]
    assert states(one, two) == ["nominated", "nominated"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"held_on": timezone.localdate() + dt.timedelta(days=1)}, "held_on"),
        ({"present": 0}, "present"),
        ({"place": ""}, "place"),
    ],
)
def test_a_meeting_that_cannot_be(cast: Cast, change: dict, field: str) -> None:
    (one,) = nominated(cast, "章淑珍")
    with pytest.raises(ValidationError) as refused:
        hold(cast, [votes(one, 0, 0, 0)], **change)
    assert list(refused.value.error_dict) == [field]


def test_somebody_who_is_no_candidate_any_more(cast: Cast) -> None:
    one, two = nominated(cast, "章淑珍", "王建国")
    decline_nomination(two, reason="搬走了", by=None, now=NOW)
    with pytest.raises(StaleState):
        hold(cast, [votes(one), votes(two)])
    assert states(one, two) == ["nominated", "declined"]


def test_a_candidate_of_another_place(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍", community=cast.neighbour_community)
    with pytest.raises(StaleState):
        hold(cast, [votes(one)])


def test_only_the_own_sub_district(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    with pytest.raises(Http404):
        hold(cast, [votes(one)], by=cast.people["neighbour_staff"])
    with pytest.raises(PermissionDenied):
        hold(cast, [votes(one)], by=cast.people["observer"])


def test_the_record_is_put_right(cast: Cast) -> None:
    one, two, three = nominated(cast, "章淑珍", "王建国", "李阿毛")
    meeting = hold(cast, [votes(one), votes(two, elected=False)])
    right = [votes(two, 31, 4, 1), votes(three, 3, 3, 3, elected=False)]
    staff = cast.people["subdistrict_staff"]
    correct_election(meeting, **MEETING, votes=right, by=staff, now=NOW)
    assert states(one, two, three) == ["nominated", "elected", "not_elected"]
    one.refresh_from_db()
    assert (one.meeting, one.votes_for) == (None, None)


def test_it_stays_once_somebody_is_appointed(cast: Cast) -> None:
    one, two = nominated(cast, "章淑珍", "王建国")
    meeting = hold(cast, [votes(one), votes(two)])
    appoint_judge(one, term_from=DAY, term_to=None, consent_at=DAY, by=None, now=NOW)
    with pytest.raises(StaleState):
        correct_election(meeting, **MEETING, votes=[votes(two)], by=None, now=NOW)
    page = enter(cast.people["subdistrict_staff"]).get(f"/shangcheng/office/elections/{meeting.code}/edit/")
    assert page.status_code == 403


def form_of(*judges: Judge, **values) -> dict:
    rows = {}
    for judge in judges:
        cells = {"for": "30", "against": "5", "abstaining": "1", "outcome": "elected"}
        rows |= {f"{key}_{judge.code}": value for key, value in cells.items()}
    return {
        "held_on": DAY.isoformat(),
        "place": "社区会议室",
        "present": "40",
        "record": upload(),
        **rows,
        **values,
    }


def address(cast: Cast, tail: str = "") -> str:
    return f"/shangcheng/office/elections/new/{cast.home.code}/{tail}"


def test_the_page_records_and_the_paper_comes_back_as_a_file(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    client = enter(cast.people["subdistrict_staff"])
    answer = client.post(address(cast), form_of(one))
    meeting = ElectionMeeting.objects.get()
    assert (answer.status_code, answer.url) == (303, f"/shangcheng/office/elections/{meeting.code}/")
    assert meeting.record_name == "会议记录.pdf"
    assert "会议" not in meeting.record.name
    paper = client.get(f"/shangcheng/office/elections/{meeting.code}/record/")
    assert b"".join(paper).startswith(b"%PDF-")  # written anew
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"].startswith("attachment")
    assert paper["X-Content-Type-Options"] == "nosniff"
    assert paper["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert paper["Cache-Control"] == "private, no-store"


def test_a_wrong_sum_keeps_everything_typed_and_the_paper(cast: Cast) -> None:
    one, two = nominated(cast, "章淑珍", "王建国")
    client = enter(cast.people["subdistrict_staff"])
    wrong = form_of(one, two, **{f"for_{two.code}": "39"})
    answer = client.post(address(cast), wrong)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert {name: list(errors) for name, errors in form.errors.items()} == {
        f"for_{two.code}": ["票数（45）多于到会人数（40）。"]
    }
    assert f'name="for_{two.code}" value="39"'.encode() in answer.content
    assert f'name="for_{one.code}" value="30"'.encode() in answer.content
    assert ElectionMeeting.objects.count() == 0
    right = {**form_of(one, two), "kept": answer.context["ticket"]}
    del right["record"]
    assert client.post(address(cast), right).status_code == 303
    assert ElectionMeeting.objects.get().record_name == "会议记录.pdf"


def test_a_kept_paper_is_nobody_elses(cast: Cast) -> None:
    staff, other = cast.people["subdistrict_staff"], cast.people["subdistrict_staff_2"]
    ticket = keep_waiting(Paper(PDF, "pdf", "会议记录.pdf"), by=staff, now=NOW)
    assert waiting_paper(ticket, by=staff) == Paper(PDF, "pdf", "会议记录.pdf")
    assert waiting_paper(ticket, by=other) is None
    assert waiting_paper(ticket + "x", by=staff) is None
    assert waiting_paper("\x00", by=staff) is None
    assert forget_waiting(NOW + dt.timedelta(days=2)) >= 1
    assert waiting_paper(ticket, by=staff) is None


@pytest.mark.parametrize(
    "change",
    [
        {"held_on": "2018-02-31"},
        {"held_on": "9999-12-31"},
        {"held_on": "x\x00"},
        {"present": "9" * 40},
        {"present": "-1"},
        {"present": ""},
        {"place": "长" * 200},
        {"place": "\x00"},
        {"record": ""},
        {"record": upload("minutes.doc", b"\xd0\xcf\x11\xe0")},
        {"for": "九"},
        {"for": "-1"},
        {"for": ""},
        {"for": "9" * 30},
        {"outcome": "perhaps"},
        {"outcome": ""},
        {"kept": "nonsense", "record": ""},
    ],
)
def test_bad_input_is_said_and_nothing_is_recorded(cast: Cast, change: dict) -> None:
    (one,) = nominated(cast, "章淑珍")
    typed = form_of(one)
    for key, value in change.items():
        typed[f"{key}_{one.code}" if f"{key}_{one.code}" in typed else key] = value
    answer = enter(cast.people["subdistrict_staff"]).post(address(cast), typed)
    assert (answer.status_code, ElectionMeeting.objects.count()) == (422, 0)


def test_full_width_digits_are_understood(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    typed = form_of(one, present="４０", **{f"for_{one.code}": "３０"})
    assert enter(cast.people["subdistrict_staff"]).post(address(cast), typed).status_code == 303


def test_nobody_voted_on_is_no_election(cast: Cast) -> None:
    (one,) = nominated(cast, "章淑珍")
    empty = {f"{key}_{one.code}": "" for key in ("for", "against", "abstaining", "outcome")}
    answer = enter(cast.people["subdistrict_staff"]).post(address(cast), form_of(one, **empty))
    assert answer.status_code == 422


def test_a_replaced_paper_is_deleted(cast: Cast, django_capture_on_commit_callbacks) -> None:
    (one,) = nominated(cast, "章淑珍")
    meeting = hold(cast, [votes(one)], record=Paper(PDF, "pdf", "旧.pdf"))
    old = meeting.record.name
    with django_capture_on_commit_callbacks(execute=True):
        correct_election(
            meeting, **MEETING, votes=[votes(one)], record=Paper(PDF, "pdf", "新.pdf"), by=None, now=NOW
        )
    meeting.refresh_from_db()
    assert meeting.record_name == "新.pdf"
    assert [default_storage.exists(name) for name in (old, meeting.record.name)] == [False, True]


def test_the_list_costs_the_same_for_one_and_three(cast: Cast, django_assert_num_queries) -> None:
    client = enter(cast.people["district_staff"])
    for more in (1, 2):
        for n in range(more):
            (one,) = nominated(cast, f"候选人{more}{n}")
            hold(cast, [votes(one)])
        with django_assert_num_queries(9):
            assert client.get("/shangcheng/office/elections/").status_code == 200


def test_who_has_one_place_is_not_asked_for_it(cast: Cast) -> None:
    answer = enter(cast.people["subdistrict_staff"]).get("/shangcheng/office/elections/new/")
    assert answer.url == address(cast)
    answer = enter(cast.people["district_staff"]).get("/shangcheng/office/elections/new/")
    assert [place.name for place in answer.context["divisions"]] == ["清波街道", "湖滨街道"]
