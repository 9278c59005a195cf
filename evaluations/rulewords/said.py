"""What is said of a rule set, as data; and the rule, its conduct and the language in which all of it is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluations.conduct import Conduct
from evaluations.tally import RuleSet
from evaluations.tally.decimals import plain_text
from evaluations.tally.rounding import figure


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
class Warning:
    """Something to know before deciding. `place` is where in the document it is decided, such as `trim.from`."""

    place: str
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """Everything that a rule set says. `full` is the sentence on full marks; `warnings` are for the office only."""

    language: str
    criteria: tuple[CriterionInWords, ...]
    full: str
    sections: tuple[Section, ...]
    warnings: tuple[Warning, ...]

    def lines(self) -> list[str]:
        """All of it, one sentence a line, to compare versions."""
        rows = [f"{c.name} · {c.marks}" for c in self.criteria]
        rows += [f"{c.name} · {level.marks} {level.name}" for c in self.criteria for level in c.levels]
        return [*rows, self.full, *(f"{s.title} · {line}" for s in self.sections for line in s.sentences)]


@dataclass(frozen=True, slots=True)
class Said:
    """A checked rule set and its conduct, said in `language`, which is the active one."""

    rule: RuleSet
    conduct: Conduct
    language: str

    def listed(self, words: Sequence[str]) -> str:
        """Words one after the other, as the language separates them."""
        return ("、" if self.language == "zh-hans" else ", ").join(words)


def named(names: Mapping[str, str] | None, language: str) -> str:
    """A name of the rule set in this language, else in Chinese, else in whichever there is."""
    if not names:
        return ""
    return names.get(language) or names.get("zh-hans") or next(iter(names.values()))


def plain(value: Fraction | Decimal) -> str:
    """A number as people write it."""
    return plain_text(value) if isinstance(value, Decimal) else figure(value, 0)
