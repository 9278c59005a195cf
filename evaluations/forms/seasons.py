"""Parse a season and a rule set."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.actions.seasons import FIELDS
from evaluations.conduct import checked_rule, refusal_words
from evaluations.models import RuleSet, Season
from evaluations.ruletext import line_of
from evaluations.tally import RuleError, RuleErrors
from evaluations.tally import RuleSet as Rule

SHOWN_OF_A_LINE = 100
OUT_OF_REACH = gettext_lazy("Give a year from 2000 to 2100.")
YEARS = [
    MinValueValidator(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), OUT_OF_REACH),
    MaxValueValidator(dt.datetime(2101, 1, 1, tzinfo=dt.UTC), OUT_OF_REACH),
]


def put_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """What an action refused, at the fields of the form that brought it; the rest on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name != NON_FIELD_ERRORS and name in form.fields else None, errors)


class SeasonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A season's name and dates. Times are those of Shanghai."""

    class Meta:
        model = Season
        fields = FIELDS
        labels = {
            "name": gettext_lazy("Name of the season"),
            "name_en": gettext_lazy("Name in English"),
            "submissions_open_at": gettext_lazy("Cases can be handed in from"),
            "submissions_close_at": gettext_lazy("Cases can be handed in until"),
            "corrections_close_at": gettext_lazy("Returned cases can be corrected until"),
            "amount_ceiling": gettext_lazy("Most that a case may ask for (yuan)"),
        }
        help_texts = {
            "year": gettext_lazy("It stands in the case numbers, such as 2018-QB-001."),
            "introduction": gettext_lazy("Shown on the front page. At most 1,000 characters."),
            "submissions_close_at": gettext_lazy("After this moment the database takes no case."),
            "amount_ceiling": gettext_lazy(
                "A case that asks for more cannot be handed in. Empty: no ceiling."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("submissions_open_at", "submissions_close_at", "corrections_close_at"):
            self.fields[name].validators = [*self.fields[name].validators, *YEARS]


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal of a rule set: where, on which line, what that line says, and why."""

    place: str
    line: int | None
    excerpt: str
    words: str


class RuleSetForm(forms.Form):
    """A name and the rule as JSON text. `problems` lists every refusal with its line; `rule` is the checked rule."""

    name = forms.CharField(
        label=gettext_lazy("Name of the rule"),
        max_length=RuleSet._meta.get_field("name").max_length,
        help_text=gettext_lazy("For example: preliminary, or final."),
    )
    text = forms.CharField(
        label=gettext_lazy("Rule (JSON)"),
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": "24", "class": "mono", "spellcheck": "false", "autocomplete": "off", "wrap": "off"}
        ),
    )

    problems: list[Problem]
    rule: Rule | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems = []

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.rule = checked_rule(text)
        except RuleErrors as refused:
            self.problems = [problem(error, text) for error in refused.errors]
            raise ValidationError([sentence(one) for one in self.problems]) from refused
        return text


def problem(error: RuleError, text: str) -> Problem:
    """A refusal with its line in the text as typed."""
    line = error.params.get("line") if error.code == "json-syntax" else line_of(text, error.place)
    number = int(line) if line is not None else None
    lines = text.splitlines()
    excerpt = lines[number - 1].strip()[:SHOWN_OF_A_LINE] if number and number <= len(lines) else ""
    return Problem(error.place, number, excerpt, refusal_words(error))


def sentence(found: Problem) -> str:
    """The refusal on one line, as the error summary says it."""
    if found.place and found.line:
        where = _("%(place)s (line %(line)d)") % {"place": found.place, "line": found.line}
        return f"{where}: {found.words}"
    return f"{found.place}: {found.words}" if found.place else found.words
