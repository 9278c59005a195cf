"""Parse a request for bonus points or a deduction."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from evaluations.models import Round
from evaluations.rules.adjustments import points_allowed


class AdjustmentForm(forms.Form):
    """Which case, how many points, and why."""

    entry = forms.ModelChoiceField(label=_("Case"), queryset=None, to_field_name="key")
    points = forms.DecimalField(
        label=_("Points (with a minus to take them off)"), max_digits=9, decimal_places=3
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The second person reads it, and everybody beside the published result. No names of people."
        ),
    )

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entry"]
        field.queryset = round_.entries.with_round().select_related("submission").order_by("position")
        field.label_from_instance = lambda entry: f"{entry.submission.number} {entry}"

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        entry, points = found.get("entry"), found.get("points")
        if points is not None and points == 0:
            self.add_error("points", ValidationError(_("0 points change nothing."), code="nothing"))
        elif entry and points and not (verdict := points_allowed(entry, points)):
            self.add_error("points", ValidationError(verdict.reason, code="points-not-allowed"))
        return found
