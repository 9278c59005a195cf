"""What a rule counts besides marks: bonus points and deductions."""

from django.db import models

from evaluations.models.corrections import Correction
from evaluations.models.rounds import Entry
from evaluations.models.sheets import RoundEvent


class Adjustment(models.Model):
    """加减分 of an entry, a row of the bundle's adjustments.csv: by two people before the close, or by a correction. Insert-only.

    A trigger takes the round's advisory lock (shared) and refuses it after the close, unless a correction brings it.
    """

    correction = models.ForeignKey(
        Correction, models.PROTECT, related_name="adjustments", null=True, blank=True
    )
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="adjustments")
    points = models.DecimalField(max_digits=9, decimal_places=3)
    reason = models.CharField(max_length=300)
    actor = models.UUIDField(null=True, blank=True)
    second = models.UUIDField(null=True, blank=True)
    event = models.OneToOneField(RoundEvent, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.entry} {self.points}"
