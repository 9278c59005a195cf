"""Which divisions, appointments and decisions: reads, named as sentences."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q


def valid_on(day: dt.date) -> Q:
    """Rows whose validity (`valid_from` ≤ day < `valid_to`) covers the day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


class DivisionQuerySet(models.QuerySet[Any]):
    """Sub-districts or communities."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def on(self, day: dt.date) -> Self:
        return self.filter(valid_on(day))

    def current(self) -> Self:
        """Those without an end: of these a division code is unique in its district."""
        return self.filter(valid_to=None)


class AppointmentQuerySet(models.QuerySet[Any]):
    """Appointments of people."""

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(since__lte=day) & (Q(until=None) | Q(until__gte=day)))

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def with_place(self) -> Self:
        return self.select_related("district", "sub_district", "community")


class DecisionQuerySet(models.QuerySet[Any]):
    """Decisions that need two people."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def pending(self) -> Self:
        return self.filter(state="pending")


class ImportQuerySet(models.QuerySet[Any]):
    """Uploaded tables."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def by(self, user: Any) -> Self:
        """A person sees the own uploads only: contacts stand in them."""
        return self.filter(uploaded_by=user)

    def waiting(self) -> Self:
        return self.filter(state="waiting")


class CalendarQuerySet(models.QuerySet[Any]):
    """Versions of the calendars of years."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def in_force(self) -> Self:
        """The last version of each year."""
        return self.order_by("district", "year", "-version").distinct("district", "year")


class SocialWorkerQuerySet(models.QuerySet[Any]):
    """Social workers."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def present(self, day: dt.date) -> Self:
        """Those who work there on a day; a first day that nobody noted lies behind."""
        return self.filter(Q(since=None) | Q(since__lte=day)).filter(Q(until=None) | Q(until__gte=day))

    def called(self, words: str) -> Self:
        """Those whose name, or its pinyin, holds these words."""
        return self.filter(Q(name__icontains=words) | Q(sort_key__icontains=words.replace(" ", "").lower()))


class GridQuerySet(models.QuerySet[Any]):
    """Grids."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def in_use(self) -> Self:
        return self.filter(ended_on=None)

    def with_place(self) -> Self:
        return self.select_related("community__sub_district", "parent", "worker")
