"""What is true of social organizations, their engagements and venture-philanthropy projects."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.models import Community, District, SubDistrict
from goldidea.lib.chinese import sort_key
from goldidea.lib.codes import CodeField, new_code
from goldidea.lib.personal import EncryptedTextField
from organizations import creditcode
from organizations.querysets import EngagementQuerySet, OrganizationQuerySet, ProjectQuerySet
from organizations.states import OrganizationState

RATING_YEARS = 5


class Origin(models.TextChoices):
    """Always relative to a community; never a column of the organization."""

    ENDOGENOUS = "endogenous", _("endogenous")
    EXOGENOUS = "exogenous", _("exogenous")


def constitution_path(_organization: "SocialOrganization", filename: str) -> str:
    """A generated name: nothing that a person typed becomes a path."""
    return f"constitutions/{new_code(20)}.{filename.rsplit('.', 1)[-1].lower()[:5]}"


class SocialOrganization(models.Model):
    """A social organization: registered (with a credit code and perhaps a rating) or filed with its sub-district."""

    class Registration(models.TextChoices):
        REGISTERED = "registered", _("registered")
        FILED = "filed", _("filed")

    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("social association")
        SERVICE = "service", _("social service agency")
        FOUNDATION = "foundation", _("foundation")
        COMMUNITY = "community", _("community social organization")

    class SupportiveLevel(models.TextChoices):
        NONE = "", _("no")
        DISTRICT = "district", _("district's service centre")
        SUB_DISTRICT = "sub_district", _("sub-district's service centre")

    class Layer(models.TextChoices):
        """Where an organization stands among head office, branches and groups."""

        BY_PLACE = "", _("by its head office")
        BRANCH = "branch", _("branch")
        GROUP = "group", pgettext_lazy("organization", "group")

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="organizations")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80)
    sort_key = models.CharField(max_length=200, editable=False)
    registration = models.CharField(_("registration"), max_length=12, choices=Registration.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    rating = models.PositiveSmallIntegerField(
        _("rating (A)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    rating_year = models.PositiveSmallIntegerField(
        _("year of the rating"),
        null=True,
        blank=True,
        validators=[MinValueValidator(2000), MaxValueValidator(2100)],
    )
    sub_district = models.ForeignKey(
        SubDistrict,
        models.PROTECT,
        related_name="organizations",
        verbose_name=_("registering sub-district"),
        null=True,
        blank=True,
    )
    home_community = models.ForeignKey(
        Community,
        models.PROTECT,
        related_name="home_organizations",
        verbose_name=pgettext_lazy("organization", "home community"),
        null=True,
        blank=True,
    )
    supportive_level = models.CharField(
        _("supportive organization"), max_length=12, choices=SupportiveLevel.choices, default="", blank=True
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("head office")
    )
    # Said only where the head office does not say it: groups may hang directly on a head office.
    layer = models.CharField(_("layer"), max_length=8, choices=Layer.choices, default="", blank=True)
    constitution = models.FileField(_("constitution"), upload_to=constitution_path, blank=True)
    constitution_name = models.CharField(max_length=200, blank=True, editable=False)
    constitution_on = models.DateField(_("adopted on"), null=True, blank=True)
    supervision = models.TextField(_("supervision by the head office"), max_length=500, blank=True)
    is_studio = models.BooleanField(_("hotshot studio"), default=False)
    profile = models.TextField(_("profile"), max_length=500, blank=True)
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = EncryptedTextField(_("contact phone"), blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=OrganizationState.choices, default=OrganizationState.ACTIVE
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("social organization")
        constraints = [
            models.UniqueConstraint(
                fields=["district", "credit_code"],
                condition=~Q(credit_code=""),
                name="one_organization_for_a_credit_code",
                violation_error_message=_("Another organization has this credit code."),
            ),
            models.UniqueConstraint(
                fields=["district", "name"],
                condition=~Q(state="dissolved"),
                name="one_organization_for_a_name",
                violation_error_message=_("An organization of this name exists already."),
            ),
            models.CheckConstraint(
                condition=(Q(registration="registered") & ~Q(credit_code=""))
                | Q(registration="filed", credit_code=""),
                name="registered_means_credit_code",
                violation_error_message=_(
                    "A registered organization has a credit code, a filed one has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(rating=None, rating_year=None)
                | Q(rating__range=(1, 5), rating_year__isnull=False),
                name="rating_has_a_year",
                violation_error_message=_("Give the rating and its year, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.sort_key = sort_key(self.name)
        self.credit_code = self.credit_code.strip().upper()
        errors: dict[str, Any] = {}
        if self.credit_code and not creditcode.is_valid(self.credit_code):
            errors["credit_code"] = _(
                "This credit code is wrong: it has 18 characters and its last one checks the others."
            )
        if (self.kind == self.Kind.COMMUNITY) != (self.registration == self.Registration.FILED):
            errors["kind"] = _("Community social organizations are filed; the other kinds are registered.")
        if self.parent_id and self.parent_id == self.pk:
            errors["parent"] = _("An organization cannot be its own head office.")
        if errors:
            raise ValidationError(errors)

    def layer_words(self, has_parts: bool) -> Any:
        """总社, 分社 or 小组: by its head office, unless it says itself; empty for one that stands alone.

        Args:
            has_parts: whether others hang on it.
        """
        if self.parent is None:
            return pgettext_lazy("layer", "head office") if has_parts else ""
        said = self.layer or (self.Layer.GROUP if self.parent.parent_id else self.Layer.BRANCH)
        return self.Layer(said).label

    @property
    def rating_words(self) -> str:
        """3A, as the office writes it; empty without a rating."""
        return f"{self.rating}A" if self.rating else ""

    def rating_expired(self, day: dt.date) -> bool:
        """A rating is valid for 5 years after the year in which it was given."""
        return self.rating_year is not None and day.year > self.rating_year + RATING_YEARS

    def origin_to(self, community: Community) -> str:
        """Endogenous to the community it grew up in, exogenous to every other."""
        return Origin.ENDOGENOUS if self.home_community_id == community.pk else Origin.EXOGENOUS


class Engagement(models.Model):
    """An organization works with a community, from when to when, and at what."""

    code = CodeField()
    organization = models.ForeignKey(SocialOrganization, models.PROTECT, related_name="engagements")
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="engagements", verbose_name=_("community")
    )
    service = models.CharField(_("service"), max_length=200, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "community"],
                condition=Q(until=None),
                name="one_open_engagement",
                violation_error_message=_("This engagement is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="engagement_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.community}"


class OrganizationAppointment(models.Model):
    """A person acts for an organization. For a supportive organization the person's role is supportive_org."""

    code = CodeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="organization_appointments"
    )
    organization = models.ForeignKey(SocialOrganization, models.PROTECT, related_name="appointments")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(until=None),
                name="one_open_organization_appointment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"


class VenturePhilanthropyProject(models.Model):
    """公益创投项目: a social organization's project with a programme, a funder and a budget (in yuan)."""

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="philanthropy_projects")
    organization = models.ForeignKey(
        SocialOrganization,
        models.PROTECT,
        related_name="philanthropy_projects",
        verbose_name=_("organization"),
    )
    title = models.CharField(_("title"), max_length=80)
    programme = models.CharField(_("programme"), max_length=80)
    funder = models.CharField(_("funder"), max_length=80)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    communities = models.ManyToManyField(
        Community, related_name="philanthropy_projects", verbose_name=_("communities"), blank=True
    )
    budget_total = models.DecimalField(
        _("total budget (yuan)"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    granted = models.DecimalField(
        _("granted (yuan)"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    summary = models.TextField(_("summary"), max_length=500, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(granted__lte=F("budget_total")),
                name="granted_within_the_budget",
                violation_error_message=_("The grant is larger than the budget."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_it_begins",
                violation_error_message=_("The project ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
