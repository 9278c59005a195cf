"""What a case must hold before it can be handed in: the one list, and what of it is still missing."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evaluations.application import CELLS, TABLES, filled, problems, sums
from evaluations.models import Submission
from evaluations.rules.checklist import needed_papers
from goldidea.lib.personal import e164

# In the order of the form. "organizations" and "photos" are not columns.
REQUIRED: tuple[str, ...] = (
    "title",
    "field",
    "summary",
    "organizations",
    "head_name",
    "profile",
    "worker_name",
    "worker_phone",
    "origin_kind",
    "need",
    "deliberation_kind",
    "deliberation_level",
    "deliberated_on",
    "deliberation_record",
    "resolution",
    "practice",
    "effect",
    "beneficiaries",
    "indirect_beneficiaries",
    "locations",
    "starts_on",
    "ends_on",
    "budget_total",
    "amount_asked",
)
TEXTS: tuple[str, ...] = (
    "summary",
    "profile",
    "need",
    "deliberation_record",
    "resolution",
    "practice",
    "effect",
)
MOST_PHOTOS = 6
CAPTION = "caption_"  # with a photo's code: the field of its caption
OTHER_WORDS: dict[str, Any] = {
    "organizations": gettext_lazy("organizations that carry it"),
    "photos": gettext_lazy("photos"),
    "papers": gettext_lazy("papers"),
    "partners": gettext_lazy("partner communities"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that keeps a case from being handed in, at its field."""

    field: str
    words: str


def label(name: str) -> str:
    """What a field of the case is called."""
    if name.startswith(CAPTION):
        return _("Caption of a photo")
    if name in CELLS:
        table, row, column = CELLS[name]
        place = {"table": label(table.name), "row": row + 1, "words": table.columns[column]}
        return _("%(table)s, row %(row)d: %(words)s") % place
    words = OTHER_WORDS.get(name) or Submission._meta.get_field(name).verbose_name
    return str(capfirst(str(words)))


def gaps(case: Submission) -> list[Gap]:
    """Everything that is missing, too long or contradictory, in the order of the form."""
    found = [gap for name in REQUIRED if (gap := gap_at(case, name))]
    if case.starts_on and case.ends_on and case.ends_on < case.starts_on:
        found.append(Gap("ends_on", _("It ends before it begins.")))
    found += table_gaps(case) + ceiling_gaps(case) + paper_gaps(case)
    unread = [name for name in case.rough if name not in REQUIRED]
    found += [
        Gap(name, _("%(field)s: cannot be read, please put it right") % {"field": label(name)})
        for name in unread
    ]
    return found


def gap_at(case: Submission, name: str) -> Gap | None:
    """What is wrong with one required field."""
    if name in case.rough:
        return Gap(name, _("%(field)s: cannot be read, please put it right") % {"field": label(name)})
    if name == "organizations":
        named = bool(case.organization_links.all())
        return None if named else Gap(name, _("Name at least one organization from the register"))
    value = getattr(case, name)
    if value is None or value == "":
        return Gap(name, label(name))
    if name == "worker_phone" and not is_phone(value):
        return Gap(name, _("%(field)s: this is not a phone number") % {"field": label(name)})
    over = length(value) - limit(name) if name in TEXTS else 0
    if over > 0:
        words = ngettext(
            "%(field)s: shorten it by %(over)d character",
            "%(field)s: shorten it by %(over)d characters",
            over,
        )
        return Gap(name, words % {"field": label(name), "over": over})
    return None


def table_gaps(case: Submission) -> list[Gap]:
    """The team and the budget lines: some rows, each whole, and the sums those of the case."""
    found = []
    for name, words in (
        ("team", _("Name at least one person of the team")),
        ("budget_lines", _("Budget lines")),
    ):
        if not filled(getattr(case, name)):
            found.append(Gap(name, words))
    for table in TABLES.values():
        found += [
            Gap(
                field,
                _("%(table)s, row %(row)d: %(words)s")
                % {"table": label(table.name), "row": CELLS[field][1] + 1, "words": words},
            )
            for field, words in problems(table, getattr(case, table.name))
        ]
    if filled(case.budget_lines):
        found += sum_gaps(case)
    return found


def sum_gaps(case: Submission) -> list[Gap]:
    """The budget lines add up to what the case says in one number each."""
    added = sums(case.budget_lines)
    pairs = (("budget_total", added.total), ("amount_asked", added.granted))
    return [
        Gap(
            name,
            _("%(field)s: the budget lines make %(sum)s yuan, here stands %(stated)s")
            % {"field": label(name), "sum": number_format(made, 2), "stated": number_format(stated, 2)},
        )
        for name, made in pairs
        if (stated := getattr(case, name)) is not None and stated != made
    ]


def ceiling_gaps(case: Submission) -> list[Gap]:
    """A case that asks for more than the season's ceiling is void: it cannot be handed in."""
    ceiling = case.season.amount_ceiling
    if ceiling is None or case.amount_asked is None or case.amount_asked <= ceiling:
        return []
    words = _("%(field)s: the ceiling of this season is %(ceiling)s yuan")
    return [
        Gap("amount_asked", words % {"field": label("amount_asked"), "ceiling": number_format(ceiling, 2)})
    ]


def paper_gaps(case: Submission) -> list[Gap]:
    """The papers of the season's list that are not attached."""
    here = {paper.need for paper in case.papers.all() if paper.removed_at is None}
    return [
        Gap("papers", _("Paper: %(paper)s") % {"paper": words})
        for need, words in needed_papers(case.season)
        if need not in here
    ]


def limit(name: str) -> int:
    """The most characters that a text of the case may have."""
    return Submission._meta.get_field(name).max_length or 0


def length(text: str) -> int:
    """Characters as the page counts them: a line break is two."""
    return len(text.replace("\r\n", "\n").replace("\n", "\r\n"))


def is_phone(value: str) -> bool:
    try:
        e164(value)
    except ValidationError:
        return False
    return True
