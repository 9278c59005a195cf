"""Parse which rows of a comparison are asked for. They are no database rows: a form is enough."""

from typing import Any

from django import forms

from communities.registers import CHANGED, NEW, UNCHANGED, WRONG, Row

RESULTS = [WRONG, NEW, CHANGED, UNCHANGED]


class RowFilter(forms.Form):
    """One result, or all."""

    result = forms.ChoiceField(choices=[(result, result) for result in RESULTS], required=False)

    @property
    def wanted(self) -> str:
        """The result asked for; empty for all rows."""
        return str(self.cleaned_data.get("result", "")) if self.is_valid() else ""

    def rows(self, rows: list[Any]) -> list[Row]:
        """The rows of that result."""
        return [row for row in rows if not self.wanted or row.result == self.wanted]
