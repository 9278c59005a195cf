"""Cases: what a community submits, with its organizations; what the office said of it; what was frozen."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.models import Community, District, SocialWorker, SubDistrict
from evaluations.models.seasons import Season
from evaluations.querysets import SubmissionQuerySet
from evaluations.states import SubmissionState
from goldidea.lib.codes import CodeField, new_code
from goldidea.lib.models import ClockTimestamp
from goldidea.lib.personal import EncryptedTextField
from organizations.models import SocialOrganization, VenturePhilanthropyProject


class Submission(models.Model):
    """申报案例: a case of one lead community, its organizations and one responsible social worker (the three linked parties).

    Amounts are in yuan. `revision` grows with every save: two people editing at once do not overwrite each other.
    """

    class Field(models.TextChoices):
        ELDERLY = "elderly", _("care for the elderly")
        CHILDREN = "children", _("children and young people")
        MUTUAL_HELP = "mutual_help", _("mutual help")
        PUBLIC_SPACE = "public_space", _("public space")
        DELIBERATION = "deliberation", _("deliberation")
        ENVIRONMENT = "environment", _("environment")
        CULTURE = "culture", _("culture")

    class OriginKind(models.TextChoices):
        NEED = "need", _("a need of residents")
        CONFLICT = "conflict", _("a conflict among residents")

    class DeliberationKind(models.TextChoices):
        PRACTICAL = "practical", _("practical")
        PROCEDURAL = "procedural", _("procedural")
        ETHICAL = "ethical", _("ethical")
        MORAL = "moral", _("moral")

    class DeliberationLevel(models.TextChoices):
        GRID = "grid", _("grid")
        COMMUNITY = "community", _("community")
        SUB_DISTRICT = "sub_district", _("sub-district")
        DISTRICT = "district", _("district")

    code = CodeField()
    season = models.ForeignKey(Season, models.PROTECT, related_name="submissions")
    lead_community = models.ForeignKey(
        Community, models.PROTECT, related_name="submissions", verbose_name=_("lead community")
    )
    sub_district = models.ForeignKey(SubDistrict, models.PROTECT, related_name="submissions")
    state = models.CharField(max_length=12, choices=SubmissionState.choices, default=SubmissionState.DRAFT)
    number = models.CharField(_("case number"), max_length=40, blank=True)
    revision = models.PositiveIntegerField(default=0)

    title = models.CharField(_("title"), max_length=40, blank=True)
    field = models.CharField(_("field"), max_length=20, choices=Field.choices, blank=True)
    summary = models.TextField(_("summary"), max_length=500, blank=True)
    partners = models.ManyToManyField(
        Community, related_name="+", verbose_name=_("partner communities"), blank=True
    )
    head_name = models.CharField(_("head of the applicant"), max_length=40, blank=True)
    profile = models.TextField(_("profile of the applicant"), max_length=500, blank=True)
    last_inspection = models.CharField(_("last annual inspection"), max_length=60, blank=True)
    supervising_unit = models.CharField(_("supervising unit"), max_length=60, blank=True)
    # Tables of evaluations/application.py: lists of rows, column -> text as typed. The team holds people's names.
    team = models.JSONField(_("team"), default=list, blank=True)
    budget_lines = models.JSONField(_("budget lines"), default=list, blank=True)
    worker_name = models.CharField(_("responsible social worker"), max_length=40, blank=True)
    # The same person in the community's register, where the name is exactly one's there; the name stays as typed.
    worker = models.ForeignKey(
        SocialWorker,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        verbose_name=_("social worker in the register"),
    )
    worker_phone = EncryptedTextField(_("social worker's phone"), blank=True)
    origin_kind = models.CharField(
        _("what it began with"), max_length=10, choices=OriginKind.choices, blank=True
    )
    need = models.TextField(_("the need or the conflict"), max_length=800, blank=True)
    deliberation_kind = models.CharField(
        _("kind of deliberation"), max_length=12, choices=DeliberationKind.choices, blank=True
    )
    deliberation_level = models.CharField(
        _("level of deliberation"), max_length=12, choices=DeliberationLevel.choices, blank=True
    )
    deliberated_on = models.DateField(_("date of the deliberation"), null=True, blank=True)
    deliberation_record = models.TextField(_("record of the deliberation"), max_length=800, blank=True)
    resolution = models.TextField(_("what was resolved"), max_length=800, blank=True)
    practice = models.TextField(_("what was done"), max_length=1500, blank=True)
    effect = models.TextField(_("what came of it"), max_length=800, blank=True)
    beneficiaries = models.PositiveIntegerField(_("people who benefit directly"), null=True, blank=True)
    indirect_beneficiaries = models.PositiveIntegerField(
        _("people who benefit indirectly"), null=True, blank=True
    )
    locations = models.CharField(_("where it takes place"), max_length=200, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    philanthropy_project = models.ForeignKey(
        VenturePhilanthropyProject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        verbose_name=_("venture-philanthropy project"),
    )
    budget_total = models.DecimalField(
        _("total budget (yuan)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    amount_asked = models.DecimalField(
        _("amount asked (yuan)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    # What was typed and cannot be read as its field's kind (a date, a number), kept as typed until it is put right.
    rough = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The request that began it: sent twice, it begins one case.
    client_key = models.UUIDField(null=True, blank=True, editable=False)
    saved_at = models.DateTimeField(db_default=ClockTimestamp())
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name = _("case")
        constraints = [
            models.UniqueConstraint(
                fields=["season", "number"], condition=~Q(number=""), name="one_case_for_a_number"
            ),
            models.UniqueConstraint(fields=["created_by", "client_key"], name="one_case_for_a_client_key"),
            models.CheckConstraint(
                condition=Q(amount_asked=None)
                | Q(budget_total=None)
                | Q(amount_asked__lte=F("budget_total")),
                name="asked_within_the_budget",
                violation_error_message=_("The amount asked is larger than the total budget."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or gettext("A case without a title")

    @property
    def district(self) -> District:
        return self.season.district


class SubmissionOrganization(models.Model):
    """An organization named on a case. Its origin is derived, relative to the lead community."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="organization_links")
    organization = models.ForeignKey(SocialOrganization, models.PROTECT, related_name="submission_links")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "organization"], name="organization_named_once_on_a_case"
            )
        ]

    def __str__(self) -> str:
        return str(self.organization)


class ScreeningNote(models.Model):
    """Why a case was returned: a reason at a field (`field` empty: for the whole). Kept; `resolved_at` when resubmitted."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="notes")
    field = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=500)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=ClockTimestamp())
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


def photo_path(_photo: "Photo", _filename: str) -> str:
    """A generated name; photos are re-encoded as JPEG."""
    return f"photos/{new_code(20)}.jpg"


class Photo(models.Model):
    """A photo of a case, re-encoded, without metadata."""

    code = CodeField()
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="photos")
    image = models.ImageField(upload_to=photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    caption = models.CharField(_("caption"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.caption or self.code

    @property
    def district(self) -> District:
        return self.submission.district


class SubmissionSnapshot(models.Model):
    """What a submission was when it was handed in: names, codes, sub-district, origin, rating and registration frozen.

    Insert-only. Entries, results and old pages read only this. `body` holds no name or phone of a person.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="snapshots")
    revision = models.PositiveIntegerField()
    body = models.JSONField()
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "revision"], name="one_snapshot_for_a_revision")
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.revision}"
