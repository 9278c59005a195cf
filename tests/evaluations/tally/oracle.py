"""The order of operations once more, as naively as it can be written, for comparison with the engine.

It shares no line with the engine: decimals are read by Fraction, rounding is by whole division, ranks are
counted by comparing every entry with every other. It knows panels of marks and of given points, and any
ladder without a lot.
"""

from fractions import Fraction as F
from math import floor


def round_half(value, places, mode):
    scaled = abs(value) * 10**places
    low = floor(scaled)
    distance = scaled - low
    up = distance > F(1, 2) or (distance == F(1, 2) and (mode == "half_up" or low % 2 == 1))
    return (-1 if value < 0 else 1) * F(low + up) / 10**places


def average(values, document, trim=True):
    values = sorted(values)
    plan = document["trim"]
    if trim and len(values) >= plan["from"]:
        for _ in range(plan["high"]):
            values.remove(max(values))
        for _ in range(plan["low"]):
            values.remove(min(values))
    if document["average"] == "mean" and trim:
        return sum(values, F(0)) / len(values)
    n = len(values)
    return (values[(n - 1) // 2] + values[n // 2]) / 2


class Oracle:
    """The figures of one round, by entry."""

    def __init__(self, document, entries, marks, given, adjustments):
        self.document = document
        self.marks = {row[:4]: F(row[4]) for row in marks}
        self.given = {row[:2]: F(row[2]) for row in given}
        self.adjustments = {e: sum((F(p) for x, p, _ in adjustments if x == e), F(0)) for e in entries}
        self.entries = entries
        self.weights = {c["id"]: F(c["weight"]) for c in document["criteria"]}
        self.panels = document["panels"]

    def stage(self, name, value, exact):
        plan = self.document["rounding"]
        return (
            value if exact or name not in plan["stages"] else round_half(value, plan["places"], plan["mode"])
        )

    def criteria(self, panel):
        return panel.get("criteria", list(self.weights))

    def seats(self, panel, entry):
        return {seat for p, e, seat, _ in self.marks if (p, e) == (panel["id"], entry)}

    def sheets(self, panel, entry):
        """The weighted sums of the complete sheets."""
        key = panel["id"], entry
        every = [
            [self.marks.get((*key, seat, c)) for c in self.criteria(panel)]
            for seat in self.seats(panel, entry)
        ]
        weights = [self.weights[c] for c in self.criteria(panel)]
        return [sum(w * m for w, m in zip(weights, s, strict=True)) for s in every if None not in s]

    def one_criterion(self, panel, entry, c):
        key = panel["id"], entry
        seats = self.seats(panel, entry)
        if self.document["level"] == "sheet":
            seats = {s for s in seats if all((*key, s, x) in self.marks for x in self.criteria(panel))}
        values = [self.marks[(*key, s, c)] for s in seats if (*key, s, c) in self.marks]
        if not values or len(values) < self.document["min_marks"]:
            return None
        return average(values, self.document)

    def score(self, panel, entry, exact):
        if panel["kind"] == "given":
            return self.given.get((panel["id"], entry))
        if self.document["level"] == "sheet":
            values = [self.stage("sheet", v, exact) for v in self.sheets(panel, entry)]
            if not values or len(values) < self.document["min_marks"]:
                return None
            return self.stage("panel", average(values, self.document), exact)
        total = F(0)
        for c in self.criteria(panel):
            value = self.one_criterion(panel, entry, c)
            if value is None:
                return None
            weighted = self.stage("criterion", value, exact) * self.weights[c]
            total += self.stage("weighted", weighted, exact)
        return self.stage("panel", total, exact)

    def total(self, entry, exact=False):
        total = self.adjustments[entry]
        for panel in self.panels:
            if F(panel["weight"]) == 0:
                continue
            score = self.score(panel, entry, exact)
            if score is None:
                return None
            total += self.stage("share", score * F(panel["weight"]), exact)
        return self.stage("total", total, exact)

    def step(self, name, entry):
        kind, _, rest = name.partition(":")
        by_id = {panel["id"]: panel for panel in self.panels}
        if kind == "exact":
            return self.total(entry, exact=True)
        if kind == "panel":
            return self.score(by_id[rest], entry, exact=True)
        if kind == "criterion":
            panel, _, c = rest.partition("/")
            return self.one_criterion(by_id[panel], entry, c)
        values = [
            v
            for panel in self.panels
            if panel["kind"] == "marks" and F(panel["weight"]) > 0
            for v in self.sheets(panel, entry)
        ]
        return average(values, self.document, trim=False) if values else None

    def ranks(self):
        """Entry -> rank: groups are parted step by step, then each entry counts those in the groups above."""
        totals = {e: self.total(e) for e in self.entries}
        ranked = [e for e in self.entries if totals[e] is not None]
        distinct = sorted({totals[e] for e in ranked}, reverse=True)
        groups = [[e for e in ranked if totals[e] == total] for total in distinct]
        for name in self.document["ties"]:
            parted = []
            for group in groups:
                values = {e: self.step(name, e) for e in group} if len(group) > 1 else {}
                if len(group) == 1 or None in values.values():
                    parted.append(group)
                    continue
                for value in sorted(set(values.values()), reverse=True):
                    parted.append([e for e in group if values[e] == value])
            groups = parted
        return {
            **dict.fromkeys(self.entries),
            **{e: 1 + sum(map(len, groups[:i])) for i, group in enumerate(groups) for e in group},
        }
