"""Parse what is typed about sub-districts and communities, and uploaded tables."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Community, District, SubDistrict
from communities.rules import within_reach
from goldidea.lib.spreadsheets import MAX_BYTES


class RegisterForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form of a row that belongs to a district: what is unique there is checked although the district is not typed."""

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"district"}  # type: ignore[misc]

    def say(self, error: ValidationError) -> None:
        """Put what an action refused at its fields."""
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in found.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


def places(field: Any, user: Any, district: District) -> None:
    """Offer the sub-districts that the person covers, by their public codes."""
    rows = within_reach(user, district, SubDistrict.objects.of(district).current(), path="pk")
    field.queryset, field.to_field_name, field.empty_label = rows, "code", None


DAY = forms.DateField(label=_("Valid from"))


class SubDistrictForm(RegisterForm):
    """A sub-district's name, code and initials."""

    class Meta:
        model = SubDistrict
        fields = ["name", "division_code", "initials", "valid_from"]
        help_texts = {
            "name": _("In full, like 清波街道."),
            "division_code": _("9 digits, as in the statistical division codes."),
            "initials": _("2 to 4 capitals; case numbers begin with them."),
            "valid_from": _("The day from which it exists under this name."),
        }
        widgets = {"division_code": forms.TextInput(attrs={"inputmode": "numeric", "class": "digits"})}

    def clean_initials(self) -> str:
        return str(self.cleaned_data["initials"]).upper()


class CommunityForm(RegisterForm):
    """A community's name, code and sub-district."""

    class Meta:
        model = Community
        fields = ["name", "division_code", "sub_district", "valid_from"]
        field_classes = {"sub_district": forms.ModelChoiceField}
        help_texts = {
            "name": _("In full, like 清波门社区."),
            "division_code": _("12 digits, as in the statistical division codes."),
            "valid_from": _("The day from which it exists under this name."),
        }
        widgets = {"division_code": forms.TextInput(attrs={"inputmode": "numeric", "class": "digits"})}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places(self.fields["sub_district"], user, self.instance.district)
        if self.instance.sub_district_id:
            self.initial["sub_district"] = self.instance.sub_district.code


class CommunityChangeForm(CommunityForm):
    """The community that continues another from a day on."""

    goes_on = forms.BooleanField(
        label=_("Only a part was split off: the former community goes on"), required=False
    )

    class Meta(CommunityForm.Meta):
        help_texts = {
            **CommunityForm.Meta.help_texts,
            "valid_from": _("The day of the change. The former one ends on it."),
        }

    def __init__(self, *args: Any, former: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["valid_from"] = former.valid_to or timezone.localdate()
        if former.valid_to:
            del self.fields["goes_on"]


class SubDistrictChangeForm(SubDistrictForm):
    """The sub-district that continues another from a day on."""

    class Meta(SubDistrictForm.Meta):
        help_texts = {
            **SubDistrictForm.Meta.help_texts,
            "valid_from": _(
                "The day of the change. The former one ends on it; its communities go on with the new one."
            ),
        }

    def __init__(self, *args: Any, former: SubDistrict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["valid_from"] = former.valid_to or timezone.localdate()


class TableForm(forms.Form):
    """An uploaded table."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("xlsx, or csv in UTF-8 or GBK; at most 5 MB and 10,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        max_length=200,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("This file is larger than 5 MB. Split the table and import its parts."))
        return file
