"""What hangs on a case while it is written: its papers, who writes along by delegation, who has it open."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.models import District
from evaluations.models.submissions import Submission
from goldidea.lib.codes import CodeField, new_code
from goldidea.lib.models import ClockTimestamp
from organizations.models import SocialOrganization

SEALED = "sealed"  # the printed application form, signed, sealed and scanned


def paper_path(paper: "Paper", _filename: str) -> str:
    """A generated name; the ending is that of the checked kind."""
    return f"papers/{new_code(20)}.{paper.kind}"


class Paper(models.Model):
    """A paper of a case, checked and written anew (goldidea.lib.papers).

    `need` is an id of the season's list of papers (`conduct.papers`), SEALED, or empty for any other. Rows that were
    handed in are kept when the paper is taken away.
    """

    code = CodeField()
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="papers")
    need = models.CharField(max_length=60, blank=True)
    file = models.FileField(upload_to=paper_path)
    kind = models.CharField(max_length=4)
    name = models.CharField(_("file name"), max_length=130)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=ClockTimestamp())
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(need=SEALED, removed_at=None),
                name="one_sealed_form_for_a_case",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def district(self) -> District:
        return self.submission.district


class Delegation(models.Model):
    """A community lets an organization write along on one case, until it is handed in or the community ends it."""

    class Ending(models.TextChoices):
        HANDED_IN = "handed_in", _("the case was handed in")
        WITHDRAWN = "withdrawn", _("ended by the community")

    code = CodeField()
    submission = models.ForeignKey(Submission, models.CASCADE, related_name="delegations")
    organization = models.ForeignKey(SocialOrganization, models.PROTECT, related_name="delegations")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "organization"],
                condition=Q(ended_at=None),
                name="one_live_delegation_to_an_organization",
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.organization}"

    @property
    def district(self) -> District:
        return self.submission.district


class Presence(models.Model):
    """Somebody has the form of a case open; `seen_at` is the last sign of it."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="present")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "user"], name="one_presence_of_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.user}"
