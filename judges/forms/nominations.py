"""Parse nominations of residents, invitations of experts, and corrections of both."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.models import Community
from goldidea.lib.personal import masked
from judges.forms import PhoneField
from judges.models import Judge
from judges.states import ON_THE_WAY


class HomeField(forms.ModelChoiceField):
    """A community, named with its sub-district where there are several."""

    def label_from_instance(self, community: Community) -> str:
        several = getattr(self, "several", False)
        return f"{community.sub_district} · {community}" if several else str(community)


class PersonForm(forms.Form):
    """What is noted of a judge: name, phone, introduction, who named the person."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=40)
    phone = PhoneField(
        label=_("Mobile phone"), required=False, help_text=_("Shown in part only. Never published.")
    )
    introduction = forms.CharField(
        label=_("Introduction"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why the residents trust this person: work, standing, experience. No identity number."),
    )
    nominated_by = forms.CharField(
        label=_("Nominated by"),
        max_length=80,
        required=False,
        help_text=_("Residents' meeting, building groups, community, or a number of residents."),
    )
    namesake = forms.BooleanField(label=_("This is another person of the same name"), required=False)

    def __init__(self, *args: Any, district: Any, judge: Judge | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district, self.judge = district, judge
        self.asks_for_namesake = False

    @property
    def twins(self) -> Any:
        """Records of the same name that are on the way to a seat, or have one."""
        same = Judge.objects.of(self.district).filter(
            name=self.cleaned_data.get("name"), state__in=ON_THE_WAY
        )
        return same.exclude(pk=self.judge.pk) if self.judge else same

    def ask_for_namesake(self, twins: Any) -> None:
        """Two people may share a name; the same person twice may not be."""
        if twins.exists():
            self.asks_for_namesake = True
            if not self.cleaned_data.get("namesake"):
                self.add_error(
                    "namesake",
                    _("%(name)s is in the register already. If this is somebody else, say so here.")
                    % {"name": self.cleaned_data["name"]},
                )

    @property
    def person(self) -> dict[str, Any]:
        """The values for the actions."""
        names = ("name", "phone", "introduction", "nominated_by")
        return {name: self.cleaned_data[name] for name in names}


class NominationForm(PersonForm):
    """A resident of one of the communities that the person answers for."""

    community = HomeField(
        label=_("Home community"),
        queryset=Community.objects.none(),
        to_field_name="code",
        empty_label=_("choose"),
    )
    field_order = ("name", "community", "phone", "introduction", "nominated_by", "namesake")

    def __init__(self, *args: Any, homes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = homes
        self.fields["community"].several = homes.values("sub_district").distinct().count() > 1

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("community") and cleaned.get("name"):
            self.ask_for_namesake(self.twins.filter(community=cleaned["community"]))
        return cleaned


class ExpertForm(PersonForm):
    """An expert whom the district invites."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["introduction"].help_text = _("Field, post, experience. No identity number.")
        self.fields["nominated_by"].label = _("Recommended by")
        self.fields["nominated_by"].help_text = _("University, institute or office that names this expert.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name"):
            self.ask_for_namesake(self.twins.filter(kind=Judge.Kind.EXPERT))
        return cleaned


def keep_phone(form: PersonForm, judge: Judge) -> None:
    """In a correction the phone is not shown again: empty keeps it, a tick takes it out."""
    if not judge.phone:
        return
    form.fields["phone"].help_text = _("%(phone)s is kept. Type here only a number that takes its place.") % {
        "phone": masked(judge.phone)
    }
    form.fields["forget_phone"] = forms.BooleanField(label=_("Take the phone out"), required=False)
    form.order_fields(
        ["name", "community", "phone", "forget_phone", "introduction", "nominated_by", "namesake"]
    )


def phone_after(form: PersonForm, judge: Judge) -> str:
    """The phone that the record has after this correction."""
    if form.cleaned_data["phone"]:
        return str(form.cleaned_data["phone"])
    return "" if form.cleaned_data.get("forget_phone") else judge.phone
