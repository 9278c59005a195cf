"""What is true of the grids of a community and the social workers who answer for them."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.models.divisions import Community, District
from communities.querysets import GridQuerySet, SocialWorkerQuerySet
from goldidea.lib.chinese import sort_key
from goldidea.lib.codes import CodeField
from goldidea.lib.personal import EncryptedTextField, masked


class SocialWorker(models.Model):
    """社工: a professional of a community, who answers for grids and cases until the last day there."""

    class Certificate(models.TextChoices):
        NONE = "", _("none")
        ASSISTANT = "assistant", _("assistant social worker")
        MIDDLE = "social_worker", _("social worker (intermediate)")
        SENIOR = "senior", _("senior social worker")

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="social_workers")
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="social_workers", verbose_name=_("community")
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40)
    sort_key = models.CharField(max_length=200, editable=False)
    phone = EncryptedTextField(_("mobile phone"), blank=True)
    certificate = models.CharField(
        _("professional certificate"), max_length=16, choices=Certificate.choices, default="", blank=True
    )
    since = models.DateField(_("first day"), null=True, blank=True)
    until = models.DateField(_("last day"), null=True, blank=True)

    objects = SocialWorkerQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("social worker")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
                name="social_worker_leaves_after_coming",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.sort_key = sort_key(self.name)

    @property
    def masked_phone(self) -> str:
        """The phone as everyone who may read the record sees it."""
        return masked(self.phone)


class Grid(models.Model):
    """网格: a part of a community, and who answers for it. Large grids hold grids, grids hold segments (buildings).

    `number` is unique among a community's grids in use. A grid is ended, never deleted.
    """

    class Level(models.TextChoices):
        LARGE = "large", _("large grid")
        GRID = "grid", _("grid")
        SEGMENT = "segment", _("segment")

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="grids")
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="grids", verbose_name=_("community")
    )
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    number = models.CharField(
        pgettext_lazy("grid", "number"),
        max_length=20,
        validators=[
            RegexValidator(r"^[0-9A-Za-z][0-9A-Za-z.-]*$", _("Digits, letters, hyphen and full stop."))
        ],
    )
    sort_key = models.CharField(max_length=160, editable=False)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=40)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    scope = models.CharField(_("streets and buildings"), max_length=300, blank=True)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    worker = models.ForeignKey(
        SocialWorker,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grids",
        verbose_name=_("responsible social worker"),
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = GridQuerySet.as_manager()

    class Meta:
        ordering = ["community", "sort_key", "pk"]
        verbose_name = _("grid")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "number"],
                condition=Q(ended_on=None),
                name="one_grid_for_a_number",
                violation_error_message=_("Another grid of this community has this number."),
            ),
            models.CheckConstraint(
                condition=~Q(level="large", parent__isnull=False) & ~Q(level="segment", parent=None),
                name="grid_hangs_by_its_level",
                violation_error_message=_("A large grid is part of no other; a segment is part of a grid."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def clean(self) -> None:
        super().clean()
        self.sort_key = natural(self.number)
        errors: dict[str, Any] = {}
        if why := misplaced(self):
            errors["parent"] = why
        if self.worker and self.worker.community_id != self.community_id:
            errors["worker"] = _("This social worker belongs to another community.")
        if errors:
            raise ValidationError(errors)


def natural(number: str) -> str:
    """A sort key in which 2 stands before 10."""
    return re.sub(r"\d+", lambda found: found[0].zfill(8), number.upper())[:160]


ABOVE = {Grid.Level.GRID: Grid.Level.LARGE, Grid.Level.SEGMENT: Grid.Level.GRID}


def misplaced(grid: Grid) -> Any:
    """What is wrong with where a grid hangs; empty when nothing is."""
    if grid.parent is None:
        return _("Name the grid to which this segment belongs.") if grid.level == Grid.Level.SEGMENT else ""
    if grid.parent.community_id != grid.community_id:
        return _("This grid belongs to another community.")
    above = ABOVE.get(grid.level)
    if grid.parent.level != above or grid.parent is grid:
        return _("A large grid is part of no other, a grid of a large grid, a segment of a grid.")
    return ""
