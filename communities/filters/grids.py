"""Parse the filters of the registers of grids and social workers."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.models import Community, Grid, SocialWorker


class PlaceFilter(django_filters.FilterSet):
    """Of which community: those whose rows the person may read."""

    community = django_filters.ModelChoiceFilter(
        label=_("Community"), queryset=Community.objects.none(), to_field_name="code", empty_label=_("all")
    )

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["community"].queryset = communities


class GridFilter(PlaceFilter):
    """Number, name, buildings or social worker; community, level, without a social worker, ended."""

    q = django_filters.CharFilter(label=_("Number, name, building or social worker"), method="by_name")
    level = django_filters.ChoiceFilter(
        label=pgettext_lazy("grid", "Level"), choices=Grid.Level.choices, empty_label=_("all")
    )
    only = django_filters.ChoiceFilter(
        label=_("Only"),
        choices=[("vacant", _("without a social worker")), ("ended", _("ended"))],
        method="by_only",
        empty_label=pgettext_lazy("grids", "in use"),
    )
    order = django_filters.OrderingFilter(
        fields=[
            ("sort_key", "number"),
            ("community__sort_key", "place"),
            ("level", "level"),
            ("households", "households"),
            ("worker__sort_key", "worker"),
        ],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Grid
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.order_fields(["q", "community", "level", "only", "order"])

    def by_name(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        spelt = words.replace(" ", "").lower()
        return rows.filter(
            Q(number__icontains=words)
            | Q(name__icontains=words)
            | Q(scope__icontains=words)
            | Q(worker__name__icontains=words)
            | Q(worker__sort_key__icontains=spelt)
        )

    def by_only(self, rows: QuerySet[Any], _name: str, only: str) -> QuerySet[Any]:
        return rows.filter(worker=None, ended_on=None) if only == "vacant" else rows.exclude(ended_on=None)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("only") else rows.filter(ended_on=None)


class WorkerFilter(PlaceFilter):
    """Name; community, certificate, gone."""

    q = django_filters.CharFilter(label=pgettext_lazy("person", "Name"), method="by_name")
    certificate = django_filters.ChoiceFilter(
        label=_("Professional certificate"),
        choices=[choice for choice in SocialWorker.Certificate.choices if choice[0]],
        empty_label=_("all"),
    )
    only = django_filters.ChoiceFilter(
        label=_("Only"),
        choices=[("gone", _("those who have left"))],
        method="by_only",
        empty_label=_("those who work there"),
    )
    order = django_filters.OrderingFilter(
        fields=[("sort_key", "name"), ("community__sort_key", "place"), ("since", "since")],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = SocialWorker
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.order_fields(["q", "community", "certificate", "only", "order"])

    def by_name(self, rows: Any, _name: str, words: str) -> Any:
        return rows.called(words)

    def by_only(self, rows: QuerySet[Any], _name: str, _only: str) -> QuerySet[Any]:
        return rows.filter(until__lt=timezone.localdate())

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        gone = self.form.cleaned_data.get("only")
        return rows if gone else rows.filter(Q(until=None) | Q(until__gte=timezone.localdate()))
