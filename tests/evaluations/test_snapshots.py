"""What is frozen when a case is handed in."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from evaluations.actions.photos import add_photo
from evaluations.actions.submissions import submit_submission
from evaluations.models import SubmissionSnapshot
from organizations.models import VenturePhilanthropyProject
from tests import make
from tests.evaluations.cases import draft, picture
from tests.personas import Cast

pytestmark = pytest.mark.django_db


def test_everything_that_later_pages_read_is_frozen() -> None:
    cast = Cast.shangcheng()
    season = make.season(cast.district, name_en="2018 season")
    project = VenturePhilanthropyProject.objects.create(
        district=cast.district,
        organization=cast.organization,
        title="老邻居新照应",
        programme="第六届公益创投",
        funder="区民政局",
        year=2018,
        budget_total=30000,
        granted="20000.5",
    )
    parties = {
        "partners": [cast.neighbour_community],
        "organizations": [cast.centre, cast.organization],
        "philanthropy_project": project,
    }
    case = draft(cast, season, **parties)
    by = cast.people["community_user"]
    photo = add_photo(case, picture(), by=by, now=timezone.now(), caption="小黑板")
    case = submit_submission(case, by=by, now=timezone.now())
    frozen = case.snapshots.get()
    assert frozen.revision == case.revision
    assert frozen.body == {
        "format": 2,
        "title": "墙门晨间问安",
        "number": "2018-QB-001",
        "field": "elderly",
        "summary": "独居老人每天开窗，对门看见就算问过安。",
        "need": "去年冬天，一位老人在家摔倒，第二天才被发现。",
        "origin_kind": "need",
        "deliberation": {
            "kind": "practical",
            "level": "grid",
            "on": "2018-03-06",
            "record": "到会 32 人，都说要有人晓得。",
        },
        "resolution": "每个墙门推两位看窗人。",
        "practice": "早上八点前开窗；没开就敲门。",
        "effect": "半年里三次及时发现老人不舒服。",
        "beneficiaries": 37,
        "profile": "清波门的老邻居们 2012 年自己办起来的互助社，常来的有四十多人。",
        "last_inspection": "",
        "supervising_unit": "",
        "locations": "清波门社区三个墙门",
        "indirect_beneficiaries": 120,
        "team": [{"education": "bachelor", "certificate": "assistant", "role": "项目负责人"}],
        "budget_lines": [
            {
                "category": "material",
                "item": "问安牌与小黑板",
                "unit": "块",
                "remark": "",
                "unit_price": "100.00",
                "quantity": "120.00",
                "own": "4000.00",
                "granted": "8000.00",
                "total": "12000.00",
            }
        ],
        "starts_on": "2018-03-10",
        "ends_on": "2018-09-30",
        "budget_total": "12000.00",
        "amount_asked": "8000.00",
        "season": {"code": season.code, "year": 2018, "name": "2018 届", "name_en": "2018 season"},
        "community": division(cast.community),
        "sub_district": division(cast.home),
        "partners": [{"code": cast.neighbour_community.code, "name": "涌金门社区"}],
        "organizations": [
            organization(cast.centre, "exogenous"),
            organization(cast.organization, "endogenous"),
        ],
        "philanthropy": {
            "code": project.code,
            "title": "老邻居新照应",
            "programme": "第六届公益创投",
            "funder": "区民政局",
            "year": 2018,
            "budget_total": "30000.00",
            "granted": "20000.50",
            "source": "register",
        },
        "photos": [{"code": photo.code, "caption": "小黑板"}],
        "papers": [],
    }


def division(of) -> dict[str, str]:
    return {"code": of.code, "name": of.name, "division_code": of.division_code}


def organization(of, origin: str) -> dict[str, object]:
    return {
        "code": of.code,
        "name": of.name,
        "origin": origin,
        "registration": "filed",
        "kind": "community",
        "rating": None,
        "rating_year": None,
        "credit_code": "",
    }


def test_a_snapshot_stays_when_the_register_changes_and_cannot_be_changed() -> None:
    cast = Cast.shangcheng()
    case = draft(cast, make.season(cast.district))
    case = submit_submission(case, by=cast.people["community_user"], now=timezone.now())
    cast.organization.name = "改名后的互助社"
    cast.organization.save()
    assert case.snapshots.get().body["organizations"][0]["name"] == "清波门邻里互助社"
    for change in (
        lambda: SubmissionSnapshot.objects.update(revision=9),
        lambda: SubmissionSnapshot.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
