"""A resident follows one entry's computation with a pencil, from the public ranking: by the figures of the page alone."""

import re
from fractions import Fraction
from typing import Any

import pytest

from tests.e2e.conftest import DESK, PHONE
from tests.evaluations.bundles import published

CALIBRATED = {
    "level": "sheet",
    "calibration": {"method": "additive", "cap": "15", "min_marks": 1, "if_disconnected": "refuse"},
    "rounding": {"mode": "half_up", "places": 2, "stages": ["sheet", "panel", "total"]},
}
WAYS = {
    "plain-360": ({}, PHONE, "zh-hans"),
    "plain-1280": ({}, DESK, "en"),
    "calibrated-360": (CALIBRATED, PHONE, "en"),
    "calibrated-1280": (CALIBRATED, DESK, "zh-hans"),
    "withheld-360": ({"publish_marks": "none"}, PHONE, "zh-hans"),
}


def figures(place: Any) -> list[Fraction]:
    """The exact figures that stand in a part of the page, in their order."""
    return [Fraction(item.get_attribute("value")) for item in place.locator("data").all()]


def half_up(value: Fraction) -> Fraction:
    """Two decimals, as one learns it at school."""
    return Fraction(int(abs(value) * 100 + Fraction(1, 2)), 100) * (1 if value >= 0 else -1)


def mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def by_criterion(page: Any) -> Fraction:
    """Each column of the table: leave out what is struck, average, round; add up; round."""
    rows = page.locator(".table--marks tbody tr").all()
    columns = [row.locator("td").all() for row in rows]
    averages = []
    for cells in zip(*columns, strict=True):
        kept = [figures(cell)[0] for cell in cells if cell.locator("s").count() == 0]
        assert len(kept) < len(cells)
        averages.append(half_up(mean(kept)))
    return half_up(sum(averages, Fraction(0)))


def by_sheet(page: Any) -> Fraction:
    """Each row: add up, add the correction; leave out what is struck, average, round."""
    kept = []
    for row in page.locator(".table--marks tbody tr").all():
        *marks, total, points, corrected = row.locator("td").all()
        assert sum(figures(cell)[0] for cell in marks) == figures(total)[0]
        assert figures(total)[0] + figures(points)[0] == figures(corrected)[0]
        if corrected.locator("s").count() == 0:
            kept.append(figures(corrected)[0])
    return half_up(mean(kept))


@pytest.mark.parametrize(("rule", "size", "language"), WAYS.values(), ids=WAYS)
def test_a_resident_works_out_the_total_from_the_figures_of_the_page(
    visitor: Any, own_database: str, request: Any, rule: Any, size: Any, language: str
) -> None:
    found = published(**rule)
    person = visitor(size, language)
    page = person.open(f"/shangcheng/results/{found.round.code}/")
    person.check(f"ranking-{request.node.callspec.id}")
    shown = page.locator(".rank__total").all_inner_texts()
    totals = [Fraction(re.match(r"[0-9.]+", text).group()) for text in shown]
    page.locator(".rank__line a").first.click()
    for told in totals:
        page.locator("[data-line=total]").wait_for()
        if "publish_marks" in rule:
            worked_out = half_up(sum(figures(page.locator("[data-line=sum]").first)[:-1], Fraction(0)))
        else:
            worked_out = by_sheet(page) if rule else by_criterion(page)
        assert [worked_out] == figures(page.locator("[data-line=total]")) == [told]
        if told == totals[0]:
            person.check(f"computation-{request.node.callspec.id}")
            if size == DESK:
                page.emulate_media(media="print")
                person.check(f"computation-print-{request.node.callspec.id}")
                page.emulate_media(media="screen")
        onward = page.locator("nav a.go").last
        if onward.count() and told != totals[-1]:
            here = page.url
            onward.click()
            page.wait_for_url(lambda url, here=here: url != here)
    if rule.get("level"):
        assert page.locator("[data-uncalibrated]").count() == 1


def test_the_table_of_many_judges_scrolls_by_itself_and_by_the_keyboard(
    visitor: Any, own_database: str
) -> None:
    found = published(**CALIBRATED)
    person = visitor(PHONE)
    page = person.open(f"/shangcheng/results/{found.round.code}/")
    page.locator(".rank__line a").first.click()
    region = page.get_by_role("region", name="的打分：每席一行")
    region.focus()
    before = region.evaluate("node => node.scrollLeft")
    for _n in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("node => node.scrollLeft > 0", arg=region.element_handle())
    assert before == 0
