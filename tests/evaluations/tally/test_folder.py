"""Folders: what is read, what is refused and how that is said, and what is written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evaluations.tally import FolderError, Inputs, folder_files, parse_rule, read_folder, tally
from evaluations.tally import folder as folder_module
from evaluations.tally.__main__ import main

from .rounds import document, panel, rule

ROOT = Path(__file__).resolve().parents[3]
ENTRIES = "entry,title,community,sub_district\nA,One,East,North\nB,Two,West,South\n"
HEAD = "panel,entry,seat,criterion,mark\n"
MARKS = (
    HEAD
    + "residents,A,s1,need,18.5\nresidents,A,s1,effect,7\nresidents,B,s1,need,12\nresidents,B,s1,effect,9\n"
)
SEATS = "panel,seat,sub_district\nresidents,s1,North\nresidents,s2,\n"
EVERYTHING = document(
    panels=[
        panel("residents", "0.5"),
        panel("before", "0.5", "given"),
        panel("online", "0", "votes", conversion={"method": "top", "full": "100"}),
    ],
    adjustments={"min": "-5", "max": "5"},
)


def write(path, rule_set=None, **files):
    """A folder; a file's content is text or bytes, None leaves it out."""
    everything = {"rule": json.dumps(rule_set or document()), "entries": ENTRIES, "marks": MARKS, **files}
    for name, content in everything.items():
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode()
            (path / f"{name}.{'json' if name == 'rule' else 'csv'}").write_bytes(data)
    return path


def command(*arguments):
    """The command in a process of its own: status, standard output, standard error."""
    line = [sys.executable, "-m", "evaluations.tally", *map(str, arguments)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def refusal(path, capfdbinary):
    """The one line that the command says, run in this process."""
    status = main([str(path)])
    out, err = capfdbinary.readouterr()
    assert (status, out) == (2, b"")
    lines = err.decode().splitlines()
    assert len(lines) == 1
    return lines[0]


FIRST = "residents,A,s1,need,18.5\n"
BAD = {
    # rule.json
    "no rule": ({"rule": None}, "rule.json: the file is missing"),
    "rule with a float": ({"rule": '{"a": 0.5}'}, "rule.json: a: the number 0.5 is not a whole number"),
    "rule with NaN": ({"rule": '{"a": NaN}'}, "rule.json: a: the number NaN is not a whole number"),
    "rule with a key twice": ({"rule": '{"a": 1, "a": 1}'}, 'rule.json: the key "a" stands twice'),
    "rule that is no JSON": ({"rule": "{"}, "rule.json: this is not JSON (line 1, column 2)"),
    "rule with an unknown key": (
        {"rule": json.dumps(document(colour="red"))},
        'rule.json: colour: the key "colour" is not known',
    ),
    "rule that corrects judges by criteria": (
        {
            "rule": json.dumps(
                document(
                    calibration={
                        "method": "additive",
                        "cap": "9",
                        "min_marks": 5,
                        "if_disconnected": "refuse",
                    }
                )
            )
        },
        'rule.json: calibration.method: judges are corrected by whole sheets: calibration needs "level": "sheet"',
    ),
    # files
    "no entries": ({"entries": None}, "entries.csv: the file is missing"),
    "no marks": ({"marks": None}, "marks.csv: the file is missing"),
    "empty file": ({"marks": ""}, "marks.csv, row 1: the first row with the names of the columns is missing"),
    "column missing": (
        {"marks": "panel,entry,seat,criterion\n"},
        'marks.csv, row 1: the column "mark" is missing',
    ),
    "column extra": (
        {"marks": HEAD.replace("\n", ",note\n")},
        'marks.csv, row 1: the column "note" is not known',
    ),
    "column misnamed": (
        {"marks": HEAD.replace("mark\n", "Mark\n")},
        'marks.csv, row 1: the column "Mark" is not known',
    ),
    "column twice": (
        {"marks": HEAD.replace("mark\n", "seat\n")},
        'marks.csv, row 1: the column "seat" stands twice',
    ),
    "not UTF-8": (
        {"entries": ENTRIES.encode() + b"C,\xff,x,y\n"},
        "entries.csv, row 4: the bytes are not UTF-8 (byte 72)",
    ),
    "UTF-16": ({"entries": ENTRIES.encode("utf-16")}, "entries.csv, row 1: the bytes are not UTF-8 (byte 1)"),
    "NUL": ({"entries": ENTRIES + "C,\0,x,y\n"}, "entries.csv, row 4: the file holds a NUL character"),
    "open quote": (
        {"entries": ENTRIES + 'C,"open,x,y\n'},
        "entries.csv, row 4: a quotation mark is not closed, or something follows a closed one",
    ),
    "text after a quote": (
        {"entries": ENTRIES + 'C,"closed"open,x,y\n'},
        "entries.csv, row 4: a quotation mark is not closed, or something follows a closed one",
    ),
    "field of absurd length": (
        {"entries": ENTRIES + f"C,{'x' * 10_001},y,z\n"},
        "entries.csv, row 4: a field is longer than 10000 characters",
    ),
    "field of monstrous length": (
        {"entries": ENTRIES + f"C,{'x' * 200_000},y,z\n"},
        "entries.csv, row 4: a field is longer than 10000 characters",
    ),
    "blank row inside": ({"entries": ENTRIES + "\nC,x,y,z\n"}, "entries.csv, row 4: the row is empty"),
    "row too short": (
        {"entries": ENTRIES + "C,x,y\n"},
        "entries.csv, row 4: the row has 3 fields instead of 4",
    ),
    "row too long": (
        {"marks": MARKS + FIRST.replace("\n", ",\n")},
        "marks.csv, row 6: the row has 6 fields instead of 5",
    ),
    # entries and seats
    "entry twice": (
        {"entries": ENTRIES + "A,x,y,z\n"},
        "entries.csv, row 4: the same entry stands here for the second time (A)",
    ),
    "entry without id": (
        {"entries": ENTRIES + ",x,y,z\n"},
        'entries.csv, row 4: the entry "" is not 1 to 100',
    ),
    "entry with a space": ({"entries": ENTRIES + " C,x,y,z\n"}, 'entries.csv, row 4: the entry " C" is not'),
    "entry with a control": (
        {"entries": ENTRIES + "C\x1b[1m,x,y,z\n"},
        'entries.csv, row 4: the entry "C\\x1b[1m" is not',
    ),
    "entry with a line feed": (
        {"entries": ENTRIES + '"C\nD",x,y,z\n'},
        'entries.csv, row 4: the entry "C\\nD" is not',
    ),
    "entry not in form C": (
        {"entries": ENTRIES + "e\u0301,x,y,z\n"},
        'entries.csv, row 4: the entry "e\u0301" is not',
    ),
    "seat twice": (
        {"seats": SEATS + "residents,s1,\n"},
        "seats.csv, row 4: the same panel, seat stands here for the second time (residents, s1)",
    ),
    "seat of an unknown panel": (
        {"seats": SEATS + "x,s1,\n"},
        'seats.csv, row 4: the panel "x" is not in the rule set',
    ),
    "seat not in seats": (
        {"seats": "panel,seat,sub_district\nresidents,s2,\n"},
        'marks.csv, row 2: the seat "s1" of the panel "residents" is not in seats.csv',
    ),
    "seat without a name": (
        {"marks": MARKS + "residents,A,,need,1\n"},
        'marks.csv, row 6: the seat "" is not 1 to 100',
    ),
    # marks
    "unknown panel": (
        {"marks": MARKS + "x,A,s2,need,1\n"},
        'marks.csv, row 6: the panel "x" is not in the rule set',
    ),
    "unknown entry": (
        {"marks": MARKS + "residents,C,s2,need,1\n"},
        'marks.csv, row 6: the entry "C" is not in entries.csv',
    ),
    "unknown criterion": (
        {"marks": MARKS + "residents,A,s2,beauty,1\n"},
        'marks.csv, row 6: the panel "residents" does not mark a criterion "beauty"',
    ),
    "unknown criterion with an empty mark": (
        {"marks": MARKS + "residents,A,s2,beauty,\n"},
        'marks.csv, row 6: the panel "residents" does not mark a criterion "beauty"',
    ),
    "mark twice": (
        {"marks": MARKS + FIRST},
        "marks.csv, row 6: the same panel, entry, seat, criterion stands here for the second time "
        "(residents, A, s1, need)",
    ),
    "mark twice, then empty": (
        {"marks": MARKS + "residents,A,s1,need,\n"},
        "marks.csv, row 6: the same panel, entry, seat, criterion stands here for the second time",
    ),
    "mark twice, first empty": (
        {"marks": HEAD + "residents,A,s1,need,\n" + FIRST},
        "marks.csv, row 3: the same panel, entry, seat, criterion stands here for the second time",
    ),
    "mark above": (
        {"marks": MARKS + "residents,A,s2,need,20.5\n"},
        'marks.csv, row 6: the mark 20.5 for "need" lies outside 0 to 20',
    ),
    "mark below": (
        {"marks": MARKS + "residents,A,s2,need,-0.5\n"},
        'marks.csv, row 6: the mark -0.5 for "need" lies outside',
    ),
    "mark off step": (
        {"marks": MARKS + "residents,A,s2,need,7.25\n"},
        'marks.csv, row 6: the mark 7.25 for "need" is not on a step of 0.5 from 0',
    ),
    # other rows
    "given for a panel of marks": (
        {"given": "panel,entry,points\nresidents,A,1\n"},
        'given.csv, row 2: the panel "residents" is of the kind "marks"; this file is for "given"',
    ),
    "adjustments not allowed": (
        {"adjustments": "entry,points,reason\nA,1,x\n"},
        "adjustments.csv, row 2: the rule set allows no adjustments",
    ),
    "votes without a panel": (
        {"votes": "panel,entry,votes\nonline,A,1\n"},
        'votes.csv, row 2: the panel "online" is not',
    ),
}
BAD |= {
    f"mark written {mark!r}": (
        {"marks": f'{MARKS}residents,A,s2,need,"{mark}"\n'},
        "marks.csv, row 6: ",
    )
    for mark in (
        "1e1",
        "+1",
        "１８",
        "1,5",
        " 1",
        "1 ",
        "1.",
        ".5",
        "01",
        "0x1",
        "NaN",
        "inf",
        "--1",
        "1_0",
        "٣",
        "½",
    )
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_bad_folders_are_refused_in_one_line(case, tmp_path, capfdbinary):
    files, expected = BAD[case]
    assert refusal(write(tmp_path, **files), capfdbinary).startswith(expected)


def test_a_mark_that_is_no_plain_decimal_is_quoted_back(tmp_path, capfdbinary):
    path = write(tmp_path, marks=MARKS + f"residents,A,s2,need,{'9' * 200}e\u2028\n")
    expected = f'marks.csv, row 6: "{"9" * 60}…" is not a plain decimal'
    assert refusal(path, capfdbinary) == expected


BAD_EVERYTHING = {
    "given twice": (
        {"given": "panel,entry,points\nbefore,A,1\nbefore,A,\n"},
        "given.csv, row 3: the same panel, entry",
    ),
    "given no decimal": (
        {"given": "panel,entry,points\nbefore,A,1e3\n"},
        'given.csv, row 2: "1e3" is not a plain decimal',
    ),
    "given for an unknown entry": (
        {"given": "panel,entry,points\nbefore,C,1\n"},
        'given.csv, row 2: the entry "C" is not',
    ),
    "adjustment outside": (
        {"adjustments": "entry,points,reason\nA,5.5,x\n"},
        "adjustments.csv, row 2: 5.5 points lie outside the adjustments allowed, -5 to 5",
    ),
    "adjustments outside together": (
        {"adjustments": "entry,points,reason\nA,3,x\nA,3,y\n"},
        'adjustments.csv: the adjustments of the entry "A" add up to 6, outside -5 to 5',
    ),
    "adjustment of an unknown entry": (
        {"adjustments": "entry,points,reason\nC,1,x\n"},
        'adjustments.csv, row 2: the entry "C" is not in entries.csv',
    ),
    "adjustment no decimal": (
        {"adjustments": "entry,points,reason\nA,,x\n"},
        'adjustments.csv, row 2: "" is not a plain decimal',
    ),
    "votes missing": (
        {"votes": "panel,entry,votes\nonline,A,1\n"},
        'votes.csv: the panel "online" has no votes for the entry "B"; no votes are written 0',
    ),
    "no votes at all": ({"votes": None}, 'votes.csv: the panel "online" has no votes for the entry "A"'),
    "half a vote": (
        {"votes": "panel,entry,votes\nonline,A,0.5\n"},
        'votes.csv, row 2: "0.5" is not a whole number',
    ),
    "votes for a panel of marks": (
        {"votes": "panel,entry,votes\nresidents,A,1\n"},
        'votes.csv, row 2: the panel "residents" is of the kind "marks"; this file is for "votes"',
    ),
    "seat of a vote": (
        {"seats": "panel,seat,sub_district\nonline,s1,\n"},
        'seats.csv, row 2: the panel "online" is of the kind "votes"; this file is for "marks"',
    ),
    "mark for a vote": (
        {"marks": HEAD + "online,A,s1,need,1\n"},
        'marks.csv, row 2: the panel "online" is of the kind "votes"; this file is for "marks"',
    ),
}
VOTES = "panel,entry,votes\nonline,A,3\nonline,B,0\n"


@pytest.mark.parametrize("case", sorted(BAD_EVERYTHING))
def test_bad_rows_of_every_kind_of_panel(case, tmp_path, capfdbinary):
    files, expected = BAD_EVERYTHING[case]
    assert refusal(write(tmp_path, EVERYTHING, **{"votes": VOTES, **files}), capfdbinary).startswith(expected)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"rule": '{"a": 0.5}'},
            "rule.json: a: the number 0.5 is not a whole number; write decimals as text",
        ),
        ({"marks": None}, "marks.csv: the file is missing"),
        ({"entries": b"\xff"}, "entries.csv, row 1: the bytes are not UTF-8 (byte 1)"),
        (
            {"marks": MARKS + "residents,A,s2,need,21\n"},
            'marks.csv, row 6: the mark 21 for "need" lies outside 0 to 20',
        ),
        ({"seats": "panel,seat\n"}, 'seats.csv, row 1: the column "sub_district" is missing'),
        ({"given": "panel,entry,points\nx,A,1\n"}, 'given.csv, row 2: the panel "x" is not in the rule set'),
        (
            {"adjustments": "entry,points,reason\nA,1,x\n"},
            "adjustments.csv, row 2: the rule set allows no adjustments",
        ),
        (
            {"votes": 'panel,entry,votes\n"'},
            "votes.csv, row 2: a quotation mark is not closed, or something follows",
        ),
    ],
)
def test_the_command_refuses_with_status_2_and_one_line(files, expected, tmp_path):
    status, out, err = command(write(tmp_path, **files))
    assert (status, out) == (2, b"")
    assert err.startswith(expected)
    assert (err.count("\n"), err[-1]) == (1, "\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "one folder is expected: python -m evaluations.tally FOLDER [--analysis]\n"),
        (("a", "b"), "one folder is expected: python -m evaluations.tally FOLDER [--analysis]\n"),
        (("--verbose",), "one folder is expected: python -m evaluations.tally FOLDER [--analysis]\n"),
        (("--analysis",), "one folder is expected: python -m evaluations.tally FOLDER [--analysis]\n"),
        (("no such\nfolder",), "no such\\nfolder: there is no such folder, or it cannot be read\n"),
        (("x" * 5000,), f"{'x' * 5000}: there is no such folder, or it cannot be read\n"),
    ],
)
def test_the_command_refuses_other_arguments(arguments, expected):
    assert command(*arguments) == (2, b"", expected)


def test_the_command_prints_exactly_result_json_without_django(tmp_path):
    write(tmp_path)
    status, out, err = command(tmp_path)
    assert (status, err) == (0, "")
    assert out == tally(*read_folder(tmp_path)).to_bytes()
    code = (
        "import runpy, sys; sys.modules['django'] = None; sys.argv[1:] = [sys.argv[1]];"
        "runpy.run_module('evaluations.tally', run_name='__main__')"
    )
    line = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(line, cwd=ROOT, capture_output=True, timeout=60, check=True).stdout == out


def test_the_command_says_when_standard_output_is_full(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    write(tmp_path)
    with Path("/dev/full").open("wb") as full:
        line = [sys.executable, "-m", "evaluations.tally", str(tmp_path)]
        done = subprocess.run(line, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, b"the result cannot be written to standard output\n")


def test_result_json_byte_by_byte(tmp_path):
    rule_set, given = read_folder(write(tmp_path))
    expected = (
        '{"corrections":[],"format":"goldidea-result/1",'
        '"marks_sha256":"MARKS","rule_sha256":"RULE","standings":['
        '{"adjustments":"0.00","entry":"A","exact":"51/2","flags":[],"panels":{"residents":{"criteria":'
        '{"effect":{"dropped":0,"marks":1,"score":"7.00","weighted":"7.00"},'
        '"need":{"dropped":0,"marks":1,"score":"18.50","weighted":"18.50"}},'
        '"judges":1,"score":"25.50","share":"25.50"}},"rank":1,"tie_broken_by":null,"tied":false,"total":"25.50",'
        '"uncalibrated":null},'
        '{"adjustments":"0.00","entry":"B","exact":"21/1","flags":[],"panels":{"residents":{"criteria":'
        '{"effect":{"dropped":0,"marks":1,"score":"9.00","weighted":"9.00"},'
        '"need":{"dropped":0,"marks":1,"score":"12.00","weighted":"12.00"}},'
        '"judges":1,"score":"21.00","share":"21.00"}},"rank":2,"tie_broken_by":null,"tied":false,"total":"21.00",'
        '"uncalibrated":null}],"warnings":[]}\n'
    )
    result = tally(rule_set, given)
    expected = expected.replace("MARKS", result.marks_sha256).replace("RULE", rule_set.sha256)
    assert result.to_bytes() == expected.encode()


def result_of(path):
    return tally(*read_folder(path)).to_bytes()


@pytest.mark.parametrize(
    "files",
    [
        {"marks": "\ufeff" + MARKS, "entries": "\ufeff" + ENTRIES},
        {"marks": MARKS.replace("\n", "\r\n"), "entries": ENTRIES.replace("\n", "\r\n")},
        {"marks": MARKS + "\n\r\n\n", "entries": ENTRIES + "\n"},
        {"marks": MARKS.rstrip("\n"), "entries": ENTRIES.rstrip("\n")},
        {"marks": MARKS + "residents,A,s2,need,\n"},
        {"marks": MARKS.replace("18.5", "18.500").replace(",7\n", ",7.0\n")},
        {"marks": MARKS.replace("residents", '"residents"')},
        {"marks": HEAD + "".join(reversed(MARKS.splitlines(keepends=True)[1:]))},
        {"marks": "mark,criterion,seat,entry,panel\n" + "".join(
            ",".join(reversed(line.split(","))) + "\n" for line in MARKS.splitlines()[1:]
        )},
        {"seats": SEATS, "given": "panel,entry,points\n", "votes": "panel,entry,votes\n"},
        {"adjustments": "entry,points,reason\n"},
        {"rule": "\ufeff" + json.dumps(document(), indent=2)},
    ],
)  # fmt: skip
def test_what_is_accepted_gives_the_same_bytes(files, tmp_path):
    plain, other = tmp_path / "plain", tmp_path / "other"
    for path in (plain, other):
        path.mkdir()
    assert result_of(write(other, **files)) == result_of(write(plain))


def test_other_files_of_the_folder_are_not_read(tmp_path):
    write(tmp_path)
    before = result_of(tmp_path)
    (tmp_path / "log.jsonl").write_bytes(b"\xff")
    assert result_of(tmp_path) == before


def test_files_of_absurd_size_are_refused(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.setitem(folder_module.MAX_BYTES, "marks.csv", len(MARKS))
    assert main([str(write(tmp_path))]) == 0
    capfdbinary.readouterr()
    expected = f"marks.csv: the file is longer than {len(MARKS)} bytes"
    assert refusal(write(tmp_path, marks=MARKS + "\n"), capfdbinary) == expected


def test_what_is_no_file_is_refused(tmp_path, capfdbinary):
    write(tmp_path, entries=None)
    (tmp_path / "entries.csv").mkdir()
    assert refusal(tmp_path, capfdbinary) == "entries.csv: the file cannot be read"


def everything():
    return Inputs(
        entries=[("B", 'Two, "quoted"', "West", "South"), ("A", "一", "East", "North")],
        marks=[
            ("residents", "B", "s2", "need", "12.50"),
            ("residents", "B", "s2", "effect", None),
            ("residents", "A", "s,1", "effect", "9"),
            ("residents", "A", "s,1", "need", "8.0"),
        ],
        seats=[("residents", "s2", ""), ("residents", "s,1", "North")],
        given=[("before", "B", "80.10"), ("before", "A", None)],
        adjustments=[("B", "-1.0", "late\nby a day"), ("A", "2", "")],
        votes=[("online", "B", 7), ("online", "A", "0")],
    )


def test_written_files_are_canonical():
    files = folder_files(json.dumps(EVERYTHING, indent=3), everything())
    assert {name: data.decode() for name, data in files.items() if name != "rule.json"} == {
        "entries.csv": 'entry,title,community,sub_district\nA,一,East,North\nB,"Two, ""quoted""",West,South\n',
        "seats.csv": 'panel,seat,sub_district\nresidents,"s,1",North\nresidents,s2,\n',
        "marks.csv": 'panel,entry,seat,criterion,mark\nresidents,A,"s,1",effect,9\nresidents,A,"s,1",need,8\n'
        "residents,B,s2,need,12.5\n",
        "given.csv": "panel,entry,points\nbefore,A,\nbefore,B,80.1\n",
        "adjustments.csv": 'entry,points,reason\nA,2,\nB,-1,"late\nby a day"\n',
        "votes.csv": "panel,entry,votes\nonline,A,0\nonline,B,7\n",
    }
    assert files["rule.json"] == parse_rule(json.dumps(EVERYTHING)).canonical + b"\n"


def test_written_files_read_back_to_the_same_result(tmp_path):
    text = json.dumps(EVERYTHING)
    for name, data in folder_files(text, everything()).items():
        (tmp_path / name).write_bytes(data)
    assert result_of(tmp_path) == tally(parse_rule(text), everything()).to_bytes()
    again = folder_files((tmp_path / "rule.json").read_bytes(), read_folder(tmp_path)[1])
    assert {name: (tmp_path / name).read_bytes() for name in again} == again


def test_no_seats_are_written_where_they_come_from_the_marks():
    files = folder_files(json.dumps(document()), Inputs(entries=[], marks=[]))
    assert list(files) == [
        "rule.json",
        "entries.csv",
        "marks.csv",
        "given.csv",
        "adjustments.csv",
        "votes.csv",
    ]


def test_rows_in_memory_are_refused_like_rows_in_files():
    given = Inputs(entries=[("A", "", "", ""), ("A", "", "", "")], marks=[])
    with pytest.raises(FolderError) as caught:
        tally(rule(), given)
    assert (caught.value.file, caught.value.row, caught.value.code) == ("entries.csv", 3, "duplicate-row")
