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
import re
import unicodedata
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


class Log:
    """The log of the round, read line by line: its leaf hashes, its events, and what follows from them."""

    def __init__(self, data):
        self.leaves, self.events, self.digests = [], [], []
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
            self.digests.append(sha256(canonical(leaf["body"])))
        self._follow()

    def of(self, kind):
        return [event for event in self.events if event["event"] == kind]

    def _follow(self):
        if not self.events or self.events[0]["event"] != "open" or len(self.of("open")) != 1:
            raise Wrong("open", "记录不是以开始评分开头", "the log does not begin with the opening")
        self.open = self.events[0]
        self.round = self.open["round"]
        if any(event["round"] != self.round for event in self.events):
            raise Wrong("round", "记录里有另一轮的内容", "the log holds events of another round")
        if len(self.of("close")) != 1:
            raise Wrong("close", "记录里没有截止，或有两次", "the log does not hold exactly one close")
        self.close = self.of("close")[0]
        self.panel = {seat["seat"]: seat["panel"] for seat in self.open["seats"]}
        for event in self.of("seat"):
            self.panel[event["seat"]] = event["panel"]
        self.assigned = {(s, e) for ev in self.of("assign") for s, es in ev["added"].items() for e in es}
        self.voided = {event["sheet"] for event in self.of("void")}
        self.closes_at = max([self.open["closes_at"]] + [event["closes_at"] for event in self.of("extend")])
        self._sheets()
        self._recusals()

    def _sheets(self):
        """Revisions of each seat's sheet for an entry: one after the other, each naming the one before."""
        self.sheets, self.latest = {}, {}
        taken, before = {}, {}
        for event, digest in zip(self.events, self.digests):
            if event["event"] != "sheet":
                continue
            pair, revision = (event["seat"], event["entry"]), event["revision"]
            if (pair, revision) in taken or digest in self.sheets:
                raise Wrong(
                    "fork", f"一张评分表有两个第 {revision} 稿", f"a sheet has two revisions {revision}"
                )
            taken[pair, revision] = digest
            before[digest] = (pair, revision, event["replaces"])
            self.sheets[digest] = event
            if event["seat"] not in self.panel or event["entry"] not in self.open["entries"]:
                raise Wrong(
                    "sheet", "记录里有不明席位或案例的评分表", "a sheet is of an unknown seat or entry"
                )
            if pair not in self.assigned:
                raise Wrong(
                    "sheet", "有评分表不在分派之列", "a sheet is of an entry that its seat was not given"
                )
            if not self.open["opens_at"] <= event["at"] < self.closes_at or event["at"] > self.close["at"]:
                raise Wrong("late", "有评分表不在评分时间内", "a sheet came in outside the time for scoring")
            if pair not in self.latest or revision > self.sheets[self.latest[pair]]["revision"]:
                self.latest[pair] = digest
        for pair, revision, replaces in before.values():
            if taken.get((pair, revision - 1)) != replaces or (revision == 1) != (replaces is None):
                raise Wrong(
                    "revision", "评分表的修订前后不接", "the revisions of a sheet do not follow one another"
                )
        if self.voided - self.sheets.keys():
            raise Wrong("void", "作废了不存在的评分表", "a sheet that does not exist was voided")
        if self.close["sheets"] != len(self.sheets):
            raise Wrong("close", "截止时的评分表数与记录不符", "the close counts another number of sheets")

    def _recusals(self):
        standing = {}
        for event in self.of("recuse"):
            known = standing.setdefault(event["entry"], set())
            if (event["act"] == "declared") == (event["commitment"] in known):
                raise Wrong(
                    "recusal", "回避记录前后不接", "the recusals of an entry do not follow one another"
                )
            if event["act"] == "declared":
                known.add(event["commitment"])
            else:
                known.discard(event["commitment"])
        self.recusals = {entry: len(known) for entry, known in standing.items()}

    def status(self, digest):
        """What became of a sheet: counted, replaced, voided, recused; or unknown."""
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

    def document(self):
        """The document goldidea-result/1."""
        scores = {panel["id"]: self.panel_scores(panel) for panel in self.rule["panels"]}
        for panel in self.rule["panels"]:
            self.marks_warnings(panel, scores[panel["id"]])
        standings = {entry: self.standing(entry, scores) for entry in self.entries}
        places = self.rank(standings, scores)
        plain = self.uncalibrated()
        lines = [
            self.line(entry, standings[entry], scores, places.get(entry), plain.get(entry))
            for entry in self.entries
        ]
        lines.sort(key=lambda line: (line["rank"] is None, line["rank"] or 0, line["entry"]))
        return {
            "format": "goldidea-result/1",
            "rule_sha256": sha256(canonical(self.rule)),
            "marks_sha256": self.marks_sha256,
            "standings": lines,
            "corrections": [],
            "warnings": sorted(self.warnings, key=warning_order),
        }

    def uncalibrated(self):
        return {}

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
