"""Filters of the office's list of rounds."""

from typing import Any

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communities.models import SubDistrict
from evaluations.models import Round, Season
from evaluations.states import RoundState


class RoundFilter(df.FilterSet):
    """Rounds by season, state, kind and host."""

    season = df.ModelChoiceFilter(
        label=_("Season"), queryset=Season.objects.none(), to_field_name="code", empty_label=_("all")
    )
    state = df.ChoiceFilter(label=_("State"), choices=RoundState.choices, empty_label=_("all"))
    kind = df.ChoiceFilter(label=_("Kind"), choices=Round.Kind.choices, empty_label=_("all"))
    sub_district = df.ModelChoiceFilter(
        label=_("Sub-district"),
        queryset=SubDistrict.objects.none(),
        to_field_name="code",
        empty_label=_("all"),
    )
    order = df.OrderingFilter(
        fields={"name": "name", "state": "state", "opens_at": "opens", "closes_at": "closes"},
        widget=forms.HiddenInput,  # the headers of the table order it
    )

    class Meta:
        model = Round
        fields: list[str] = []

    def __init__(self, data: Any, queryset: QuerySet[Round], district: Any) -> None:
        super().__init__(data, queryset)
        self.filters["season"].queryset = Season.objects.of(district)
        self.filters["sub_district"].queryset = SubDistrict.objects.filter(
            pk__in=queryset.order_by().values("sub_district")
        )
