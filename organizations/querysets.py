"""Which organizations and projects: reads, named as sentences."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When


class OrganizationQuerySet(models.QuerySet[Any]):
    """Social organizations."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def active(self) -> Self:
        return self.filter(state="active")

    def with_origin_to(self, community: Any) -> Self:
        """Annotate `origin`: endogenous to the community that is the organization's home, exogenous to every other."""
        return self.annotate(
            origin=Case(
                When(home_community=community, then=Value("endogenous")),
                default=Value("exogenous"),
                output_field=models.CharField(),
            )
        )


class EngagementQuerySet(models.QuerySet[Any]):
    """Where organizations work."""

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(since__lte=day) & (Q(until=None) | Q(until__gte=day)))

    def with_origin(self) -> Self:
        """Annotate `origin` of the organization relative to the community of the row."""
        return self.annotate(
            origin=Case(
                When(organization__home_community=F("community"), then=Value("endogenous")),
                default=Value("exogenous"),
                output_field=models.CharField(),
            )
        )


class ProjectQuerySet(models.QuerySet[Any]):
    """Venture-philanthropy projects."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)
