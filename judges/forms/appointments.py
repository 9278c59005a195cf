"""Parse an appointment for a term, an end of a term, an interest."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from judges import consent
from judges.forms import ReasonForm
from judges.models import Judge, StandingInterest
from organizations.models import SocialOrganization


class JudgesField(forms.ModelMultipleChoiceField):
    """Judges, named with their home."""

    def label_from_instance(self, judge: Judge) -> str:
        return f"{judge} · {judge.community}" if judge.community else str(judge)


class AppointForm(forms.Form):
    """Who, the day of their consent, and the term."""

    judges = JudgesField(
        label=_("Who is appointed"),
        queryset=Judge.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one judge.")},
    )
    consent_at = forms.DateField(
        label=_("Consent signed on"),
        widget=forms.DateInput,
        help_text=_("The last of the days, if they signed on several."),
    )
    signed = forms.BooleanField(
        label=_("Everyone ticked has signed the consent, and the office keeps the signed sheets"),
        error_messages={"required": _("Without a signed consent nobody can be appointed.")},
    )
    term_from = forms.DateField(label=_("Term from"), widget=forms.DateInput)
    term_to = forms.DateField(label=_("Term to"), widget=forms.DateInput)

    def __init__(self, *args: Any, judges: Any, alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["judges"].queryset = judges
        self.fields["judges"].initial = [judge.code for judge in judges]
        self.fields["term_from"].initial = timezone.localdate()
        if alone:
            del self.fields["judges"]
            self.fields["signed"].label = _(
                "The judge has signed the consent, and the office keeps the signed sheet"
            )
            self.fields["consent_at"].help_text = ""

    def clean_consent_at(self) -> Any:
        day = self.cleaned_data["consent_at"]
        if day > timezone.localdate():
            raise forms.ValidationError(
                _("This day has not come yet. Enter the day on which the consent was signed.")
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("term_from"), cleaned.get("term_to")
        if since and until and until < since:
            self.add_error("term_to", _("The term ends before it begins."))
        return cleaned

    @property
    def term(self) -> dict[str, Any]:
        """The values for the actions."""
        names = ("consent_at", "term_from", "term_to")
        return {**{name: self.cleaned_data[name] for name in names}, "consent_version": consent.CURRENT}


class EndForm(ReasonForm):
    """The last day of a term, and why it ends."""

    on = forms.DateField(label=_("Last day of the term"), widget=forms.DateInput)
    field_order = ("on", "reason")


class InterestForm(forms.Form):
    """One tie, to a community or to an organization."""

    kind = forms.ChoiceField(
        label=_("Kind of tie"), choices=StandingInterest.Kind.choices, widget=forms.RadioSelect
    )
    community = forms.ModelChoiceField(
        label=_("Community"),
        queryset=Community.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="—",
    )
    organization = forms.ModelChoiceField(
        label=_("Social organization"),
        queryset=SocialOrganization.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="—",
        help_text=_("A community or an organization, one of them."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=120,
        required=False,
        help_text=_("For example: volunteer since 2015. Name no relatives."),
    )

    def __init__(self, *args: Any, district: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = Community.objects.of(district).on(timezone.localdate())
        self.fields["organization"].queryset = SocialOrganization.objects.of(district).exclude(
            state="dissolved"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("community")) == bool(cleaned.get("organization")) and not {
            "community",
            "organization",
        } & set(self.errors):
            self.add_error("community", _("Name a community or an organization, one of them."))
        return cleaned
