"""Let an organization write along on a case, and end that. Handing in ends it by itself."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.models import Delegation, Submission
from evaluations.rules import submissions as rules
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState
from organizations.models import SocialOrganization


@transaction.atomic
def delegate_case(case: Submission, to: SocialOrganization, *, by: Any, now: dt.datetime) -> Delegation:
    """Let the people of an organization write along. Given twice is once.

    Raises: StaleState when the case is handed in; Refusal for another organization than can be asked; PermissionDenied.
    """
    case = (
        Submission.objects.select_for_update(of=("self",)).select_related("season__district").get(pk=case.pk)
    )
    rules.can_delegate_case(by, case).enforce()
    if not (verdict := rules.editable(case)):
        raise StaleState(verdict.reason)
    if not rules.delegates_for(case).filter(pk=to.pk).exists():
        raise Refusal(_("Only an organization on the case or a supportive organization can write along."))
    live = case.delegations.filter(organization=to, ended_at=None).first()
    if live:
        return live
    delegation = Delegation(submission=case, organization=to, given_by=by, given_at=now)
    delegation.full_clean()
    delegation.save()
    audit.record("delegate case", case, by=by, changes={"delegation": ("", to.name)})
    return delegation


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: Any, now: dt.datetime) -> None:
    """Take the case back into the community's own hands. Ended twice is once."""
    rules.can_delegate_case(by, delegation.submission).enforce()
    end(delegation.submission, [delegation], Delegation.Ending.WITHDRAWN, by=by, now=now)


def end_delegations(case: Submission, *, by: Any, now: dt.datetime) -> None:
    """The case leaves the writers' hands. Inside the action that hands it in or withdraws it."""
    live = case.delegations.filter(ended_at=None).select_related("organization")
    end(case, live, Delegation.Ending.HANDED_IN, by=by, now=now)


def end(case: Submission, those: Any, why: str, *, by: Any, now: dt.datetime) -> None:
    """End what is still live, each with its line in the audit trail."""
    for delegation in those:
        ended = Delegation.objects.filter(pk=delegation.pk, ended_at=None).update(
            ended_at=now, ended_because=why
        )
        if ended:
            audit.record(
                "end delegation", case, by=by, changes={"delegation": (delegation.organization.name, "")}
            )
