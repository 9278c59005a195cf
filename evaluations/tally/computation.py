"""One entry's way from the marks to its place, line by line, for a reader who follows it with a pencil.

The figures are those of a result.json; what stands between two of them is found by the functions that found them
(`panels`, `averages`, `votes`, `rows`, `ranking`). Whatever a line says is compared with the result before it is handed
out, so that no reader is ever shown a figure that differs from the published one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from evaluations.tally.averages import mean, median, trimmed_average
from evaluations.tally.ballots import Ballots, Sheet, collect_ballots
from evaluations.tally.count import tie_value
from evaluations.tally.inputs import Adjustment, Given, Inputs, Mark, Votes
from evaluations.tally.lines import (
    Averaged,
    Cell,
    Computation,
    CriterionLine,
    PanelLines,
    SheetLine,
    Struck,
    TieLine,
    VotesLine,
)
from evaluations.tally.panels import PanelScore, SheetMarks, marks_panel, weights_of
from evaluations.tally.ranking import Value
from evaluations.tally.rounding import exact_sum, figure
from evaluations.tally.rows import adjustment_sums, given_points, vote_counts
from evaluations.tally.rule import Conversion, Panel, RuleSet
from evaluations.tally.votes import deviation_of, points_of_votes


class Disagreement(ValueError):
    """A line would say something else than the result: the rows are not those that were counted."""


@dataclass(frozen=True, slots=True)
class PublishedRows:
    """The rows of a round as they are published. None: they are not there, by the rule or not yet.

    `marks` may be those of the entry and of its equals (`equals_of`) alone; of all others every row is needed.
    """

    marks: Sequence[Mark] | None = None
    given: Sequence[Given] | None = None
    adjustments: Sequence[Adjustment] | None = None
    votes: Sequence[Votes] | None = None


def equals_of(document: Mapping[str, Any], entry: str) -> tuple[str, ...]:
    """The entries with the same total as this one, itself among them. An entry without a rank has no equals."""
    standings = document["standings"]
    own = next(item for item in standings if item["entry"] == entry)
    if own["rank"] is None:
        return (entry,)
    return tuple(item["entry"] for item in standings if item["total"] == own["total"])


def compute(rule: RuleSet, document: Mapping[str, Any], rows: PublishedRows, entry: str) -> Computation:
    """Every line of one entry.

    Args:
        document: the result.json of the round, read.

    Raises:
        Disagreement: the rows do not give the figures of the document.
        FolderError: a row is refused.
        StopIteration: the document does not hold the entry.
    """
    found = _Round(rule, document, rows, entry).computation()
    _compare(rule, found)
    return found


class _Round:
    """The rows of a round, checked, and what of them an entry's lines are made of."""

    def __init__(self, rule: RuleSet, document: Mapping[str, Any], rows: PublishedRows, entry: str) -> None:
        self.rule, self.document, self.rows, self.entry = rule, document, rows, entry
        self.standings = {item["entry"]: item for item in document["standings"]}
        self.equals = equals_of(document, entry)
        everybody = frozenset(self.standings)
        self.corrections: dict[str, dict[str, Fraction]] = {}
        for item in document["corrections"]:
            self.corrections.setdefault(item["panel"], {})[item["seat"]] = Fraction(item["points"])
        self.given = None if rows.given is None else given_points(rule, rows.given, everybody)
        self.votes = None if rows.votes is None else vote_counts(rule, rows.votes, everybody)
        self.ballots = None if rows.marks is None else self._ballots(rows.marks)

    def _ballots(self, marks: Sequence[Mark]) -> Ballots:
        own = set(self.equals)
        return collect_ballots(
            self.rule,
            Inputs(
                entries=[(entry, "", "", "") for entry in self.equals],
                marks=[row for row in marks if row[1] in own],
            ),
        )

    def computation(self) -> Computation:
        rule, own = self.rule, self.standings[self.entry]
        panels = tuple(self.panel_lines(panel) for panel in rule.panels)
        told = self.rows.adjustments
        adjusted = Fraction(own["adjustments"])
        listed = None
        if told is not None:
            adjusted = adjustment_sums(rule, told, frozenset(self.standings)).get(self.entry, Fraction(0))
            listed = tuple(
                (Fraction(points), reason) for entry, points, reason in told if entry == self.entry
            )
        shares = [line.share for line in panels if line.panel.weight > 0]
        known = [share for share in shares if share is not None]
        found = exact_sum([*known, adjusted]) if len(known) == len(shares) else None
        return Computation(
            standing=own,
            panels=panels,
            adjustments=listed,
            adjusted=adjusted,
            found=found,
            total=None if found is None else rule.rounding.at("total", found),
            exact=_fraction(own["exact"]),
            ahead=self.higher(),
            equals=self.equals,
            ties=tuple(self.tie_lines()),
        )

    def higher(self) -> int:
        """How many entries have a higher total."""
        own = _fraction(self.standings[self.entry]["total"])
        if own is None:
            return 0
        totals = (_fraction(item["total"]) for item in self.standings.values())
        return sum(total is not None and total > own for total in totals)

    def panel_lines(self, panel: Panel) -> PanelLines:
        told = self.standings[self.entry]["panels"][panel.id]
        criteria: tuple[CriterionLine, ...] = ()
        sheets: tuple[SheetLine, ...] | None = None
        averaged: Averaged | None = None
        votes: VotesLine | None = None
        found, score = None, _fraction(told["score"])
        judges = told["judges"]
        if panel.kind == "marks" and self.ballots is not None:
            counted = self.score(panel, self.entry)
            score, judges = counted.score, counted.judges
            if self.rule.level == "criterion":
                sheets, criteria = self.by_criterion(panel, counted)
            else:
                sheets, averaged = self.by_sheet(panel)
                criteria = self.shown_criteria(panel, counted)
        elif panel.kind == "marks":
            criteria = tuple(self.told_criteria(panel, told))
        elif panel.kind == "votes" and self.votes is not None and panel.conversion:
            votes = self.votes_line(panel, panel.conversion)
            found = (points_of_votes(panel.conversion, self.votes[panel.id]) or {}).get(self.entry)
            score = None if found is None else self.rule.rounding.at("panel", found)
        elif panel.kind == "given" and self.given is not None:
            points = self.given[panel.id].get(self.entry)
            found = score = None if points is None else Fraction(points)
        if panel.kind == "marks" and score is not None:
            weighted = [line.weighted for line in criteria if line.weighted is not None]
            found = averaged.exact if averaged else exact_sum(weighted) if weighted else None
        product = None if score is None else score * Fraction(panel.weight)
        share = None if product is None else self.rule.rounding.at("share", product)
        return PanelLines(panel, judges, criteria, sheets, averaged, votes, found, score, product, share)

    def score(self, panel: Panel, entry: str) -> PanelScore:
        """What the panel says of one of the equals, by the function that counted it."""
        if self.ballots is None:
            raise Disagreement(f"no marks of {panel.id}")
        own = Ballots(
            frozenset([entry]),
            {panel.id: {entry: self.ballots.sheets[panel.id][entry]}},
            self.ballots.units,
            [],
        )
        return marks_panel(self.rule, panel, own, self.corrections.get(panel.id, {}))[entry]

    def sheets_of(self, panel: Panel) -> list[tuple[str, Sheet]]:
        """The entry's sheets in the order of the seats."""
        return sorted(self.ballots.sheets[panel.id][self.entry].items()) if self.ballots else []

    def by_criterion(
        self, panel: Panel, counted: PanelScore
    ) -> tuple[tuple[SheetLine, ...], tuple[CriterionLine, ...]]:
        """Each criterion by itself: its marks, some struck, and what became of them."""
        rule, sheets = self.rule, self.sheets_of(panel)
        columns: list[list[Cell]] = []
        lines = []
        for index, criterion in enumerate(rule.criteria_of(panel)):
            units = self.ballots.units[criterion.id] if self.ballots else 1
            marks = [_points(sheet[index], units) for _seat, sheet in sheets]
            score = counted.criteria[criterion.id]
            struck = self.struck(marks if score.score is not None else [None] * len(marks))
            columns.append([Cell(mark, end) for mark, end in zip(marks, struck, strict=True)])
            averaged = None if score.score is None else self.averaged(marks, struck)
            product = None if score.score is None else score.score * rule.weight_of[criterion.id]
            lines.append(
                CriterionLine(
                    criterion, score.marks, score.dropped, averaged, score.score, product, score.weighted
                )
            )
        rows = (
            SheetLine(seat, tuple(column[row] for column in columns))
            for row, (seat, _sheet) in enumerate(sheets)
        )
        return tuple(rows), tuple(lines)

    def by_sheet(self, panel: Panel) -> tuple[tuple[SheetLine, ...], Averaged | None]:
        """Each judge's sheet added up, corrected, and the sheets averaged, some struck."""
        rule, sheets = self.rule, self.sheets_of(panel)
        units = self.ballots.units if self.ballots else {}
        weights, unit = weights_of(rule, panel, units)
        corrections = self.corrections.get(panel.id)
        lines = []
        for seat, sheet in sheets:
            cells = tuple(
                Cell(_points(mark, units[criterion.id]))
                for mark, criterion in zip(sheet, rule.criteria_of(panel), strict=True)
            )
            marks = [mark for mark in sheet if mark is not None]
            if len(marks) < len(sheet):
                lines.append(SheetLine(seat, cells))
                continue
            products = (weight * mark for weight, mark in zip(weights, marks, strict=True))
            total = Fraction(sum(products), unit)
            rounded = rule.rounding.at("sheet", total)
            points = None if corrections is None else corrections.get(seat, Fraction(0))
            lines.append(SheetLine(seat, cells, total, rounded, points, rounded + (points or 0)))
        counted = [line.counted for line in lines]
        if sum(value is not None for value in counted) < max(rule.min_marks, 1):
            return tuple(lines), None
        struck = self.struck(counted)
        struck_lines = tuple(
            SheetLine(line.seat, line.cells, line.total, line.rounded, line.points, line.counted, end)
            for line, end in zip(lines, struck, strict=True)
        )
        return struck_lines, self.averaged(counted, struck)

    def struck(self, values: Sequence[Fraction | None]) -> list[Struck]:
        """Which of the values are left out. Of equal ones the later is the higher: any choice gives the same average."""
        trim = self.rule.trim
        ends: list[Struck] = [""] * len(values)
        ordered = sorted((value, place) for place, value in enumerate(values) if value is not None)
        if len(ordered) >= trim.start:
            for _value, place in ordered[: trim.low]:
                ends[place] = "low"
            for _value, place in ordered[len(ordered) - trim.high :]:
                ends[place] = "high"
        return ends

    def averaged(self, values: Sequence[Fraction | None], struck: Sequence[Struck]) -> Averaged:
        """The average of what is not struck, which is that of the engine or is refused."""
        given = [value for value in values if value is not None]
        pairs = zip(values, struck, strict=True)
        kept = [value for value, end in pairs if value is not None and not end]
        exact = trimmed_average(given, self.rule.trim, self.rule.average)
        middle: tuple[Fraction, ...] = ()
        if self.rule.average == "median":
            ordered, half = sorted(kept), (len(kept) - 1) // 2
            middle = tuple(ordered[half : len(kept) - half])
        if exact != (median(kept) if middle else mean(kept)):
            raise Disagreement("an average")
        return Averaged(tuple(kept), middle, exact)

    def shown_criteria(self, panel: Panel, counted: PanelScore) -> tuple[CriterionLine, ...]:
        """At the level `sheet`: the averages that are shown, and go into nothing but a tie."""
        scores = ((criterion, counted.criteria[criterion.id]) for criterion in self.rule.criteria_of(panel))
        return tuple(
            CriterionLine(criterion, score.marks, score.dropped, None, score.score, None, None)
            for criterion, score in scores
        )

    def told_criteria(self, panel: Panel, told: Mapping[str, Any]) -> list[CriterionLine]:
        """The criteria as the result tells them, where the marks are not published."""
        lines = []
        for criterion in self.rule.criteria_of(panel):
            item = told["criteria"][criterion.id]
            score, weighted = _fraction(item["score"]), _fraction(item["weighted"])
            product = None if weighted is None or score is None else score * Fraction(criterion.weight)
            lines.append(
                CriterionLine(criterion, item["marks"], item["dropped"], None, score, product, weighted)
            )
        return lines

    def votes_line(self, panel: Panel, conversion: Conversion) -> VotesLine:
        of_all = (self.votes or {})[panel.id]
        own = of_all[self.entry]
        return VotesLine(
            conversion,
            own,
            max(of_all.values()),
            sum(votes > own for votes in of_all.values()),
            Fraction(sum(of_all.values()), len(of_all)),
            deviation_of(of_all),
        )

    def tie_lines(self) -> list[TieLine]:
        """What each step did among those that were still equal to the entry, until it stands alone."""
        lines: list[TieLine] = []
        group = self.equals
        scores = {panel.id: self.scores(panel) for panel in self.rule.panels} if len(group) > 1 else {}
        exact = {entry: _fraction(self.standings[entry]["exact"]) for entry in group}
        for step in self.rule.ties:
            if len(group) == 1:
                break
            if self.ballots is None and step.kind not in ("exact", "lot"):
                lines.append(TieLine(step.text, (), (), group, (), hidden=True))
                break
            value = tie_value(
                self.rule, step, scores, exact.__getitem__, self.medians, self.document["marks_sha256"]
            )
            lines.append(self.tie_line(step.text, {entry: value(entry) for entry in group}))
            group = lines[-1].equal
        return lines

    def medians(self) -> Value:
        """The median of the sheets of each of the equals."""
        if self.ballots is None:
            raise Disagreement("no marks")
        return SheetMarks(self.ballots).sheet_medians(self.rule, self.corrections)

    def tie_line(self, step: str, values: Mapping[str, Fraction | None]) -> TieLine:
        known = {entry: value for entry, value in values.items() if value is not None}
        if len(known) < len(values):
            return TieLine(step, tuple(values.items()), (), tuple(values), (), skipped=True)
        ordered = tuple(sorted(known.items(), key=lambda item: item[1], reverse=True))
        own = known[self.entry]
        return TieLine(
            step,
            ordered,
            tuple(entry for entry, value in ordered if value > own),
            tuple(entry for entry, value in ordered if value == own),
            tuple(entry for entry, value in ordered if value < own),
        )

    def scores(self, panel: Panel) -> dict[str, PanelScore]:
        """The panel's unrounded scores of the equals."""
        if panel.kind == "marks":
            return {entry: self.score(panel, entry) for entry in self.equals} if self.ballots else {}
        found: Mapping[str, Any] = {}
        if panel.kind == "given":
            found = (self.given or {}).get(panel.id, {})
        elif panel.conversion and self.votes is not None:
            found = points_of_votes(panel.conversion, self.votes[panel.id]) or {}
        points = {
            entry: None if found.get(entry) is None else Fraction(found[entry]) for entry in self.equals
        }
        return {entry: PanelScore(value, value) for entry, value in points.items()}


def _compare(rule: RuleSet, found: Computation) -> None:
    """Every figure against the published one.

    Raises: Disagreement.
    """
    own, places = found.standing, rule.rounding.places
    pairs = [(found.total, own["total"]), (found.adjusted, own["adjustments"])]
    for line in found.panels:
        told = own["panels"][line.panel.id]
        pairs += [(line.score, told["score"]), (line.share, told["share"])]
        if line.judges != told["judges"]:
            raise Disagreement(f"{line.panel.id}: judges")
        for item in line.criteria:
            published = told["criteria"][item.criterion.id]
            pairs += [(item.score, published["score"]), (item.weighted, published["weighted"])]
            if (item.marks, item.dropped) != (published["marks"], published["dropped"]):
                raise Disagreement(f"{line.panel.id}/{item.criterion.id}: marks")
    for value, text in pairs:
        if (None if value is None else figure(value, places)) != text:
            raise Disagreement(f"{value} is not {text}")
    if own["rank"] is not None and not any(line.hidden for line in found.ties):
        _compare_place(found)


def _compare_place(found: Computation) -> None:
    ahead = found.ahead + sum(len(line.ahead) for line in found.ties)
    equal = found.ties[-1].equal if found.ties else found.equals
    parting = [line.step for line in found.ties if line.ahead or line.behind]
    place = (ahead + 1, len(equal) > 1, parting[-1] if parting else None)
    if place != tuple(found.standing[key] for key in ("rank", "tied", "tie_broken_by")):
        raise Disagreement(f"place {place}")


def _points(mark: int | None, units: int) -> Fraction | None:
    return None if mark is None else Fraction(mark, units)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
