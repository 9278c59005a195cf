"""Results: tally versions, their standings ready to show, and what was published."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.models.rounds import Entry, Round
from evaluations.querysets import PublicationQuerySet, StandingQuerySet, TallyQuerySet
from evaluations.states import TallyState
from evaluations.tally.messages import MESSAGES
from goldidea.lib.codes import CodeField
from goldidea.lib.models import Checkpoint, ClockTimestamp


class Tally(models.Model):
    """计票: one computed result of a round. `result` holds the bytes of result.json as text."""

    code = CodeField()
    round = models.ForeignKey(Round, models.PROTECT, related_name="tallies")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=TallyState.choices, default=TallyState.COMPUTED)
    rule_sha256 = models.CharField(max_length=64)
    marks_sha256 = models.CharField(max_length=64)
    result = models.TextField()
    computed_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = TallyQuerySet.as_manager()

    class Meta:
        ordering = ["round", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="one_tally_for_a_version"),
            models.UniqueConstraint(
                fields=["round"], condition=~Q(state="superseded"), name="one_standing_tally_of_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} v{self.version}"


class Standing(models.Model):
    """名次: one entry's place in a tally. Numbers are text as published: formatted once, at tally time.

    `numbers` holds per panel and criterion what the ranking page shows: {"panels": [{"key", "name", "score", "share",
    "judges", "criteria": [{"key", "score", "percent", "marks", "dropped"}]}], "awards": [...], "tie_broken_by", "flags"}.
    """

    tally = models.ForeignKey(Tally, models.CASCADE, related_name="standings")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="standings")
    position = models.PositiveIntegerField()
    rank = models.PositiveIntegerField(null=True, blank=True)
    tied = models.BooleanField(default=False)
    total = models.CharField(max_length=20, blank=True)
    advances = models.BooleanField(default=False)
    numbers = models.JSONField(default=dict)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["tally", "position"]
        constraints = [models.UniqueConstraint(fields=["tally", "entry"], name="one_standing_of_an_entry")]

    def __str__(self) -> str:
        return f"{self.rank} {self.total}"


class Publication(models.Model):
    """What the public reads of a round: an immutable snapshot, and its notice. `etag` is the SHA-256 of `body`."""

    class Kind(models.TextChoices):
        PROVISIONAL = "provisional", _("provisional")
        FINAL = "final", _("final")

    code = CodeField()
    round = models.ForeignKey(Round, models.PROTECT, related_name="publications")
    tally = models.ForeignKey(Tally, models.PROTECT, related_name="publications")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    body = models.TextField()
    etag = models.CharField(max_length=64)
    published_at = models.DateTimeField(db_default=ClockTimestamp())

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["tally", "kind"], name="one_publication_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.round} {self.kind}"


class Bundle(models.Model):
    """公开核验包: the file with which anybody recomputes a published tally. Insert-only; the file is never written again."""

    tally = models.OneToOneField(Tally, models.PROTECT, related_name="bundle")
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+")
    file = models.FileField(upload_to="bundles/", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    with_marks = models.BooleanField()
    built_at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return self.sha256[:12]


class Analysis(models.Model):
    """分析: how sure the ranks of a tally are and how good the judging was. Never official, never changed.

    `body` holds the bytes of analysis.json as text; empty where it could not be computed.
    """

    tally = models.OneToOneField(Tally, models.PROTECT, related_name="analysis")
    body = models.TextField(blank=True)
    computed_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return str(self.tally)


class TallyRefusal(models.Model):
    """Why a closed round has no tally: panels whose judges cannot be compared, and the rule wants that refused.

    `params` fill the sentence; `panels` among them holds each panel's groups: [[keys of entries, pseudonyms], …].
    """

    round = models.OneToOneField(Round, models.PROTECT, related_name="tally_refusal")
    code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    refused_at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return gettext(MESSAGES[self.code]) % self.params
