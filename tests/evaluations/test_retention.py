"""A season is erased: nobody is named anywhere any more, and bundle, round log and audit chain hold as before."""

import datetime as dt
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from evaluations.actions import retention
from evaluations.actions.bundling import VERIFIER
from evaluations.actions.publication import publish_final
from evaluations.actions.sealing import sealed_logs
from evaluations.actions.seasons import finish_season
from evaluations.bundle import verify
from evaluations.models import Season
from goldidea.lib.audit_sealing import LOG, seal_audit, sign_head, verify_log
from goldidea.lib.models import AuditDetail, AuditEvent
from judges.models import Judge
from tests.evaluations.bundles import files_of, published

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=365 * 4)


@pytest.fixture
def over(settings, tmp_path):
    """A finished season with everything in it, its judges retired, the trail signed."""
    settings.AUDIT_HEADS_FILE = tmp_path / "heads"
    found = published()
    by = {"by": found.room.staff, "now": timezone.now()}
    publish_final(found.round, second=found.room.second, **by)
    finish_season(found.room.season, **by)
    Judge.objects.filter(seats__round=found.round).update(term_to=timezone.localdate(), phone="")
    for judge in Judge.objects.filter(seats__round=found.round):
        judge.phone = "+8613900001111"
        judge.save(update_fields=["phone"])
    sign_head()
    return found


def everything() -> str:
    """All that the database holds, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        told = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            told += [row for (row,) in cursor.fetchall()]
    return "\n".join(told)


def problems(found) -> list:
    logs = [problem for log, rows, body in sealed_logs() for problem in verify_log(log, rows, body)]
    trail = list(verify_log(LOG, AuditEvent.objects.order_by("pk")))
    found.bundle.refresh_from_db()
    return [*logs, *trail, *verify.check(files_of(found.bundle)).wrong]


def test_a_season_is_erased_and_everything_that_was_sealed_still_holds(over):
    seats = over.round.seats.select_related("judge__user")
    names = {seat.judge.name for seat in seats} | {seat.judge.user.username for seat in seats}
    keys = dict(over.round.seats.values_list("pseudonym", "judge_id"))
    assert names and all(name in everything() for name in names)
    later = timezone.now() + LATER
    (season,) = retention.seasons_due(over.room.cast.district, later)
    counts = retention.erase_season(season, later)
    rest = retention.erase_district(over.room.cast.district, later)
    assert (
        counts["seats"] == len(keys)
        and rest["judges"] >= len(set(keys.values())) - 1
        and rest["details"] > 10
    )
    assert [name for name in names if name in everything()] == []
    assert {seat.judge.name for seat in over.round.seats.select_related("judge")} == {retention.ERASED}
    seal_audit(whole=True)
    assert problems(over) == []
    again = retention.erase_season(season, later)
    assert set(again.values()) == {0}


def test_nothing_is_erased_before_its_time(over):
    district = over.room.cast.district
    soon = timezone.now() + dt.timedelta(days=365 * 2)
    assert list(retention.seasons_due(district, soon)) == []
    district.retention_years = 5
    district.save()
    assert list(retention.seasons_due(district, timezone.now() + LATER)) == []
    Season.objects.update(state="running")
    assert list(retention.seasons_due(district, timezone.now() + dt.timedelta(days=3650))) == []


def test_the_command_says_first_and_erases_when_told(over, monkeypatch, capsys):
    later = timezone.now() + LATER
    monkeypatch.setattr("evaluations.management.commands.retention.timezone.now", lambda: later)
    before = AuditDetail.objects.count()
    call_command("retention", "shangcheng")
    assert "Nothing was changed" in capsys.readouterr().out
    assert AuditDetail.objects.count() == before and not Judge.objects.filter(name=retention.ERASED).exists()
    call_command("retention", "shangcheng", "--years", "2", "--apply")
    assert "seats" in capsys.readouterr().out
    assert Judge.objects.filter(name=retention.ERASED).exists()
    for wrong in (["nowhere"], ["shangcheng", "--years", "0"]):
        with pytest.raises(CommandError):
            call_command("retention", *wrong)


def test_after_the_command_the_file_and_the_trail_hold_for_whoever_checks_them(
    over, monkeypatch, capsys, tmp_path
):
    """As an operator does it, and then the observer and a resident: three commands, nothing of ours between."""
    names = set(over.round.seats.values_list("judge__name", flat=True))
    later = timezone.now() + LATER
    monkeypatch.setattr("evaluations.management.commands.retention.timezone.now", lambda: later)
    call_command("retention", "shangcheng", "--apply")
    assert [name for name in names if name in everything()] == []
    seal_audit(whole=True)
    sign_head()
    call_command("verify_audit", "--heads", str(tmp_path / "heads"))
    assert "all as written" in capsys.readouterr().out
    over.bundle.refresh_from_db()
    command = [sys.executable, "-I", str(VERIFIER), over.bundle.file.path]
    for receipt in over.receipts.values():
        told = subprocess.run(
            [*command, "--receipt", receipt.code], capture_output=True, text=True, check=False
        )
        assert (told.returncode, told.stderr) == (0, ""), told.stdout
        assert "Everything holds" in told.stdout


def test_the_offices_pages_of_an_erased_season_still_open(over, client):
    later = timezone.now() + LATER
    for season in retention.seasons_due(over.room.cast.district, later):
        retention.erase_season(season, later)
    retention.erase_district(over.room.cast.district, later)
    client.force_login(over.room.staff, backend="accounts.backends.AccountBackend")
    code = over.round.code
    for page in ("", "results/", "seats/", "assignment/", "progress/", "entries/"):
        assert client.get(f"/shangcheng/office/rounds/{code}/{page}").status_code == 200, page
    for path in ("office/audit/", "office/decisions/decided/", f"results/{code}/", f"results/{code}/check/"):
        assert client.get(f"/shangcheng/{path}").status_code == 200, path
