"""What is true of districts, divisions, appointments, two-person decisions and uploaded tables."""

import datetime as dt

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from communities.querysets import AppointmentQuerySet, DecisionQuerySet, DivisionQuerySet, ImportQuerySet
from communities.states import DecisionState, ImportState
from goldidea.lib.chinese import sort_key
from goldidea.lib.codes import CodeField
from goldidea.lib.models import ClockTimestamp
from goldidea.lib.personal import EncryptedTextField


class District(models.Model):
    """The tenant: one installation serves many districts, each sees its own."""

    slug = models.SlugField(_("short name in addresses"), max_length=20, unique=True)
    division_code = models.CharField(
        _("division code"), max_length=6, validators=[RegexValidator(r"^\d{6}$")]
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    office = models.CharField(_("office in charge"), max_length=80, blank=True)
    office_phone = models.CharField(_("office telephone"), max_length=40, blank=True)
    office_hours = models.CharField(_("office hours"), max_length=80, blank=True)
    is_demonstration = models.BooleanField(default=False)
    # Years after a season for which names and phones are kept (manage.py retention).
    retention_years = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1)])

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The district's name in the reader's language, where it has one."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class Division(models.Model):
    """What sub-districts and communities share: a code, a name, dates, and the division that they continue.

    A rename or a boundary change makes a new row with its predecessor; only typing errors are edited in place.
    """

    code = CodeField()
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=40)
    sort_key = models.CharField(max_length=200, editable=False)
    valid_from = models.DateField(_("valid from"), default=dt.date(2000, 1, 1))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.sort_key = sort_key(self.name)


class SubDistrict(Division):
    """街道: registers communities and organizations, elects resident judges. 9-digit division code."""

    district = models.ForeignKey(District, models.PROTECT, related_name="sub_districts")
    division_code = models.CharField(
        _("division code"),
        max_length=9,
        validators=[RegexValidator(r"^\d{9}$", _("A sub-district's code has 9 digits."))],
    )
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    initials = models.CharField(
        _("initials in case numbers"), max_length=4, validators=[RegexValidator(r"^[A-Z]{2,4}$")]
    )

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["division_code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "division_code"],
                condition=Q(valid_to=None),
                name="one_valid_sub_district_for_a_code",
                violation_error_message=_("A sub-district with this code exists already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="sub_district_ends_after_it_begins",
            ),
        ]


class Community(Division):
    """社区: nominates projects. 12-digit division code."""

    district = models.ForeignKey(District, models.PROTECT, related_name="communities")
    sub_district = models.ForeignKey(
        SubDistrict, models.PROTECT, related_name="communities", verbose_name=_("sub-district")
    )
    division_code = models.CharField(
        _("division code"),
        max_length=12,
        validators=[RegexValidator(r"^\d{12}$", _("A community's code has 12 digits."))],
    )
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("continues")
    )

    objects = DivisionQuerySet.as_manager()

    class Meta:
        ordering = ["division_code", "valid_from"]
        verbose_name = _("community")
        constraints = [
            models.UniqueConstraint(
                fields=["district", "division_code"],
                condition=Q(valid_to=None),
                name="one_valid_community_for_a_code",
                violation_error_message=_("A community with this code exists already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="community_ends_after_it_begins",
            ),
        ]


class Appointment(models.Model):
    """What a person is appointed for, where, and from when to when. Appointments with organizations stand there."""

    class Role(models.TextChoices):
        PLATFORM_ADMIN = "platform_admin", _("platform administrator")
        DISTRICT_STAFF = "district_staff", _("district staff")
        SUBDISTRICT_STAFF = "subdistrict_staff", _("sub-district staff")
        COMMUNITY_USER = "community_user", _("community")
        OBSERVER = "observer", _("observer")

    code = CodeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    district = models.ForeignKey(District, models.PROTECT, related_name="appointments", null=True, blank=True)
    sub_district = models.ForeignKey(
        SubDistrict, models.PROTECT, related_name="appointments", null=True, blank=True
    )
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="appointments", null=True, blank=True
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_has_the_place_of_its_role",
                condition=(
                    Q(role="platform_admin", district=None, sub_district=None, community=None)
                    | Q(
                        role__in=["district_staff", "observer"],
                        district__isnull=False,
                        sub_district=None,
                        community=None,
                    )
                    | Q(
                        role="subdistrict_staff",
                        district__isnull=False,
                        sub_district__isnull=False,
                        community=None,
                    )
                    | Q(
                        role="community_user",
                        district__isnull=False,
                        sub_district=None,
                        community__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="appointment_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "district", "sub_district", "community"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="one_open_appointment_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.place or ''}"

    @property
    def place(self) -> models.Model | None:
        """The division that the appointment covers; None for the platform's administrators."""
        return self.community or self.sub_district or self.district


class Decision(models.Model):
    """A request of one person that a second person approves: the exact change, its deadline, and what it was based on.

    `kind` is a key of settings.DECISIONS. `fingerprint` is taken from the object when the request is made; a
    different one at approval voids the request. Lapses after 7 days. Never delays an automatic close.
    """

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="decisions")
    # Its staff may be the second person, beside the district's; None: only the district's may.
    sub_district = models.ForeignKey(
        SubDistrict, models.PROTECT, related_name="decisions", null=True, blank=True
    )
    kind = models.CharField(max_length=40)
    object_code = models.CharField(max_length=40)
    object_name = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=DecisionState.choices, default=DecisionState.PENDING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_code"],
                condition=Q(state="pending"),
                name="one_pending_decision_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(state="approved") | ~Q(decided_by=F("requested_by")),
                name="approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.object_name


class SpreadsheetImport(models.Model):
    """An uploaded table between its preview and its application: rows as read and compared, never half applied.

    `table` holds the rows as JSON (communities/registers.py), encrypted because contacts stand in it, and is emptied
    once applied; `content` is the file itself while it waits to be read. `digest` is taken over the comparison that
    the person saw: when the register has changed since, it differs and nothing is applied.
    """

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=20)
    filename = models.CharField(_("file"), max_length=200)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.WAITING)
    content = EncryptedTextField(blank=True)
    table = EncryptedTextField(blank=True)
    counts = models.JSONField(default=dict)
    trouble = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=ClockTimestamp())
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.filename

    @property
    def results(self) -> list[tuple[str, int]]:
        """How many rows of each result, what needs a hand first; jsonb keeps no order."""
        known = ((result, self.counts.get(result, 0)) for result in ("wrong", "new", "changed", "unchanged"))
        return [(result, count) for result, count in known if count]
