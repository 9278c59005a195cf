"""The audit trail: who did what to which object, in a form that nobody can alter.

`AuditEvent` is evidence (insert-only for the application's role, see the migration): it points to a random person
key and holds keyed hashes only. What was typed stands in `AuditDetail`, which retention erases.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ClockTimestamp(Now):
    """The database's clock at this statement (Now() is the transaction's start)."""

    template = "clock_timestamp()"

    def as_postgresql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]
        return self.as_sql(compiler, connection, template="clock_timestamp()", **extra)


class AuditEvent(models.Model):
    """One action of one person on one object."""

    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_code = models.CharField(max_length=40)
    district = models.CharField(max_length=20, blank=True)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_code"]),
            models.Index(fields=["district", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_code}"


class AuditDetail(models.Model):
    """The erasable side of an audit event: name of the actor, address, old and new values."""

    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="detail", db_constraint=False)
    actor_name = models.CharField(max_length=80, blank=True)
    object_name = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.object_name}"


class Seal(models.Model):
    """The place of one row in its log (goldidea/lib/sealing.py). Insert-only, and never two of a place or of a row.

    `event` is the id of the row, `prev` the hash of the line before, `leaf` the hash of this one (64 hex digits each).
    """

    log = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField()
    event = models.BigIntegerField()
    prev = models.CharField(max_length=64)
    leaf = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "seq"], name="one_seal_for_a_place"),
            models.UniqueConstraint(fields=["log", "event"], name="one_seal_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.log} {self.seq}"


class Checkpoint(models.Model):
    """A signed statement of what a log was: its number of lines and their root. Insert-only."""

    class Occasion(models.TextChoices):
        OPENING = "opening", _("at the opening")
        HOURLY = "hourly", _("hourly")
        CLOSING = "closing", _("at the close")
        LATER = "later", _("after the close")

    log = models.CharField(max_length=40)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    note = models.TextField()
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["log", "size", "occasion"], name="one_checkpoint_of_a_size")
        ]

    def __str__(self) -> str:
        return f"{self.log} {self.size}"


class RequestCount(models.Model):
    """How often a caller of the API has asked in one minute (goldidea/lib/api/counting.py). Unlogged, and never kept long."""

    key = models.CharField(max_length=64, primary_key=True)
    minute = models.BigIntegerField()
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.minute} {self.count}"
