"""A rule set in words: what staff read before they save it and what the public reads on the page of the rules."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.conduct import Conduct, conduct_of
from evaluations.names import panel_name
from evaluations.tally import Criterion, Panel, RuleSet, full_marks
from evaluations.tally.decimals import plain_text
from evaluations.tally.rounding import figure

HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class LevelInWords:
    """A worded band of marks, such as "18–20" "Excellent"."""

    marks: str
    name: str
    help: str


@dataclass(frozen=True, slots=True)
class CriterionInWords:
    """One row of the table of criteria."""

    name: str
    help: str
    marks: str
    full: str
    levels: tuple[LevelInWords, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences. `ordered`: one comes after the other, as in the ladder of ties."""

    title: str
    sentences: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """Everything that a rule set says. `full` is the sentence on full marks; `warnings` are for the office only."""

    language: str
    criteria: tuple[CriterionInWords, ...]
    full: str
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]

    def lines(self) -> list[str]:
        """All of it, one sentence a line, to compare versions."""
        rows = [f"{c.name} · {c.marks}" for c in self.criteria]
        rows += [f"{c.name} · {level.marks} {level.name}" for c in self.criteria for level in c.levels]
        return [*rows, self.full, *(f"{s.title} · {line}" for s in self.sections for line in s.sentences)]


def rule_in_words(rule: RuleSet, language: str) -> RuleInWords:
    """Say a checked rule set in one of the languages of the product (settings.LANGUAGES)."""
    with translation.override(language):
        words = _Words(rule, conduct_of(rule), language)
        return RuleInWords(
            language=language,
            criteria=tuple(words.criterion(item) for item in rule.criteria),
            full=words.full(),
            sections=tuple(
                Section(title, tuple(sentences()), ordered)
                for title, sentences, ordered in words.sections()
                if tuple(sentences())
            ),
            warnings=tuple(words.warnings()),
        )


def difference(old: RuleInWords, new: RuleInWords) -> list[tuple[str, str]]:
    """What changed from one version to another: ("del" or "ins", sentence) in the order of the new one."""
    compared = difflib.ndiff(old.lines(), new.lines())
    names = {"- ": "del", "+ ": "ins"}
    return [(names[line[:2]], line[2:]) for line in compared if line[:2] in names]


def named(names: Mapping[str, str] | None, language: str) -> str:
    """A name of the rule set in this language, else in Chinese, else in whichever there is."""
    if not names:
        return ""
    return names.get(language) or names.get("zh-hans") or next(iter(names.values()))


def _plain(value: Fraction | Decimal) -> str:
    return plain_text(value) if isinstance(value, Decimal) else figure(value, 0)


class _Words:
    """The sentences, in the language that is active."""

    def __init__(self, rule: RuleSet, conduct: Conduct, language: str) -> None:
        self.rule, self.conduct, self.language = rule, conduct, language

    def sections(self) -> list[tuple[str, Callable[[], Iterator[str]], bool]]:
        return [
            (_("Who marks"), self.panels, False),
            (_("From marks to a score"), self.counting, False),
            (_("Rounding"), self.rounding, False),
            (_("Equal totals"), self.ties, True),
            (_("Which judges"), self.bench, False),
            (_("What follows"), self.outcome, False),
        ]

    # Criteria

    def criterion(self, item: Criterion) -> CriterionInWords:
        marks = _("%(min)s to %(max)s points, in steps of %(step)s") % {
            "min": plain_text(item.min),
            "max": plain_text(item.max),
            "step": plain_text(item.step),
        }
        if item.weight != 1:
            marks = _("%(marks)s, counted %(weight)s times") % {
                "marks": marks,
                "weight": plain_text(item.weight),
            }
        return CriterionInWords(
            name=named(item.name, self.language),
            help=named(item.help, self.language),
            marks=marks,
            full=_plain(Fraction(item.weight) * Fraction(item.max)),
            levels=tuple(self.levels(item)),
        )

    def levels(self, item: Criterion) -> Iterator[LevelInWords]:
        ordered = sorted(item.levels, key=lambda level: level.start, reverse=True)
        top = item.max
        for level in ordered:
            span = (
                plain_text(level.start)
                if level.start == top
                else f"{plain_text(level.start)}–{plain_text(top)}"
            )
            yield LevelInWords(span, named(level.name, self.language), named(level.help, self.language))
            top = level.start - item.step

    def full(self) -> str:
        total = full_marks(self.rule).total
        if total is None:
            return _("There is no greatest total: part of it has no upper end.")
        return _("Full marks are %(total)s.") % {"total": _plain(total)}

    # Panels

    def panel(self, panel: Panel) -> str:
        return panel_name(panel.id)

    def panels(self) -> Iterator[str]:
        for panel in self.rule.panels:
            yield f"{self.panel_does(panel)} {self.panel_counts(panel)}"

    def panel_does(self, panel: Panel) -> str:
        values = {"panel": self.panel(panel)}
        if panel.kind == "votes":
            return self.votes(panel)
        if panel.kind == "given":
            return _("%(panel)s: points given from elsewhere.") % values
        if len(panel.criteria) == len(self.rule.criteria):
            return _("%(panel)s: they mark every criterion.") % values
        names = [named(item.name, self.language) for item in self.rule.criteria_of(panel)]
        return _("%(panel)s: they mark %(criteria)s.") % {**values, "criteria": self.listed(names)}

    def panel_counts(self, panel: Panel) -> str:
        if panel.weight == 0:
            return _("Their score is shown apart and never decides.")
        if len(self.rule.weighted_panels) == 1 and panel.weight == 1:
            return _("Their score is the total.")
        return _("Their score counts %(weight)s times.") % {"weight": plain_text(panel.weight)}

    def votes(self, panel: Panel) -> str:
        conversion = panel.conversion
        assert conversion is not None  # noqa: S101  the rule was checked
        values = {
            "panel": self.panel(panel),
            "full": plain_text(conversion.full),
            "first": plain_text(conversion.first),
            "step": plain_text(conversion.step),
            "mean": plain_text(conversion.mean),
            "spread": plain_text(conversion.spread),
        }
        return {
            "top": _("%(panel)s: votes. Most votes are %(full)s points, the others in proportion."),
            "ladder": _(
                "%(panel)s: votes. The first gets %(first)s points, each rank after that %(step)s less."
            ),
            "standard": _("%(panel)s: votes, as standard scores: mean %(mean)s, spread %(spread)s."),
        }[conversion.method] % values

    # Counting

    def counting(self) -> Iterator[str]:
        rule, trim = self.rule, self.rule.trim
        yield (
            _("Each criterion is counted by itself in each panel, over all judges of the panel.")
            if rule.level == "criterion"
            else _("Each judge's marks are added up to a sheet total first; sheets with a gap do not count.")
        )
        if trim.high + trim.low == 0:
            yield _("No mark is left out.")
        else:
            yield _(
                "From %(from)d marks on, the %(high)d highest and the %(low)d lowest are left out "
                "(one copy where several are equal)."
            ) % {"from": trim.start, "high": trim.high, "low": trim.low}
        yield (
            _("What remains is averaged.")
            if rule.average == "mean"
            else _("Of what remains the middle value counts (median).")
        )
        if rule.min_marks > 1:
            yield _(
                "A panel needs at least %(min)d marks for an entry. An entry without them gets no rank; "
                "it is listed last, never filled up and never counted as zero."
            ) % {"min": rule.min_marks}
        if rule.adjustments:
            yield _(
                "Points between %(min)s and %(max)s may be added or taken off, with the reason published."
            ) % {
                "min": plain_text(rule.adjustments.min),
                "max": plain_text(rule.adjustments.max),
            }

    def rounding(self) -> Iterator[str]:
        rounding = self.rule.rounding
        words = {
            "criterion": _("a criterion's average"),
            "weighted": _("a criterion times its weight"),
            "sheet": _("a sheet's total"),
            "panel": _("a panel's score"),
            "share": _("a panel's share"),
            "total": _("the total"),
        }
        stages = [words[stage] for stage in words if stage in rounding.stages]
        if not stages:
            yield _("Nothing is rounded on the way.")
            return
        yield ngettext(
            "Rounded to %(places)d decimal: %(stages)s.",
            "Rounded to %(places)d decimals: %(stages)s.",
            rounding.places,
        ) % {"places": rounding.places, "stages": self.listed(stages)}
        if rounding.mode == "half_up":
            yield _("A half is rounded up (below zero: down).")
        elif rounding.follows_gbt_8170:
            yield _("A half is rounded to the even neighbour, after GB/T 8170.")
        else:
            yield _("A half is rounded to the even neighbour.")

    # Ties

    def ties(self) -> Iterator[str]:
        for step in self.rule.ties:
            if step.kind == "panel":
                yield _("The higher score of: %(panel)s.") % {
                    "panel": self.panel(self.rule.panel[step.panel])
                }
            elif step.kind == "criterion":
                yield self.tie_by_criterion(step)
            else:
                yield {
                    "exact": _("Everything is computed again without rounding; the higher total goes first."),
                    "median": _("The higher middle value of the judges' sheet totals."),
                    "lot": _("A lot, drawn by computation from the marks and this sentence: %(seed)s"),
                }[step.kind] % {"seed": self.rule.lot_seed or ""}
        yield _("Whoever is still equal shares the rank (1, 2, 2, 4).")

    def tie_by_criterion(self, step: Any) -> str:
        name = named(self.rule.criterion[step.criterion].name, self.language)
        if not step.panel:
            return _("The higher score for the criterion “%(criterion)s”.") % {"criterion": name}
        return _("The higher score for the criterion “%(criterion)s” from: %(panel)s.") % {
            "criterion": name,
            "panel": self.panel(self.rule.panel[step.panel]),
        }

    # Conduct

    def bench(self) -> Iterator[str]:
        conduct = self.conduct
        yield {
            "own": _("Resident judges are those elected in the sub-district that hosts the round."),
            "exchange": _(
                "Resident judges come from one other sub-district, by agreement or by a recorded lot."
            ),
            "all": _("Resident judges come from all sub-districts."),
        }[conduct.bench]
        yield _("Nobody marks a case of their own community, whether it leads or is a partner.")
        yield _("Nobody marks a case of an organization or community to which they are tied.")
        if "own_sub_district" in conduct.conflicts:
            yield _("Nobody marks a case of their own sub-district.")
        yield (
            _("All judges of a panel mark an entry, except those it is barred to.")
            if conduct.per_entry is None
            else ngettext(
                "At most %(count)d judge of a panel marks an entry.",
                "At most %(count)d judges of a panel mark an entry.",
                conduct.per_entry,
            )
            % {"count": conduct.per_entry}
        )
        if conduct.per_judge is not None:
            yield ngettext(
                "A judge marks at most %(count)d entry.",
                "A judge marks at most %(count)d entries.",
                conduct.per_judge,
            ) % {"count": conduct.per_judge}
        yield (
            _("Judges mark online.")
            if conduct.mode == "online"
            else _("Judges mark during a live presentation.")
        )

    def outcome(self) -> Iterator[str]:
        for award in self.rule.awards:
            yield ngettext("%(award)s: %(places)d place.", "%(award)s: %(places)d places.", award.places) % {
                "award": named(award.name, self.language),
                "places": award.places,
            }
        if self.rule.advance:
            yield from self.advance()
        days = self.conduct.notice_working_days
        if days:
            yield ngettext(
                "Provisional results are on notice for %(days)d working day.",
                "Provisional results are on notice for %(days)d working days.",
                days,
            ) % {"days": days}
        else:
            yield _("There is no notice period.")
        if self.rule.publish_marks == "by_seat":
            yield _("Every mark is published, by the number of a seat, never by name.")
        elif self.rule.publish_marks == "none":
            yield _("Single marks are not published.")

    def advance(self) -> Iterator[str]:
        plan = self.rule.advance
        assert plan is not None  # noqa: S101  asked for only where there is one
        if plan.per_sub_district is not None:
            yield ngettext(
                "From each sub-district the best %(count)d goes on to the final.",
                "From each sub-district the best %(count)d go on to the final.",
                plan.per_sub_district,
            ) % {"count": plan.per_sub_district}
        else:
            yield ngettext(
                "%(count)d place in the final is shared out to the sub-districts in proportion to their accepted cases.",
                "%(count)d places in the final are shared out to the sub-districts in proportion to their accepted cases.",
                plan.places or 0,
            ) % {"count": plan.places or 0}
        if plan.others:
            yield ngettext(
                "After them the best %(count)d of the rest by total.",
                "After them the best %(count)d of the rest by total.",
                plan.others,
            ) % {"count": plan.others}
        yield (
            _("Where entries are equal at the line, all of them go on.")
            if plan.ties == "all"
            else _("Where entries are equal at the line, the lot decides.")
        )

    # Warnings

    def warnings(self) -> Iterator[str]:
        yield from self.warn_of_trimming()
        yield from self.warn_of_full_marks()
        per_entry, least = self.conduct.per_entry, self.rule.min_marks
        if per_entry is not None and per_entry < least:
            yield _(
                "An entry gets at most %(count)d judges and needs %(least)d marks: such a round cannot be opened."
            ) % {"count": per_entry, "least": least}
        if any(panel.kind != "marks" for panel in self.rule.weighted_panels):
            yield _(
                "Votes and points from elsewhere cannot be collected here yet: such a round cannot be opened."
            )
        if self.rule.lot_seed and "示例" in self.rule.lot_seed:
            yield _("The sentence of the lot is still that of the example: change it before the round opens.")
        if self.rule.rounding.mode == "half_even" and not self.rule.rounding.follows_gbt_8170:
            yield _("GB/T 8170 allows one rounding on the way; this rule rounds more than once.")

    def warn_of_trimming(self) -> Iterator[str]:
        trim, least = self.rule.trim, max(self.rule.min_marks, 1)
        per_entry = self.conduct.per_entry
        if trim.high + trim.low == 0:
            return
        if least < trim.start:
            yield (
                _(
                    "In a panel of %(least)d to %(most)d judges nothing is left out: one judge alone can move the result. "
                    "In a sub-district of 5 communities with one judge each, 4 may mark each case."
                )
                % {"least": least, "most": trim.start - 1}
                if trim.start - 1 > least
                else _(
                    "In a panel of %(least)d judges nothing is left out: one judge alone can move the result."
                )
                % {"least": least}
            )
        if per_entry is not None and per_entry < trim.start:
            yield _("An entry gets at most %(count)d judges, so nothing is ever left out.") % {
                "count": per_entry
            }
        elif trim.start < trim.advised:
            yield _(
                "Leaving out is advised from %(advised)d marks on: with fewer, two judges in agreement move the "
                "result more than in a plain average."
            ) % {"advised": trim.advised}

    def warn_of_full_marks(self) -> Iterator[str]:
        full = full_marks(self.rule)
        if full.total is not None and full.total != HUNDRED:
            yield _("Full marks are %(total)s, not 100.") % {"total": _plain(full.total)}
        scores = {panel.id: full.panels[panel.id] for panel in self.rule.weighted_panels}
        if len(set(scores.values())) > 1:
            yield _("Full marks differ between panels: %(panels)s.") % {
                "panels": self.listed(
                    [
                        f"{self.panel(self.rule.panel[key])} {_plain(value) if value is not None else '–'}"
                        for key, value in scores.items()
                    ]
                )
            }

    def listed(self, words: list[str]) -> str:
        return ("、" if self.language == "zh-hans" else ", ").join(words)
