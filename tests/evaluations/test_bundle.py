"""The bundle of a published round, and the program in it that checks it: each of its checks has something that it finds."""

import ast
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from evaluations.actions.bundling import ORDER, VERIFIER, build_bundle, bundle_files, bundles_waiting, zipped
from evaluations.bundle import verify
from evaluations.models import Bundle
from goldidea.lib import signing
from goldidea.lib.models import Checkpoint
from tests import make
from tests.evaluations import bent
from tests.evaluations.bundles import Published, published

pytestmark = pytest.mark.django_db
PROVED = ["files", "log", "signature", "rule", "openings", "result"]
SHORT = 400


@pytest.fixture(scope="module")
def found(django_db_setup, django_db_blocker) -> Published:
    """One published round for all tests of this file; it is rolled back at their end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        made = published()
        made.all = made.files
        yield made
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def codes(report: verify.Report) -> list[str]:
    return [code for code, _zh, _en in report.wrong]


def test_everything_in_it_holds(found):
    report = verify.check(found.all)
    assert (report.wrong, [code for code, _zh, _en in report.proved]) == ([], PROVED)
    assert tuple(found.all) == tuple(name for name in ORDER if name in found.all)
    assert set(ORDER) - set(found.all) <= {"analysis.json"}
    closing = Checkpoint.objects.get(occasion="closing", log=f"round/{found.round.code}")
    key = signing.verifier(f"goldidea/round/{found.round.code}")
    assert verify.check(found.all, key=key, checkpoint=closing.note).holds
    assert any(zh.endswith(" 1") for code, zh, _en in report.notes if code == "recusals")


def test_the_same_tally_gives_the_same_bytes_once(found):
    row = found.bundle.tally
    again = zipped(bundle_files(row, found.bundle.checkpoint))
    assert verify.sha256(again) == found.bundle.sha256
    assert build_bundle(row.pk) is None and not bundles_waiting().exists()
    assert Bundle.objects.count() == 1
    assert Path(found.bundle.file.path).stat().st_mode & 0o222 == 0


def test_it_names_nobody(found):
    everything = b"".join(data for name, data in found.all.items() if name != "verify.py").decode()
    people = {seat.judge.name for seat in found.round.seats.select_related("judge")} | {found.room.staff.name}
    assert not [name for name in people if name in everything]
    recused = [event for event in bent.events_of(found.all) if event["event"] == "recuse"]
    assert all("seat" not in event for event in recused) and len(recused) == 3


@pytest.mark.parametrize("status", ["counted", "replaced", "voided", "recused"])
def test_a_receipt_is_answered(found, status):
    receipt = found.receipts[status]
    told = [code for code, _zh, _en in verify.check(found.all, receipt=receipt.code).notes]
    assert f"receipt:{status}" in told
    assert f"receipt:{status}" in [
        code for code, _zh, _en in verify.check(found.all, receipt=receipt.signed).notes
    ]


def test_a_broken_promise_is_found_and_an_unknown_code_is_none(found):
    name = f"goldidea/round/{found.round.code}"
    broken = verify.check(found.all, receipt=signing.sign(name, f"{name}\nreceipt {'0' * 64}\n"))
    assert codes(broken) == ["promise"]
    forged = verify.check(found.all, receipt=bent.eve_signs(name, f"{name}\nreceipt {'0' * 64}\n"))
    assert codes(forged) == ["signature"]
    unknown = verify.check(found.all, receipt="AAAA-BBBB-CCCC")
    assert "receipt:unknown" in [code for code, _zh, _en in unknown.notes]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_program_in_it_runs_alone(found, tmp_path):
    """From the unpacked folder and on the zip, isolated from everything of the project."""
    with zipfile.ZipFile(found.bundle.file.path) as archive:
        archive.extractall(tmp_path / "it")
    own = run(tmp_path / "it" / "verify.py", "--receipt", found.receipts["counted"].code)
    assert (own.returncode, own.stderr) == (0, "")
    assert "Everything holds" in own.stdout and "全部相符" in own.stdout and "已计入" in own.stdout
    assert run(VERIFIER, found.bundle.file.path).returncode == 0
    (tmp_path / "it" / "marks.csv").write_bytes(found.all["marks.csv"].replace(b"need,3", b"need,4", 1))
    bad = run(tmp_path / "it" / "verify.py")
    assert bad.returncode == 1 and "有不符" in bad.stdout
    assert run(VERIFIER, tmp_path / "nowhere").returncode == 2
    assert run(VERIFIER, "--key").returncode == 2


def test_it_asks_for_nothing_newer_than_python_3_9_and_nothing_outside_the_standard_library():
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    assert imported <= sys.stdlib_module_names | {"__future__"}
    newer = {
        "bit_count",
        "removesuffix_",
        "pairwise",
        "batched",
        "file_digest",
        "UTC",
        "exceptiongroup",
        "tomllib",
    }
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & newer
    assert not [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and any(word.arg == "strict" for word in node.keywords)
        and getattr(node.func, "id", "") == "zip"
    ]


# ---- each check finds what it is for, even where the one who bends it holds the key


def insider(files, events=None):
    if events is not None:
        files = bent.relog(files, events, signing.sign)
    return bent.relist(files, signing.sign)


def sheets(events):
    return [n for n, event in enumerate(events) if event["event"] == "sheet"]


def in_log(change):
    """Bend the list of events."""

    def bend(files):
        events = bent.events_of(files)
        return insider(files, change(events) or events)

    return bend


def in_file(name, change):
    def bend(files):
        return insider({**files, name: change(files[name])})

    return bend


def in_json(name, change):
    def alter(data):
        document = json.loads(data)
        change(document)
        return bent.canonical(document) + b"\n"

    return in_file(name, alter)


def in_openings(change):
    def bend(files):
        openings = bent.openings_of(files)
        return insider(bent.reopen(files, change(openings) or openings))

    return bend


def put(events, n, **values):
    events[n] = {**events[n], **values}


def another_revision(events):
    put(events, next(n for n in sheets(events) if events[n]["revision"] == 2), replaces="0" * 64)


def one_line(data, number, change):
    lines = data.splitlines(keepends=True)
    lines[number] = change(lines[number])
    return b"".join(lines)


def swapped(data):
    header, first, second, *rest = data.splitlines(keepends=True)
    return b"".join([header, second, first, *rest])


BENT = {
    "files": lambda files: {name: data for name, data in files.items() if name != "seats.csv"},
    "files: one too many": lambda files: {**files, "note.txt": b""},
    "files: openings alone": lambda files: insider({n: d for n, d in files.items() if n != "marks.csv"}),
    "hash": lambda files: {**files, "result.json": files["result.json"] + b" "},
    "manifest": lambda files: bent.relist({**files, "verify.py": b"print('fine')"}, None),
    "json": in_file(
        "log.jsonl", lambda data: one_line(data, 1, lambda line: line.replace(b'"seq":1', b'"seq":1.0'))
    ),
    "log": in_file(
        "log.jsonl", lambda data: one_line(data, 1, lambda line: line.replace(b'"seq":1', b'"seq": 1'))
    ),
    "chain": in_file(
        "log.jsonl",
        lambda data: b"".join(data.splitlines(keepends=True)[:-2] + data.splitlines(keepends=True)[-1:]),
    ),
    "open": in_log(lambda events: events[1:]),
    "round": in_log(lambda events: put(events, 3, round="0000000000")),
    "close": in_log(lambda events: events[:-1]),
    "close: twice": in_log(lambda events: [*events, events[-1]]),
    "close: sheets": in_log(lambda events: put(events, -1, sheets=events[-1]["sheets"] + 1)),
    "fork": in_log(lambda events: events.insert(4, {**events[3], "id": "forked0000"})),
    "sheet: unknown seat": in_log(lambda events: put(events, sheets(events)[0], seat="nobody00")),
    "sheet: not given": in_log(lambda events: put(events, 1, added={})),
    "late": in_log(lambda events: put(events, sheets(events)[0], at="2099-01-01T00:00:00.000000Z")),
    "revision": in_log(another_revision),
    "void": in_log(lambda events: [{**e, "sheet": "0" * 64} if e["event"] == "void" else e for e in events]),
    "recusal": in_log(lambda events: [e for e in events if e.get("act") != "declared"]),
    "signature": lambda files: bent.relist(bent.resign(files, random.Random(1)), signing.sign),
    "signature: of the list": lambda files: bent.relist(files, bent.eve_signs),
    "checkpoint": lambda files: insider(
        {
            **files,
            "checkpoint.txt": bent.relog(files, bent.events_of(files)[:-1], signing.sign)["checkpoint.txt"],
        }
    ),
    "rule": in_json("rule.json", lambda rule: rule.update(min_marks=3)),
    "entries": in_file("entries.csv", lambda data: b"".join(data.splitlines(keepends=True)[:-1])),
    "seats": in_file("seats.csv", lambda data: b"".join(data.splitlines(keepends=True)[:-1])),
    "seats: told too much": in_file(
        "seats.csv",
        lambda data: one_line(
            data,
            -1,
            lambda line: line.rsplit(b",", 1)[0] + "，某街道\n".encode().replace("，".encode(), b","),
        ),
    ),
    "given": in_file("given.csv", lambda data: data + b"residents,nobody,5\n"),
    "votes": in_file("votes.csv", lambda data: data + b"residents,nobody,5\n"),
    "adjustments": in_file("adjustments.csv", lambda data: data + b"nobody,5,because\n"),
    "columns": in_file("seats.csv", lambda data: data.replace(b"panel", b"jury", 1)),
    "rows": in_file("marks.csv", swapped),
    "openings: other marks": in_openings(lambda items: items[0]["marks"].update(need="59")),
    "openings: swapped": lambda files: insider(bent.swap_openings(files, random.Random(3))),
    "openings: one missing": in_openings(lambda items: items[1:]),
    "openings: twice": in_openings(lambda items: [*items, items[0]]),
    "openings: form": in_openings(lambda items: items[0].update(comment="")),
    "marks": in_file(
        "marks.csv", lambda data: one_line(data, 3, lambda line: line.rsplit(b",", 1)[0] + b",1\n")
    ),
    "marks: one missing": in_file("marks.csv", lambda data: b"".join(data.splitlines(keepends=True)[:-1])),
    "result: total": in_json("result.json", lambda result: result["standings"][0].update(total="99.00")),
    "result: order": in_json("result.json", lambda result: result["standings"].reverse()),
    "result: warning": in_json(
        "result.json", lambda result: result["warnings"].append({"code": "no_points"})
    ),
    "corrections": in_json(
        "result.json",
        lambda result: result["corrections"].append({"panel": "residents", "seat": "x", "points": "1.00"}),
    ),
    "unreadable": in_file("checkpoint.txt", lambda data: b"\xff"),
}


@pytest.mark.parametrize("name", BENT)
def test_each_check_finds_what_it_is_for(found, name):
    report = verify.check(BENT[name](found.all))
    assert name.split(":")[0] in codes(report), report.wrong


def test_a_bundle_made_anew_by_another_is_found_before_the_notice_board(found):
    anew = bent.rename_key(found.all, random.Random(1))
    assert verify.check(anew).holds  # it is whole in itself: only what was printed can tell
    assert codes(verify.check(anew, key=bent.events_of(found.all)[0]["public_key"])) == ["key"]
    closing = found.all["checkpoint.txt"].decode()
    assert codes(verify.check(anew, checkpoint=closing)) == ["signature"]
    shorter = bent.relog(found.all, bent.events_of(found.all)[:-1], signing.sign)["checkpoint.txt"].decode()
    assert verify.check(found.all, checkpoint=shorter).holds  # an earlier one of the same log
    other = bent.relog(found.all, bent.events_of(found.all)[1:], signing.sign)["checkpoint.txt"].decode()
    assert codes(verify.check(found.all, checkpoint=other)) == ["checkpoint"]


def test_marks_that_do_not_fit_the_rule_are_found():
    for marks, code in (
        ([("residents", "a", "s", "need", "61")], "mark"),
        ([("residents", "a", "s", "need", "1.3")], "mark"),
        ([("residents", "b", "s", "need", "1")], "mark"),
        ([("residents", "a", "s", "need", "1"), ("residents", "a", "s", "need", "2")], "mark"),
        ([("residents", "a", "s", "need", "1e1")], "number"),
    ):
        with pytest.raises(verify.Wrong) as wrong:
            verify.Tally(make.RULE, ["a"], marks)
        assert wrong.value.code == code


def test_the_short_fuzz_finds_everything(found, capsys):
    figures = bent.fuzz(found.all, SHORT, seed=1)
    with capsys.disabled():
        print("\nbent bundles found:", ", ".join(f"{way} {a}/{b}" for way, (a, b) in figures.items()))
    assert all(a == b > 0 for a, b in figures.values())


def test_where_the_rule_keeps_the_marks_the_rest_still_holds():
    made = published(slug="xihu", publish_marks="none")
    assert not {"marks.csv", "openings.jsonl"} & set(made.files) and not made.bundle.with_marks
    report = verify.check(made.files)
    assert (report.wrong, [code for code, _zh, _en in report.proved]) == (
        [],
        ["files", "log", "signature", "rule", "sums"],
    )
    for change in (
        lambda result: result["standings"][0].update(total="99.00"),
        lambda result: result["standings"].reverse(),
        lambda result: result["standings"][0]["panels"]["residents"].update(share="1.00"),
        lambda result: result.update(rule_sha256="0" * 64),
        lambda result: result["standings"].pop(),
    ):
        assert codes(verify.check(in_json("result.json", change)(made.files))) == ["result"]
