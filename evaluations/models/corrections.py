"""What follows a publication: objections against it, and corrections of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.models import District
from evaluations.models.results import Publication, Tally
from evaluations.models.rounds import Entry, Round
from evaluations.models.sheets import RoundEvent
from evaluations.querysets import CorrectionQuerySet, ObjectionQuerySet
from evaluations.states import ObjectionState
from goldidea.lib.codes import CodeField, new_code
from goldidea.lib.models import ClockTimestamp
from goldidea.lib.personal import EncryptedTextField


def scan_path(objection: "Objection", _filename: str) -> str:
    """A generated name; the ending is that of the checked kind."""
    return f"objections/{new_code(20)}.{objection.scan_kind}"


class Objection(models.Model):
    """异议 against the results of a round, in writing, as the office received it. Never public but for its number and outcome.

    A trigger refuses to reopen a decided one. Name, contact, text and scan are erased after the district's years.
    """

    class Kind(models.TextChoices):
        UNIT = "unit", _("a unit, with its seal")
        PERSON = "person", _("a person, with real name")

    code = CodeField()
    round = models.ForeignKey(Round, models.PROTECT, related_name="objections")
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="objections", null=True, blank=True, verbose_name=_("case")
    )
    kind = models.CharField(_("who objects"), max_length=6, choices=Kind.choices)
    name = EncryptedTextField(_("name of the unit or person"))
    contact = EncryptedTextField(_("contact"), help_text=_("Telephone or address. Never published."))
    text = EncryptedTextField(_("what is objected to"))
    scan = models.FileField(upload_to=scan_path, blank=True)
    scan_name = models.CharField(max_length=130, blank=True)
    scan_kind = models.CharField(max_length=4, blank=True)
    received_on = models.DateField(_("received on"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    state = models.CharField(max_length=8, choices=ObjectionState.choices, default=ObjectionState.RECEIVED)
    reasons = models.TextField(_("reasons"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return _("Objection %(code)s: %(round)s") % {"code": self.code, "round": self.round}

    @property
    def district(self) -> District:
        return self.round.season.district

    @property
    def late(self) -> bool:
        """Whether it came after the notice."""
        return self.round.notice_to is not None and self.received_on > self.round.notice_to


class Correction(models.Model):
    """更正: what led from one published version of a tally to the next. Insert-only.

    `changes`: what was changed, as everybody reads it: {"kind": "void", "entry", "sheet"}, {"kind": "recusal", "entry"} or
    {"kind": "adjustment", "entry", "points"}; `entry` is a key, `sheet` the digest of its event.
    """

    class Kind(models.TextChoices):
        VOID = "void", _("score sheets are declared void")
        RECUSAL = "recusal", _("a conflict of interest was overlooked")
        ADJUSTMENT = "adjustment", _("points are added or taken off by the rule")

    code = CodeField()
    round = models.ForeignKey(Round, models.PROTECT, related_name="corrections")
    tally = models.OneToOneField(Tally, models.PROTECT, related_name="correction")
    before = models.OneToOneField(Publication, models.PROTECT, related_name="corrected_by")
    objection = models.ForeignKey(
        Objection, models.PROTECT, related_name="corrections", null=True, blank=True
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    changes = models.JSONField()
    reasons = models.TextField()
    actor = models.UUIDField(null=True, blank=True)
    second = models.UUIDField(null=True, blank=True)
    event = models.OneToOneField(RoundEvent, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.tally)
