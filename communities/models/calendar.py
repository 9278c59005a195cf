"""What is true of a district's calendar: the holidays and make-up working days of a year, version by version."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.models.divisions import District
from communities.querysets import CalendarQuerySet

FIRST_YEAR, LAST_YEAR = 2000, 2100


class CalendarYear(models.Model):
    """One version of a year's special days. The highest version counts; none is ever changed, undoing writes a new one.

    `days`: [[day as ISO text, "rest" or "work", occasion], …] in the order of the days, each at most once. Every other
    day is a working day from Monday to Friday.
    """

    district = models.ForeignKey(District, models.PROTECT, related_name="calendar_years")
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    version = models.PositiveSmallIntegerField(_("version"))
    days: Any = models.JSONField(_("special days"), default=list, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    entered_at = models.DateTimeField()

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-version"]
        verbose_name = _("calendar of a year")
        constraints = [
            models.UniqueConstraint(
                fields=["district", "year", "version"], name="one_version_of_a_year_by_its_number"
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR), version__gte=1),
                name="calendar_year_in_range",
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)
