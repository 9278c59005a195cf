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
    names = ("log.jsonl", "openings.jsonl", "marks.csv", "entries.csv", "seats.csv")
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
    one, other = chance.sample(range(len(openings)), 2)
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


WAYS = {
    way.__name__: way for way in (flip, drop, repeat, reorder, cut, resign, swap_openings, fork, rename_key)
}


def bend(files: Files, chance: random.Random) -> tuple[str, Files]:
    """One bent bundle and its way. Every second one has its list of files mended, under one signature or another."""
    way = chance.choice(sorted(WAYS))
    bent = WAYS[way](files, chance)
    while bent == files:  # two equal lines changed places
        bent = WAYS[way](files, chance)
    mended = chance.choice(["left", "listed", "signed by another"])
    if way == "rename_key" or mended == "left":
        return way, bent
    try:
        listed = relist(bent, eve_signs if mended != "listed" else None)
    except (ValueError, KeyError):  # the list itself was bent
        return way, bent
    return way, bent if listed == files else listed  # the list was bent, and mending it undid that


def fuzz(files: Files, count: int, seed: int) -> dict[str, tuple[int, int]]:
    """way -> (found, tried). The printed key is known, as it is to whoever stands before the notice board."""
    chance, key = random.Random(seed), events_of(files)[0]["public_key"]
    tried = {way: [0, 0] for way in WAYS}
    for _number in range(count):
        way, bent = bend(files, chance)
        tried[way][1] += 1
        tried[way][0] += not verify.check(bent, key=key if way == "rename_key" else None).holds
    return {way: (found, of) for way, (found, of) in tried.items()}
