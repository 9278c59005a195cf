"""Seasons and their rule sets."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import District
from evaluations.querysets import RuleDraftQuerySet, RuleSetQuerySet, SeasonQuerySet
from evaluations.states import SeasonState
from goldidea.lib.codes import CodeField
from goldidea.lib.models import ClockTimestamp


class Season(models.Model):
    """届: one run of the evaluation, e.g. 2018."""

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="seasons")
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    introduction = models.TextField(_("introduction"), max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=SeasonState.choices, default=SeasonState.DRAFT)
    submissions_open_at = models.DateTimeField(_("submissions open"))
    submissions_close_at = models.DateTimeField(_("submissions close"))
    corrections_close_at = models.DateTimeField(_("corrections close"))

    amount_ceiling = models.DecimalField(
        _("most that a case may ask for (yuan)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )

    objects = SeasonQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "name"],
                name="one_season_for_a_name",
                violation_error_message=_("This season exists already."),
            ),
            models.CheckConstraint(
                condition=Q(submissions_close_at__gt=F("submissions_open_at"))
                & Q(corrections_close_at__gte=F("submissions_close_at")),
                name="season_dates_in_order",
                violation_error_message=_("The dates are not in order: open, close, corrections close."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleSet(models.Model):
    """评选规则: one version of a season's rules, as JSON text. Frozen when its first round opens.

    `sha256` is over the rule's canonical JSON (evaluations.tally).
    """

    code = CodeField()
    season = models.ForeignKey(Season, models.PROTECT, related_name="rule_sets")
    version = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=60)
    text = models.TextField(_("rule (JSON)"))
    sha256 = models.CharField(max_length=64)
    # Unpacked from the conduct, so that the database can refuse a sheet that comes before scoring may begin.
    start_after = models.PositiveSmallIntegerField(default=0)
    calibration_item = models.BooleanField(default=False)
    frozen_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ["season", "version"]
        constraints = [
            models.UniqueConstraint(fields=["season", "version"], name="one_rule_set_for_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    @property
    def district(self) -> District:
        return self.season.district


class RuleDraft(models.Model):
    """A rule that is being written: as typed, right or not. Of a version, or (without one) to become the next version.

    `before` is the text before the last row was added, moved or removed. `base_sha256` is the version's when the draft was
    begun: a version that was changed elsewhere is not written over. `revision` grows with every change.
    """

    code = CodeField()
    season = models.ForeignKey(Season, models.CASCADE, related_name="rule_drafts")
    rule_set = models.OneToOneField(
        RuleSet, models.CASCADE, null=True, blank=True, related_name="draft", verbose_name=_("rule set")
    )
    name = models.CharField(_("name"), max_length=60, blank=True)
    text = models.TextField(_("rule (JSON)"), max_length=1 << 20, blank=True)
    before = models.TextField(blank=True)
    base_sha256 = models.CharField(max_length=64, blank=True)
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    changed_at = models.DateTimeField()

    objects = RuleDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def district(self) -> District:
        return self.season.district


class Criterion(models.Model):
    """One criterion of a rule set, unpacked from its JSON, so that the database can refuse a mark off its range or step."""

    rule_set = models.ForeignKey(RuleSet, models.CASCADE, related_name="criteria")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    minimum = models.DecimalField(max_digits=9, decimal_places=3)
    maximum = models.DecimalField(max_digits=9, decimal_places=3)
    step = models.DecimalField(max_digits=9, decimal_places=3)

    class Meta:
        ordering = ["rule_set", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "key"], name="one_criterion_for_a_key"),
            models.CheckConstraint(
                condition=Q(maximum__gt=F("minimum")) & Q(step__gt=0), name="criterion_has_a_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh
