"""Ten thousand organizations in one workbook, from upload to committed rows, against a bare `bulk_create` of the same rows.

    python -m goldidea.embedded exec --tests -- python benchmarks/imports.py

An import reads the workbook in a process of its own, says for every row what is new, changed or wrong and in which cell, keeps
that for the person to look at, compares again when it is written, and notes every row in the audit trail.
"""

# ruff: noqa: E402  (Django wants its settings before its models)
import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "goldidea.settings.test"

import django

django.setup()

from django.utils import timezone

from benchmarks import worlds
from benchmarks.measuring import load, own_database
from communities.actions import imports
from communities.models import SpreadsheetImport
from communities.registers import register_of
from goldidea.lib.spreadsheets import as_xlsx, lines_of, read_table
from organizations.models import SocialOrganization
from tests.personas import Cast

PROFILE = "居民自发成立，帮助独居老人买菜做饭。"


def workbook(people: Cast, rows: int, turn: int) -> bytes:
    """A workbook as an office would send it: filed organizations of one sub-district, with a profile."""
    register = register_of("organizations")
    place = people.home
    told = {
        "registration": "备案",
        "kind": "社区社会组织",
        "sub_district": place.division_code,
        "profile": PROFILE,
    }
    lines = (
        [{**told, "name": f"第{turn}届第{n}邻里互助社"}.get(column.key, "") for column in register.exported]
        for n in range(rows)
    )
    return as_xlsx(register.exported, lines, title="组织")


def timed(what: Callable[[], object]) -> tuple[float, object]:
    started = time.perf_counter()
    given = what()
    return time.perf_counter() - started, given


def one_turn(people: Cast, rows: int, turn: int) -> dict[str, float]:
    """Seconds of each step of one import, and of the floor."""
    content, by, now = workbook(people, rows, turn), people.people["district_staff"], timezone.now()
    register = register_of("organizations")
    read, table = timed(lambda: imports.rows_of(lines_of(read_table("t.xlsx", content), register.readable)))
    upload = SpreadsheetImport.objects.create(
        district=people.district, kind="organizations", filename="t.xlsx", uploaded_by=by, uploaded_at=now
    )
    compare, plan = timed(lambda: imports.compare_import(upload, table))
    assert plan.counts["new"] == rows, plan.counts
    write, _ = timed(lambda: imports.apply_import(upload, seen=upload.digest, by=by, now=now))
    same = SocialOrganization.objects.filter(name__startswith=f"第{turn}届")
    copies = [
        SocialOrganization(district=people.district, name=f"底{row.name}", registration="filed", kind="community",
                           sub_district=people.home, profile=row.profile)
        for row in same
    ]  # fmt: skip
    floor, _ = timed(lambda: SocialOrganization.objects.bulk_create(copies))
    return {
        "read the workbook (own process)": read,
        "compare and keep": compare,
        "compare again and write": write,
        "floor: bulk_create": floor,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    with own_database("imports"):
        print(load())
        people = worlds.cast()
        turns = [one_turn(people, given.rows, turn) for turn in range(1, given.turns + 1)]
    medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    floor = medians["floor: bulk_create"]
    print(f"{given.rows:,} rows{'':24} {'seconds':>8} {'rows/s':>8} {'× floor':>8}")
    for name, seconds in medians.items():
        print(f"{name:35} {seconds:8.2f} {given.rows / seconds:8.0f} {seconds / floor:8.2f}")
    whole = sum(seconds for name, seconds in medians.items() if not name.startswith("floor"))
    print(f"{'whole import':35} {whole:8.2f} {given.rows / whole:8.0f} {whole / floor:8.2f}")


if __name__ == "__main__":
    main()
