"""Parse a table with one number for each entry of a round: typed row by row, or pasted from a spreadsheet."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from evaluations.models import Entry, Round
from evaluations.tally.decimals import plain_decimal

ROW = "row_"
APART = re.compile(r"[\t,;，；\s]+")


class TableForm(forms.Form):
    """A row for each entry, in the round's order. What is pasted goes over what is typed; `values` are by entry id."""

    pasted = forms.CharField(
        label=_("Paste from a spreadsheet"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "Two columns, a line for each case: case number, then the figure. It goes over what stands in the rows."
        ),
    )

    def __init__(
        self, data: Any = None, *, round_: Round, known: dict[int, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        entries = round_.entries.select_related("submission", "snapshot").order_by("position", "key")
        self.entries: list[Entry] = list(entries)
        for entry in self.entries:
            field = self.row_field()
            field.label, field.required = f"{entry.submission.number} {entry}", False
            field.initial = (known or {}).get(entry.pk)
            self.fields[f"{ROW}{entry.code}"] = field

    def row_field(self) -> forms.Field:
        """A new field for one row."""
        raise NotImplementedError

    def read(self, text: str) -> Any:
        """A pasted figure. Raises: ValidationError."""
        return self.row_field().clean(text)

    @property
    def rows(self) -> list[Any]:
        """The rows as fields to draw."""
        return [self[f"{ROW}{entry.code}"] for entry in self.entries]

    @property
    def values(self) -> dict[int, Any]:
        """Entry id -> figure, None where there is none."""
        return {entry.pk: self.cleaned_data.get(f"{ROW}{entry.code}") for entry in self.entries}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        by_key = {entry.key: entry for entry in self.entries}
        seen: set[str] = set()
        for line in unicodedata.normalize("NFKC", found.get("pasted") or "").splitlines():
            if not line.strip():
                continue
            parts = APART.split(line.strip())
            number, figure = parts[0], parts[-1] if len(parts) > 1 else ""
            entry = by_key.get(number.lower())
            if entry is None:
                self._wrong(_("No case of this round has this number: %(line)s"), line)
                continue
            if entry.key in seen:
                self._wrong(_("This case stands twice: %(line)s"), line)
                continue
            seen.add(entry.key)
            try:
                found[f"{ROW}{entry.code}"] = self.read(figure)
                self.errors.pop(f"{ROW}{entry.code}", None)
            except ValidationError:
                self._wrong(_("This figure cannot be read: %(line)s"), line)
        return found

    def _wrong(self, words: Any, line: str) -> None:
        self.add_error("pasted", ValidationError(words % {"line": line.strip()[:60]}, code="pasted"))


class VotesForm(TableForm):
    """The votes of each entry; no votes are 0, and no row stays empty."""

    def row_field(self) -> forms.Field:
        return forms.IntegerField(min_value=0, max_value=10**15 - 1, required=False)

    def read(self, text: str) -> int | None:
        if not text.isascii() or not text.isdigit():
            raise ValidationError("")
        found: int | None = self.row_field().clean(text)
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        for entry in self.entries:
            name = f"{ROW}{entry.code}"
            if found.get(name) is None and name not in self.errors:
                self.add_error(
                    name, ValidationError(_("Write 0 where a case has no votes."), code="required")
                )
        return found

    @property
    def votes(self) -> dict[str, int]:
        """Key of each entry -> its votes."""
        return {entry.key: self.values[entry.pk] for entry in self.entries}


class GivenForm(TableForm):
    """Points from elsewhere, and where they come from. A row may stay empty until the round opens."""

    source = forms.CharField(
        label=_("Where the points come from"),
        max_length=120,
        required=False,
        help_text=_(
            "Everybody reads it, such as: score of the qualification review, 12 March. No names of people."
        ),
    )
    field_order = ["source", "pasted"]

    def row_field(self) -> forms.Field:
        return forms.DecimalField(max_digits=15, decimal_places=6, required=False)

    def read(self, text: str) -> Decimal | None:
        value = plain_decimal(text)
        if value is None:
            raise ValidationError("")
        found: Decimal | None = self.row_field().clean(text)
        return found

    def clean_source(self) -> str:
        source = " ".join(self.cleaned_data["source"].split())
        if not source:
            raise ValidationError(_("This field is required."), code="required")
        return source
