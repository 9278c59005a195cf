"""The social worker of a case: the name as typed, and the register's record where it is exactly one."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities.actions.grids import end_worker
from evaluations.actions.submissions import save_submission
from goldidea.lib.models import AuditDetail
from tests import make
from tests.evaluations.cases import draft, handed_in
from tests.personas import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def rename(case, cast: Cast, name: str):
    by = cast.people["community_user"]
    return save_submission(case, {"worker_name": name}, by=by, now=timezone.now(), base_revision=None)


def test_a_name_of_the_register_is_its_record(cast: Cast) -> None:
    worker = make.social_worker(cast.community, "周小满", phone="+8613900001234")
    make.social_worker(cast.neighbour_community, "钱大同")
    case = draft(cast, make.season(cast.district), worker_phone="")
    assert (case.worker, case.worker_phone) == (worker, "")
    assert AuditDetail.objects.filter(changes__worker=[None, "周小满"]).exists()
    assert rename(case, cast, "钱大同").worker is None  # works elsewhere
    assert rename(case, cast, "周小满").worker == worker
    twin = make.social_worker(cast.community, "周小满")
    rename(case, cast, "周小")
    assert rename(case, cast, "周小满").worker is None  # two of one name: nobody guesses
    end_worker(twin, until=timezone.localdate(), by=cast.people["community_user"], now=timezone.now())
    rename(case, cast, "周小")
    assert rename(case, cast, "周小满").worker == worker


def test_who_writes_is_offered_the_register_and_the_office_finds_the_record(cast: Cast) -> None:
    worker = make.social_worker(cast.community, "周小满", phone="+8613900001234")
    season = make.season(cast.district)
    case = draft(cast, season)
    writer, staff = Client(), Client()
    writer.force_login(cast.people["community_user"], backend="accounts.backends.AccountBackend")
    staff.force_login(cast.people["subdistrict_staff"], backend="accounts.backends.AccountBackend")
    body = writer.get(reverse("cases:edit", args=["shangcheng", case.code])).content.decode()
    assert '<option value="周小满">' in body
    assert "13900001234" not in body
    handed = handed_in(cast, season)
    page = staff.get(reverse("office:case", args=["shangcheng", handed.code])).content.decode()
    assert reverse("office:social_worker", args=["shangcheng", worker.code]) in page
