"""Two browsers in one case; a case's papers, its printed form and the sealed scan back; all papers of a round."""

import io
import re
import zipfile
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import expect

from evaluations.models import Submission
from tests import make
from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.cases import draft
from tests.personas import Cast

SHEET = {"width": 794, "height": 1123}  # A4 at 96 dots an inch
EACH = pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-hans"), (DESK, "en"), (DESK, "zh-hans"), (PHONE, "en")]
)


@pytest.fixture
def cast(own_database: str) -> Cast:
    cast = Cast.shangcheng()
    conduct = {**make.RULE["conduct"], "papers": ["registration"], "checklist": ["sealed"]}
    make.rule_set(make.season(cast.district, name_en="Season 2018"), conduct=conduct)
    return cast


def paper(folder: Path, name: str) -> Path:
    made = pikepdf.new()
    made.add_blank_page(page_size=(595, 842))
    made.save(folder / name)
    return folder / name


@EACH
def test_two_people_in_two_browsers_write_one_case(visitor, cast, size, language) -> None:
    """The community asks a supportive centre; both see each other, both write, the same field asks, nothing is lost."""
    case = draft(cast, cast.district.seasons.get())
    address = f"/shangcheng/cases/{case.code}/"
    one = visitor(size, language, user=cast.people["community_user"])
    page = one.open(f"{address}delegate/")
    page.get_by_label("上城区社会组织服务中心").check(force=True)
    page.locator("main form .actions button").click()
    expect(page.locator(".tag.is-now")).to_be_visible()
    one.check("along-1-delegate")
    page = one.open(address)
    expect(page.locator("#others")).to_be_empty()

    two = visitor(size, language, user=cast.people["supportive_org"])
    two.open("/shangcheng/cases/")
    two.check("along-2-list")
    other = two.open(address)
    expect(other.locator("#others .notice")).to_contain_text("清波门的周书记")
    two.check("along-3-form")

    other.fill("[name=effect]", "中心写的成效")
    other.fill("[name=team_1_name]", "郑老师")
    expect(other.locator("#saved.is-ok")).to_have_text(re.compile(r"^(已保存|Saved) \d"))
    page.fill("[name=need]", "社区写的需求")
    expect(page.locator("[name=effect]")).to_have_value("中心写的成效")
    expect(page.locator("[name=team_1_name]")).to_have_value("郑老师")

    other.fill("[name=need]", "中心写的需求，写了很久")
    expect(other.locator("#saved.is-bad")).to_be_visible()
    other.locator(".actions button[name=save]").click()
    expect(other.locator("fieldset")).to_have_count(1)
    expect(other.locator("fieldset")).to_contain_text("社区写的需求")
    expect(other.locator("fieldset")).to_contain_text("中心写的需求，写了很久")
    two.check("along-4-conflict")
    other.locator("main form .actions button").click()
    expect(other.locator("[name=need]")).to_have_value("中心写的需求，写了很久")
    case.refresh_from_db()
    assert (case.need, case.effect, case.team[1]["name"]) == (
        "中心写的需求，写了很久",
        "中心写的成效",
        "郑老师",
    )


@EACH
def test_papers_printed_form_and_sealed_scan(visitor, cast, size, language, tmp_path: Path) -> None:
    case = draft(cast, cast.district.seasons.get())
    one = visitor(size, language, user=cast.people["community_user"])
    page = one.open(f"/shangcheng/cases/{case.code}/")
    old = tmp_path / "证书.doc"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    page.set_input_files("[name=paper]", old)
    page.locator("button[name=attach]").click()
    expect(page.locator(".error-summary")).to_contain_text("证书.doc")
    one.check("papers-1-refused")
    page.select_option("[name=paper_need]", "registration")
    page.set_input_files("[name=paper]", paper(tmp_path, "登记证书.pdf"))
    page.locator("button[name=attach]").click()
    expect(page.locator("#papers .files li")).to_have_count(1)
    one.check("papers-2-attached")
    page.locator("button[name=check]").click()
    page.locator("main form button.button").click()
    expect(page.locator(".done__code")).to_have_text("2018-QB-001")
    one.check("papers-3-receipt")

    page = one.open(f"/shangcheng/cases/{case.code}/form/")
    expect(page.locator("h1")).to_be_visible()
    one.check("papers-4-form")
    printed = page.pdf(format="A4")
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        assert 2 <= len(pdf.pages) <= 4
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    one.check("papers-4-print")
    page.emulate_media(media="screen")
    page.set_viewport_size(size)

    page = one.open(f"/shangcheng/cases/{case.code}/seal/")
    one.check("papers-5-seal")
    page.set_input_files("[name=scan]", paper(tmp_path, "盖章申报书.pdf"))
    page.locator("main form .actions button").click()
    expect(page.locator(".files")).to_contain_text("盖章申报书.pdf")
    one.check("papers-6-case")

    staff = visitor(size, language, user=cast.people["subdistrict_staff"])
    desk = staff.open(f"/shangcheng/office/cases/{case.code}/")
    expect(desk.locator(".saved.is-ok")).to_be_visible()
    staff.check("papers-7-office")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="盖章申报书.pdf").click()
    assert download.value.suggested_filename == "盖章申报书.pdf"

    Submission.objects.filter(pk=case.pk).update(state="accepted")
    round_ = make.round(case.season, cast.home, case.season.rule_sets.get(), "draft")
    staff.open(f"/shangcheng/office/rounds/{round_.code}/papers/")
    staff.check("papers-8-round-empty")
    case.refresh_from_db()
    make.entry(round_, case)
    desk = staff.open(f"/shangcheng/office/rounds/{round_.code}/papers/")
    desk.fill("[name=reason]", "装订存档")
    staff.check("papers-9-round")
    with desk.expect_download() as download:
        desk.locator("main form .actions button").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        assert packed.namelist() == [
            "2018-QB-001/01-登记证书或备案证明-登记证书.pdf",
            "2018-QB-001/02-盖章申报书-盖章申报书.pdf",
            "清单.csv",
        ]
