"""What ties a judge to communities and organizations; and who looked at a judge's phone."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from communities.models import Community
from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from judges import rules
from judges.actions.locking import locked
from judges.models import Judge, StandingInterest
from organizations.models import SocialOrganization


@transaction.atomic
def add_interest(
    judge: Judge,
    *,
    kind: str,
    community: Community | None = None,
    organization: SocialOrganization | None = None,
    note: str = "",
    by: Any,
    now: dt.datetime,
) -> StandingInterest:
    """Record a tie: cases that name this community or organization are not given to the judge.

    Raises: ValidationError by field; Refusal if it is recorded already; PermissionDenied while the judge is scoring.
    """
    judge = locked(judge)
    if by is not None:
        rules.can_edit_judge(by, judge).enforce()
    known = judge.interests.filter(kind=kind, community=community, organization=organization)
    if known.exists():
        raise Refusal(_("This interest is recorded already."))
    interest = StandingInterest(
        judge=judge, kind=kind, community=community, organization=organization, note=note
    )
    interest.full_clean()
    interest.save()
    audit.record(
        "add interest",
        judge,
        by=by,
        changes={"kind": ("", kind), "interest": ("", str(community or organization))},
    )
    return interest


@transaction.atomic
def remove_interest(interest: StandingInterest, *, by: Any, now: dt.datetime) -> None:
    """Strike out a tie that is over or was recorded by mistake. A second press changes nothing."""
    judge = locked(interest.judge)
    if by is not None:
        rules.can_edit_judge(by, judge).enforce()
    was = str(interest.community or interest.organization)
    gone, _rows = judge.interests.filter(pk=interest.pk).delete()
    if gone:
        audit.record(
            "remove interest", judge, by=by, changes={"kind": (interest.kind, ""), "interest": (was, "")}
        )


@transaction.atomic
def show_phone(judge: Judge, *, reason: str, by: Any) -> str:
    """The whole phone of a judge; who looked and why is kept.

    Raises: Refusal without a reason; PermissionDenied.
    """
    rules.can_show_phone(by, judge).enforce()
    if not reason.strip():
        raise Refusal(_("Write the reason: it stays with the record."))
    audit.record("show phone", judge, by=by, reason=reason.strip())
    return str(judge.phone)
