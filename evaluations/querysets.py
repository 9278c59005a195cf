"""Which seasons, submissions, rounds, sheets and results: reads, named as sentences."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q


class SeasonQuerySet(models.QuerySet[Any]):
    """Seasons."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def public(self) -> Self:
        return self.exclude(state="draft")


class SubmissionQuerySet(models.QuerySet[Any]):
    """Cases."""

    def of(self, district: Any) -> Self:
        return self.filter(season__district=district)

    def with_parties(self) -> Self:
        return self.select_related("season", "sub_district", "lead_community__sub_district").prefetch_related(
            "organization_links__organization", "partners"
        )


class RoundQuerySet(models.QuerySet[Any]):
    """Rounds."""

    def of(self, district: Any) -> Self:
        return self.filter(season__district=district)

    def due(self, now: Any) -> Self:
        """Open, and their time is over."""
        return self.filter(state="open", closes_at__lte=now)

    def awaiting_tally(self) -> Self:
        return self.filter(state="closed")


class EntryQuerySet(models.QuerySet[Any]):
    """Entries of rounds."""

    def with_round(self) -> Self:
        return self.select_related("round__season__district", "round__rule_set", "snapshot")


class SeatQuerySet(models.QuerySet[Any]):
    """Seats."""

    def live(self) -> Self:
        return self.filter(state="live")


class AssignmentQuerySet(models.QuerySet[Any]):
    """Which seat marks which entry."""

    def not_recused(self) -> Self:
        recusals = self.model._meta.apps.get_model("evaluations", "Recusal")
        return self.exclude(
            Exists(recusals.objects.filter(seat=OuterRef("seat"), entry=OuterRef("entry"), withdrawn_at=None))
        )


class SheetQuerySet(models.QuerySet[Any]):
    """Score sheets."""

    def latest(self) -> Self:
        """The highest revision of each seat for an entry."""
        newer = self.model.objects.filter(
            seat=OuterRef("seat"), entry=OuterRef("entry"), revision__gt=OuterRef("revision")
        )
        return self.filter(~Exists(newer))

    def counted(self) -> Self:
        """Latest, not void, the judge not recused from the entry: what a tally takes."""
        recusals = self.model._meta.apps.get_model("evaluations", "Recusal")
        recused = recusals.objects.filter(seat=OuterRef("seat"), entry=OuterRef("entry"), withdrawn_at=None)
        return self.latest().filter(Q(void=None) & ~Exists(recused))
