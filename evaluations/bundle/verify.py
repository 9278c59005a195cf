#!/usr/bin/env python3
"""核对一轮评选的结果 / Check the result of one round.

    python3 verify.py [文件夹或压缩包 FOLDER or ZIP] [--receipt CODE] [--key KEY] [--checkpoint FILE]

One file, Python 3.9 or newer and nothing else: no network, no other program, none of the platform's own code. It computes
every official figure again from the published marks, and checks every hash, the order of the log, its signature and every
opening. Exit status 0: everything holds. 1: something does not. 2: it could not be read at all.

只需本文件与 Python 3.9 以上版本：不联网，不用其他程序，也不含平台自身的代码。它用公布的分数重新计算每一个正式数字，
并核对每一个校验值、记录的先后、签名与每一张评分表的公开内容。返回值 0：全部相符；1：有不符；2：读不出来。
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import math
import os
import re
import sys
import unicodedata
import zipfile
from fractions import Fraction

ALWAYS = (
    "rule.json",
    "entries.csv",
    "seats.csv",
    "log.jsonl",
    "checkpoint.txt",
    "result.json",
    "manifest.json",
)
WITH_MARKS = ("marks.csv", "openings.jsonl")
ROWS = {
    "entries.csv": ("entry", "title", "community", "sub_district"),
    "seats.csv": ("panel", "seat", "sub_district"),
    "marks.csv": ("panel", "entry", "seat", "criterion", "mark"),
    "given.csv": ("panel", "entry", "points"),
    "adjustments.csv": ("entry", "points", "reason"),
    "votes.csv": ("panel", "entry", "votes"),
}
MAY_BE = ("given.csv", "adjustments.csv", "votes.csv", "analysis.json", "verify.py")
LARGEST = 2**53 - 1
SEATS_OF_A_SUB_DISTRICT = 5
TOLERANCE = 0.005 + 1e-6


class Wrong(Exception):
    """Something does not hold: a short code, and the sentence in Chinese and in English."""

    def __init__(self, code, zh, en):
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en


class Report:
    """What was proved, and what is wrong. Each item: code, Chinese, English."""

    def __init__(self):
        self.proved, self.wrong, self.notes = [], [], []

    @property
    def holds(self):
        return not self.wrong


# ---------------------------------------------------------------- canonical JSON and files


def canonical(value):
    """RFC 8785 for ASCII keys, whole numbers and texts: the bytes that are hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def read_json(data, name):
    """A JSON document as strict as it was written: no number with a point, no key twice, only plain keys."""

    def refuse(text):
        raise Wrong(
            "json",
            f"{name} 中有不允许的数字 {text[:20]}",
            f"{name} holds a number that is not allowed: {text[:20]}",
        )

    def whole(text):
        if len(text) > 17 or abs(int(text)) > LARGEST:
            refuse(text)
        return int(text)

    def once(pairs):
        found = dict(pairs)
        if len(found) < len(pairs) or not all(key.isascii() for key in found):
            raise Wrong(
                "json", f"{name} 中有重复或非法的键", f"{name} holds a key twice, or one that is not plain"
            )
        return found

    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_int=whole,
            parse_float=refuse,
            parse_constant=refuse,
            object_pairs_hook=once,
        )
        text = canonical(value).decode("utf-8")
    except (ValueError, RecursionError):
        raise Wrong("json", f"{name} 不是合格的 JSON", f"{name} is not well-formed JSON") from None
    if not unicodedata.is_normalized("NFC", text):
        raise Wrong("json", f"{name} 的文字未规范化", f"{name} holds text that is not in normal form C")
    return value


def read_rows(files, name):
    """The rows of a CSV file, as tuples; an absent file has none."""
    if name not in files:
        return []
    text = files[name].decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if not rows or tuple(rows[0]) != ROWS[name]:
        raise Wrong("columns", f"{name} 的表头不对", f"{name} has other columns")
    if any(len(row) != len(ROWS[name]) for row in rows) or not text.endswith("\n") or "\r" in text:
        raise Wrong("rows", f"{name} 的行不完整", f"{name} holds an incomplete row")
    found = [tuple(row) for row in rows[1:]]
    if "".join(map(csv_line, [ROWS[name], *found])) != text:
        raise Wrong("rows", f"{name} 的写法不对", f"{name} is not written plainly")
    if found != sorted(found):
        raise Wrong("rows", f"{name} 的行没有排序", f"{name} is not in order")
    return found


def csv_line(fields):
    quoted = ['"' + f.replace('"', '""') + '"' if re.search('[",\r\n]', f) else f for f in fields]
    return ",".join(quoted) + "\n"


def decimal(text):
    """A plain decimal as a fraction."""
    if not re.fullmatch(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,12})?", text):
        raise Wrong("number", f"“{text[:20]}”不是普通小数", f"'{text[:20]}' is not a plain decimal")
    return Fraction(text)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------- Merkle tree and signature


def root_of(leaves):
    """RFC 6962, 2.1: the root over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


# Ed25519 after RFC 8032, section 6: verification only.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def _add(a, b):
    w, x = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    y, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = x - w, z - y, z + y, x + w
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number, point):
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, point)
        point, number = _add(point, point), number >> 1
    return found


def _point(data):
    """The point that 32 bytes stand for, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(public, message, signature):
    """Whether 64 bytes are the Ed25519 signature of a message under a public key of 32 bytes."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = _times(s, BASE), _add(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def read_key(text):
    """NAME+ID+KEY -> name, id, 32 bytes."""
    name, mark, key = text.split("+", 2)
    data = base64.b64decode(key, validate=True)
    if data[:1] != b"\x01" or len(data) != 33 or sha256(name.encode() + b"\n" + data)[:8] != mark:
        raise ValueError(text)
    return name, bytes.fromhex(mark), data[1:]


def check_note(note, key, what):
    """A signed note under a key; gives its lines above the signature.

    Raises: Wrong.
    """
    name, mark, public = key
    text, blank, line = note.rpartition("\n\n")
    start = "— " + name + " "
    try:
        if not blank or not line.startswith(start) or not line.endswith("\n") or line.count("\n") != 1:
            raise ValueError(line)
        signed = base64.b64decode(line[len(start) : -1], validate=True)
        if base64.b64encode(signed).decode() != line[len(start) : -1]:
            raise ValueError(line)
    except ValueError:
        raise Wrong(
            "signature", f"{what[0]}的签名格式不对", f"the signature of {what[1]} has another form"
        ) from None
    if signed[:4] != mark or not signature_holds(public, (text + "\n").encode(), signed[4:]):
        raise Wrong(
            "signature", f"{what[0]}的签名不是公布的密钥所签", f"{what[1]} is not signed by the published key"
        )
    return text.split("\n")


# ---------------------------------------------------------------- the log


# What each line says besides `at`, `event` and `round`. Whatever else stands in a log is not of a published round.
FORMS = {
    "open": "closes_at entries opens_at panels public_key rule rule_sha256 seats",
    "assign": "added removed",
    "extend": "before closes_at",
    "seat": "panel replaces seat",
    "unseat": "entries seat",
    "recuse": "act commitment entry",
    "sheet": "channel commitment entry id replaces revision seat",
    "void": "entry seat sheet",
    "adjust": "entry points reason_sha256",
    "close": "early sheets",
    "plain": "panels",
    "correct": "replaces version",
}
# What two people may still change in a published result: never a mark.
CORRECTING = ("void", "recuse", "adjust")
CHANNELS = ("screen", "assisted", "paper")
TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"


class Log:
    """The log of the round, read line by line in its order: leaf hashes, events, and what follows from them."""

    def __init__(self, data):
        self.leaves, self.events = [], []
        prev = "0" * 64
        lines = data.split(b"\n")
        if lines.pop() != b"":
            raise Wrong("log", "记录的末行不完整", "the last line of the log is not complete")
        for number, line in enumerate(lines):
            leaf = read_json(line, f"log.jsonl:{number + 1}")
            if not isinstance(leaf, dict) or set(leaf) != {"body", "prev", "seq"} or canonical(leaf) != line:
                raise Wrong(
                    "log", f"记录第 {number + 1} 行格式不对", f"line {number + 1} of the log has another form"
                )
            if leaf["seq"] != number or leaf["prev"] != prev:
                raise Wrong(
                    "chain",
                    f"记录在第 {number + 1} 行断开：有行被改动、删去、重复或调换",
                    f"the log breaks at line {number + 1}: a line was changed, removed, repeated or moved",
                )
            self.leaves.append(hashlib.sha256(b"\x00" + line).digest())
            prev = self.leaves[-1].hex()
            self.events.append(leaf["body"])
        self._follow()

    def of(self, kind):
        return [event for event in self.events if event["event"] == kind]

    def _follow(self):
        """Live through the round once more: each line has to be one that could come after those before it."""
        if not self.events or self.events[0].get("event") != "open":
            raise Wrong("open", "记录不是以开始评分开头", "the log does not begin with the opening")
        self.round = self.events[0]["round"]
        self.close, self.version, self.pending = None, 1, []
        self.gone, self.ids, self.voided = set(), set(), set()
        self.sheets, self.latest, self.adjusted, self.commitments = {}, {}, [], {}
        for number, event in enumerate(self.events):
            self._form(event, number + 1)
            if number and event["event"] == "open":
                raise Wrong("open", "记录里有两次开始评分", "the log holds two openings")
            if self.close is not None:
                self._after_the_close(event, number)
            getattr(self, "_" + event["event"])(event)
        if self.close is None:
            raise Wrong("close", "记录里没有截止", "the log does not hold the close")
        if self.pending:
            raise Wrong(
                "correct", "截止后的更改没有更正记录", "a change after the close belongs to no correction"
            )

    def _form(self, event, number):
        kind = event.get("event")
        fields = set(FORMS.get(kind, "").split()) | {"at", "event", "round"}
        # The hash of given.csv stands in the first line where the rule has points from elsewhere.
        if kind not in FORMS or set(event) - {"given_sha256" if kind == "open" else ""} != fields:
            raise Wrong(
                "event",
                f"记录第 {number} 行不是本轮应有的内容",
                f"line {number} is nothing that a round writes",
            )
        times = [event[name] for name in ("at", "opens_at", "closes_at", "before") if name in event]
        if not all(re.fullmatch(TIME, time) for time in times):
            raise Wrong(
                "time", f"记录第 {number} 行的时间写法不对", f"a time in line {number} has another form"
            )
        if event["round"] != self.round:
            raise Wrong("round", "记录里有另一轮的内容", "the log holds events of another round")

    def _after_the_close(self, event, number):
        """After the close: a decision to count plain, directly; then corrections, each ended by its own line."""
        kind = event["event"]
        if kind == "close":
            raise Wrong("close", "记录里有两次截止", "the log holds two closes")
        known = kind in ("plain", "correct") or kind in CORRECTING
        if not known or event.get("act") == "withdrawn":
            raise Wrong(
                "after",
                f"记录第 {number + 1} 行（{kind}）不能在截止之后",
                f"line {number + 1} ({kind}) cannot come after the close",
            )
        if event["at"] < self.close["at"]:
            raise Wrong(
                "plain" if kind == "plain" else "after",
                f"记录第 {number + 1} 行的时间早于截止",
                f"line {number + 1} stands after the close, its time before it",
            )
        if kind in CORRECTING:
            self.pending.append(kind)

    def _open(self, event):
        self.open, self.closes_at = event, event["closes_at"]
        self.entries = set(event["entries"])
        self.marking = {panel["id"] for panel in event["rule"]["panels"] if panel["kind"] == "marks"}
        self.panel, self.assigned = {seat["seat"]: seat["panel"] for seat in event["seats"]}, set()
        if (
            len(self.entries) != len(event["entries"])
            or len(self.panel) != len(event["seats"])
            or not set(self.panel.values()) <= self.marking
            or not event["opens_at"] < event["closes_at"]
        ):
            raise Wrong("open", "开始评分的内容前后矛盾", "what the round opened with contradicts itself")

    def _assign(self, event):
        for seat, entries in event["added"].items():
            pairs = {(seat, entry) for entry in entries}
            if seat not in self.panel or seat in self.gone or len(pairs) < len(entries):
                raise Wrong("assign", "分派给了不明席位", "something was given to an unknown seat")
            if not set(entries) <= self.entries or pairs & self.assigned:
                raise Wrong(
                    "assign", "分派的案例不对", "an unknown case was given to a seat, or one given twice"
                )
            self.assigned |= pairs
        removed = {(seat, entry) for seat, entries in event["removed"].items() for entry in entries}
        if not removed <= self.assigned:
            raise Wrong("assign", "收回了没有的分派", "something was taken from a seat that it did not have")
        self.assigned -= removed

    def _extend(self, event):
        if event["before"] != self.closes_at or not event["at"] < self.closes_at < event["closes_at"]:
            raise Wrong("extend", "延长时间前后不接", "an extension does not follow the time before it")
        self.closes_at = event["closes_at"]

    def _seat(self, event):
        seat, before = event["seat"], event["replaces"]
        if seat in self.panel or before not in self.gone or self.panel[before] != event["panel"]:
            raise Wrong(
                "seat", "更换的席位不对", "a seat replaces one that had not left, or of another panel"
            )
        self.panel[seat] = event["panel"]

    def _unseat(self, event):
        seat = event["seat"]
        left = {(seat, entry) for entry in event["entries"]}
        if (
            seat not in self.panel
            or seat in self.gone
            or not left <= self.assigned
            or left & set(self.latest)
        ):
            raise Wrong("seat", "离席的席位不对", "a seat left that was not there, or had other cases")
        self.gone.add(seat)
        self.assigned -= left

    def _sheet(self, event):
        """Revisions of each seat's sheet for an entry come one after the other, each naming the one before."""
        pair, revision = (event["seat"], event["entry"]), event["revision"]
        digest, before = sha256(canonical(event)), self.latest.get((event["seat"], event["entry"]))
        last = self.sheets[before]["revision"] if before else 0
        if type(revision) is not int or digest in self.sheets or 1 <= revision <= last:
            raise Wrong("fork", f"一张评分表有两个第 {revision} 稿", f"a sheet has two revisions {revision}")
        if revision != last + 1 or event["replaces"] != before:
            raise Wrong(
                "revision", "评分表的修订前后不接", "the revisions of a sheet do not follow one another"
            )
        if pair not in self.assigned or event["seat"] in self.gone:
            raise Wrong(
                "sheet",
                "有评分表不在分派之列",
                "a sheet is of an entry that its seat was not given, or had left",
            )
        if event["channel"] not in CHANNELS or event["id"] in self.ids:
            raise Wrong(
                "sheet", "评分表的编号重复或来路不明", "a sheet has an id of another, or came an unknown way"
            )
        if not self.open["opens_at"] <= event["at"] < self.closes_at:
            raise Wrong("late", "有评分表不在评分时间内", "a sheet came in outside the time for scoring")
        self.ids.add(event["id"])
        self.sheets[digest], self.latest[pair] = event, digest

    def _void(self, event):
        sheet = self.sheets.get(event["sheet"])
        if sheet is None or event["sheet"] in self.voided:
            raise Wrong(
                "void",
                "作废了不存在的评分表，或作废两次",
                "a sheet was voided that does not exist, or is void",
            )
        if (sheet["seat"], sheet["entry"]) != (event["seat"], event["entry"]):
            raise Wrong(
                "void", "作废的评分表写错了席位或案例", "a sheet was voided under another seat or entry"
            )
        if self.close is not None and self.status(event["sheet"]) != "latest":
            raise Wrong("void", "更正作废了本不计入的评分表", "a correction voids a sheet that did not count")
        self.voided.add(event["sheet"])

    def _recuse(self, event):
        known = self.commitments.get(event["commitment"])
        again = event["act"] == "declared" and known is None
        if event["entry"] not in self.entries or not (
            again or (event["act"] == "withdrawn" and known == [event["entry"], True])
        ):
            raise Wrong("recusal", "回避记录前后不接", "the recusals of an entry do not follow one another")
        self.commitments[event["commitment"]] = [event["entry"], again]

    def _adjust(self, event):
        if event["entry"] not in self.entries:
            raise Wrong("adjustments", "记录里的加减分不对", "an adjustment in the log is of nobody")
        self.adjusted.append((event["entry"], decimal(event["points"]), event["reason_sha256"]))

    def _close(self, event):
        self.close = event
        if event["sheets"] != len(self.sheets):
            raise Wrong("close", "截止时的评分表数与记录不符", "the close counts another number of sheets")
        late = any(sheet["at"] > event["at"] for sheet in self.sheets.values())
        if late or event["early"] not in (0, 1) or (not event["early"] and event["at"] < self.closes_at):
            raise Wrong("close", "截止的时间与记录不符", "the time of the close does not fit the log")

    def _plain(self, _event):
        if self.close is None or self.events[self.events.index(self.close) + 1]["event"] != "plain":
            raise Wrong(
                "plain", "不作校正的决定不在截止之后", "counting plain was not decided after the close"
            )
        if len(self.of("plain")) > 1:
            raise Wrong("plain", "不作校正的决定有两次", "counting plain was decided twice")

    def _correct(self, event):
        """One kind of change, then this line: the next version, and what it replaces."""
        if self.close is None or len(set(self.pending)) != 1 or self.pending[1:].count("adjust"):
            raise Wrong("correct", "更正没有它的更改", "a correction does not stand after what it changes")
        if event["version"] != self.version + 1 or not re.fullmatch("[0-9a-f]{64}", event["replaces"]):
            raise Wrong("correct", "更正的版本不接", "the versions of the result do not follow one another")
        self.version, self.pending = event["version"], []

    @property
    def recused(self):
        """commitment -> entry, of the recusals that stand."""
        return {name: entry for name, (entry, stands) in self.commitments.items() if stands}

    @property
    def recusals(self):
        """entry -> how many judges have recused themselves."""
        found = {}
        for entry in self.recused.values():
            found[entry] = found.get(entry, 0) + 1
        return found

    def status(self, digest):
        """What became of a sheet: latest, replaced, voided; or unknown."""
        event = self.sheets.get(digest)
        if event is None:
            return "unknown"
        if digest in self.voided:
            return "voided"
        return "latest" if self.latest[event["seat"], event["entry"]] == digest else "replaced"


# ---------------------------------------------------------------- the tally


def rounded(value, places, mode):
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest > scaled.denominator or (2 * rest == scaled.denominator and (mode == "half_up" or whole % 2)):
        whole += 1
    return Fraction(whole if value >= 0 else -whole, 10**places)


def figure(value, places):
    """As result.json writes it: with at least so many decimals, exactly; a fraction where no decimals are enough."""
    if value is None:
        return None
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    decimals = max(places, twos, fives)
    digits = str(abs(value.numerator) * 10**decimals // value.denominator).rjust(decimals + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + digits[:-decimals] + "." + digits[-decimals:] if decimals else sign + digits


def middle(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class Tally:
    """The result computed again, from the rule and the rows, step by step as the rule says."""

    def __init__(self, rule, entries, marks, given=(), adjustments=(), votes=(), corrections=()):
        self.rule, self.entries = rule, sorted(entries)
        self.places, self.mode = rule["rounding"]["places"], rule["rounding"]["mode"]
        self.weights = {panel["id"]: decimal(panel["weight"]) for panel in rule["panels"]}
        self.criteria = {item["id"]: item for item in rule["criteria"]}
        self.warnings = []
        self.corrections = {(item["panel"], item["seat"]): decimal(item["points"]) for item in corrections}
        self._read_marks(marks)
        self.marks_sha256 = sha256(self._canonical_marks(marks))
        self.adjusted = {}
        for entry, points, _reason in adjustments:
            self.adjusted[entry] = self.adjusted.get(entry, Fraction(0)) + decimal(points)
        self.given, self.votes = list(given), list(votes)

    def at(self, stage, value):
        return rounded(value, self.places, self.mode) if stage in self.rule["rounding"]["stages"] else value

    def marked_by(self, panel):
        wanted = panel.get("criteria", list(self.criteria))
        return [item for item in self.rule["criteria"] if item["id"] in wanted]

    def _read_marks(self, marks):
        """panel -> entry -> seat -> criterion -> mark."""
        self.sheets = {
            p["id"]: {e: {} for e in self.entries} for p in self.rule["panels"] if p["kind"] == "marks"
        }
        asked = {p["id"]: {c["id"] for c in self.marked_by(p)} for p in self.rule["panels"]}
        for panel, entry, seat, criterion, text in marks:
            if panel not in self.sheets or entry not in self.sheets[panel] or criterion not in asked[panel]:
                raise Wrong(
                    "mark", "有一个分数不知是谁的", f"a mark is of nobody: {panel}, {entry}, {criterion}"
                )
            sheet = self.sheets[panel][entry].setdefault(seat, {})
            if criterion in sheet:
                raise Wrong(
                    "mark",
                    "有一个分数出现两次",
                    f"a mark stands twice: {panel}, {entry}, {seat}, {criterion}",
                )
            if text == "":
                continue
            mark, item = decimal(text), self.criteria[criterion]
            low, high, step = decimal(item["min"]), decimal(item["max"]), decimal(item["step"])
            if not low <= mark <= high or (mark - low) % step:
                raise Wrong(
                    "mark", f"分数 {text} 超出范围或不合步长", f"the mark {text} is off its range or step"
                )
            sheet[criterion] = mark

    @staticmethod
    def _canonical_marks(marks):
        def plain(text):
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return "0" if text in ("-0", "") else text

        rows = sorted((p, e, s, c, plain(m)) for p, e, s, c, m in marks if m != "")
        return (csv_line(ROWS["marks.csv"]) + "".join(map(csv_line, rows))).encode("utf-8")

    def average(self, values):
        trim, ordered = self.rule["trim"], sorted(values)
        if len(ordered) >= trim["from"]:
            ordered = ordered[trim["low"] : len(ordered) - trim["high"]]
        return (
            middle(ordered) if self.rule["average"] == "median" else sum(ordered, Fraction(0)) / len(ordered)
        )

    def dropped(self, count):
        trim = self.rule["trim"]
        return trim["high"] + trim["low"] if count >= trim["from"] else 0

    def enough(self, count):
        return count > 0 and count >= self.rule["min_marks"]

    def by_criterion(self, panel, entry):
        sheets, shown, parts, exact = self.sheets[panel["id"]][entry], {}, [], Fraction(0)
        for item in self.marked_by(panel):
            marks = [sheet[item["id"]] for sheet in sheets.values() if item["id"] in sheet]
            one = {"score": None, "exact": None, "weighted": None, "marks": len(marks), "dropped": 0}
            if self.enough(len(marks)):
                one["exact"] = self.average(marks)
                one["score"] = self.at("criterion", one["exact"])
                one["weighted"] = self.at("weighted", one["score"] * decimal(item["weight"]))
                one["dropped"] = self.dropped(len(marks))
                parts.append(one["weighted"])
                exact += one["exact"] * decimal(item["weight"])
            shown[item["id"]] = one
        whole = len(parts) == len(shown)
        return {
            "score": self.at("panel", sum(parts, Fraction(0))) if whole else None,
            "exact": exact if whole else None,
            "judges": sum(bool(sheet) for sheet in sheets.values()),
            "criteria": shown,
            "fewest": min(one["marks"] for one in shown.values()),
            "incomplete": [],
        }

    def whole_sheets(self, panel, entry):
        """seat -> weighted sum of a sheet that lacks no mark."""
        items = self.marked_by(panel)
        return {
            seat: sum((sheet[i["id"]] * decimal(i["weight"]) for i in items), Fraction(0))
            for seat, sheet in self.sheets[panel["id"]][entry].items()
            if len(sheet) == len(items)
        }

    def by_sheet(self, panel, entry, corrected=True):
        totals, sheets = self.whole_sheets(panel, entry), self.sheets[panel["id"]][entry]
        shown = {}
        for item in self.marked_by(panel):
            marks = [sheets[seat][item["id"]] for seat in totals]
            exact = self.average(marks) if self.enough(len(marks)) else None
            dropped = self.dropped(len(marks)) if exact is not None else 0
            shown[item["id"]] = {
                "score": exact,
                "exact": exact,
                "weighted": None,
                "marks": len(marks),
                "dropped": dropped,
            }
        score = exact = None
        if self.enough(len(totals)):
            add = {
                s: self.corrections.get((panel["id"], s), Fraction(0)) if corrected else Fraction(0)
                for s in totals
            }
            exact = self.average([total + add[seat] for seat, total in totals.items()])
            score = self.at("panel", self.average([self.at("sheet", t) + add[s] for s, t in totals.items()]))
        return {
            "score": score,
            "exact": exact,
            "judges": len(totals),
            "criteria": shown,
            "fewest": len(totals),
            "incomplete": sorted(seat for seat, sheet in sheets.items() if sheet and seat not in totals),
        }

    def by_votes(self, panel):
        votes = {}
        for name, entry, text in self.votes:
            if name == panel["id"]:
                if (
                    entry not in self.entries
                    or entry in votes
                    or not re.fullmatch(r"0|[1-9][0-9]{0,14}", text)
                ):
                    raise Wrong("votes", "票数的行不对", "a row of votes is wrong")
                votes[entry] = int(text)
        if set(votes) != set(self.entries):
            raise Wrong("votes", "票数缺行", "votes of an entry are missing")
        rule, found = panel["conversion"], None
        most, count, total = max(votes.values(), default=0), len(votes), sum(votes.values())
        if most and rule["method"] == "top":
            found = {entry: decimal(rule["full"]) * value / most for entry, value in votes.items()}
        elif most and rule["method"] == "ladder":
            ahead = {entry: sum(other > value for other in votes.values()) for entry, value in votes.items()}
            first, step = decimal(rule["first"]), decimal(rule["step"])
            found = {entry: max(Fraction(0), first - step * ahead[entry]) for entry in votes}
        elif most:
            spread = count * sum(value * value for value in votes.values()) - total * total
            if spread:
                root = Fraction(math.isqrt(spread * 10**24 // (count * count)), 10**12)
                mean, wide = decimal(rule["mean"]), decimal(rule["spread"])
                found = {
                    entry: mean + wide * (value - Fraction(total, count)) / root
                    for entry, value in votes.items()
                }
        if found is None and votes:
            self.warnings.append(
                {"code": "votes_no_spread" if most else "votes_all_zero", "panel": panel["id"]}
            )
        return found or {}

    def panel_scores(self, panel, corrected=True):
        none = {"judges": 0, "criteria": {}, "fewest": None, "incomplete": []}
        if panel["kind"] == "marks":
            one = self.by_criterion if self.rule["level"] == "criterion" else self.by_sheet
            if self.rule["level"] == "sheet":
                return {entry: self.by_sheet(panel, entry, corrected) for entry in self.entries}
            return {entry: one(panel, entry) for entry in self.entries}
        if panel["kind"] == "votes":
            points = self.by_votes(panel)
            return {
                e: {
                    "score": self.at("panel", points[e]) if e in points else None,
                    "exact": points.get(e),
                    **none,
                }
                for e in self.entries
            }
        points = {
            entry: decimal(text) for name, entry, text in self.given if name == panel["id"] and text != ""
        }
        return {e: {"score": points.get(e), "exact": points.get(e), **none} for e in self.entries}

    def marks_warnings(self, panel, scores):
        for entry, score in scores.items():
            who = {"panel": panel["id"], "entry": entry}
            if panel["kind"] == "given" and score["score"] is None:
                self.warnings.append({"code": "no_points", **who})
            if panel["kind"] != "marks":
                continue
            self.warnings += [
                {"code": "incomplete_sheet", **who, "seat": seat} for seat in score["incomplete"]
            ]
            count, advised = score["fewest"], self.rule["trim"]["advised"]
            if score["score"] is None:
                least = self.rule["min_marks"]
                self.warnings.append({"code": "below_min_marks", **who, "marks": count, "min_marks": least})
            elif count < advised:
                self.warnings.append({"code": "below_advised", **who, "marks": count, "advised": advised})

    def standing(self, entry, scores):
        shares = {
            panel["id"]: None
            if scores[panel["id"]][entry]["score"] is None
            else self.at("share", scores[panel["id"]][entry]["score"] * self.weights[panel["id"]])
            for panel in self.rule["panels"]
        }
        deciding = [name for name, weight in self.weights.items() if weight > 0]
        missing = [name for name in deciding if shares[name] is None]
        adjusted = self.adjusted.get(entry, Fraction(0))
        flags = ["incomplete_sheet"] if any(of[entry]["incomplete"] for of in scores.values()) else []
        found = {"shares": shares, "adjusted": adjusted, "total": None, "exact": None}
        found["flags"] = sorted(flags + ["missing_panel:" + name for name in missing])
        if not missing:
            found["total"] = self.at(
                "total", sum((shares[name] for name in deciding), Fraction(0)) + adjusted
            )
            exact = (self.weights[name] * scores[name][entry]["exact"] for name in deciding)
            found["exact"] = sum(exact, Fraction(0)) + adjusted
        return found

    def tie_value(self, step, entry, scores, standings):
        """What a step of the ladder compares, higher first; None: the entry lacks it."""
        kind, _colon, name = step.partition(":")
        if kind == "exact":
            return standings[entry]["exact"]
        if kind == "panel":
            return scores[name][entry]["exact"]
        if kind == "criterion":
            panel, slash, criterion = name.partition("/")
            if not slash:
                panel, criterion = next(iter(self.sheets)), name
            return scores[panel][entry]["criteria"][criterion]["exact"]
        if kind == "median":
            marking = [p for p in self.rule["panels"] if p["kind"] == "marks" and self.weights[p["id"]] > 0]
            totals = [
                self.median_total(p, s, t) for p in marking for s, t in self.whole_sheets(p, entry).items()
            ]
            return middle(totals) if totals else None
        lot = sha256(((self.rule["lot_seed"] or "") + self.marks_sha256 + entry).encode("utf-8"))
        return -int(lot, 16)

    def median_total(self, panel, seat, total):
        return total + self.corrections.get((panel["id"], seat), Fraction(0))

    def rank(self, standings, scores, warn=True):
        """entry -> (rank, shared, the last step that parted it)."""
        ranked = {entry: one["total"] for entry, one in standings.items() if one["total"] is not None}
        places = {}

        def part(group, steps, by):
            if len(group) == 1 or not steps:
                return [(group, by)]
            values = {entry: self.tie_value(steps[0], entry, scores, standings) for entry in group}
            if None in values.values():
                if warn:
                    self.warnings.append(
                        {"code": "tie_step_skipped", "step": steps[0], "entries": sorted(group)}
                    )
                return part(group, steps[1:], by)
            groups = groups_of(values)
            by = steps[0] if len(groups) > 1 else by
            return [found for one in groups for found in part(one, steps[1:], by)]

        for group in groups_of(ranked):
            for together, by in part(group, self.rule["ties"], None):
                rank = len(places) + 1
                for entry in together:
                    places[entry] = (rank, len(together) > 1, by)
        return places

    def document(self, published=None):
        """The document goldidea-result/1. The corrections of a calibrated round are those published, once they are checked."""
        capped = self.check_corrections(published or {})
        standings, scores, places = self.ranked()
        plain = {}
        if self.corrections:
            kept, warnings = self.corrections, list(self.warnings)
            self.corrections = {}
            beside, _scores, ranks = self.ranked()
            self.corrections, self.warnings = kept, warnings
            for entry, one in beside.items():
                rank = ranks[entry][0] if entry in ranks else None
                plain[entry] = {"rank": rank, "total": figure(one["total"], self.places)}
        lines = [self.line(e, standings[e], scores, places.get(e), plain.get(e)) for e in self.entries]
        lines.sort(key=lambda line: (line["rank"] is None, line["rank"] or 0, line["entry"]))
        return {
            "format": "goldidea-result/1",
            "rule_sha256": sha256(canonical(self.rule)),
            "marks_sha256": self.marks_sha256,
            "standings": lines,
            "corrections": [
                {"panel": panel, "seat": seat, "points": figure(points, 2)}
                for (panel, seat), points in sorted(self.corrections.items())
            ],
            "warnings": sorted(self.warnings + capped, key=warning_order),
        }

    def ranked(self):
        scores = {panel["id"]: self.panel_scores(panel) for panel in self.rule["panels"]}
        for panel in self.rule["panels"]:
            self.marks_warnings(panel, scores[panel["id"]])
        standings = {entry: self.standing(entry, scores) for entry in self.entries}
        return standings, scores, self.rank(standings, scores)

    def check_corrections(self, published):
        """The published corrections against an own least-squares solution; gives the warnings of those that were limited.

        Raises: Wrong when one is farther off than its rounding.
        """
        rule = self.rule["calibration"]
        given = {(item["panel"], item["seat"]): item["points"] for item in published.get("corrections", [])}
        limited = [w for w in published.get("warnings", []) if w["code"] == "correction_capped"]
        said = {(w["panel"], w["seat"]): w["points"] for w in limited}
        wanted, self.corrections = {}, {}
        for panel in self.rule["panels"] if rule["method"] == "additive" else ():
            if panel["kind"] != "marks":
                continue
            sheets = [(e, s, t) for e in self.entries for s, t in self.whole_sheets(panel, e).items()]
            groups = connected(sheets)
            if groups > 1:
                self.warnings.append({"code": "not_calibrated", "panel": panel["id"], "groups": groups})
                continue
            for seat, (severity, count) in severities(sheets).items():
                wanted[panel["id"], seat] = severity if count >= rule["min_marks"] else None
                if count < rule["min_marks"]:
                    few = {"code": "too_few_sheets", "panel": panel["id"], "seat": seat}
                    self.warnings.append({**few, "sheets": count, "min_marks": rule["min_marks"]})
        if set(given) != set(wanted) or not set(said) <= set(wanted):
            raise Wrong(
                "corrections", "公布的校正值缺少或多出席位", "corrections of a seat are missing, or too many"
            )
        cap = float(decimal(rule["cap"])) if wanted else 0.0
        for key, points in given.items():
            severity = wanted[key]
            least = 0.0 if severity is None else max(-cap, min(cap, severity))
            beyond = severity is not None and abs(severity) > cap + 1e-6
            within = severity is None or abs(severity) < cap - 1e-6
            if (
                not re.fullmatch(r"-?[0-9]{1,12}\.[0-9]{2}", points)
                or points == "-0.00"
                or abs(float(points) - least) > (TOLERANCE if severity is not None else 0)
                or (beyond and key not in said)
                or (key in said and (within or said[key] != points))
            ):
                raise Wrong(
                    "corrections",
                    f"席位 {key[1]} 的校正值与重新求解不符",
                    f"the correction of seat {key[1]} is not what solving again gives",
                )
            self.corrections[key] = Fraction(points)
        return limited

    def line(self, entry, standing, scores, place, plain):
        show = lambda value: figure(value, self.places)  # noqa: E731
        exact = standing["exact"]
        return {
            "entry": entry,
            "rank": place[0] if place else None,
            "tied": place[1] if place else False,
            "total": show(standing["total"]),
            "exact": None if exact is None else f"{exact.numerator}/{exact.denominator}",
            "panels": {
                name: {
                    "score": show(of[entry]["score"]),
                    "share": show(standing["shares"][name]),
                    "judges": of[entry]["judges"],
                    "criteria": {
                        key: {
                            "score": show(one["score"]),
                            "weighted": show(one["weighted"]),
                            "marks": one["marks"],
                            "dropped": one["dropped"],
                        }
                        for key, one in of[entry]["criteria"].items()
                    },
                }
                for name, of in scores.items()
            },
            "adjustments": show(standing["adjusted"]),
            "uncalibrated": plain,
            "tie_broken_by": place[2] if place else None,
            "flags": standing["flags"],
        }


def groups_of(values):
    """Entries of equal value together, the highest first."""
    found = {}
    for entry, value in values.items():
        found.setdefault(value, []).append(entry)
    return [sorted(found[value]) for value in sorted(found, reverse=True)]


def warning_order(warning):
    return (warning["code"], warning.get("panel", ""), warning.get("entry", ""), canonical(warning))


def connected(sheets):
    """Into how many groups entries and seats fall that no sheet connects."""
    parent = {}

    def top(node):
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for entry, seat, _total in sheets:
        parent[top(("e", entry))] = top(("s", seat))
    return len({top(node) for node in list(parent)})


def severities(sheets):
    """seat -> (severity, sheets): total = entry - severity by least squares, severities summing to zero.

    The entries are eliminated; what remains is solved by conjugate gradients in binary floats.
    """
    seats = sorted({seat for _entry, seat, _total in sheets})
    number = {seat: index for index, seat in enumerate(seats)}
    of_entry = {}
    for entry, seat, total in sheets:
        of_entry.setdefault(entry, []).append((number[seat], total))
    counts, right = [0] * len(seats), [0.0] * len(seats)
    for rows in of_entry.values():
        mean = sum((total for _seat, total in rows), Fraction(0)) / len(rows)
        for seat, total in rows:
            counts[seat] += 1
            right[seat] += float(mean - total)

    def times(vector):
        found = [count * value for count, value in zip(counts, vector)]
        for rows in of_entry.values():
            mean = sum(vector[seat] for seat, _total in rows) / len(rows)
            for seat, _total in rows:
                found[seat] -= mean
        return found

    def dot(one, other):
        return math.fsum(a * b for a, b in zip(one, other))

    found, rest = [0.0] * len(seats), list(right)
    scaled = [value / count for value, count in zip(rest, counts)]
    way, size = list(scaled), dot(rest, scaled)
    for _step in range(20 * len(seats) + 1000):
        if size < 1e-24:
            break
        image = times(way)
        length = dot(way, image)
        if length <= 0:
            break
        step = size / length
        found = [a + step * b for a, b in zip(found, way)]
        rest = [a - step * b for a, b in zip(rest, image)]
        scaled = [value / count for value, count in zip(rest, counts)]
        before, size = size, dot(rest, scaled)
        way = [a + size / before * b for a, b in zip(scaled, way)]
    middle = math.fsum(found) / len(found) if found else 0.0
    return {seat: (found[number[seat]] - middle, counts[number[seat]]) for seat in seats}


# ---------------------------------------------------------------- the checks


def check(files, key=None, checkpoint=None, receipt=None):
    """Check the files of a bundle, name -> bytes. Gives a Report.

    key: the public key as it was printed for the notice board; checkpoint: the signed text that hung there;
    receipt: a judge's code, or the signed text of a receipt.
    """
    report, state = Report(), {}
    for step in STEPS:
        try:
            step(files, state, report, key, checkpoint)
        except Wrong as wrong:
            report.wrong.append((wrong.code, wrong.zh, wrong.en))
        except Exception as error:  # a damaged file may fail in any way: that is a finding, never a crash
            name = type(error).__name__
            report.wrong.append(("unreadable", f"文件损坏（{name}）", f"a file is damaged ({name})"))
        if report.wrong and step in (check_manifest, check_log):
            break
    if receipt and not report.wrong:
        look_up(receipt, state, report)
    if not report.wrong:
        report.notes += LIMITS
    return report


def check_manifest(files, state, report, _key, _checkpoint):
    """Every file is there, nothing else is, and each has the listed bytes."""
    manifest = read_json(files["manifest.json"], "manifest.json")
    if (
        canonical(manifest) + b"\n" != files["manifest.json"]
        or set(manifest) != {"files", "format", "signed"}
        or manifest["format"] != "goldidea-bundle/1"
    ):
        raise Wrong("manifest", "manifest.json 格式不对", "manifest.json has another form")
    listed, state["manifest"] = manifest["files"], manifest
    names = set(listed) | {"manifest.json"}
    if names != set(files):
        odd = ", ".join(sorted(names ^ set(files)))
        raise Wrong("files", f"文件缺少或多出：{odd}", f"files are missing or too many: {odd}")
    if not set(ALWAYS) <= names or not names <= {*ALWAYS, *WITH_MARKS, *MAY_BE}:
        raise Wrong("files", "核验包的文件不齐", "the bundle does not hold the files that it has to")
    if (WITH_MARKS[0] in names) != (WITH_MARKS[1] in names):
        raise Wrong("files", "分数与公开内容只有其一", "marks and openings are not both there")
    for name, digest in listed.items():
        if sha256(files[name]) != digest:
            raise Wrong("hash", f"{name} 的内容与校验值不符", f"{name} does not have the listed hash")
    report.proved.append(
        ("files", f"{len(listed)} 个文件与目录相符", f"{len(listed)} files are those of the list")
    )


def check_log(files, state, report, _key, _checkpoint):
    """The chain of the log, and what its events say of one another."""
    log = state["log"] = Log(files["log.jsonl"])
    report.proved.append(
        (
            "log",
            f"记录 {len(log.events)} 行首尾相接，含 {len(log.sheets)} 张评分表；无缺行、改行、换位",
            f"the log's {len(log.events)} lines follow one another, {len(log.sheets)} sheets among them",
        )
    )


def check_signature(files, state, report, key, checkpoint):
    """The checkpoint is of this log, and signed by the key with which the round opened."""
    log = state["log"]
    verifier = log.open["public_key"]
    if key is not None and key.strip() != verifier:
        raise Wrong("key", "密钥不是您给的那一把", "the key is not the one that you gave")
    name = "goldidea/round/" + log.round
    read = read_key(verifier)
    note = files["checkpoint.txt"].decode("utf-8")
    lines = check_note(note, read, ("校验点", "the checkpoint"))
    root = base64.b64encode(root_of(log.leaves)).decode()
    if read[0] != name or lines != [name, str(len(log.leaves)), root]:
        raise Wrong("checkpoint", "校验点与记录不符", "the checkpoint is of another log")
    listed = check_note(state["manifest"]["signed"], read, ("文件目录", "the list of files"))
    if listed != [name, "bundle " + sha256(canonical(state["manifest"]["files"]))]:
        raise Wrong("manifest", "签名的是另一份文件目录", "the signed list of files is another one")
    if checkpoint is not None:
        seen = check_note(checkpoint, read, ("公告的校验点", "the checkpoint on the notice board"))
        size = int(seen[1])
        if size > len(log.leaves) or seen != [
            name,
            str(size),
            base64.b64encode(root_of(log.leaves[:size])).decode(),
        ]:
            raise Wrong(
                "checkpoint", "公告的校验点与记录不符", "the checkpoint on the notice board is of another log"
            )
    report.proved.append(
        (
            "signature",
            f"签名属于开始评分时公布的密钥；根值 {root_of(log.leaves).hex()}",
            f"signed by the key published at the opening; root {root_of(log.leaves).hex()}",
        )
    )
    if key is None and checkpoint is None:
        report.notes.append(
            (
                "anchor",
                "若要排除整份另造，请与公告栏上的校验点核对：--checkpoint 文件",
                "to rule out that all of this was made anew, compare it with the notice board: --checkpoint FILE",
            )
        )


def check_rule(files, state, report, _key, _checkpoint):
    """The rule is the one with which the round opened."""
    rule = state["rule"] = read_json(files["rule.json"], "rule.json")
    if canonical(rule) + b"\n" != files["rule.json"] or rule["format"] != "goldidea-rule/1":
        raise Wrong("rule", "rule.json 格式不对", "rule.json has another form")
    opened = state["log"].open
    if canonical(opened["rule"]) != canonical(rule) or opened["rule_sha256"] != sha256(canonical(rule)):
        raise Wrong("rule", "规则不是开始评分时的规则", "the rule is not the one with which the round opened")
    report.proved.append(("rule", "规则自开始评分后未变", "the rule has not changed since the opening"))


def check_lists(files, state, report, _key, _checkpoint):
    """Entries and seats are those of the log; no sub-district gives a judge away."""
    log, rule = state["log"], state["rule"]
    entries = state["entries"] = [row[0] for row in read_rows(files, "entries.csv")]
    if sorted(entries) != sorted(log.open["entries"]) or len(set(entries)) != len(entries):
        raise Wrong("entries", "案例与开始评分时不同", "the entries are not those of the opening")
    seats = read_rows(files, "seats.csv")
    if sorted((panel, seat) for panel, seat, _place in seats) != sorted((p, s) for s, p in log.panel.items()):
        raise Wrong("seats", "席位与记录不符", "the seats are not those of the log")
    told = {}
    for panel, _seat, place in seats:
        told[panel, place] = told.get((panel, place), 0) + 1
    if any(place and count < SEATS_OF_A_SUB_DISTRICT for (_panel, place), count in told.items()):
        raise Wrong("seats", "席位的街道公布得太细", "a sub-district of too few seats is told")
    for name in ("given.csv", "adjustments.csv", "votes.csv"):
        state[name] = read_rows(files, name)
    given = any(panel["kind"] == "given" for panel in rule["panels"])
    if log.open.get("given_sha256") != (sha256(files.get("given.csv", b"")) if given else None):
        raise Wrong("given", "已有分数与开始评分时不同", "the given points are not those of the opening")
    check_points(state, rule)


def check_points(state, rule):
    """Given points and votes name known entries; adjustments stay in the rule's range and are those of the log."""
    panels = {panel["id"]: panel["kind"] for panel in rule["panels"]}
    known, sums = set(state["entries"]), {}
    seen = set()
    for panel, entry, points in state["given.csv"]:
        if panels.get(panel) != "given" or entry not in known or (panel, entry) in seen:
            raise Wrong("given", "已有分数的行不对", "a row of given points is wrong")
        if points != "":
            decimal(points)
        seen.add((panel, entry))
    for panel, entry, _votes in state["votes.csv"]:
        if panels.get(panel) != "votes" or entry not in known:
            raise Wrong("votes", "票数的行不对", "a row of votes is wrong")
    allowed = rule.get("adjustments")
    for entry, points, _reason in state["adjustments.csv"]:
        if allowed is None or entry not in known:
            raise Wrong("adjustments", "规则不允许这项加减分", "the rule does not allow this adjustment")
        value, least, most = decimal(points), decimal(allowed["min"]), decimal(allowed["max"])
        sums[entry] = sums.get(entry, Fraction(0)) + value
        if not least <= value <= most and not least <= -value <= most:  # the opposite takes points back
            raise Wrong("adjustments", "加减分超出范围", "an adjustment is out of range")
    for total in sums.values():
        if not decimal(allowed["min"]) <= total <= decimal(allowed["max"]):
            raise Wrong("adjustments", "加减分合计超出范围", "the adjustments of an entry are out of range")
    rows = [
        (entry, decimal(points), sha256(reason.encode("utf-8")))
        for entry, points, reason in state["adjustments.csv"]
    ]
    if sorted(rows) != sorted(state["log"].adjusted):
        raise Wrong(
            "adjustments",
            "加减分与记录不符：每一项都应在记录里，记录里的每一项都应列出，理由也须一致",
            "the adjustments are not those of the log: each has to stand in both, with the same reason",
        )


def check_openings(files, state, report, _key, _checkpoint):
    """Every counted sheet is opened: its marks are those that the log committed to; nothing else is opened."""
    if "openings.jsonl" not in files:
        report.notes.append(
            (
                "no-marks",
                "本轮按规则不公布分席位的分数，无法重算",
                "the rule keeps the marks of this round: they cannot be added up again",
            )
        )
        return
    log, opened, stayed, rows = state["log"], {}, {}, []
    lines = files["openings.jsonl"].split(b"\n")
    if lines.pop() != b"":
        raise Wrong("openings", "公开内容的末行不完整", "the last line of the openings is not complete")
    for line in lines:
        item = read_json(line, "openings.jsonl")
        if canonical(item) != line:
            raise Wrong("openings", "公开内容格式不对", "an opening has another form")
        if "recusal" in item:
            open_recusal(item, log, stayed)
        else:
            rows += open_sheet(item, log, opened, state["rule"])
    state["opened"] = opened
    if [line.decode() for line in lines] != sorted(line.decode() for line in lines):
        raise Wrong("openings", "公开内容没有排序", "the openings are not in order")
    for pair, digest in log.latest.items():
        if (digest not in log.voided and digest not in opened) != (pair in stayed):
            raise Wrong(
                "openings",
                f"案例 {pair[1]} 有应计的评分表未公开",
                f"a sheet of {pair[1]} that counts is not opened",
            )
    marks = state["marks"] = read_rows(files, "marks.csv")
    if marks != sorted(rows):
        raise Wrong("marks", "marks.csv 与公开的评分表不符", "marks.csv is not what the openings say")
    report.proved.append(
        (
            "openings",
            f"{len(opened)} 张计入的评分表与当时封存的一致，共 {len(rows)} 个分数；另有作废 {len(log.voided)} 张、"
            f"因回避不计 {len(stayed)} 张",
            f"{len(opened)} counted sheets are what was sealed then, {len(rows)} marks; {len(log.voided)} are void, "
            f"{len(stayed)} do not count for a conflict of interest",
        )
    )
    told = ", ".join(f"{entry} {count}" for entry, count in sorted(log.recusals.items()) if count)
    if told:
        report.notes.append(("recusals", f"回避（案例、人数）：{told}", f"recusals (entry, number): {told}"))


def open_sheet(item, log, opened, rule):
    """One counted sheet: what the log committed to. Gives its rows of marks.csv."""
    if set(item) != {"entry", "marks", "revision", "salt", "seat", "sheet"}:
        raise Wrong("openings", "公开内容格式不对", "an opening has another form")
    event = log.sheets.get(item["sheet"])
    bare = {name: item[name] for name in ("entry", "marks", "revision", "salt", "seat")}
    if event is None or item["sheet"] in opened or sha256(canonical(bare)) != event["commitment"]:
        raise Wrong("openings", "公开的分数与当时封存的不符", "an opening is not what the log committed to")
    if any(event[name] != item[name] for name in ("seat", "entry", "revision")):
        raise Wrong("openings", "公开内容写错了席位或案例", "an opening names another seat or entry")
    if log.status(item["sheet"]) != "latest":
        raise Wrong("openings", "公开了不计的评分表", "a sheet that does not count is opened")
    panel = log.panel[item["seat"]]
    asked = next(one for one in rule["panels"] if one["id"] == panel).get("criteria")
    if event["channel"] != "paper" and len(item["marks"]) != len(asked or rule["criteria"]):
        raise Wrong("openings", "屏幕上交的评分表缺少分数", "a sheet handed in on a screen lacks a mark")
    opened[item["sheet"]] = item
    return [(panel, item["entry"], item["seat"], name, mark) for name, mark in item["marks"].items()]


def open_recusal(item, log, stayed):
    """A sheet that does not count since its judge has recused: the recusal in the log is of just this seat.

    Without this one recusal in the log would be leave to hide any one sheet of the entry.
    """
    bare = {name: item.get(name) for name in ("entry", "salt", "seat")}
    pair = (item.get("seat"), item.get("entry"))
    if (
        set(item) != {"entry", "recusal", "salt", "seat"}
        or log.recused.get(item["recusal"]) != item["entry"]
        or sha256(canonical(bare)) != item["recusal"]
        or pair in stayed
        or pair not in log.latest
    ):
        raise Wrong("openings", "公开的回避与记录不符", "a recusal is not what the log committed to")
    stayed[pair] = item


def check_plain(published, state, report):
    """Where the rule refuses to count plain, the log says that two people decided otherwise, for just these panels."""
    rule, told = state["rule"], {w["panel"] for w in published["warnings"] if w["code"] == "not_calibrated"}
    decided = [panel for event in state["log"].of("plain") for panel in event["panels"]]
    refuses = rule.get("calibration", {}).get("if_disconnected") == "refuse"
    wanted = {p["id"] for p in rule["panels"] if p["id"] in told and decimal(p["weight"]) > 0 and refuses}
    if sorted(decided) != sorted(wanted):
        raise Wrong(
            "plain",
            "不作校正与记录中两人的决定不符",
            "that judges are not corrected is not what two people decided in the log",
        )
    if decided:
        names = ", ".join(sorted(decided))
        zh = f"评委无法比较，经两人决定不作校正：{names}"
        report.notes.append(
            ("plain", zh, f"judges cannot be compared; two people decided not to correct: {names}")
        )


def check_result(files, state, report, _key, _checkpoint):
    """Every figure of result.json, computed again."""
    published = read_json(files["result.json"], "result.json")
    if canonical(published) + b"\n" != files["result.json"]:
        raise Wrong("result", "result.json 格式不对", "result.json has another form")
    check_plain(published, state, report)
    if "marks" not in state:
        check_sums(published, state)
        report.proved.append(
            (
                "sums",
                "各组得分、权重、合计与名次前后一致",
                "panel scores, weights, totals and ranks agree with one another",
            )
        )
        return
    tally = Tally(
        state["rule"],
        state["entries"],
        state["marks"],
        state["given.csv"],
        state["adjustments.csv"],
        state["votes.csv"],
    )
    own = tally.document(published)
    place = difference(own, published, "")
    if place is not None:
        raise Wrong("result", f"结果与重算不符：{place}", f"the result is not what the marks give: {place}")
    ranked = sum(line["rank"] is not None for line in own["standings"])
    report.proved.append(
        (
            "result",
            f"{len(own['standings'])} 个案例的全部数字重算无误，{ranked} 个有名次",
            f"all figures of {len(own['standings'])} entries computed again are the same, {ranked} are ranked",
        )
    )


def check_sums(published, state):
    """Without the marks: votes, given points, shares, totals and ranks follow from the panels' scores."""
    rule, lines = state["rule"], published["standings"]
    rows = [state[name] for name in ("given.csv", "adjustments.csv", "votes.csv")]
    tally = Tally(rule, state["entries"], [], *rows)
    if sorted(line["entry"] for line in lines) != sorted(state["entries"]):
        raise Wrong("result", "结果缺少案例", "the result lacks an entry")
    if published["format"] != "goldidea-result/1" or published["rule_sha256"] != sha256(canonical(rule)):
        raise Wrong("result", "结果不是按此规则", "the result is of another rule")
    known = {panel["id"]: tally.panel_scores(panel) for panel in rule["panels"] if panel["kind"] != "marks"}
    totals = []
    for line in lines:
        adjusted = total = tally.adjusted.get(line["entry"], Fraction(0))
        if set(line["panels"]) != set(tally.weights) or line["adjustments"] != figure(adjusted, tally.places):
            raise Wrong(
                "result", "有一行的加减分或评委组不对", f"panels or points of {line['entry']} are wrong"
            )
        for name, weight in tally.weights.items():
            panel = line["panels"][name]
            if name in known and panel["score"] != figure(known[name][line["entry"]]["score"], tally.places):
                raise Wrong(
                    "result", "票数或已有分数算错", f"votes or given points of {line['entry']} are wrong"
                )
            if panel["score"] is None:
                total = None if weight > 0 else total
                continue
            share = tally.at("share", Fraction(panel["score"]) * weight)
            if figure(share, tally.places) != panel["share"]:
                raise Wrong("result", "有一组的权重算错", f"the share of {name} for {line['entry']} is wrong")
            total = total + share if weight > 0 and total is not None else total
        total = None if total is None else tally.at("total", total)
        if figure(total, tally.places) != line["total"]:
            raise Wrong("result", "有一个合计算错", f"the total of {line['entry']} is wrong")
        totals.append(total)
    check_ranks(lines, totals)


def check_ranks(lines, totals):
    """The higher total stands before the lower; who shares a rank has the same; who has no total stands last."""
    place = 0
    for number, (line, total) in enumerate(zip(lines, totals)):
        if total is not None and (line["rank"] is None or line["rank"] != place):
            place = number + 1
        before = lines[number - 1] if number else None
        shared = [one for one in lines if one["rank"] == line["rank"] is not None]
        last = totals[number - 1] if number else None
        together = before is not None and before["rank"] == line["rank"]
        if (
            line["rank"] != (None if total is None else place)
            or line["tied"] is not (len(shared) > 1)
            or type(line["rank"]) is bool
            or (before is not None and total is not None and (last is None or last < total))
            or (together and last != total)
            or (together and not before["entry"] < line["entry"])
        ):
            raise Wrong("result", "名次与合计不符", "the ranks do not follow the totals")


STEPS = (check_manifest, check_log, check_signature, check_rule, check_lists, check_openings, check_result)
LIMITS = [
    (
        "limits",
        "它不能证明：手机送出的就是评委的本意；席位背后确有其人；评委未受胁迫；analysis.json 的分析；此后没有更正",
        "What it cannot prove: that a phone sent what the judge meant; that pseudonyms are real people; "
        "that no judge was coerced; the analysis in analysis.json; that nothing was corrected since",
    )
]


def difference(own, published, place):
    """Where two documents differ first, or None."""
    if isinstance(own, dict) and isinstance(published, dict) and set(own) == set(published):
        pairs = [(own[name], published[name], f"{place}.{name}" if place else name) for name in sorted(own)]
    elif isinstance(own, list) and isinstance(published, list) and len(own) == len(published):
        pairs = [(one, other, f"{place}[{index}]") for index, (one, other) in enumerate(zip(own, published))]
    else:
        same = type(own) is type(published) and own == published
        return None if same else f"{place}: {str(own)[:60]} ≠ {str(published)[:60]}"
    return next((found for found in (difference(*pair) for pair in pairs) if found is not None), None)


def look_up(receipt, state, report):
    """What became of the sheet of a receipt."""
    log = state["log"]
    digests, text = [], receipt.strip()
    if "\n" in text:
        try:
            lines = check_note(text + "\n", read_key(log.open["public_key"]), ("回执", "the receipt"))
        except Wrong as wrong:
            report.wrong.append((wrong.code, wrong.zh, wrong.en))
            return
        digests = [lines[1].partition(" ")[2]]
        if lines[0] != "goldidea/round/" + log.round or digests[0] not in log.sheets:
            report.wrong.append(
                (
                    "promise",
                    "签名的回执不在记录里：承诺被违背",
                    "a signed receipt is not in the log: a promise was broken",
                )
            )
            return
    else:
        code = re.sub("[^A-Z2-7]", "", text.upper())
        digests = [d for d in log.sheets if base64.b32encode(bytes.fromhex(d))[:12].decode() == code]
    status = log.status(digests[0]) if digests else "unknown"
    if status == "latest" and "opened" in state:
        status = "counted" if digests[0] in state["opened"] else "recused"
    elif status == "latest":  # who has recused is not told where marks are kept
        status = "perhaps" if log.recusals.get(log.sheets[digests[0]]["entry"]) else "counted"
    zh, en = {
        "counted": ("已计入", "it counts"),
        "replaced": ("已被同一席位后来的评分表取代", "it was replaced by a later one of the same seat"),
        "voided": ("已由两人决定作废", "it was voided by two people"),
        "recused": ("因回避不计", "it does not count: a conflict of interest of its judge"),
        "perhaps": (
            "是该席位最后的一张，未作废；如该席位的评委回避了此案例，则不计",
            "it is the last one of its seat and not void; it counts unless its judge is one of those recused",
        ),
        "unknown": ("本轮记录里没有", "the log of this round does not hold it"),
    }[status]
    report.notes.append(
        ("receipt:" + status, f"回执 {text.splitlines()[-1][:40]}：{zh}", f"the receipt: {en}")
    )


# ---------------------------------------------------------------- the command


def read_bundle(path):
    """The files of a folder or of a zip, by name."""
    if os.path.isdir(path):
        names = [name for name in os.listdir(path) if name in {*ALWAYS, *WITH_MARKS, *MAY_BE}]
        found = {}
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                found[name] = file.read()
        return found
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise ValueError("a file stands twice in the zip / 压缩包里有重复的文件")
        return {name: archive.read(name) for name in names}


def main(arguments):
    options, paths, rest = {}, [], list(arguments)
    while rest:
        word = rest.pop(0)
        if word in ("--key", "--checkpoint", "--receipt"):
            if not rest:
                print(__doc__, file=sys.stderr)
                return 2
            options[word[2:]] = rest.pop(0)
        elif word.startswith("-"):
            print(__doc__, file=sys.stderr)
            return 2
        else:
            paths.append(word)
    try:
        for name in ("checkpoint", "receipt"):
            if name in options and os.path.isfile(options[name]):
                with open(options[name], encoding="utf-8") as file:
                    options[name] = file.read()
        files = read_bundle(paths[0] if paths else os.path.dirname(os.path.abspath(__file__)))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"读不出来 / cannot be read: {error}", file=sys.stderr)
        return 2
    report = check(files, **options)
    for mark, items in (("✓", report.proved), ("✗", report.wrong), ("·", report.notes)):
        for _code, zh, en in items:
            print(f"{mark} {zh}\n  {en}")
    print("\n全部相符 / Everything holds." if report.holds else "\n有不符之处 / Something does not hold.")
    return 0 if report.holds else 1


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main(sys.argv[1:]))
