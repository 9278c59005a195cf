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
from tests.evaluations.bundles import Published, corrected, published
from tests.evaluations.page_check import asked_of_the_page

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


@pytest.fixture(scope="module")
def after(django_db_setup, django_db_blocker) -> bent.Files:
    """The last bundle of a round that was corrected three times; rolled back alike."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        files = corrected("gongshu")
        transaction.set_rollback(True)
    return files


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


def unknown(events):
    put(events, 3, event="lunch")


def one_more(change):
    """A copy of the first event of a kind, changed, as the last line before the close."""

    def bend(events):
        end = bent.close_of(events)
        events.insert(end, {"at": events[end]["at"], "round": events[0]["round"], **change(events)})

    return bend


def first(events, kind):
    return next(event for event in events if event["event"] == kind)


def altered(kind, **values):
    return lambda events: put(events, events.index(first(events, kind)), **values)


def left_early(events):
    """The seat that leaves had handed in before; now it leaves first."""
    left = first(events, "unseat")
    events.remove(left)
    events.insert(2, {**left, "entries": []})


def replaced_void(events):
    """The void of the log, of another seat's sheet."""
    void, sheet = first(events, "void"), first(events, "sheet")
    put(events, events.index(void), seat=sheet["seat"] if sheet["seat"] != void["seat"] else "nobody00")


def twice_recused(items):
    opened = next(item for item in items if "recusal" in item)
    other = next(
        item
        for item in items
        if "marks" in item and item["entry"] == opened["entry"] and item["seat"] != opened["seat"]
    )
    return [*(item for item in items if item is not other), {**opened, "seat": other["seat"]}]


def half_a_sheet(files):
    """A sheet sealed on a screen without one of its marks: log, opening and marks.csv agree."""
    events, items = bent.events_of(files), bent.openings_of(files)
    item = next(one for one in items if "marks" in one and one["revision"] == 1)
    place = next(
        n
        for n in sheets(events)
        if (events[n]["seat"], events[n]["entry"], events[n]["revision"]) == (item["seat"], item["entry"], 1)
    )
    del item["marks"]["effect"]
    bare = {name: item[name] for name in ("entry", "marks", "revision", "salt", "seat")}
    put(events, place, commitment=verify.sha256(bent.canonical(bare)))
    item["sheet"] = verify.sha256(bent.canonical(events[place]))
    gone = f",{item['entry']},{item['seat']},effect,".encode()
    rows = [line for line in files["marks.csv"].splitlines(keepends=True) if gone not in line]
    return insider(bent.reopen({**files, "marks.csv": b"".join(rows)}, items), events)


BENT |= {
    "event: unknown kind": in_log(unknown),
    "event: more than it may say": in_log(lambda events: put(events, sheets(events)[0], name="x")),
    "time": in_log(lambda events: put(events, 2, at="2026-11-23 08:00")),
    "open: twice": in_log(lambda events: events.insert(5, events[0])),
    "open: a seat twice": in_log(
        lambda events: put(events, 0, seats=[*events[0]["seats"], events[0]["seats"][0]])
    ),
    "assign: unknown seat": in_log(
        lambda events: put(events, 1, added={**events[1]["added"], "nobody00": []})
    ),
    "assign: unknown case": in_log(
        one_more(
            lambda events: {
                "event": "assign",
                "removed": {},
                "added": {events[0]["seats"][0]["seat"]: ["nothing"]},
            }
        )
    ),
    "assign: taken from whom it was not": in_log(
        one_more(lambda events: {"event": "assign", "added": {}, "removed": {"nobody00": ["nothing"]}})
    ),
    "extend": in_log(altered("extend", before="2020-01-01T00:00:00.000000Z")),
    "extend: too late": in_log(altered("extend", at="2098-01-01T00:00:00.000000Z")),
    "seat: replaces one who sits": in_log(lambda events: events.remove(first(events, "unseat"))),
    "seat: of another panel": in_log(altered("seat", panel="experts")),
    "seat: unknown": in_log(altered("unseat", seat="nobody00")),
    "sheet: after its seat left": in_log(left_early),
    "sheet: came an unknown way": in_log(lambda events: put(events, sheets(events)[0], channel="post")),
    "sheet: the id of another": in_log(
        lambda events: put(events, sheets(events)[0], id=events[sheets(events)[1]]["id"])
    ),
    "void: twice": in_log(one_more(lambda events: first(events, "void"))),
    "void: under another seat": in_log(replaced_void),
    "recusal: taken back twice": in_log(
        one_more(lambda events: next(event for event in events if event.get("act") == "withdrawn"))
    ),
    "close: before its time": in_log(altered("close", early=0)),
    "close: earlier than its sheets": in_log(lambda events: put(events, -1, at=events[0]["at"])),
    "openings: hidden behind a recusal": lambda files: insider(bent.hide(files, random.Random(1))),
    "openings: a recusal of another": in_openings(twice_recused),
    "openings: a recusal kept": in_openings(lambda items: [item for item in items if "recusal" not in item]),
    "openings: half a sheet": half_a_sheet,
    "rows: quoted without need": in_file(
        "entries.csv", lambda data: one_line(data, 1, lambda line: b'"' + line.replace(b",", b'",', 1))
    ),
}


def in_log_after(change):
    """Bend what stands after the close, as a list of its own; the events before are left."""

    def bend(files):
        events = bent.events_of(files)
        end = bent.close_of(events) + 1
        later = events[end:]
        return insider(files, events[:end] + (change(later, events) or later))

    return bend


def points_before(events):
    end = bent.close_of(events)
    events.insert(end, {**first(events, "adjust"), "at": events[end]["at"]})


def in_points(change):
    """Bend the one row of adjustments.csv."""

    def alter(data):
        header, row = data.decode().splitlines()
        return "\n".join([header, *sorted(change(*row.split(",", 2))), ""]).encode()

    return in_file("adjustments.csv", alter)


# Of a round that was corrected: void, correct, recuse, correct, adjust, correct stand after the close.
BENT_AFTER = {
    "adjustments: left out": in_points(lambda entry, points, reason: []),
    "adjustments: of the log's none": in_points(
        lambda entry, points, reason: [f"{entry},{points},{reason}", f"{entry},1,{reason}"]
    ),
    "adjustments: other points": in_points(lambda entry, points, reason: [f"{entry},2.5,{reason}"]),
    "adjustments: another reason": in_points(lambda entry, points, reason: [f"{entry},{points},因为"]),
    "adjustments: of another case": lambda files: in_points(
        lambda entry, points, reason: [f"{min(bent.event_entries(files) - {entry})},{points},{reason}"]
    )(files),
    "adjustments: in the log alone": in_log(points_before),
    "after: a sheet": in_log_after(
        lambda later, events: [*later, {**first(events, "sheet"), "at": later[0]["at"]}]
    ),
    "after: points alone before their time": in_log_after(
        lambda later, events: put(later, 4, at=events[0]["at"])
    ),
    "after: a recusal taken back": in_log_after(lambda later, events: put(later, 2, act="withdrawn")),
    "after: an extension": in_log_after(
        lambda later, events: [{**first(events, "extend"), "at": later[0]["at"]}, *later]
    ),
    "correct: a change alone": in_log_after(lambda later, events: later[:-1]),
    "correct: nothing changed": in_log_after(lambda later, events: [*later, {**later[-1], "version": 5}]),
    "correct: two kinds at once": in_log_after(lambda later, events: [later[0], *later[2:]]),
    "correct: another version": in_log_after(lambda later, events: put(later, 5, version=5)),
    "correct: no hash": in_log_after(lambda later, events: put(later, 1, replaces="before")),
    "void: what did not count": in_log_after(
        lambda later, events: [later[0], later[1], later[0], *later[1:]]
    ),
    "plain: after a correction": in_log_after(
        lambda later, events: [
            *later,
            {"event": "plain", "panels": [], "at": later[0]["at"], "round": later[0]["round"]},
        ]
    ),
    "correct: before the close": in_log(
        one_more(lambda events: {"event": "correct", "version": 2, "replaces": "0" * 64})
    ),
    "plain: before the close": in_log(one_more(lambda events: {"event": "plain", "panels": []})),
}
# The page looks at no signature; and says "json" where a line is no document as it is hashed, before it looks at its form.
UNSIGNED = {"signature", "signature: of the list"}
TOLD_OTHERWISE = {"log": "json"}


@pytest.mark.parametrize("name", BENT)
def test_each_check_finds_what_it_is_for(found, name):
    report = verify.check(BENT[name](found.all))
    assert name.split(":")[0] in codes(report), report.wrong


@pytest.mark.parametrize("name", BENT_AFTER)
def test_each_check_of_corrections_finds_what_it_is_for(after, name):
    report = verify.check(BENT_AFTER[name](after))
    assert name.split(":")[0] in codes(report), report.wrong


def test_the_page_finds_the_same_under_the_same_names(found, after, tmp_path):
    cases = {name: bend(found.all) for name, bend in BENT.items()}
    cases |= {name: bend(after) for name, bend in BENT_AFTER.items()}
    assert len(cases) == len(BENT) + len(BENT_AFTER)
    good, corrected_too, *answers = asked_of_the_page([found.all, after, *cases.values()], tmp_path)
    assert (good, corrected_too) == ("holds", "holds")
    told = dict(zip(cases, (said.rpartition(": ")[2] for said in answers), strict=True))
    wanted = {name: name.split(":")[0] for name in cases}
    wanted |= dict.fromkeys(UNSIGNED, "holds") | TOLD_OTHERWISE
    assert {name: (told[name], code) for name, code in wanted.items() if told[name] != code} == {}


def test_a_corrected_round_holds(after):
    report = verify.check(after)
    assert report.wrong == []
    told = [event["event"] for event in bent.events_of(after)]
    assert told[told.index("close") + 1 :] == ["void", "correct", "recuse", "correct", "adjust", "correct"]


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


def test_the_short_fuzz_finds_everything(after, tmp_path, capsys):
    figures = bent.fuzz(after, SHORT, 1, lambda bundles: asked_of_the_page(bundles, tmp_path))
    with capsys.disabled():
        for program, ways in figures.items():
            print(f"\nbent, found by {program}:", ", ".join(f"{way} {a}/{b}" for way, (a, b) in ways.items()))
    assert all(a == b > 0 for ways in figures.values() for a, b in ways.values())
    assert set(figures["verify.py"]) == set(bent.WAYS)


def test_where_the_rule_keeps_the_marks_the_rest_still_holds(tmp_path):
    made = published(slug="xihu", publish_marks="none")
    assert not {"marks.csv", "openings.jsonl"} & set(made.files) and not made.bundle.with_marks
    report = verify.check(made.files)
    assert (report.wrong, [code for code, _zh, _en in report.proved]) == (
        [],
        ["files", "log", "signature", "rule", "sums"],
    )
    changes = (
        lambda result: result["standings"][0].update(total="99.00"),
        lambda result: result["standings"].reverse(),
        lambda result: result["standings"][0]["panels"]["residents"].update(share="1.00"),
        lambda result: result.update(rule_sha256="0" * 64),
        lambda result: result["standings"].pop(),
        lambda result: result["standings"][0].update(adjustments="1.00"),
        lambda result: result["standings"][1].update(rank=1, tied=True),
        lambda result: result["standings"][0].update(tied=True),
        lambda result: result["standings"][-1].update(rank=None),
        lambda result: result["standings"][0]["panels"].clear(),
    )
    bad = [in_json("result.json", change)(made.files) for change in changes]
    assert [codes(verify.check(files)) for files in bad] == [["result"]] * len(changes)
    assert asked_of_the_page([made.files, *bad], tmp_path) == ["holds", *["result: result"] * len(changes)]
