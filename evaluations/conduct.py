"""How a round is run: the `conduct` of a rule set, which the tally hashes and otherwise leaves alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext, gettext_noop

from evaluations.tally import MESSAGES, RuleError, RuleErrors, RuleSet, parse_rule
from evaluations.tally.canonical import parse
from evaluations.tally.reading import MAX_COUNT, Reader

BENCHES = ("own", "exchange", "all")
CONFLICTS = ("own_community", "own_organization", "own_sub_district")
ALWAYS = frozenset({"own_community", "own_organization"})
KEYS = (
    *("mode", "bench", "conflicts", "notice_working_days", "assignment"),
    *("start_after", "calibration_item", "checklist", "papers"),
)
CAPS = ("per_entry", "per_judge", "per_sub_district")
# What a criterion's row can hold (evaluations.models.Criterion): names, whole digits and decimals.
NAME_LIMITS = {"zh-hans": 40, "en": 60}
WHOLE_DIGITS, DECIMALS = 6, 3

OWN_MESSAGES: Mapping[str, str] = {
    "bench-without-judges": gettext_noop(
        "judges of the host's own bench cannot mark it when their own sub-district is excluded: "
        'take out "own_sub_district", or let judges of another sub-district mark ("exchange")'
    ),
    "not-true-or-false": gettext_noop("true or false, without quotes, is expected here"),
    "too-fine": gettext_noop("at most 6 digits before the point and 3 after it"),
    "control-character": gettext_noop("the text holds a character that cannot be shown"),
    "not-above-zero": gettext_noop("a whole number above 0, without quotes, is expected here"),
}


class ConductError(RuleError):
    """A refusal of this module: its sentence stands in OWN_MESSAGES."""

    @property
    def message(self) -> str:
        return OWN_MESSAGES[self.code] % self.params


@dataclass(frozen=True, slots=True)
class Conduct:
    """Who judges whom, and when. `conflicts` always holds own_community and own_organization.

    `per_entry` (in each panel), `per_judge` and `per_sub_district` (judges of one sub-district for an entry)
    are None where the rule sets no limit.
    """

    mode: str
    bench: str
    conflicts: frozenset[str]
    notice_working_days: int
    per_entry: int | None
    per_judge: int | None
    per_sub_district: int | None
    start_after: int
    calibration_item: bool
    checklist: tuple[str, ...]
    papers: tuple[str, ...]


def refusal_words(error: RuleError) -> str:
    """The refusal in the reader's language, without its place."""
    return gettext({**MESSAGES, **OWN_MESSAGES}[error.code]) % error.params


@lru_cache(maxsize=64)
def checked_rule(text: str) -> RuleSet:
    """Read and check a rule set for use here: the tally's checks, its conduct, and what the database can hold.

    Raises: RuleErrors with every refusal, each with its place.
    """
    try:
        rule = parse_rule(text)
    except RuleErrors as refused_first:
        raise RuleErrors([*refused_first.errors, *_conduct_refusals(text)]) from None
    _conduct, refused = _read(rule.conduct)
    refused += [error for index, item in enumerate(rule.criteria) for error in _unfit(item, index)]
    if refused:
        raise RuleErrors(refused)
    return rule


def conduct_of(rule: RuleSet) -> Conduct:
    """The conduct of a checked rule set, with its defaults filled in."""
    return _read(rule.conduct)[0]


def _conduct_refusals(text: str) -> list[RuleError]:
    """What is wrong with the conduct of a text whose other parts are refused: one look finds everything."""
    try:
        document, _refused = parse(text)
    except RuleError:
        return []
    given = document.get("conduct") if isinstance(document, dict) else None
    return _read(given)[1] if isinstance(given, dict) else []


def _read(given: Mapping[str, object]) -> tuple[Conduct, list[RuleError]]:
    reader = Reader()
    got = reader.members(dict(given), "conduct", (), KEYS)
    conflicts = reader.items(
        got.get("conflicts", list(ALWAYS)),
        "conduct.conflicts",
        lambda item, at: reader.choice(item, at, CONFLICTS),
    )
    caps = reader.members(got.get("assignment", {}), "conduct.assignment", (), CAPS)
    item = got.get("calibration_item", False)
    if not isinstance(item, bool):
        reader.errors.append(ConductError("conduct.calibration_item", "not-true-or-false"))
    conduct = Conduct(
        mode=reader.choice(got.get("mode", "online"), "conduct.mode", ("online", "live")),
        bench=reader.choice(got.get("bench", "own"), "conduct.bench", BENCHES),
        conflicts=ALWAYS | frozenset(conflicts),
        notice_working_days=reader.count(
            got.get("notice_working_days", 5), "conduct.notice_working_days", 366
        ),
        per_entry=_cap(reader, caps, "per_entry"),
        per_judge=_cap(reader, caps, "per_judge"),
        per_sub_district=_cap(reader, caps, "per_sub_district"),
        start_after=reader.count(got.get("start_after", 0), "conduct.start_after", 1000),
        calibration_item=bool(item),
        checklist=reader.items(
            got.get("checklist", []), "conduct.checklist", lambda item, at: reader.text(item, at)
        ),
        papers=reader.items(got.get("papers", []), "conduct.papers", lambda item, at: reader.text(item, at)),
    )
    if conduct.bench == "own" and "own_sub_district" in conduct.conflicts:
        reader.errors.append(ConductError("conduct.bench", "bench-without-judges"))
    return conduct, reader.first_causes()


def _cap(reader: Reader, caps: Mapping[str, object], key: str) -> int | None:
    """A limit of the assignment; none where the key is missing. 0 would leave everything unmarked."""
    if key not in caps:
        return None
    place = f"conduct.assignment.{key}"
    number = reader.count(caps[key], place, MAX_COUNT)
    if number == 0 and not any(error.place == place for error in reader.errors):
        reader.errors.append(ConductError(place, "not-above-zero"))
    return number


def _unfit(criterion: Any, index: int) -> Iterator[RuleError]:
    """What of a criterion the database's row of it cannot hold."""
    for language, name in criterion.name.items():
        place, limit = f"criteria[{index}].name.{language}", NAME_LIMITS.get(language, 60)
        if len(name) > limit:
            yield RuleError(place, "long-text", {"limit": limit})
        if any(unicodedata.category(char) in ("Cc", "Cn", "Co") for char in name):
            yield ConductError(place, "control-character")
    for key in ("min", "max", "step"):
        _sign, digits, exponent = getattr(criterion, key).normalize().as_tuple()
        if -int(exponent) > DECIMALS or len(digits) + int(exponent) > WHOLE_DIGITS:
            yield ConductError(f"criteria[{index}].{key}", "too-fine")
