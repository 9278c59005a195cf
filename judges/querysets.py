"""Which judges: reads, named as sentences."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Count, Q


class JudgeQuerySet(models.QuerySet[Any]):
    """Resident judges and experts."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def residents(self) -> Self:
        return self.filter(kind="resident")

    def experts(self) -> Self:
        return self.filter(kind="expert")

    def serving_on(self, day: dt.date) -> Self:
        """Appointed, with consent, and within the term."""
        return self.filter(state="appointed", term_from__lte=day).filter(
            Q(term_to=None) | Q(term_to__gte=day)
        )

    def nominated_in(self, sub_district: Any) -> Self:
        """Candidates who wait for an election of this sub-district."""
        return self.residents().filter(sub_district=sub_district, state="nominated")

    def called(self, words: str) -> Self:
        """Those whose name, or its pinyin, holds these words."""
        spelt = words.replace(" ", "").lower()
        return self.filter(Q(name__icontains=words) | Q(sort_key__icontains=spelt))

    def with_place(self) -> Self:
        return self.select_related("district", "sub_district", "community")


class ElectionQuerySet(models.QuerySet[Any]):
    """Meetings that elected judges."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def with_counts(self) -> Self:
        """Annotate `stood` and `won`: candidates voted on, and those of them who were elected."""
        won = Q(candidates__state__in=["elected", "appointed", "ended"])
        return self.annotate(stood=Count("candidates"), won=Count("candidates", filter=won))
