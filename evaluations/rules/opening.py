"""Can this round open? What is missing, which entries it concerns, and what to do; what to know beforehand."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.conduct import checked_rule
from evaluations.matching import groups
from evaluations.models import Assignment, Entry, Panel, Round, Seat, Submission
from evaluations.names import panel_name
from evaluations.rules.bench import day_of
from evaluations.rules.conflicts import exclusions, live_seats
from evaluations.rules.given import panels_of, with_stale_points, without_points
from evaluations.states import SeasonState, SubmissionState
from evaluations.tally import RuleSet as Rule
from judges.models import Judge


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know: a sentence, the entries or judges concerned, what to do, and the office page where.

    `code` is its stable name.
    """

    code: str
    sentence: str
    names: tuple[str, ...] = ()
    remedy: str = ""
    page: str = ""


@dataclass(slots=True)
class Readiness:
    """What keeps a round from opening, and what only has to be known."""

    blockers: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.blockers


@dataclass(frozen=True, slots=True)
class _Scene:
    """Everything of the round, read once."""

    round: Round
    rule: Rule
    entries: list[Entry]
    panels: list[Panel]
    seats: list[Seat]
    pairs: set[tuple[int, int]]
    barred: dict[tuple[int, int], Any]
    now: dt.datetime

    def marks_of(self, panel: Panel) -> Counter[int]:
        """How many judges of the panel mark each entry, those barred left out."""
        seats = {seat.pk for seat in self.seats if seat.panel_id == panel.pk}
        return Counter(e for s, e in self.pairs if s in seats and (s, e) not in self.barred)

    def deciding(self) -> Iterator[Panel]:
        """Panels of marks that decide."""
        keys = {panel.id for panel in self.rule.weighted_panels if panel.kind == "marks"}
        return (panel for panel in self.panels if panel.key in keys)


def readiness(round_: Round, now: dt.datetime) -> Readiness:
    """What is missing before the round can open, and what to know; a constant number of queries."""
    scene = _Scene(
        round=round_,
        rule=checked_rule(round_.rule_set.text),
        entries=list(round_.entries.select_related("snapshot", "submission")),
        panels=list(round_.panels.all()),
        seats=live_seats(round_),
        pairs=set(Assignment.objects.filter(round=round_).values_list("seat_id", "entry_id")),
        barred=exclusions(round_),
        now=now,
    )
    return Readiness(list(_blockers(scene)), list(_warnings(scene)))


def _blockers(scene: _Scene) -> Iterator[Finding]:
    round_ = scene.round
    if round_.season.state != SeasonState.RUNNING:
        yield Finding(
            "season-not-running",
            _("The season is not running."),
            remedy=_("Start the season."),
            page="season",
        )
    if round_.closes_at <= scene.now:
        yield Finding(
            "close-is-past",
            _("The time at which scoring closes is past."),
            remedy=_("Set later times."),
            page="round_edit",
        )
    yield from _given(scene, deciding=True)
    if round_.rule_set.calibration_item and round_.trial_case_id is None:
        yield Finding(
            "no-trial-case",
            _("The rule asks for a trial case, and none is chosen."),
            remedy=_("Choose a case that does not compete in this round."),
            page="round_trial",
        )
    if not scene.entries:
        yield Finding(
            "no-entries",
            _("The round has no entry."),
            remedy=_("Bring in the entries that advance from the preliminaries.")
            if scene.round.sub_district_id is None
            else _("Accepted cases become entries; check the cases that wait, then update the entries."),
            page="round_entries",
        )
    if round_.kind == Round.Kind.FINAL and Round.objects.out_of_line().filter(pk=round_.pk).exists():
        yield Finding(
            "out-of-line",
            _("A preliminary was corrected after its cases were brought in."),
            remedy=_("See who advances now, and bring the final into line."),
            page="round_entries",
        )
    yield from _stale_entries(scene)
    yield from _judges(scene)
    yield from _too_few(scene)
    if _needs_connection(scene):
        yield from _disconnected(scene)


def _given(scene: _Scene, *, deciding: bool) -> Iterator[Finding]:
    """Points from elsewhere that are missing, or were corrected where they come from; of panels that decide, or that do not."""
    panels = [panel for panel in scene.rule.panels if panel.kind == "given"]
    for key in [panel.id for panel in panels if (panel.weight > 0) == deciding]:
        if missing := without_points(scene.round, key, scene.entries):
            yield Finding(
                "given-missing",
                _("In “%(panel)s” these entries have no points from elsewhere yet.")
                % {"panel": panel_name(key)},
                _names(missing),
                _("Enter the points, or take them over from the preliminaries."),
                "round_points",
            )
        if stale := with_stale_points(scene.round, key, scene.entries):
            yield Finding(
                "given-stale",
                _("In “%(panel)s” the result from which these points were taken over has been corrected.")
                % {"panel": panel_name(key)},
                _names(stale),
                _("Take the points over again."),
                "round_points",
            )


def _stale_entries(scene: _Scene) -> Iterator[Finding]:
    stale = [e for e in scene.entries if e.submission.state != SubmissionState.ACCEPTED]
    if stale:
        yield Finding(
            "not-accepted",
            _("These entries are not accepted cases any more."),
            _names(stale),
            _("Update the entries."),
            "round_entries",
        )


def _judges(scene: _Scene) -> Iterator[Finding]:
    day = day_of(scene.round, scene.now)
    ids = {seat.judge_id for seat in scene.seats}
    serving = set(Judge.objects.filter(pk__in=ids).serving_on(day).values_list("pk", flat=True))
    ended = [seat.judge.name for seat in scene.seats if seat.judge_id not in serving]
    if ended:
        yield Finding(
            "not-serving",
            _("These judges are not serving on the day on which scoring opens."),
            tuple(ended),
            _("Take them out of their seats."),
            "round_seats",
        )
    barred = [pair for pair in scene.pairs if pair in scene.barred]
    if barred:
        seats = {seat.pk: seat for seat in scene.seats}
        entries = {entry.pk: entry for entry in scene.entries}
        yield Finding(
            "barred-pairs",
            _("These judges have cases that they must not mark."),
            tuple(
                f"{seats[s].judge.name} · {entries[e].submission.number} ({scene.barred[s, e].label})"
                for s, e in sorted(barred)
            ),
            _("Propose the assignment again, or take the cases from them."),
            "round_assignment",
        )


def _too_few(scene: _Scene) -> Iterator[Finding]:
    least = max(scene.rule.min_marks, 1)
    for panel in scene.deciding():
        if not any(seat.panel_id == panel.pk for seat in scene.seats):
            yield Finding(
                "empty-panel",
                _("Nobody sits in the panel “%(panel)s”.") % {"panel": panel.words},
                remedy=_("Seat judges, then assign the entries."),
                page="round_seats",
            )
            continue
        marks = scene.marks_of(panel)
        short = [entry for entry in scene.entries if marks[entry.pk] < least]
        if short:
            yield Finding(
                "too-few-seats",
                ngettext(
                    "In the panel “%(panel)s” these entries have fewer than %(least)d judge who may mark them.",
                    "In the panel “%(panel)s” these entries have fewer than %(least)d judges who may mark them.",
                    least,
                )
                % {"panel": panel.words, "least": least},
                tuple(f"{name} ({marks[e.pk]})" for e, name in zip(short, _names(short), strict=True)),
                _too_few_remedy(scene, short, least, panel),
                "round_assignment",
            )


def _too_few_remedy(scene: _Scene, short: list[Entry], least: int, panel: Panel) -> str:
    """Assign first if that is enough; else other judges are needed."""
    seats = [seat for seat in scene.seats if seat.panel_id == panel.pk]
    possible = all(
        sum(1 for seat in seats if (seat.pk, entry.pk) not in scene.barred) >= least for entry in short
    )
    if possible:
        return _("Propose the assignment and apply it.")
    return _(
        "Seat more judges of the bench; if there are none, choose a rule with the bench “exchange” "
        "(judges of another sub-district), or add guest judges, by two people."
    )


def _warnings(scene: _Scene) -> Iterator[Finding]:
    trim, least = scene.rule.trim, max(scene.rule.min_marks, 1)
    for panel in scene.deciding():
        marks = scene.marks_of(panel)
        if trim.high + trim.low:
            untrimmed = [e for e in scene.entries if least <= marks[e.pk] < trim.start]
            if untrimmed:
                yield _untrimmed(panel, untrimmed, marks, trim.start)
            weak = [e for e in scene.entries if trim.start <= marks[e.pk] < trim.advised]
            if weak:
                yield Finding(
                    "below-advised",
                    _(
                        "In the panel “%(panel)s” these entries have fewer than the %(advised)d judges advised."
                    )
                    % {"panel": panel.words, "advised": trim.advised},
                    tuple(f"{name} ({marks[e.pk]})" for e, name in zip(weak, _names(weak), strict=True)),
                )
    if not _needs_connection(scene):
        yield from _disconnected(scene)
    yield from _given(scene, deciding=False)
    if votes := panels_of(scene.rule, "votes"):
        yield Finding(
            "votes-later",
            _(
                "Votes are entered after the close, by two people, each by themselves; the tally waits for them."
            ),
            tuple(map(panel_name, votes)),
        )
    yield from _waiting_cases(scene)


def _needs_connection(scene: _Scene) -> bool:
    """Whether a round whose judges cannot be compared would have no result."""
    calibration = scene.rule.calibration
    return calibration is not None and calibration.if_disconnected == "refuse"


def _disconnected(scene: _Scene) -> Iterator[Finding]:
    for panel in scene.deciding():
        seats = {seat.pk for seat in scene.seats if seat.panel_id == panel.pk}
        joined = groups({(f"seat {s}", f"entry {e}") for s, e in scene.pairs if s in seats})
        if len(joined) > 1:
            yield Finding(
                "disconnected",
                _("In the panel “%(panel)s” the entries fall into %(count)d groups that share no judge.")
                % {"panel": panel.words, "count": len(joined)},
                remedy=_(
                    "A severe judge then weighs on one group only; let one judge of each group mark in another."
                ),
                page="round_assignment",
            )


def _untrimmed(panel: Panel, entries: list[Entry], marks: Counter[int], start: int) -> Finding:
    counts = sorted({marks[entry.pk] for entry in entries})
    span = str(counts[0]) if len(counts) == 1 else f"{counts[0]}–{counts[-1]}"
    return Finding(
        "nothing-trimmed",
        _(
            "In the panel “%(panel)s” only %(span)s judges mark each of these entries; highest and lowest are left "
            "out from %(start)d marks on, so here nothing is left out."
        )
        % {"panel": panel.words, "span": span, "start": start},
        tuple(f"{name} ({marks[e.pk]})" for e, name in zip(entries, _names(entries), strict=True)),
        _("More judges, an exchange with another sub-district, or guest judges would change that."),
        "round_seats",
    )


def _waiting_cases(scene: _Scene) -> Iterator[Finding]:
    round_ = scene.round
    if round_.sub_district_id is None:
        return
    cases = Submission.objects.filter(season=round_.season_id, sub_district=round_.sub_district_id)
    there = [entry.submission_id for entry in scene.entries]
    missing = list(cases.filter(state=SubmissionState.ACCEPTED).exclude(pk__in=there).order_by("number"))
    if missing:
        yield Finding(
            "accepted-outside",
            _("These accepted cases are not in the round."),
            tuple(f"{case.number} {case.title}" for case in missing),
            _("Update the entries."),
            "round_entries",
        )
    waiting = list(
        cases.filter(state__in=[SubmissionState.SUBMITTED, SubmissionState.RETURNED]).order_by("number")
    )
    if waiting:
        yield Finding(
            "cases-waiting",
            _("These cases are not decided yet; once the round is open they cannot come in."),
            tuple(f"{case.number} {case.title}" for case in waiting),
        )


def _names(entries: list[Entry]) -> tuple[str, ...]:
    return tuple(f"{entry.submission.number} {entry}" for entry in entries)
