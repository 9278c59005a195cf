"""A year's special days as text: read from a list or from a published notice as it stands, written as a short list."""

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communities.workdays import REST, WORK, SpecialDay

DAY: Final = (
    r"(?:(?P<y{0}>\d{{4}})\s*[-年/.]\s*)?(?:(?P<m{0}>\d{{1,2}})\s*[-月/.]\s*)?(?P<d{0}>\d{{1,2}})\s*[日号]?"
)
BRACKETS: Final = re.compile(r"\([^()]*\)")
SPAN: Final = re.compile(DAY.format(1) + r"(?:\s*(?:至|到|~|--|—+|–)\s*" + DAY.format(2) + r")?(?![\d天个])")
# In a notice "放假调休" is a day off and "上班" a day of work; a list says 休 or 班.
WORDS: Final = re.compile(r"放假调休|放假|休息|休|上班|补班|班|rest|work", re.IGNORECASE)
KINDS: Final = {"上班": WORK, "补班": WORK, "班": WORK, "work": WORK}
LEAD: Final = re.compile(r"^\s*(?:[一二三四五六七八九十\d]+\s*[、.]\s*)?(?P<name>[^\d:,、;。]{1,20}?)\s*:\s*")
LONGEST_SPAN: Final = 60
LONGEST_NAME: Final = 20
MOST_LETTERS: Final = 6000
WORDS_OF: Final = {REST: "休", WORK: "班"}


def read_days(text: str, year: int) -> list[SpecialDay]:
    """The special days that a text names, in their order.

    One line an occasion, like "2018-02-15 至 2018-02-21 休 春节" or "春节：2月15日至21日放假，2月11日上班", or a notice as
    it was published. Raises: ValidationError that names each line that cannot be read, and each day named twice.
    """
    found: dict[dt.date, SpecialDay] = {}
    wrong: list[str] = []
    plain = BRACKETS.sub("", unicodedata.normalize("NFKC", text[:MOST_LETTERS]))
    for number, line in enumerate(plain.splitlines(), 1):
        try:
            for known in read_line(line, year):
                if found.setdefault(known.day, known).kind != known.kind:
                    raise ValueError(_("%(day)s is both off and worked.") % {"day": known.day.isoformat()})
        except ValueError as error:
            wrong.append(_("Line %(number)d: %(what)s") % {"number": number, "what": error})
    if len(text) > MOST_LETTERS:
        wrong.append(_("This text is too long for the days of one year."))
    if wrong:
        raise ValidationError(wrong)
    return [found[day] for day in sorted(found)]


def read_line(line: str, year: int) -> Iterator[SpecialDay]:
    """The days of one line. Raises: ValueError with a sentence."""
    if not line.strip():
        return
    lead = LEAD.match(line)
    name, rest, read = (lead["name"].strip(), line[lead.end() :], False) if lead else ("", line, False)
    for part, word, tail in parts(rest):
        kind = KINDS.get(word.lower(), REST)
        called = name or occasion(tail)
        spans = list(SPAN.finditer(part))
        if not spans:
            raise ValueError(_("no day stands before “%(word)s”.") % {"word": word})
        for day in itertools.chain.from_iterable(in_order(spans, year)):
            read = True
            yield SpecialDay(day, kind, called[:LONGEST_NAME])
    if not read:
        raise ValueError(_("write the days, 休 (off) or 班 (worked), and the occasion."))


def parts(text: str) -> Iterator[tuple[str, str, str]]:
    """What stands before each word of rest or work, the word, and what follows up to the next mark."""
    at = 0
    for found in WORDS.finditer(text):
        if SPAN.search(text, at, found.start()) or at == 0:
            tail = re.split(r"[,、;。]", text[found.end() :], maxsplit=1)[0]
            yield text[at : found.start()], found[0], tail
            at = found.end()
        else:  # "放假调休" and the like: said already
            at = max(at, found.end())


def occasion(tail: str) -> str:
    """The occasion that a line of a list ends with: letters without figures."""
    return "" if re.search(r"\d", tail) else tail.strip()


def in_order(spans: Iterable[re.Match[str]], year: int) -> Iterator[Iterator[dt.date]]:
    """The days of each span; a month that is not repeated is the one before."""
    month = ""
    for span in spans:
        if span["m1"] is None and not month:
            raise ValueError(_("“%(day)s” names no month.") % {"day": span[0].strip()})
        month = span["m1"] or month
        first = day_of(span["y1"], month, span["d1"], year)
        month = span["m2"] or month
        last = day_of(span["y2"] or span["y1"], month, span["d2"], year) if span["d2"] else first
        yield days_between(first, last, year)


def day_of(in_year: str | None, month: str, day: str, year: int) -> dt.date:
    try:
        return dt.date(int(in_year or year), int(month), int(day))
    except ValueError as error:
        raise ValueError(_("there is no day %(day)s.") % {"day": f"{month}-{day}"}) from error


def days_between(first: dt.date, last: dt.date, year: int) -> Iterator[dt.date]:
    """Both included, all of this year."""
    for day in (first, last):
        if day.year != year:
            raise ValueError(
                _("%(day)s is not in %(year)d: enter it on that year's page.")
                % {"day": day.isoformat(), "year": year}
            )
    if last < first or (last - first).days >= LONGEST_SPAN:
        raise ValueError(
            _("%(first)s to %(last)s is no holiday.") % {"first": first.isoformat(), "last": last.isoformat()}
        )
    return (first + dt.timedelta(days=n) for n in range((last - first).days + 1))


def written(days: Iterable[SpecialDay]) -> str:
    """The days as a list that reads back the same: one line for days that follow each other."""
    lines: list[str] = []
    for run in runs(days):
        first, last = run[0], run[-1]
        span = first.day.isoformat() + (f" 至 {last.day.isoformat()}" if last is not first else "")
        lines.append(f"{span} {WORDS_OF[first.kind]} {first.name}".strip())
    return "\n".join(lines)


def runs(days: Iterable[SpecialDay]) -> list[list[SpecialDay]]:
    """Days that follow each other with the same kind and occasion, together."""
    found: list[list[SpecialDay]] = []
    for known in days:
        before = found[-1][-1] if found else None
        follows = before is not None and (known.day - before.day).days == 1
        if before and follows and (before.kind, before.name) == (known.kind, known.name):
            found[-1].append(known)
        else:
            found.append([known])
    return found
