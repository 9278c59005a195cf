"""What the public may filter cases and results by."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.models import SubDistrict
from evaluations.models import Publication, Season, Submission
from evaluations.receipts import digest_prefix
from organizations.models import Origin


class CaseFilter(django_filters.FilterSet):
    """Public cases by season, sub-district, field and words."""

    season = django_filters.ModelChoiceFilter(
        label=_("Season"), queryset=Season.objects.none(), to_field_name="code", empty_label=_("All seasons")
    )
    sub_district = django_filters.ModelChoiceFilter(
        label=_("Sub-district"), queryset=SubDistrict.objects.none(), to_field_name="code",
        empty_label=_("All sub-districts"),
    )  # fmt: skip
    field = django_filters.ChoiceFilter(
        label=_("Field"), choices=Submission.Field.choices, empty_label=_("All fields")
    )
    q = django_filters.CharFilter(label=_("Case, community or organization"), method="search", max_length=60)

    class Meta:
        model = Submission
        fields: list[str] = []

    def __init__(self, *args: Any, district: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["season"].queryset = Season.objects.of(district).public()
        self.filters["sub_district"].queryset = SubDistrict.objects.of(district)

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(title__icontains=value)
            | Q(number__icontains=value)
            | Q(lead_community__name__icontains=value)
            | Q(lead_community__sort_key__icontains=value)
            | Q(organization_links__organization__name__icontains=value)
        ).distinct()


class PublicationFilter(django_filters.FilterSet):
    """Published results and notices by season and by the sub-district that hosted the round."""

    season = django_filters.ModelChoiceFilter(
        field_name="round__season", queryset=Season.objects.none(), to_field_name="code"
    )
    sub_district = django_filters.ModelChoiceFilter(
        field_name="round__sub_district", queryset=SubDistrict.objects.none(), to_field_name="code"
    )
    kind = django_filters.ChoiceFilter(choices=Publication.Kind.choices)

    class Meta:
        model = Publication
        fields: list[str] = []

    def __init__(self, *args: Any, district: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["season"].queryset = Season.objects.of(district).public()
        self.filters["sub_district"].queryset = SubDistrict.objects.of(district)


class ResultFilterForm(forms.Form):
    """Lines of a published snapshot by sub-district, field, origin and words. They are filtered in memory."""

    sub_district = forms.ChoiceField(label=_("Sub-district"), required=False)
    field = forms.ChoiceField(
        label=_("Field"), required=False, choices=[("", _("All fields")), *Submission.Field.choices]
    )
    origin = forms.ChoiceField(
        label=_("Origin of the organizations"),
        required=False,
        choices=[("", _("Endogenous and exogenous")), *Origin.choices],
    )
    q = forms.CharField(label=_("Case, community or organization"), required=False, max_length=60)

    def __init__(self, data: Any, lines: list[dict[str, Any]]) -> None:
        super().__init__(data or None)
        names = sorted({line["sub_district"]["name"] for line in lines})
        self.fields["sub_district"].choices = [
            ("", _("All sub-districts")),
            *((name, name) for name in names),
        ]
        self.lines = lines

    def kept(self) -> list[dict[str, Any]]:
        """The lines that pass; all of them when nothing, or nothing sensible, is asked for."""
        if not self.is_bound or not self.is_valid():
            return self.lines
        return [line for line in self.lines if self._passes(line)]

    def _passes(self, line: dict[str, Any]) -> bool:
        asked = self.cleaned_data
        organizations = line.get("organizations") or []
        words = [
            line["title"],
            line["number"],
            line["community"]["name"],
            *(o["name"] for o in organizations),
        ]
        return (
            (not asked["sub_district"] or line["sub_district"]["name"] == asked["sub_district"])
            and (not asked["field"] or line.get("field") == asked["field"])
            and (not asked["origin"] or any(o.get("origin") == asked["origin"] for o in organizations))
            and (not asked["q"] or any(asked["q"].lower() in word.lower() for word in words))
        )


class ReceiptForm(forms.Form):
    """The code of a receipt, in any spelling."""

    code = forms.CharField(
        label=_("Code on the receipt"),
        max_length=40,
        help_text=_("Twelve letters and digits, such as ABCD-EFGH-JKLM."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if digest_prefix(code) is None:
            raise forms.ValidationError(
                _("A receipt has twelve letters and digits. Check what you typed."), code="receipt"
            )
        return code
