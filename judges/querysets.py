"""Which judges: reads, named as sentences."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q


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
