"""Journey: a community enters its social workers and grids; the office looks at them."""

import re

import pytest

from communities.models import Grid, SocialWorker
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast

BOTH = pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "zh-hans"), (DESK, "en"), (PHONE, "en")]
)


@BOTH
def test_a_community_keeps_its_grids(visitor, size, language: str) -> None:
    cast = Cast.shangcheng()
    who = visitor(size=size, language=language, user=cast.people["community_user"])
    page = who.open("/shangcheng/office/grids/")
    who.check("grids-none")
    page.locator(".head .button, .empty a").first.click()
    page.wait_for_url(re.compile(r"/grids/new/[0-9a-z]{10}/$"))
    page.check("input[value=large]")
    page.fill("#id_number", "D1")
    page.fill("#id_name", "清波大网格")
    who.check("grid-new")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/grids/community/[0-9a-z]{10}/$"))
    large = Grid.objects.get()
    who.open(f"/shangcheng/office/grids/workers/new/{cast.community.code}/")
    page.fill("#id_name", "周小满")
    page.fill("#id_phone", "13900001234")
    page.select_option("#id_certificate", "social_worker")
    page.fill("#id_since", "2016-03-01")
    who.check("worker-new")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/grids/workers/[0-9a-z]{10}/$"))
    worker = SocialWorker.objects.get()
    assert "139****1234" in page.inner_text("main")
    who.open(f"/shangcheng/office/grids/new/{cast.community.code}/")
    page.check("input[value=segment]")
    page.fill("#id_number", "1-1")
    page.fill("#id_name", "柳浪二幢")
    page.locator("main form .actions button").click()
    page.wait_for_selector(".error-summary")
    who.check("grid-wrong")
    page.check("input[value=grid]")
    page.fill("#id_number", "1")
    page.fill("#id_name", "第一网格")
    page.select_option("#id_parent", large.code)
    page.fill("#id_scope", "清波街 1–15 号，柳浪新村 2、3 幢")
    page.fill("#id_households", "320")
    page.select_option("#id_worker", worker.code)
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/grids/community/[0-9a-z]{10}/$"))
    make.grid(cast.community, "1-1", level="segment", parent=Grid.objects.get(number="1"), worker=worker)
    page.reload()
    who.check("community-grids")
    who.open("/shangcheng/office/grids/")
    who.check("grids")
    who.open(f"/shangcheng/office/grids/workers/{worker.code}/edit/")
    page.fill("#id_phone", "13900005678")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/grids/workers/[0-9a-z]{10}/$"))
    who.check("worker")
    who.open(f"/shangcheng/office/grids/workers/{worker.code}/end/")
    who.check("worker-end")
    page.locator("main form .actions button").click()
    page.wait_for_url(re.compile(r"/grids/workers/[0-9a-z]{10}/$"))
    assert Grid.objects.filter(worker=None).count() == 3
    who.open("/shangcheng/office/grids/workers/")
    who.check("workers")
    office = visitor(size=size, language=language, user=cast.people["district_staff"])
    office.open("/shangcheng/office/grids/")
    office.check("grids-office")
    office.open("/shangcheng/office/grids/new/")
    office.check("grid-choose")
    edit = office.open(f"/shangcheng/office/grids/{Grid.objects.get(number='1').code}/edit/")
    assert edit.locator(".history li").count() == 2
    office.check("grid-edit")
    office.open("/shangcheng/office/imports/")
    office.check("imports-all")
