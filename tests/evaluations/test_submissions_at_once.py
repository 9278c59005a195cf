"""Several people hand in, save or press twice at the same moment, on a committed database."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from evaluations.actions.submissions import save_submission, submit_submission
from evaluations.models import Season, Submission
from evaluations.states import SubmissionState
from goldidea.lib.errors import TooLate
from tests import make
from tests.evaluations.cases import draft
from tests.personas import Cast

pytestmark = pytest.mark.database
S = SubmissionState


@pytest.fixture
def cast(own_database: str) -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def season(cast: Cast) -> Season:
    return make.season(cast.district)


def at_once(*acts: Any) -> list[Any]:
    """Run the acts in threads of their own, started together; gives results or what they raised."""
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Any) -> None:
        try:
            start.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_many_hand_in_at_once_and_the_numbers_have_no_gap(cast: Cast, season: Season) -> None:
    by = cast.people["community_user"]
    cases = [draft(cast, season) for _ in range(6)]
    done = at_once(*(lambda c=c: submit_submission(c, by=by, now=timezone.now()) for c in cases))
    assert sorted(case.number for case in done) == [f"2018-QB-{n:03d}" for n in range(1, 7)]


def test_of_two_editors_one_learns_of_the_other(cast: Cast, season: Season) -> None:
    by, case = cast.people["community_user"], draft(cast, season)

    def save(title: str) -> Any:
        return save_submission(case, {"title": title}, by=by, now=timezone.now(), base_revision=1)

    done = at_once(lambda: save("甲"), lambda: save("乙"))
    assert sorted(type(one).__name__ for one in done) == ["StaleRevision", "Submission"]


def test_a_double_tap_is_one_receipt(cast: Cast, season: Season) -> None:
    by, case = cast.people["community_user"], draft(cast, season)
    done = at_once(*[lambda: submit_submission(case, by=by, now=timezone.now())] * 8)
    assert {(one.number, one.submitted_at) for one in done} == {("2018-QB-001", done[0].submitted_at)}
    assert case.snapshots.count() == 1


def test_what_is_handed_in_around_the_close_is_in_or_out(cast: Cast, season: Season) -> None:
    by = cast.people["community_user"]
    cases = [draft(cast, season) for _ in range(12)]
    close = timezone.now() + dt.timedelta(milliseconds=60)
    Season.objects.filter(pk=season.pk).update(submissions_close_at=close)
    done = at_once(*(lambda c=c: submit_submission(c, by=by, now=timezone.now()) for c in cases))
    stored = Submission.objects.filter(state=S.SUBMITTED)
    assert {type(one) for one in done} <= {Submission, TooLate}
    assert {c.pk for c in stored} == {one.pk for one in done if isinstance(one, Submission)}
    assert [c.pk for c in stored if c.submitted_at >= close] == []
    assert sorted(c.number for c in stored) == [f"2018-QB-{n:03d}" for n in range(1, len(stored) + 1)]
