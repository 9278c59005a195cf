"""Bending a bundle: as somebody who has only the file, and as somebody who even holds the key that signs."""

import base64
import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evaluations.bundle import verify
from goldidea.lib import merkle, signing
from goldidea.lib.sealing import FIRST

Files = dict[str, bytes]
Sign = Callable[[str, str], str]
EVE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def eve_signs(name: str, text: str) -> str:
    """A signature under this name by somebody else."""
    public = EVE.public_key().public_bytes_raw()
    mark = signing.key_id(name, public) + EVE.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(mark).decode()}\n"


def eves_key(name: str) -> str:
    public = EVE.public_key().public_bytes_raw()
    return (
        f"{name}+{signing.key_id(name, public).hex()}+{base64.b64encode(signing.ED25519 + public).decode()}"
    )


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def events_of(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line)["body"] for line in files["log.jsonl"].splitlines()]


def relog(files: Files, events: list[dict[str, Any]], sign: Sign) -> Files:
    """The files with this log, chained anew and signed."""
    lines, leaves, prev = [], [], FIRST
    for seq, body in enumerate(events):
        line = canonical({"body": body, "prev": prev, "seq": seq})
        leaves.append(merkle.leaf_hash(line))
        prev = leaves[-1].hex()
        lines.append(line + b"\n")
    name = f"goldidea/round/{events[0]['round']}" if events else "goldidea/round/none"
    root = base64.b64encode(merkle.root_hash(leaves)).decode()
    note = sign(name, f"{name}\n{len(leaves)}\n{root}\n")
    return {**files, "log.jsonl": b"".join(lines), "checkpoint.txt": note.encode()}


def relist(files: Files, sign: Sign | None) -> Files:
    """The files with a list that fits them, signed or (None) with the signature that it had."""
    listed = {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"
    }
    manifest = json.loads(files["manifest.json"])
    name = manifest["signed"].split("\n")[0]
    if sign is not None:
        manifest["signed"] = sign(name, f"{name}\nbundle {hashlib.sha256(canonical(listed)).hexdigest()}\n")
    return {**files, "manifest.json": canonical({**manifest, "files": listed}) + b"\n"}


def openings_of(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["openings.jsonl"].splitlines()]


def reopen(files: Files, openings: list[dict[str, Any]]) -> Files:
    return {**files, "openings.jsonl": b"".join(sorted(canonical(one) + b"\n" for one in openings))}


# ---- what somebody does who has only the file


def flip(files: Files, chance: random.Random) -> Files:
    """One bit of one file."""
    name = chance.choice(sorted(name for name, data in files.items() if data))
    data = bytearray(files[name])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return {**files, name: bytes(data)}


def _lines(files: Files, chance: random.Random) -> tuple[str, list[bytes]]:
    names = ("log.jsonl", "openings.jsonl", "marks.csv", "entries.csv", "seats.csv", "adjustments.csv")
    name = chance.choice([name for name in names if name in files])
    return name, files[name].splitlines(keepends=True)


def drop(files: Files, chance: random.Random) -> Files:
    name, lines = _lines(files, chance)
    del lines[chance.randrange(len(lines))]
    return {**files, name: b"".join(lines)}


def repeat(files: Files, chance: random.Random) -> Files:
    name, lines = _lines(files, chance)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return {**files, name: b"".join(lines)}


def reorder(files: Files, chance: random.Random) -> Files:
    name, lines = _lines(files, chance)
    if len(lines) < 2:
        return files
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return {**files, name: b"".join(lines)}


def cut(files: Files, chance: random.Random) -> Files:
    """The log ends earlier, under another's signature."""
    events = events_of(files)
    return relog(files, events[: chance.randrange(1, len(events))], eve_signs)


def resign(files: Files, chance: random.Random) -> Files:
    """The same log under another's signature."""
    return relog(files, events_of(files), eve_signs)


def swap_openings(files: Files, chance: random.Random) -> Files:
    """Two sheets exchange their marks."""
    openings = openings_of(files)
    one, other = chance.sample([n for n, item in enumerate(openings) if "marks" in item], 2)
    openings[one]["marks"], openings[other]["marks"] = openings[other]["marks"], openings[one]["marks"]
    return reopen(files, openings)


def fork(files: Files, chance: random.Random) -> Files:
    """A second sheet on top of the same revision."""
    events = events_of(files)
    at = chance.choice([n for n, event in enumerate(events) if event["event"] == "sheet"])
    events.insert(at + 1, {**events[at], "id": "forked0000", "commitment": "0" * 64})
    return relog(files, events, eve_signs)


def rename_key(files: Files, chance: random.Random) -> Files:
    """All of it anew under another's key, the published key exchanged too: whole in itself."""
    events = events_of(files)
    events[0] = {**events[0], "public_key": eves_key(f"goldidea/round/{events[0]['round']}")}
    return relist(relog(files, events, eve_signs), eve_signs)


# ---- what somebody does who holds the key: everything is signed, and only what the lines say of one another tells


def points(files: Files, chance: random.Random) -> Files:
    """Points or reasons beside the log: other ones, none, or some more."""
    header, *rows = files["adjustments.csv"].decode().splitlines()
    entry, value, reason = rows[0].split(",", 2)
    other = chance.choice(sorted(event_entries(files) - {entry}))
    rows = chance.choice(
        (
            rows[1:],
            [*rows, f"{other},1,{reason}"],
            [f"{entry},{chance.choice(('2.5', '-1.5', '0.5'))},{reason}", *rows[1:]],
            [f"{entry},{value},{reason}。", *rows[1:]],
            [f"{other},{value},{reason}", *rows[1:]],
        )
    )
    return {**files, "adjustments.csv": ("\n".join([header, *sorted(rows)]) + "\n").encode()}


def event_entries(files: Files) -> set[str]:
    return set(events_of(files)[0]["entries"])


def close_of(events: list[dict[str, Any]]) -> int:
    return next(n for n, event in enumerate(events) if event["event"] == "close")


def slip(files: Files, chance: random.Random) -> Files:
    """A line that only belongs before the close, after it."""
    events = events_of(files)
    end = close_of(events)
    moved = chance.choice([n for n in range(1, end) if events[n]["event"] not in ("void", "recuse")])
    events.insert(chance.randrange(end + 1, len(events) + 1), {**events[moved], "at": events[-1]["at"]})
    return relog(files, events, signing.sign)


def uncorrect(files: Files, chance: random.Random) -> Files:
    """A change after the close without its `correct`, or the other way round, or one of another version."""
    events = events_of(files)
    place = chance.randrange(close_of(events) + 1, len(events))
    if events[place]["event"] == "correct" and chance.random() < 0.5:
        other = events[place]["version"] + chance.choice((-1, 1, 7))
        events[place] = {**events[place], "version": other}
    else:
        del events[place]
    return relog(files, events, signing.sign)


def hide(files: Files, chance: random.Random) -> Files:
    """A sheet that counts is left out, with its marks, as if its judge had recused himself as another did."""
    openings = openings_of(files)
    recused = {item["entry"] for item in openings if "recusal" in item}
    hidden = chance.choice([item for item in openings if "marks" in item and item["entry"] in recused])
    gone = f",{hidden['entry']},{hidden['seat']},".encode()
    lines = files["marks.csv"].splitlines(keepends=True)
    files = {**files, "marks.csv": b"".join(line for line in lines if gone not in line)}
    return reopen(files, [item for item in openings if item is not hidden])


def revive(files: Files, chance: random.Random) -> Files:
    """A seat that has left hands in once more; a judge marks what was never given; an extension out of nowhere."""
    events = events_of(files)
    end = close_of(events)
    sheets = [event for event in events if event["event"] == "sheet"]
    seat = next(event["seat"] for event in events if event["event"] == "unseat")
    one = chance.choice(sheets)
    new = chance.choice(
        (
            {**chance.choice([s for s in sheets if s["seat"] == seat]), "id": "revived000"},
            {**one, "seat": "nobody00", "id": "revived000"},
            {"event": "extend", "before": one["at"], "closes_at": "2099-01-01T00:00:00.000000Z"},
            {"event": "unseat", "seat": seat, "entries": []},
            {"event": "assign", "added": {seat: [one["entry"]]}, "removed": {}},
        )
    )
    events.insert(end, {"at": events[end]["at"], "round": events[0]["round"], **new})
    return relog(files, events, signing.sign)


INSIDE = {way.__name__: way for way in (points, slip, uncorrect, hide, revive)}
OUTSIDE = {
    way.__name__: way for way in (flip, drop, repeat, reorder, cut, resign, swap_openings, fork, rename_key)
}
WAYS = {**OUTSIDE, **INSIDE}
# What cannot be seen without looking at a signature, which the page leaves to verify.py.
SIGNED_ONLY = {"flip", "resign", "rename_key"}


def bend(files: Files, chance: random.Random) -> tuple[str, Files]:
    """One bent bundle and its way. Who is outside has the list of files mended twice in three times; who is inside, always."""
    way = chance.choice(sorted(WAYS))
    bent = WAYS[way](files, chance)
    while bent == files:  # two equal lines changed places
        bent = WAYS[way](files, chance)
    if way in INSIDE:
        return way, relist(bent, signing.sign)
    mended = chance.choice(["left", "listed", "signed by another"])
    if way == "rename_key" or mended == "left":
        return way, bent
    try:
        listed = relist(bent, eve_signs if mended != "listed" else None)
    except (ValueError, KeyError):  # the list itself was bent
        return way, bent
    return way, bent if listed == files else listed  # the list was bent, and mending it undid that


def fuzz(
    files: Files, count: int, seed: int, ask: Callable[[list[Files]], list[str]] | None = None
) -> dict[str, dict[str, tuple[int, int]]]:
    """program -> way -> (found, tried), for verify.py and, where it is asked, for the page.

    The printed key is known, as it is to whoever stands before the notice board.
    """
    chance, key = random.Random(seed), events_of(files)[0]["public_key"]
    bundles = [bend(files, chance) for _number in range(count)]
    found = [
        (way, not verify.check(bent, key=key if way == "rename_key" else None).holds) for way, bent in bundles
    ]
    told = {"verify.py": counted(found)}
    if ask is not None:
        asked = [(way, bent) for way, bent in bundles if way not in SIGNED_ONLY]
        answers = ask([bent for _way, bent in asked])
        told["page"] = counted(
            [(way, said != "holds") for (way, _bent), said in zip(asked, answers, strict=True)]
        )
    return told


def counted(found: list[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    ways = sorted({way for way, _good in found})
    return {
        way: (sum(good for w, good in found if w == way), sum(w == way for w, _g in found)) for way in ways
    }
