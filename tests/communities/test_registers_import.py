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
