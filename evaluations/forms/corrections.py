"""Parse what the office asks to correct."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from evaluations.models import Correction, Objection, Round, ScoreSheet


class CorrectionForm(forms.Form):
    """One kind of change, what it touches, and why. Seats are told by number: nobody sees a mark here."""

    kind = forms.ChoiceField(
        label=_("What is to be corrected"), choices=Correction.Kind.choices, widget=forms.RadioSelect
    )
    sheets = forms.ModelMultipleChoiceField(
        label=_("Sheets that are not to count"),
        queryset=ScoreSheet.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For sheets declared void, and for a conflict of interest that was overlooked."),
    )
    entry = forms.ModelChoiceField(
        label=_("Case that gets or loses points"),
        empty_label=_("none chosen"),
        queryset=None,
        required=False,
        to_field_name="key",
    )
    points = forms.DecimalField(
        label=_("Points (with a minus to take them off)"), required=False, max_digits=7, decimal_places=3
    )
    objection = forms.ModelChoiceField(
        label=_("Objection that was upheld"),
        empty_label=_("none chosen"),
        queryset=None,
        required=False,
        to_field_name="code",
    )
    reason = forms.CharField(
        label=_("Reasons"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Everybody reads them beside the corrected result. No names of judges or of who objected."
        ),
    )

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheets: Any = self.fields["sheets"]
        counted = ScoreSheet.objects.filter(round=round_, event__isnull=False).counted()
        sheets.queryset = counted.select_related("seat__panel", "entry__snapshot", "event").order_by(
            "seat__number", "entry__position"
        )
        sheets.label_from_instance = lambda sheet: f"{sheet.seat.number:02d} → {sheet.entry}"
        entry: Any = self.fields["entry"]
        entry.queryset = round_.entries.select_related("snapshot").order_by("position")
        objection: Any = self.fields["objection"]
        objection.queryset = Objection.objects.filter(round=round_, state="upheld")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("kind") == Correction.Kind.ADJUSTMENT:
            for name in ("entry", "points"):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("This field is required."), code="required"))
        elif found.get("kind") and not found.get("sheets") and "sheets" not in self.errors:
            self.add_error("sheets", ValidationError(_("Choose the sheets that are not to count.")))
        found["reason"] = " ".join((found.get("reason") or "").split())
        return found

    @property
    def change(self) -> dict[str, Any]:
        """What the action takes."""
        told = self.cleaned_data
        by = {"objection": told["objection"].code} if told["objection"] else {}
        if told["kind"] == Correction.Kind.ADJUSTMENT:
            return {"kind": told["kind"], "entry": told["entry"].key, "points": f"{told['points']:f}", **by}
        return {"kind": told["kind"], "sheets": [sheet.event.digest for sheet in told["sheets"]], **by}
