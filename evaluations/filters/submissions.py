"""Search, filters and order of the office's list of cases, and the search for an organization on a case."""

from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.models import Community, SubDistrict
from evaluations.models import Season, Submission
from evaluations.states import SubmissionState
from organizations.models import SocialOrganization

SHOWN_STATES = [choice for choice in SubmissionState.choices if choice[0] != SubmissionState.DRAFT]
FOUND_AT_ONCE = 10


def without_nul(value: str) -> str:
    return value.replace("\x00", "").strip()


class CaseFilter(df.FilterSet):
    """Cases handed in: by words, state, season, sub-district and community."""

    q = df.CharFilter(label=_("Number, title or organization"), method="search")
    state = df.ChoiceFilter(label=_("State"), choices=SHOWN_STATES, empty_label=_("all"))
    season = df.ModelChoiceFilter(
        label=_("Season"), queryset=Season.objects.none(), to_field_name="code", empty_label=_("all")
    )
    sub_district = df.ModelChoiceFilter(
        label=_("Sub-district"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    community = df.ModelChoiceFilter(
        label=_("Community"),
        field_name="lead_community",
        queryset=Community.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    order = df.OrderingFilter(
        fields={
            "number": "number",
            "title": "title",
            "lead_community__sort_key": "community",
            "state": "state",
            "submitted_at": "submitted",
        },
        widget=forms.HiddenInput,  # the headers of the table order it
    )

    class Meta:
        model = Submission
        fields: list[str] = []

    def __init__(self, data: Any, queryset: QuerySet[Submission], district: Any) -> None:
        super().__init__(data, queryset)
        # Only places that have handed something in are offered.
        self.filters["season"].queryset = Season.objects.of(district)
        self.filters["sub_district"].queryset = SubDistrict.objects.filter(
            pk__in=queryset.order_by().values("sub_district")
        )
        self.filters["community"].queryset = Community.objects.filter(
            pk__in=queryset.order_by().values("lead_community")
        )

    def search(self, queryset: QuerySet[Submission], _name: str, value: str) -> QuerySet[Submission]:
        words = without_nul(value)
        links = Q(organization_links__organization__name__icontains=words)
        links |= Q(organization_links__organization__sort_key__icontains=words)
        return queryset.filter(
            Q(number__icontains=words)
            | Q(title__icontains=words)
            | Q(lead_community__name__icontains=words)
            | links
        ).distinct()


class ListedCases(CaseFilter):
    """The API's: its pages have an order of their own."""

    order = None


class OrganizationSearch(df.FilterSet):
    """Organizations of the register that can be named on a case, by a part of the name or its pinyin."""

    organizations = df.CharFilter(method="search")

    class Meta:
        model = SocialOrganization
        fields: list[str] = []

    def search(
        self, queryset: QuerySet[SocialOrganization], _name: str, value: str
    ) -> QuerySet[SocialOrganization]:
        words = without_nul(value)
        spelt = Q(sort_key__icontains=words.replace(" ", "").lower())
        return queryset.filter(Q(name__icontains=words) | spelt) if words else queryset.none()

    @property
    def words(self) -> str:
        return without_nul(self.data.get("organizations", ""))
