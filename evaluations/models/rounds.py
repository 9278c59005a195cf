"""Rounds: entries, panels, seats, who marks what, and who does not."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import District, SubDistrict
from evaluations.models.seasons import RuleSet, Season
from evaluations.models.submissions import Submission, SubmissionSnapshot
from evaluations.names import panel_name
from evaluations.querysets import (
    AssignmentQuerySet,
    CardQuerySet,
    EntryQuerySet,
    RoundQuerySet,
    SeatQuerySet,
)
from evaluations.states import RoundState, SeatState
from goldidea.lib.codes import CodeField
from goldidea.lib.models import ClockTimestamp
from judges.models import Judge


class Round(models.Model):
    """轮次: scores entries by one or more panels. A preliminary is hosted by a sub-district."""

    class Kind(models.TextChoices):
        PRELIMINARY = "preliminary", _("preliminary")
        FINAL = "final", _("final round")

    code = CodeField()
    season = models.ForeignKey(Season, models.PROTECT, related_name="rounds")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    sub_district = models.ForeignKey(
        SubDistrict, models.PROTECT, related_name="rounds", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=60)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="rounds", verbose_name=_("rule set"))
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.DRAFT)
    opens_at = models.DateTimeField(_("scoring opens"))
    closes_at = models.DateTimeField(_("scoring closes"))
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    notice_from = models.DateField(null=True, blank=True)
    notice_to = models.DateField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    # The case that all judges mark first and that counts nowhere, where the rule asks for one.
    trial_case = models.ForeignKey(
        SubmissionSnapshot,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trial case"),
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["season", "kind", "sub_district__division_code", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="round_closes_after_it_opens",
                violation_error_message=_("The round closes before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(kind="preliminary", sub_district__isnull=False)
                | Q(kind="final", sub_district=None),
                name="preliminary_has_a_host",
            ),
            models.UniqueConstraint(
                fields=["season", "sub_district"],
                condition=~Q(state="cancelled") & Q(kind="preliminary"),
                name="one_preliminary_in_a_sub_district",
            ),
            models.UniqueConstraint(
                fields=["season"],
                condition=~Q(state="cancelled") & Q(kind="final"),
                name="one_final_in_a_season",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def district(self) -> District:
        return self.season.district


class Entry(models.Model):
    """参评项目: a case in a round. `key` (the case number in lower case) names it in the bundle and the result."""

    code = CodeField()
    round = models.ForeignKey(Round, models.PROTECT, related_name="entries")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="entries")
    snapshot = models.ForeignKey(SubmissionSnapshot, models.PROTECT, related_name="entries")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["round", "position", "key"]
        constraints = [
            models.UniqueConstraint(fields=["round", "submission"], name="one_entry_of_a_case_in_a_round"),
            models.UniqueConstraint(fields=["round", "key"], name="one_entry_for_a_key_in_a_round"),
        ]

    def __str__(self) -> str:
        return str(self.snapshot.body.get("title", self.key))

    @property
    def district(self) -> District:
        return self.round.season.district


class Panel(models.Model):
    """评委组: a panel of the rule set, in one round, with its number of places."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="panels")
    key = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=40)
    places = models.PositiveSmallIntegerField(_("places"), default=0)
    # Where a bench of the kind "exchange" comes from, and the sentence from which lots of this panel were drawn.
    bench_from = models.ForeignKey(SubDistrict, models.PROTECT, null=True, blank=True, related_name="+")
    lot_seed = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "key"], name="one_panel_for_a_key_in_a_round")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """The panel's name in the reader's language, where the product knows it."""
        return panel_name(self.key)


class Seat(models.Model):
    """席位: one judge in one panel of one round. `pseudonym` is random per round; `number` is what the judge sees.

    A replacement is a new seat; its predecessor's submitted sheets count unless voided.
    """

    code = CodeField()
    round = models.ForeignKey(Round, models.PROTECT, related_name="seats")
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats")
    judge = models.ForeignKey(Judge, models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    pseudonym = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=SeatState.choices, default=SeatState.LIVE)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replacements")

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["panel", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "judge"],
                condition=Q(state="live"),
                name="one_live_seat_for_a_judge_in_a_panel",
            ),
            models.UniqueConstraint(fields=["round", "pseudonym"], name="one_seat_for_a_pseudonym"),
            models.UniqueConstraint(fields=["panel", "number"], name="one_seat_for_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.panel.words} {self.number:02d}"

    @property
    def trial_waits(self) -> bool:
        """Whether the trial case is still to be marked before any other."""
        return self.round.rule_set.calibration_item and not hasattr(self, "trial_sheet")

    @property
    def to_read(self) -> int:
        """How many cases are still to be read before the first sheet: never more than the seat has to mark."""
        if not (needed := self.round.rule_set.start_after):
            return 0
        recused = self.recusals.filter(withdrawn_at=None).values("entry")
        mine = self.assignments.exclude(entry__in=recused).count()
        return max(0, min(needed, mine) - self.readings.count())

    @property
    def district(self) -> District:
        return self.round.season.district


class Assignment(models.Model):
    """分派: a seat marks an entry."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="assignments")
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="assignments")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="assignments")
    by_hand = models.BooleanField(default=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "entry"], name="one_assignment_of_a_seat_to_an_entry")
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} → {self.entry_id}"


class Recusal(models.Model):
    """回避, declared: this judge does not mark this entry; sheets given before do not count. By rule is computed, not stored."""

    class Reason(models.TextChoices):
        KIN = "kin", _("a relative or close friend takes part")
        WORK = "work", _("I work or worked with them")
        MEMBER = "member", _("I belong to the organization")
        DISPUTE = "dispute", _("I am in a dispute with them")
        OTHER = "other", _("another reason")

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="recusals")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="recusals")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    # Hides the seat in the event's commitment.
    salt = models.CharField(max_length=64, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    declared_at = models.DateTimeField(db_default=ClockTimestamp())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "entry"],
                condition=Q(withdrawn_at=None),
                name="one_live_recusal_of_a_seat_from_an_entry",
            )
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} ✕ {self.entry_id}"


class Card(models.Model):
    """A judge's printed card for one round: the QR identifies, the code on the tear-off strip authenticates.

    Only keyed hashes are stored: a card is printed when it is issued, and a reprint is a new card. `device_hash` is
    the phone on which the code was typed; scanning again there resumes without a code.
    """

    code = CodeField()
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="cards")
    token_hash = models.CharField(max_length=64, unique=True)
    secret_hash = models.CharField(max_length=64)
    device_hash = models.CharField(max_length=64, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    issued_at = models.DateTimeField(db_default=ClockTimestamp())
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(revoked_at=None), name="one_live_card_for_a_seat"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def district(self) -> District:
        return self.seat.district
