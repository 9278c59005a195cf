"""What is true of judges, the meetings that elected them and their standing interests."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import Community, District, SubDistrict
from goldidea.lib.chinese import sort_key
from goldidea.lib.codes import CodeField, new_code
from goldidea.lib.personal import EncryptedTextField, masked
from judges.querysets import ElectionQuerySet, JudgeQuerySet
from judges.states import JudgeState
from organizations.models import SocialOrganization


def record_path(_meeting: "ElectionMeeting", filename: str) -> str:
    """A generated name: nothing that a person typed becomes a path."""
    return f"elections/{new_code(20)}.{filename.rsplit('.', 1)[-1].lower()[:5]}"


class ElectionMeeting(models.Model):
    """A meeting of residents that votes on nominated judges of a sub-district."""

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="elections")
    sub_district = models.ForeignKey(
        SubDistrict, models.PROTECT, related_name="elections", verbose_name=_("sub-district")
    )
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=120)
    present = models.PositiveIntegerField(_("present"))
    record = models.FileField(_("record of the meeting"), upload_to=record_path, blank=True)
    record_name = models.CharField(max_length=200, blank=True, editable=False)

    objects = ElectionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.sub_district} {self.held_on}"


class Judge(models.Model):
    """A resident judge of a sub-district, or an expert of the district."""

    class Kind(models.TextChoices):
        RESIDENT = "resident", _("resident judge")
        EXPERT = "expert", _("expert")

    code = CodeField()
    district = models.ForeignKey(District, models.PROTECT, related_name="judges")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.RESIDENT)
    sub_district = models.ForeignKey(
        SubDistrict,
        models.PROTECT,
        related_name="judges",
        verbose_name=_("sub-district"),
        null=True,
        blank=True,
    )
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        related_name="judges",
        verbose_name=_("home community"),
        null=True,
        blank=True,
    )
    name = models.CharField(_("name"), max_length=40)
    sort_key = models.CharField(max_length=200, editable=False)
    phone = EncryptedTextField(_("mobile phone"), blank=True)
    introduction = models.CharField(_("introduction"), max_length=200, blank=True)
    nominated_by = models.CharField(_("nominated by"), max_length=80, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=JudgeState.choices, default=JudgeState.NOMINATED
    )
    meeting = models.ForeignKey(
        ElectionMeeting, models.PROTECT, related_name="candidates", null=True, blank=True
    )
    votes_for = models.PositiveIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveIntegerField(_("against"), null=True, blank=True)
    votes_abstaining = models.PositiveIntegerField(_("abstaining"), null=True, blank=True)
    consent_at = models.DateField(_("consent given on"), null=True, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    term_from = models.DateField(_("term from"), null=True, blank=True)
    term_to = models.DateField(_("term to"), null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="judge", editable=False
    )

    objects = JudgeQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("judge")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="expert", sub_district=None)
                | Q(kind="resident", sub_district__isnull=False, community__isnull=False),
                name="residents_have_a_home",
                violation_error_message=_("A resident judge has a sub-district and a home community."),
            ),
            models.CheckConstraint(
                condition=~Q(state="appointed") | Q(consent_at__isnull=False, term_from__isnull=False),
                name="appointed_with_consent_for_a_term",
                violation_error_message=_("An appointment needs the judge's consent and a term."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["elected", "not_elected"])
                | Q(
                    meeting__isnull=False,
                    votes_for__isnull=False,
                    votes_against__isnull=False,
                    votes_abstaining__isnull=False,
                ),
                name="elected_by_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(term_to=None) | Q(term_to__gte=F("term_from")), name="term_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        """The phone as it may be shown to everyone who may read the record."""
        return masked(self.phone)

    @property
    def votes_cast(self) -> int | None:
        """Votes for, against and abstaining together; None before an election."""
        votes = (self.votes_for, self.votes_against, self.votes_abstaining)
        return sum(vote or 0 for vote in votes) if self.votes_for is not None else None

    def is_serving(self, day: dt.date) -> bool:
        """Appointed and within the term. Twin: `JudgeQuerySet.serving_on`."""
        if self.state != JudgeState.APPOINTED or self.term_from is None or day < self.term_from:
            return False
        return self.term_to is None or day <= self.term_to

    def clean(self) -> None:
        super().clean()
        self.sort_key = sort_key(self.name)
        errors: dict[str, Any] = {}
        if self.community and self.sub_district and self.community.sub_district_id != self.sub_district_id:
            errors["community"] = _("This community belongs to another sub-district.")
        if self.meeting and None not in (
            votes := (self.votes_for, self.votes_against, self.votes_abstaining)
        ):
            total = sum(vote for vote in votes if vote is not None)
            if total > self.meeting.present:
                errors["votes_for"] = _("More votes (%(votes)d) than people present (%(present)d).") % {
                    "votes": total,
                    "present": self.meeting.present,
                }
        if errors:
            raise ValidationError(errors)


class StandingInterest(models.Model):
    """What ties a judge to a community or an organization: such an entry is not judged by that judge."""

    class Kind(models.TextChoices):
        WORK = "work", _("works or worked there")
        MEMBER = "member", _("member or volunteer")
        KIN = "kin", _("a relative is involved")
        OTHER = "other", _("other")

    code = CodeField()
    judge = models.ForeignKey(Judge, models.CASCADE, related_name="interests")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    organization = models.ForeignKey(
        SocialOrganization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organization"),
    )
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(community__isnull=False, organization=None)
                | Q(community=None, organization__isnull=False),
                name="interest_in_one_thing",
                violation_error_message=_("Name a community or an organization, one of them."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge} · {self.community or self.organization}"
