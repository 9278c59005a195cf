"""What a rule counts besides marks: points from elsewhere, counted votes, bonus points and deductions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.models import District
from evaluations.models.corrections import Correction
from evaluations.models.results import Tally
from evaluations.models.rounds import Entry, Round
from evaluations.models.sheets import RoundEvent
from evaluations.names import panel_name
from goldidea.lib.models import ClockTimestamp


class GivenTable(models.Model):
    """已有分数: the points that one panel of a round brings from elsewhere. A trigger freezes them when the round opens."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="given_tables")
    panel = models.CharField(max_length=40)
    source = models.CharField(_("where the points come from"), max_length=120)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "panel"], name="one_table_of_points_for_a_panel")
        ]

    def __str__(self) -> str:
        return f"{self.round} {panel_name(self.panel)}"

    @property
    def district(self) -> District:
        return self.round.season.district


class GivenPoints(models.Model):
    """The points of one entry, a row of the bundle's given.csv. `tally`: whose total they are, where they were taken over."""

    table = models.ForeignKey(GivenTable, models.CASCADE, related_name="points")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="given_points")
    points = models.DecimalField(max_digits=15, decimal_places=6)
    tally = models.ForeignKey(Tally, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["table", "entry"], name="one_row_of_points_for_an_entry")
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.points}"


class VotePanel(models.Model):
    """公众投票: a panel of votes of an opened round. The tally waits until its votes have been entered alike by two people."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="vote_panels")
    key = models.CharField(max_length=40)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "key"], name="one_panel_of_votes_for_a_key_in_a_round")
        ]

    def __str__(self) -> str:
        return panel_name(self.key)


class VoteTable(models.Model):
    """The votes of a panel as one person entered them: {key of an entry: votes}. Counts nothing by itself."""

    panel = models.ForeignKey(VotePanel, models.PROTECT, related_name="tables")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    votes = models.JSONField()
    entered_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "person"], name="one_count_of_votes_by_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.panel} {self.entered_at}"


class VoteCount(models.Model):
    """The votes of an entry, a row of the bundle's votes.csv: as two people entered them alike. Insert-only.

    A trigger refuses it before the close and after the tally.
    """

    panel = models.ForeignKey(VotePanel, models.PROTECT, related_name="counts")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="votes")
    votes = models.PositiveBigIntegerField()
    actor = models.UUIDField(null=True, blank=True)
    second = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "entry"], name="one_number_of_votes_of_an_entry")
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.votes}"


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
