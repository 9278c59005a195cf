"""Tables of communities: compared row by row, written whole or not at all, exported as they are imported."""

from pathlib import Path

import pytest
from django.utils import timezone

from communities.actions.imports import (
    RegisterChanged,
    apply_import,
    correct_import,
    import_table,
    receive_import,
    table_rows,
)
from communities.actions.register import load_register
from communities.models import Community, SubDistrict
from communities.registers import register_of
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.models import AuditEvent
from goldidea.lib.spreadsheets import UnreadableError, as_csv, as_xlsx
from tests import make
from tests.personas import Cast

pytestmark = pytest.mark.django_db
REGISTER = Path("communities/demonstration/shangcheng-2018.csv")
HEADERS = "街道代码,街道,社区代码,社区\n"


@pytest.fixture
def cast() -> Cast:
    return Cast.shangcheng()


def upload(cast: Cast, text: str, role: str = "district_staff", name: str = "社区.csv"):
    return receive_import(
        "communities",
        cast.district,
        name,
        text.encode(),
        by=cast.people[role],
        now=timezone.now(),
    )


def said(row) -> dict[str, str]:
    return {key: row.why(key) for key in row.errors}


def test_the_published_register_is_loaded_and_stands_unchanged_the_second_time() -> None:
    district = make.district()
    text = REGISTER.read_text(encoding="utf-8")
    assert load_register(district, text) == 54
    assert SubDistrict.objects.of(district).count() == 6
    assert Community.objects.of(district).count() == 54
    initials = dict(SubDistrict.objects.of(district).values_list("name", "initials"))
    assert initials["清波街道"] == "QB"
    assert len(set(initials.values())) == 6
    events = AuditEvent.objects.count()
    load_register(district, text)
    assert Community.objects.of(district).count() == 54
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_exported_list_is_an_import_without_a_change(ending: str) -> None:
    district = make.district()
    load_register(district, REGISTER.read_text(encoding="utf-8"))
    ended = Community.objects.of(district).first()
    Community.objects.filter(pk=ended.pk).update(valid_to="2018-03-01")
    register = register_of("communities")
    rows = register.export(Community.objects.of(district).select_related("sub_district"))
    content = as_csv(register.exported, rows) if ending == "csv" else as_xlsx(register.exported, rows, "社区")
    plan = import_table("communities", district, f"a.{ending}", content, by=None, now=timezone.now())
    assert plan.counts == {"new": 0, "changed": 0, "unchanged": 54, "wrong": 0}


def test_every_row_is_compared(cast: Cast) -> None:
    cast.community.division_code = f"{cast.home.division_code}001"
    cast.community.save()
    home, code = cast.home, cast.community.division_code
    plan = upload(
        cast,
        HEADERS
        + f"{home.division_code},清波街道,{code},清波门社区\n"
        + f"{home.division_code},清波街道,{home.division_code}002,劳动路社区\n"
        + f"{home.division_code},清坡街道,{home.division_code}003,定安路社区\n"
        + f"{home.division_code},清波街道,3.30102E+11,清河坊社区\n"
        + f"{home.division_code},清波街道,{home.division_code}004,清波门社区\n"
        + f"{home.division_code},清波街道,{home.division_code}002,劳动路社区\n"
        + "330102777,新街道,330102777001,新社区\n",
    )
    rows = table_rows(plan)
    assert [row.result for row in rows] == ["unchanged", "new", "wrong", "wrong", "wrong", "wrong", "new"]
    assert [list(row.errors) for row in rows] == [[], [], ["sub_district"], ["code"], ["code"], ["code"], []]
    assert "清波门社区" in said(rows[4])["code"] and code in said(rows[4])["code"]
    with pytest.raises(Refusal):
        apply_import(plan, seen=plan.digest, by=cast.people["district_staff"], now=timezone.now())
    assert Community.objects.filter(name="劳动路社区").count() == 0


def test_wrong_rows_are_corrected_and_then_all_are_written(cast: Cast) -> None:
    home = cast.home.division_code
    text = HEADERS + f"{home},清波街道,{home}002,劳动路社区\n{home},清波街道,12,定安路社区\n"
    found = upload(cast, text)
    assert found.counts == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 1}
    fixed = f"行号,{HEADERS.strip()},问题\n3,{home},清波街道,{home}003,定安路社区,社区代码：…\n"
    staff = cast.people["district_staff"]
    correct_import(found, "wrong.csv", fixed.encode(), by=staff, now=timezone.now())
    found.refresh_from_db()
    assert found.counts == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 0}
    done = apply_import(found, seen=found.digest, by=staff, now=timezone.now())
    assert (done.state, done.table) == ("applied", "")
    assert Community.objects.filter(name__in=["劳动路社区", "定安路社区"]).count() == 2
    assert AuditEvent.objects.filter(action="enter division").count() == 2
    with pytest.raises(StaleState):
        apply_import(done, seen=done.digest, by=staff, now=timezone.now())


def test_a_correction_without_its_number_is_refused(cast: Cast) -> None:
    home = cast.home.division_code
    found = upload(cast, HEADERS + f"{home},清波街道,12,定安路社区\n")
    with pytest.raises(UnreadableError) as refused:
        correct_import(
            found,
            "wrong.csv",
            (HEADERS + f"{home},清波街道,{home}003,定安路社区\n").encode(),
            by=cast.people["district_staff"],
            now=timezone.now(),
        )
    assert "行号" in str(refused.value.message)


def test_a_register_that_has_changed_is_compared_again(cast: Cast) -> None:
    home = cast.home.division_code
    found = upload(cast, HEADERS + f"{home},清波街道,{home}002,劳动路社区\n")
    make.community(cast.home, "劳动路", division_code=f"{home}002")
    staff = cast.people["district_staff"]
    with pytest.raises(RegisterChanged):
        apply_import(found, seen=found.digest, by=staff, now=timezone.now())
    found.refresh_from_db()
    assert found.counts == {"new": 0, "changed": 1, "unchanged": 0, "wrong": 0}
    assert table_rows(found)[0].changes == {"name": ["劳动路", "劳动路社区"]}
    apply_import(found, seen=found.digest, by=staff, now=timezone.now())
    assert Community.objects.get(division_code=f"{home}002").name == "劳动路社区"


def test_staff_of_a_sub_district_change_their_own_rows_only(cast: Cast) -> None:
    home, neighbour = cast.home.division_code, cast.neighbour.division_code
    known = cast.neighbour_community.division_code
    text = (
        HEADERS
        + f"{home},清波街道,{home}002,劳动路社区\n"
        + f"{neighbour},湖滨街道,{neighbour}002,东坡路社区\n"
        + f"{neighbour},湖滨街道,{known},涌金门社区\n"
        + f"{neighbour},湖滨街道,{known[:-1]}{(int(known[-1]) + 1) % 10},青年路社区\n"
        + "330102777,新街道,330102777001,新社区\n"
    )
    rows = table_rows(upload(cast, text, role="subdistrict_staff"))
    assert [row.result for row in rows] == ["new", "wrong", "unchanged", "wrong", "wrong"]


def test_gbk_is_read(cast: Cast) -> None:
    home = cast.home.division_code
    content = (HEADERS + f"{home},清波街道,{home}002,劳动路社区\n").encode("gbk")
    found = receive_import(
        "communities", cast.district, "a.csv", content, by=cast.people["district_staff"], now=timezone.now()
    )
    assert found.counts["new"] == 1


def test_a_long_table_waits_for_a_worker_and_is_found_by_the_tick(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    from communities.actions import imports

    monkeypatch.setattr(imports, "READ_AT_ONCE", 10)
    home = cast.home.division_code
    found = upload(cast, HEADERS + f"{home},清波街道,{home}002,劳动路社区\n")
    assert found.state == "waiting"
    assert imports.read_waiting_imports(timezone.now()) == 0
    assert imports.read_waiting_imports(timezone.now() + imports.dt.timedelta(seconds=6)) == 1
    found.refresh_from_db()
    assert (found.state, found.counts["new"], found.content) == ("ready", 1, "")


def test_a_table_costs_the_same_statements_whatever_its_length(django_assert_max_num_queries) -> None:
    district = make.district()
    text = HEADERS + "".join(
        f"330102{n // 100:03d},街道{n // 100},330102{n // 100:03d}{n % 100:03d},社区{n}\n" for n in range(300)
    )
    with django_assert_max_num_queries(16):
        load_register(district, text)
    assert Community.objects.of(district).count() == 300


def test_uploads_that_nobody_writes_are_emptied(cast: Cast) -> None:
    from communities.actions.imports import KEPT, forget_imports

    found = upload(
        cast, HEADERS + f"{cast.home.division_code},清波街道,{cast.home.division_code}002,劳动路社区\n"
    )
    assert forget_imports(timezone.now()) == 0
    assert forget_imports(timezone.now() + KEPT) == 1
    found.refresh_from_db()
    assert (found.state, found.table) == ("discarded", "")
