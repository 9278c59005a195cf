"""Budgets of philanthropy projects: exact sums, in the form, the action and the database; no fixed assets."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from goldidea.lib.errors import StaleState
from goldidea.lib.models import AuditDetail
from organizations.actions.budgets import fingerprint, save_budget, sums
from organizations.actions.projects import save_project
from organizations.budget_forms import as_typed
from organizations.models import BudgetLine, VenturePhilanthropyProject
from tests import make
from tests.personas import Cast


@pytest.fixture
def cast(db) -> Cast:
    return Cast.shangcheng()


@pytest.fixture
def project(cast: Cast) -> VenturePhilanthropyProject:
    return make.saved(
        VenturePhilanthropyProject(
            district=cast.district, organization=cast.organization, title="楼道微花园", programme="公益创投",
            funder="基金会", year=2018, budget_total=100, granted=50,
        )
    )  # fmt: skip


def line(price="800.00", quantity="4", granted="3000", own="200", **values) -> BudgetLine:
    defaults = {"category": "people", "item": "讲师课酬", "unit": "次", "remark": ""}
    amounts = {"unit_price": price, "quantity": quantity, "granted": granted, "own": own}
    return BudgetLine(**{**defaults, **{name: Decimal(value) for name, value in amounts.items()}, **values})


def save(project, cast: Cast, *lines: BudgetLine, role: str = "subdistrict_staff"):
    seen = fingerprint(project.budget_lines.all())
    return save_budget(project, lines, seen=seen, by=cast.people[role], now=timezone.now())


def test_the_sums_become_the_projects(cast: Cast, project) -> None:
    save(project, cast, line(), line("0.1", "3", "0", "0.30", item="回形针", category="material"))
    project.refresh_from_db()
    assert (project.budget_total, project.granted) == (Decimal("3200.30"), Decimal("3000.00"))
    assert [row.total for row in project.budget_lines.all()] == [Decimal("3200.00"), Decimal("0.30")]
    changes = AuditDetail.objects.get(event__action="change budget").changes
    assert changes["budget_total"] == ["100.00", "3200.30"]
    assert "讲师课酬 800.00 × 4 次 = 3200.00" in changes["budget_lines"][1]


def test_without_lines_the_project_keeps_its_sums(cast: Cast, project) -> None:
    save(project, cast, line())
    save(project, cast)
    project.refresh_from_db()
    assert (project.budget_total, project.budget_lines.count()) == (Decimal("3200.00"), 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"own": "199.99"}, "granted"),
        ({"price": "0.33", "quantity": "1.5", "granted": "0.5", "own": "0"}, "quantity"),
        ({"item": "购置设备一批"}, "item"),
        ({"item": "笔记本电脑"}, "item"),
        ({"price": "0"}, "unit_price"),
        ({"quantity": "-1"}, "quantity"),
        ({"granted": "-1", "own": "3201"}, "granted"),
        ({"category": "asset"}, "category"),
        ({"unit": ""}, "unit"),
    ],
)
def test_what_a_line_may_not_be(cast: Cast, project, values, field: str) -> None:
    with pytest.raises(ValidationError) as found:
        save(project, cast, line(**values))
    assert field in found.value.message_dict
    assert project.budget_lines.count() == 0


@pytest.mark.parametrize("item", ["投影仪租用", "打印机墨盒", "电脑维修", "打印纸"])
def test_what_is_rented_mended_or_used_up_is_no_asset(cast: Cast, project, item: str) -> None:
    assert save(project, cast, line(item=item)).budget_lines.count() == 1


def raw(project, **values):
    """A row written past the form and the action."""
    defaults = {
        "position": 1, "category": "people", "item": "x", "unit": "次", "unit_price": "10", "quantity": "10",
        "total": "100", "granted": "50", "own": "50",
    }  # fmt: skip
    return BudgetLine.objects.create(project=project, **{**defaults, **values})


@pytest.mark.parametrize(
    "values", [{"total": "99"}, {"granted": "49"}, {"unit_price": "-10", "total": "-100"}, {"own": "-1"}]
)
def test_the_database_refuses_a_line_that_is_wrong(project, values) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        raw(project, **values)


def at_the_end() -> None:
    """Let deferred triggers speak now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_database_refuses_lines_that_do_not_add_up(project) -> None:
    raw(project)
    at_the_end()
    for change in (
        lambda: raw(project, position=2),
        lambda: VenturePhilanthropyProject.objects.filter(pk=project.pk).update(budget_total=200),
        lambda: VenturePhilanthropyProject.objects.filter(pk=project.pk).update(granted=49),
        lambda: BudgetLine.objects.update(unit_price=5, quantity=10, total=50, granted=25, own=25),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
            at_the_end()
    BudgetLine.objects.all().delete()
    at_the_end()


def test_a_project_with_lines_is_changed_by_its_lines(cast: Cast, project) -> None:
    save(project, cast, line())
    project.refresh_from_db()
    project.budget_total = 5
    project.granted = 5
    with pytest.raises(ValidationError) as found:
        save_project(project, [], by=cast.people["subdistrict_staff"], now=timezone.now())
    assert sorted(found.value.message_dict) == ["budget_total", "granted"]


def test_of_two_people_the_second_is_told(cast: Cast, project) -> None:
    seen = fingerprint([])
    save(project, cast, line())
    with pytest.raises(StaleState):
        save_budget(project, [line()], seen=seen, by=cast.people["district_staff"], now=timezone.now())


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("district_staff", None),
        ("organization_user", None),
        ("neighbour_staff", PermissionDenied),
        ("observer", PermissionDenied),
        ("community_user", Http404),
    ],
)
def test_who_writes_a_budget(cast: Cast, project, role: str, refused) -> None:
    if refused is None:
        assert save(project, cast, line(), role=role)
        return
    with pytest.raises(refused):
        save(project, cast, line(), role=role)


@given(
    st.lists(
        st.tuples(st.integers(1, 10**7), st.integers(1, 500), st.integers(0, 100)), min_size=1, max_size=30
    )
)
def test_sums_are_exact(rows) -> None:
    """Prices in fen, whole quantities, a share granted in percent: the parts add up to the fen."""
    lines = []
    for fen, quantity, share in rows:
        total = fen * quantity
        granted = total * share // 100
        lines.append(
            line(
                *(str(Decimal(n) / 100) for n in (fen,)),
                str(quantity),
                str(Decimal(granted) / 100),
                str(Decimal(total - granted) / 100),
            )
        )
    for row in lines:
        row.clean()
    found = sums(lines)
    assert found["total"] == found["granted"] + found["own"]
    assert found["total"] * 100 == sum(fen * quantity for fen, quantity, _share in rows)


def typed(*rows: dict[str, str], **more: str) -> dict[str, str]:
    data = {"line-TOTAL_FORMS": str(len(rows)), "line-INITIAL_FORMS": "0", **more}
    return data | {f"line-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


GOOD = {
    "category": "people", "item": "讲师课酬", "unit_price": "８00", "unit": "次", "quantity": "4",
    "granted": "3000", "own": "200",
}  # fmt: skip


def test_the_page_adds_and_removes_lines_without_a_script(cast: Cast, project) -> None:
    staff = Client()
    staff.force_login(cast.people["subdistrict_staff"], backend="accounts.backends.AccountBackend")
    url = reverse("office:philanthropy_budget", args=["shangcheng", project.code])
    seen = fingerprint([])
    body = staff.get(url).content.decode()
    assert body.count("data-line>") == 2  # one line, and the empty one for the script
    more = staff.post(url, typed(GOOD, add="1", seen=seen)).content.decode()
    assert more.count("data-line>") == 3
    assert "讲师课酬" in more
    fewer = staff.post(url, typed(GOOD, {"item": "茶水"}, remove="0", seen=seen)).content.decode()
    assert "讲师课酬" not in fewer
    assert "茶水" in fewer
    wrong = staff.post(url, typed({**GOOD, "own": "100"}, seen=seen))
    assert wrong.status_code == 422
    assert "3100" in wrong.content.decode()
    assert BudgetLine.objects.count() == 0
    assert staff.post(url, typed(GOOD, {}, seen=seen)).status_code == 303
    assert BudgetLine.objects.count() == 1
    assert staff.post(url, typed(GOOD, seen=seen)).status_code == 409
    for nonsense in (
        {},
        {"line-TOTAL_FORMS": "-1"},
        {"line-TOTAL_FORMS": "99999"},
        {"add": "1"},
        {"remove": "x"},
    ):
        assert staff.post(url, nonsense).status_code in (200, 409, 422)
    page = staff.get(
        reverse("office:philanthropy_project", args=["shangcheng", project.code])
    ).content.decode()
    assert "3200.00" in page


def test_a_stored_line_is_shown_as_it_would_have_been_typed() -> None:
    typed = [as_typed(Decimal(text)) for text in ("1.00", "8.50", "1200.00", "0.00", "0.05")]
    assert typed == ["1", "8.5", "1200", "0", "0.05"]
    assert as_typed("次") == "次"
