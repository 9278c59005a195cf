"""Search, filters and order of the registers of judges and elections."""

from typing import Any

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Community, SubDistrict
from judges.models import ElectionMeeting, Judge
from judges.states import JudgeState


class InPlace(df.FilterSet):
    """A list that can be narrowed to a sub-district; who sees one only is not asked."""

    def __init__(self, data: Any, queryset: QuerySet[Any], places: Any) -> None:
        super().__init__(data, queryset)
        self.filters["sub_district"].queryset = places
        self.places = list(places)

    @property
    def form(self) -> Any:
        form = super().form
        if len(self.places) < 2:
            form.fields.pop("sub_district", None)
        return form


class JudgeFilter(InPlace):
    """Judges by name or pinyin, kind, state, place, and whether they serve today."""

    q = df.CharFilter(label=_("Name or pinyin"), method="search")
    kind = df.ChoiceFilter(label=_("Kind"), choices=Judge.Kind.choices, empty_label=_("all"))
    state = df.ChoiceFilter(label=_("State"), choices=JudgeState.choices, empty_label=_("all"))
    sub_district = df.ModelChoiceFilter(
        label=_("Sub-district"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    community = df.ModelChoiceFilter(
        label=_("Community"),
        queryset=Community.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    serving = df.ChoiceFilter(
        label=_("Serving today"),
        choices=[("yes", _("yes")), ("no", _("no"))],
        method="serve",
        empty_label=_("all"),
    )
    order = df.OrderingFilter(
        fields={
            "sort_key": "name",
            "community__sort_key": "community",
            "state": "state",
            "term_to": "term",
        },
        widget=forms.HiddenInput,  # the headers of the table order it
    )

    class Meta:
        model = Judge
        fields: list[str] = []

    def __init__(self, data: Any, queryset: QuerySet[Judge], places: Any, homes: Any) -> None:
        super().__init__(data, queryset, places)
        self.filters["community"].queryset = homes

    def search(self, queryset: Any, _name: str, value: str) -> Any:
        words = value.replace("\x00", "").strip()
        return queryset.called(words) if words else queryset

    def serve(self, queryset: Any, _name: str, value: str) -> Any:
        serving = Judge.objects.serving_on(timezone.localdate()).values("pk")
        return queryset.filter(pk__in=serving) if value == "yes" else queryset.exclude(pk__in=serving)


class ListedJudges(JudgeFilter):
    """The API's: any place of the district may be asked for, and its pages have an order of their own."""

    order = None

    def __init__(self, data: Any, queryset: QuerySet[Judge], district: Any) -> None:
        df.FilterSet.__init__(self, data, queryset)
        self.filters["sub_district"].queryset = SubDistrict.objects.of(district)
        self.filters["community"].queryset = Community.objects.of(district)

    @property
    def form(self) -> Any:
        return super(InPlace, self).form


class ElectionFilter(InPlace):
    """Meetings by place and days."""

    sub_district = df.ModelChoiceFilter(
        label=_("Sub-district"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    since = df.DateFilter(label=_("From"), field_name="held_on", lookup_expr="gte")
    until = df.DateFilter(label=_("To"), field_name="held_on", lookup_expr="lte")
    order = df.OrderingFilter(
        fields={"held_on": "date", "sub_district__sort_key": "place", "present": "present"},
        widget=forms.HiddenInput,
    )

    class Meta:
        model = ElectionMeeting
        fields: list[str] = []
