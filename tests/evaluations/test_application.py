"""The application form's two tables: what is read, what is wrong, what is added up; and what may be frozen of them."""

from decimal import Decimal
from typing import Any

import pytest

from evaluations.application import (
    LINES,
    TABLES,
    TEAM,
    amount,
    cells_of,
    frozen_lines,
    line_total,
    open_team,
    problems,
    rows_of,
    sums,
)
from evaluations.models import Season, SubmissionSnapshot
from evaluations.rules.completeness import gaps
from evaluations.views.case_reading import sections
from tests import make
from tests.evaluations.cases import WORDS, draft, handed_in
from tests.personas import Cast

LINE = WORDS["budget_lines"][0]


@pytest.fixture
def cast(db: Any) -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def season(cast: Cast) -> Season:
    return make.season(cast.district)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", Decimal(12)),
        ("１２．５０ 元", Decimal("12.50")),
        ("1,200", Decimal(1200)),
        ("", None),
        ("-1", None),
        ("一百", None),
        ("NaN", None),
        ("1e99", None),
        ("Infinity", None),
    ],
)
def test_an_amount_as_people_type_it(text: str, number: Decimal | None) -> None:
    assert amount(text) == number


def test_rows_come_out_of_cells_and_go_back() -> None:
    rows = [{"name": "甲", "education": "", "certificate": "", "role": "执行"}, {}, {"name": "乙"}]
    back = rows_of(TEAM, cells_of(TEAM, rows))
    assert [row["name"] for row in back] == ["甲", "", "乙"]
    assert rows_of(TEAM, cells_of(TEAM, [{}, {}])) == []


def test_a_line_adds_up() -> None:
    assert line_total(LINE) == Decimal(12000)
    assert sums([LINE, {**LINE, "own": "?"}]) == sums([LINE, {**LINE, "own": "0"}])
    assert (sums([LINE]).total, sums([LINE]).own, sums([LINE]).granted) == (12000, 4000, 8000)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"unit_price": "许多"}, ["budget_lines_0_unit_price"]),
        ({"own": "4001"}, ["budget_lines_0_granted"]),
        ({"category": "fixed_assets"}, ["budget_lines_0_category"]),
        ({"unit": "", "item": ""}, ["budget_lines_0_item", "budget_lines_0_unit"]),
        ({"item": "打印机一台"}, ["budget_lines_0_item"]),
        ({"item": "打印机租赁"}, []),
        ({"remark": "长" * 61}, ["budget_lines_0_remark"]),
    ],
)
def test_what_is_wrong_with_a_line_stands_at_its_cell(change: dict[str, str], fields: list[str]) -> None:
    assert [field for field, _words in problems(LINES, [{**LINE, **change}])] == fields


def test_nothing_is_frozen_that_names_a_person() -> None:
    team = [{"name": "周小满", "education": "bachelor", "certificate": "none", "role": "执行"}, {}]
    assert open_team(team) == [{"education": "bachelor", "certificate": "none", "role": "执行"}]
    assert frozen_lines([{}, LINE])[0]["total"] == "12000.00"


def test_a_case_needs_its_tables_and_their_sums(cast: Cast, season: Season) -> None:
    assert [gap.field for gap in gaps(draft(cast, season))] == []
    assert [gap.field for gap in gaps(draft(cast, season, team=[], budget_lines=[]))] == list(TABLES)
    wrong = draft(cast, season, budget_total=12001, amount_asked=7999)
    assert [gap.field for gap in gaps(wrong)] == ["budget_total", "amount_asked"]


def test_over_the_ceiling_is_void(cast: Cast, season: Season) -> None:
    season.amount_ceiling = Decimal(8000)
    season.save()
    assert gaps(draft(cast, season)) == []
    season.amount_ceiling = Decimal("7999.99")
    season.save()
    assert [gap.field for gap in gaps(draft(cast, season))] == ["amount_asked"]


def test_old_snapshots_are_read_as_before(cast: Cast, season: Season) -> None:
    """What a snapshot of the first format does not hold is neither shown nor called changed."""
    case = handed_in(cast, season)
    body = case.snapshots.get().body
    new = {
        *("format", "profile", "last_inspection", "supervising_unit", "locations"),
        *("indirect_beneficiaries", "team", "budget_lines"),
    }
    old = {key: value for key, value in body.items() if key not in new}
    shown = [row.field for part in sections(old) for row in part.rows]
    assert set(shown) & new == set()
    assert [row.field for part in sections(body, old) for row in part.rows if row.old is not None] == []
    changed = sections({**body, "locations": "别处"}, body)
    assert [row.field for part in changed for row in part.rows if row.old is not None] == ["locations"]


def test_the_names_of_a_case_stay_out_of_its_snapshot(cast: Cast, season: Season) -> None:
    handed_in(cast, season, head_name="只此一处的名字", team=[{**WORDS["team"][0], "name": "另一个名字"}])
    text = str(SubmissionSnapshot.objects.get().body)
    assert ["只此一处的名字" in text, "另一个名字" in text] == [False, False]
