"""Money after the ranking: what the district has to give, and who gets it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.models import District
from evaluations.models.results import Tally
from evaluations.models.rounds import Round
from evaluations.querysets import FundingQuerySet
from goldidea.lib.codes import CodeField


class FundingPlan(models.Model):
    """资助方案 of a round with final results. A draft is computed anew each time it is looked at; a decided one is kept for good.

    `caps`: code of a sub-district -> the most that its cases get together, yuan as text. `lines`: what was decided,
    one row an entry in the order of the places (evaluations/actions/funding.py). A trigger refuses any change afterwards.
    """

    code = CodeField()
    round = models.OneToOneField(Round, models.PROTECT, related_name="funding")
    tally = models.ForeignKey(Tally, models.PROTECT, related_name="+")
    budget = models.DecimalField(
        _("budget (yuan)"), max_digits=12, decimal_places=2, validators=[MinValueValidator(1)]
    )
    least_percent = models.PositiveSmallIntegerField(
        _("least share of what is asked (per cent)"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "A case that can get less than this share gets nothing, and the next one has its turn. "
            "100: only what is asked in full."
        ),
    )
    lot_seed = models.CharField(
        _("sentence for the lot"),
        max_length=200,
        blank=True,
        help_text=_("Read out before it is written here. It decides only where cases share a place."),
    )
    caps = models.JSONField(default=dict, blank=True)
    lines = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = FundingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(least_percent__gte=1, least_percent__lte=100, budget__gt=0),
                name="funding_within_reason",
            )
        ]

    def __str__(self) -> str:
        return str(self.round)

    @property
    def district(self) -> District:
        return self.round.season.district
