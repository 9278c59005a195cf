"""Parse objections that came in on paper, and what is decided about them."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluations.models import Objection, Round
from evaluations.states import ObjectionState


class ObjectionForm(forms.ModelForm):
    """A written objection: who, about what, when it came, and its scan."""

    scan = forms.FileField(
        label=_("Scan of the paper"),
        required=False,
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        help_text=_("One PDF with all pages, or one picture. At most 20 MB."),
    )

    class Meta:
        model = Objection
        fields = ("kind", "name", "contact", "entry", "text", "received_on")
        labels: ClassVar = {"contact": _("How to reach them")}
        widgets = {
            "kind": forms.RadioSelect,
            "name": forms.TextInput,
            "contact": forms.TextInput,
            "text": forms.Textarea(attrs={"rows": 5}),
            "received_on": forms.DateInput,
        }

    field_order = ("kind", "name", "contact", "entry", "text", "received_on", "scan")

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_
        kind: Any = self.fields["kind"]
        kind.choices = Objection.Kind.choices
        entry: Any = self.fields["entry"]
        entry.queryset = round_.entries.select_related("snapshot").order_by("position")
        entry.to_field_name, entry.empty_label = "key", _("the whole ranking")
        for name, most in (("name", 80), ("contact", 200), ("text", 4000)):
            field: Any = self.fields[name]
            field.max_length = most
            field.validators.append(forms.CharField(max_length=most).validators[0])
        self.fields["received_on"].initial = timezone.localdate

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        if self.round.notice_from and day < self.round.notice_from and not self.round.corrections.exists():
            raise ValidationError(_("The results were not public yet on that day."))
        return day

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class OutcomeForm(forms.Form):
    """What is decided, and why."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(ObjectionState.UPHELD, _("uphold it")), (ObjectionState.REJECTED, _("reject it"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reasons"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "The second person reads them, and who objected gets them in writing. No names of judges."
        ),
    )


class WhyForm(forms.Form):
    """Why somebody looks at what is shown with a reason only."""

    reason = forms.CharField(
        label=_("What do you need it for?"),
        help_text=_("Recorded with your name and the time."),
        min_length=4,
        max_length=200,
    )
