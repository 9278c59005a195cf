"""Parse the filters of the registers of organizations and venture-philanthropy projects."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.models import SubDistrict
from organizations.models import SocialOrganization, VenturePhilanthropyProject
from organizations.states import OrganizationState

SORTS = [
    ("supportive", _("supportive organizations")),
    ("studio", _("hotshot studios")),
    ("rated", _("rated")),
]


class OrganizationFilter(django_filters.FilterSet):
    """Name or credit code, sub-district, registration, kind, state."""

    q = django_filters.CharFilter(label=_("Name or credit code"), method="by_name")
    sub_district = django_filters.ModelChoiceFilter(
        label=_("Sub-district"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    registration = django_filters.ChoiceFilter(
        label=_("Registration"), choices=SocialOrganization.Registration.choices, empty_label=_("all")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=SocialOrganization.Kind.choices, empty_label=_("all")
    )
    sort = django_filters.ChoiceFilter(label=_("Only"), choices=SORTS, method="by_sort", empty_label=_("all"))
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=OrganizationState.choices, empty_label=_("all")
    )
    order = django_filters.OrderingFilter(
        fields=[
            ("sort_key", "name"),
            ("registration", "registration"),
            ("kind", "kind"),
            ("rating", "rating"),
            ("sub_district__sort_key", "place"),
            ("home_community__sort_key", "home"),
            ("state", "state"),
        ],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = SocialOrganization
        fields: list[str] = []

    def __init__(self, *args: Any, district: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["sub_district"].queryset = SubDistrict.objects.of(district)

    def by_name(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(
            Q(name__icontains=words) | Q(sort_key__icontains=words) | Q(credit_code__icontains=words)
        )

    def by_sort(self, rows: QuerySet[Any], _name: str, sort: str) -> QuerySet[Any]:
        if sort == "supportive":
            return rows.exclude(supportive_level="")
        return rows.filter(is_studio=True) if sort == "studio" else rows.exclude(rating=None)


class ProjectFilter(django_filters.FilterSet):
    """Title, programme, funder or organization; year."""

    q = django_filters.CharFilter(label=_("Title, programme, funder or organization"), method="by_name")
    year = django_filters.NumberFilter(label=_("Year"), min_value=2000, max_value=2100)
    order = django_filters.OrderingFilter(
        fields=[
            ("title", "title"),
            ("organization__sort_key", "organization"),
            ("programme", "programme"),
            ("year", "year"),
            ("granted", "granted"),
            ("budget_total", "budget"),
        ],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = VenturePhilanthropyProject
        fields: list[str] = []

    def by_name(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(
            Q(title__icontains=words)
            | Q(programme__icontains=words)
            | Q(funder__icontains=words)
            | Q(organization__name__icontains=words)
            | Q(organization__sort_key__icontains=words)
        )


class ListedOrganizations(OrganizationFilter):
    """The API's: its pages have an order of their own."""

    order = None
