"""What a case must hold before it can be handed in: the one list, and what of it is still missing."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evaluations.models import Submission
from goldidea.lib.personal import e164

# In the order of the form. "organizations" and "photos" are not columns.
REQUIRED: tuple[str, ...] = (
    "title",
    "field",
    "summary",
    "organizations",
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
    "starts_on",
    "ends_on",
    "budget_total",
    "amount_asked",
)
TEXTS: tuple[str, ...] = (
    "summary",
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
    words = OTHER_WORDS.get(name) or Submission._meta.get_field(name).verbose_name
    return str(capfirst(str(words)))


def gaps(case: Submission) -> list[Gap]:
    """Everything that is missing, too long or contradictory, in the order of the form."""
    found = [gap for name in REQUIRED if (gap := gap_at(case, name))]
    if case.starts_on and case.ends_on and case.ends_on < case.starts_on:
        found.append(Gap("ends_on", _("It ends before it begins.")))
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
