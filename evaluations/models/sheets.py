"""The evidence of scoring: sheets, marks, and one event for each change of a round. Insert-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from evaluations.models.rounds import Entry, Round, Seat
from evaluations.models.seasons import Criterion
from evaluations.querysets import SheetQuerySet
from goldidea.lib.models import ClockTimestamp


class ScoreSheet(models.Model):
    """评分表: one seat's marks for one entry. Never changed; a later revision supersedes.

    A trigger takes the round's advisory lock (shared), checks state, deadline by the database's clock, entry lock,
    seat, assignment and recusal, and sets `submitted_at`. `client_key` makes a double tap one row. The round has no
    foreign-key check of its own (the trigger compares it with the entry's and the seat's): a check locks the round's
    row, which the closer needs.
    """

    class Channel(models.TextChoices):
        SCREEN = "screen", _("on screen")
        ASSISTED = "assisted", _("with a helper")
        PAPER = "paper", _("on paper")

    round = models.ForeignKey(Round, models.DO_NOTHING, related_name="sheets", db_constraint=False)
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="sheets")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="sheets")
    revision = models.PositiveSmallIntegerField()
    client_key = models.UUIDField(unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.SCREEN)
    salt = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "entry", "revision"], name="one_sheet_for_a_revision")
        ]
        indexes = [models.Index(fields=["round", "entry"])]

    def __str__(self) -> str:
        return f"{self.seat_id}/{self.entry_id}/{self.revision}"


class Mark(models.Model):
    """A mark for one criterion. A trigger refuses what is off the criterion's range or step, or added later."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.DO_NOTHING, related_name="+", db_constraint=False)
    value = models.DecimalField(max_digits=9, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="one_mark_for_a_criterion")
        ]

    def __str__(self) -> str:
        return str(self.value)


class Reading(models.Model):
    """A judge says: I have read this case. Never changed. The trigger on sheets counts them where scoring starts after some."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="readings")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="readings")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "entry"], name="one_reading_of_a_seat_and_an_entry")
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} · {self.entry_id}"


class TrialSheet(models.Model):
    """One seat's marks for the round's trial case, by criterion. It counts nowhere and is never changed."""

    seat = models.OneToOneField(Seat, models.PROTECT, related_name="trial_sheet")
    marks = models.JSONField()
    at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return str(self.seat_id)


class RoundEvent(models.Model):
    """One change of a round. `body` is canonical JSON and `digest` its SHA-256 (hex): the receipt is made of it.

    The body names seats by pseudonym and entries by key; it holds no name, phone or free text.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("opened")
        EXTEND = "extend", _("extended")
        SEAT = "seat", _("seat added")
        UNSEAT = "unseat", _("seat withdrawn")
        ASSIGN = "assign", _("assignments")
        RECUSE = "recuse", _("recusal")
        LOCK = "lock", _("entry locked")
        PAPER_BOX = "paper_box", _("paper received")
        SHEET = "sheet", _("score sheet")
        VOID = "void", _("sheet voided")
        ADJUST = "adjust", _("adjustment")
        CORRECT = "correct", _("corrected")
        CLOSE = "close", _("closed")
        PLAIN = "plain", _("counted without corrections")
        CANCEL = "cancel", _("cancelled")

    round = models.ForeignKey(Round, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sheet = models.OneToOneField(ScoreSheet, models.PROTECT, null=True, blank=True, related_name="event")
    body = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["round", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class SheetVoid(models.Model):
    """A sheet that does not count, by decision of two people. The reason stands in the decision and the audit trail."""

    sheet = models.OneToOneField(ScoreSheet, models.PROTECT, related_name="void")
    event = models.OneToOneField(RoundEvent, models.PROTECT, related_name="+")
    actor = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return str(self.sheet_id)
