"""A journey: the office brings its table, sees what is wrong, corrects the wrong rows in a workbook, and writes all of it."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from communities.models import Community
from tests.e2e.conftest import DESK, PHONE
from tests.personas import Cast

HEAD = ["街道代码", "街道", "社区代码", "社区"]


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def rows_of(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]


@pytest.mark.parametrize(
    ("size", "language"), [(DESK, "zh-hans"), (PHONE, "zh-hans"), (DESK, "en"), (PHONE, "en")]
)
def test_a_table_with_a_wrong_row_is_corrected_and_written(
    visitor, tmp_path: Path, size, language: str
) -> None:
    cast = Cast.shangcheng()
    home, known = cast.home.division_code, cast.community
    Community.objects.filter(pk=known.pk).update(division_code=f"{home}001", name="清坡门社区")
    who = visitor(size=size, language=language, user=cast.people["subdistrict_staff"])
    page = who.open("/shangcheng/office/imports/")
    who.check("imports-empty")
    with page.expect_navigation():
        page.locator("a[href$='/imports/new/communities/']").click()
    who.check("import-new")
    table = workbook(
        tmp_path / "清波街道社区名册.xlsx",
        [
            ["清波街道社区名册"],
            HEAD,
            [home, "清波街道", f"{home}001", "清波门社区"],
            [home, "清波街道", f"{home}052", "劳动路社区"],
            [home, "清波街道", "33010200105", "定安路社区"],
            [home, "清坡街道", f"{home}055", "清河坊社区"],
        ],
    )
    page.locator("main button").first.click()
    page.wait_for_selector(".error-summary")
    who.check("import-nothing")
    page.locator("input[type=file]").set_input_files(str(table))
    page.locator("main button").first.click()
    page.wait_for_url("**/imports/*/")
    who.check("import-wrong")
    assert page.locator("td.cell-bad").count() == 2
    assert page.locator("form[action$='/apply/'] button").is_disabled()
    with page.expect_download() as download:
        page.locator("a[href$='/wrong.xlsx']").click()
    download.value.save_as(tmp_path / "wrong.xlsx")
    wrong = rows_of(tmp_path / "wrong.xlsx")
    assert wrong[0] == ["行号", *HEAD, "问题"]
    assert [row[0] for row in wrong[1:]] == ["5", "6"]
    wrong[1][3], wrong[2][2] = f"{home}053", "清波街道"
    page.locator("input[type=file]").set_input_files(str(workbook(tmp_path / "fixed.xlsx", wrong)))
    page.locator("form[action$='/correct/'] button").click()
    page.wait_for_selector("form[action$='/apply/'] button:not([disabled])")
    who.check("import-right")
    page.locator("form[action$='/apply/'] button").click()
    page.wait_for_selector(".done")
    who.check("import-written")
    names = set(
        Community.objects.of(cast.district).filter(sub_district=cast.home).values_list("name", flat=True)
    )
    assert names == {"清波门社区", "劳动路社区", "定安路社区", "清河坊社区"}
    who.open("/shangcheng/office/communities/")
    who.check("communities")
    with page.expect_download() as download:
        page.locator("a[href*='export.xlsx']").click()
    content = Path(download.value.path()).read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 6
