"""Parse which rows of a comparison are asked for. They are no database rows: a form is enough."""

from collections.abc import Mapping

from django import forms

from communities.registers import CHANGED, NEW, UNCHANGED, WRONG

RESULTS = [WRONG, NEW, CHANGED, UNCHANGED]
ALL = "all"
SHORT = 25  # a longer table with wrong rows opens on these


class RowFilter(forms.Form):
    """One result, or all."""

    result = forms.ChoiceField(choices=[(result, result) for result in (*RESULTS, ALL)], required=False)

    def wanted(self, counts: Mapping[str, int]) -> str:
        """The result asked for; unasked, the wrong rows of a long table; empty for all rows."""
        asked = str(self.cleaned_data.get("result", "")) if self.is_valid() else ""
        if not asked and counts.get(WRONG) and sum(counts.values()) > SHORT:
            return WRONG
        return "" if asked == ALL else asked
