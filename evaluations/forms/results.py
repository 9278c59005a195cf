"""Parse what the office asks for about counting and publishing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.models import Round, ScoreSheet


class ReasonForm(forms.Form):
    """A reason that the second person reads."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The second person reads it."),
    )


class VoidForm(ReasonForm):
    """Which handed-in sheet is not to count. Seats are told by number: nobody sees a mark here."""

    sheet = forms.ModelChoiceField(label=_("Sheet"), queryset=ScoreSheet.objects.none(), to_field_name="pk")
    field_order = ["sheet", "reason"]

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheets = (
            ScoreSheet.objects.filter(round=round_)
            .counted()
            .select_related("seat__panel", "entry__snapshot", "event")
        )
        field: Any = self.fields["sheet"]
        field.queryset = sheets
        field.label_from_instance = lambda sheet: f"{sheet.seat.number:02d} → {sheet.entry}"
