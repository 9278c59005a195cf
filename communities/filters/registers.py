"""Parse the filters of the registers of communities and sub-districts."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.models import Community, SubDistrict

VALIDITY = [("ended", _("ended")), ("all", _("all, ended too"))]


class DivisionFilter(django_filters.FilterSet):
    """Name or code, and whether the division still exists: current ones unless asked otherwise."""

    q = django_filters.CharFilter(label=_("Name or code"), method="by_name")
    validity = django_filters.ChoiceFilter(
        label=_("Validity"),
        choices=VALIDITY,
        method="by_validity",
        empty_label=pgettext_lazy("division", "current"),
    )
    order = django_filters.OrderingFilter(
        fields=[("division_code", "code"), ("sort_key", "name"), ("valid_from", "from")],
        widget=forms.HiddenInput,
    )

    def by_name(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(
            Q(name__icontains=words) | Q(sort_key__icontains=words) | Q(division_code__icontains=words)
        )

    def by_validity(self, rows: QuerySet[Any], _name: str, validity: str) -> QuerySet[Any]:
        return rows.exclude(valid_to=None) if validity == "ended" else rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("validity") else rows.filter(valid_to=None)


class SubDistrictFilter(DivisionFilter):
    """Sub-districts."""

    class Meta:
        model = SubDistrict
        fields: list[str] = []


class CommunityFilter(DivisionFilter):
    """Communities, of one sub-district or of all."""

    sub_district = django_filters.ModelChoiceFilter(
        label=_("Sub-district"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    order = django_filters.OrderingFilter(
        fields=[
            ("division_code", "code"),
            ("sort_key", "name"),
            ("sub_district__sort_key", "place"),
            ("valid_from", "from"),
        ],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Community
        fields: list[str] = []

    def __init__(self, *args: Any, district: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["sub_district"].queryset = SubDistrict.objects.of(district)
        self.form.order_fields(["q", "sub_district", "validity", "order"])


class ListedSubDistricts(SubDistrictFilter):
    """The API's: its pages have an order of their own."""

    order = None


class ListedCommunities(CommunityFilter):
    """The API's: its pages have an order of their own."""

    order = None
