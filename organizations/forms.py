"""Parse what is typed about organizations, their engagements and their projects."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.forms.registers import RegisterForm
from communities.models import Community, District, SubDistrict
from communities.rules import is_district_staff, within_reach
from goldidea.lib.personal import e164, masked
from organizations.models import Engagement, SocialOrganization, VenturePhilanthropyProject
from organizations.states import ORGANIZATION_MOVES, OrganizationState


class CommunityChoice(forms.ModelChoiceField):
    """A current community of the district, shown under its sub-district."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Community.objects.none(), to_field_name="code", **kwargs)

    def offer(self, district: District) -> None:
        self.queryset = Community.objects.of(district).current().select_related("sub_district")

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.sub_district.name} · {obj.name}"


class OrganizationName(forms.CharField):
    """An organization by its full name: a list of thousands is no choice."""

    district: District | None = None

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        if not name:
            return None
        rows = SocialOrganization.objects.of(self.district).exclude(state=OrganizationState.DISSOLVED)
        found = rows.filter(name=name).first()
        if found is not None:
            return found
        like = list(rows.filter(Q(name__icontains=name) | Q(sort_key__icontains=name))[:3])
        if like:
            raise ValidationError(
                _("No organization has exactly this name. Is it %(names)s?"),
                params={"names": "、".join(organization.name for organization in like)},
            )
        raise ValidationError(_("No organization of the register has this name."))

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, SocialOrganization) else value


class ContactForm(RegisterForm):
    """The contact of an organization: the phone that is known is shown masked and kept unless another is typed."""

    contact_phone = forms.CharField(
        label=_("Contact phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def prepare_phone(self) -> None:
        """Show that a phone is known without showing it."""
        known = self.instance.contact_phone
        self.initial["contact_phone"] = ""
        self.known_phone = known
        if known:
            self.fields["contact_phone"].help_text = _(
                "%(phone)s is known. Leave it empty to keep it; type another to replace it."
            ) % {"phone": masked(known)}

    def clean_contact_phone(self) -> str:
        typed = self.cleaned_data["contact_phone"].strip()
        return e164(typed) if typed else self.known_phone


class OrganizationForm(ContactForm):
    """Everything that the register says of an organization."""

    home_community = CommunityChoice(
        label=pgettext_lazy("organization", "Home community"),
        required=False,
        empty_label=_("none"),
        help_text=_(
            "The community in which it grew up: it is endogenous to it and exogenous to every other."
        ),
    )
    parent = OrganizationName(
        label=_("Head office"),
        required=False,
        max_length=80,
        help_text=_("Its full name, for a branch or a group."),
    )

    class Meta:
        model = SocialOrganization
        fields = [
            "name",
            "registration",
            "kind",
            "credit_code",
            "rating",
            "rating_year",
            "sub_district",
            "home_community",
            "supportive_level",
            "parent",
            "is_studio",
            "profile",
            "contact_name",
            "contact_phone",
        ]
        widgets = {
            "registration": forms.RadioSelect,
            "kind": forms.RadioSelect,
            "credit_code": forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
        }
        help_texts = {
            "registration": _(
                "Registered organizations are legal persons; filed ones are kept by their sub-district."
            ),
            "credit_code": _("18 characters, for registered organizations only."),
            "rating": _("1 to 5, for 1A to 5A. A rating is valid for 5 years."),
            "profile": _("Who they are and what they do, for everybody to read."),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        district = self.instance.district
        for name in ("registration", "kind"):
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]
        self.fields["home_community"].offer(district)
        self.fields["parent"].district = district
        self.offer_places(user, district)
        self.prepare_phone()
        for name in ("sub_district", "home_community"):
            place = getattr(self.instance, name)
            self.initial[name] = place.code if place else None
        if self.instance.parent_id:
            self.initial["parent"] = self.instance.parent

    def offer_places(self, user: Any, district: District) -> None:
        """The sub-districts that the person covers; the district itself for its own staff."""
        field = self.fields["sub_district"]
        field.to_field_name = "code"
        field.queryset = within_reach(user, district, SubDistrict.objects.of(district).current(), path="pk")
        if is_district_staff(user, district):
            field.empty_label = _("the district itself")
        else:
            field.required, field.empty_label = True, None


class ProposalForm(OrganizationForm):
    """An organization as its own people propose it: the sub-district that shall register it is theirs to name."""

    class Meta(OrganizationForm.Meta):
        fields = [name for name in OrganizationForm.Meta.fields if name != "supportive_level"]

    def offer_places(self, user: Any, district: District) -> None:
        field = self.fields["sub_district"]
        field.to_field_name, field.empty_label = "code", _("the district itself")
        field.queryset = SubDistrict.objects.of(district).current()


class OwnForm(ContactForm):
    """What an organization may change of itself once it stands in the register."""

    class Meta:
        model = SocialOrganization
        fields = ["profile", "contact_name", "contact_phone"]
        help_texts = {"profile": _("Who you are and what you do, for everybody to read.")}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare_phone()
        self.fields["contact_phone"].initial = self.known_phone


class MoveForm(forms.Form):
    """Another state, and why."""

    state = forms.ChoiceField(label=_("New state"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": "3"}))

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        after = ORGANIZATION_MOVES.get(state, frozenset())
        self.fields["state"].choices = [
            (value, label) for value, label in OrganizationState.choices if value in after
        ]


class ReasonForm(forms.Form):
    """Why the whole phone is needed."""

    reason = forms.CharField(
        label=_("Why do you need the whole phone?"),
        help_text=_("Recorded with your name and the time."),
        min_length=4,
        max_length=200,
    )


class EngagementForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where an organization works, since when, and at what."""

    community = CommunityChoice(label=_("Community"), empty_label=_("choose"))

    class Meta:
        model = Engagement
        fields = ["community", "service", "since"]
        help_texts = {"service": _("What they do there, in a few words.")}

    say = RegisterForm.say

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].offer(self.instance.organization.district)
        self.initial["since"] = timezone.localdate()

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"organization", "until"}  # type: ignore[misc]


class EndForm(forms.Form):
    """The last day of an engagement."""

    until = forms.DateField(label=_("Last day"))

    say = RegisterForm.say


class ProjectForm(RegisterForm):
    """A venture-philanthropy project."""

    organization = OrganizationName(label=_("Organization"), max_length=80, help_text=_("Its full name."))
    communities = forms.ModelMultipleChoiceField(
        Community.objects.none(),
        label=_("Communities where it works"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = VenturePhilanthropyProject
        fields = [
            "title",
            "organization",
            "programme",
            "funder",
            "year",
            "budget_total",
            "granted",
            "starts_on",
            "ends_on",
            "summary",
            "communities",
        ]
        help_texts = {
            "programme": _("The call or programme under which it was granted."),
            "funder": _("Who gave the money."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        district = self.instance.district
        self.fields["organization"].district = district
        self.fields["communities"].queryset = Community.objects.of(district).current()
        if self.instance.pk:
            self.initial["organization"] = self.instance.organization
            self.initial["communities"] = [row.code for row in self.instance.communities.all()]


class OwnProjectForm(ProjectForm):
    """A project of one's own organization."""

    class Meta(ProjectForm.Meta):
        fields = [name for name in ProjectForm.Meta.fields if name != "organization"]

    organization = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        forms.ModelForm.__init__(self, *args, **kwargs)
        self.fields["communities"].queryset = Community.objects.of(self.instance.district).current()
        if self.instance.pk:
            self.initial["communities"] = [row.code for row in self.instance.communities.all()]
