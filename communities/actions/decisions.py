"""Ask for a decision, be the second person, decline, take back, let lapse."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from communities.decisions import SAME_PERSON, SAME_PHONE, can_see_decision, decision_kind
from communities.models import Decision
from communities.states import DECISION_MOVES, DecisionState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from goldidea.lib.moves import move
from goldidea.lib.verdict import Verdict

LAPSES_AFTER = dt.timedelta(days=7)


def can_approve(user: Any, decision: Decision, obj: Any) -> Verdict:
    """Anyone else whose appointment covers the object; not the same person under another account (same phone).

    Twin: `waiting_for`.
    """
    asked = decision.requested_by
    if asked.pk == user.pk:
        return Verdict(SAME_PERSON)
    if asked.phone_hash and asked.phone_hash == user.phone_hash:
        return Verdict(SAME_PHONE)
    if obj is None:  # gone: whoever may see the request may find that out
        return can_see_decision(user, decision)
    return decision_kind(decision.kind).can_approve(user, obj)


@transaction.atomic
def request_decision(
    kind: str,
    obj: Any,
    payload: dict[str, Any],
    *,
    by: Any,
    reason: str = "",
    now: dt.datetime,
    district: Any = None,
) -> Decision:
    """Ask for a decision of two. It waits in the second person's list for 7 days.

    Args:
        district: where it is decided, for an object that belongs to no district by itself.
    Raises: Refusal if the same is already waiting; PermissionDenied if `by` may not ask.
    """
    of_kind = decision_kind(kind)
    of_kind.can_request(by, obj).enforce()
    try:
        with transaction.atomic():
            decision = Decision.objects.create(
                district=district or obj.district,
                sub_district_id=of_kind.sub_district_id(obj),
                kind=kind,
                object_code=obj.code,
                object_name=str(obj)[:200],
                payload=payload,
                reason=reason,
                fingerprint=of_kind.fingerprint(obj),
                requested_by=by,
                requested_at=now,
                expires_at=now + LAPSES_AFTER,
            )
    except IntegrityError as error:
        raise Refusal(_("This has been asked for already and waits for its second person.")) from error
    audit.record(f"request {kind}", obj, by=by, reason=reason, district=decision.district)
    return decision


@transaction.atomic
def approve_decision(decision: Decision, *, by: Any, now: dt.datetime) -> Decision:
    """Be the second person: the change is carried out in this transaction.

    The decision comes back VOID, and nothing is changed, when its object has changed since it was asked for.
    Raises: StaleState if it was decided already; PermissionDenied; what the action itself refuses.
    """
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    of_kind = decision_kind(decision.kind)
    obj = of_kind.find(decision.district, decision.object_code)
    can_approve(by, decision, obj).enforce()
    if now >= decision.expires_at:
        move(decision, DECISION_MOVES, DecisionState.LAPSED, decided_at=now)
        return decision
    if obj is None or of_kind.fingerprint(obj) != decision.fingerprint:
        move(decision, DECISION_MOVES, DecisionState.VOID, decided_at=now)
        return decision
    move(decision, DECISION_MOVES, DecisionState.APPROVED, decided_by=by, decided_at=now)
    of_kind.apply(obj, decision.payload, by=decision.requested_by, second=by, reason=decision.reason, now=now)
    audit.record(f"approve {decision.kind}", obj, by=by, reason=decision.reason, district=decision.district)
    return decision


@transaction.atomic
def decline_decision(decision: Decision, *, by: Any, remark: str, now: dt.datetime) -> None:
    """Say no, with a remark for the person who asked."""
    obj = decision_kind(decision.kind).find(decision.district, decision.object_code)
    can_approve(by, decision, obj).enforce()
    move(decision, DECISION_MOVES, DecisionState.DECLINED, decided_by=by, decided_at=now, remark=remark)
    audit.record(f"decline {decision.kind}", decision, by=by, reason=remark)


@transaction.atomic
def withdraw_decision(decision: Decision, *, by: Any, now: dt.datetime) -> None:
    """Take one's own request back."""
    if decision.requested_by_id != by.pk:
        Verdict(_("Only the person who asked can take it back.")).enforce()
    move(decision, DECISION_MOVES, DecisionState.WITHDRAWN, decided_at=now)
    audit.record(f"withdraw {decision.kind}", decision, by=by)


@transaction.atomic
def lapse_decisions(now: dt.datetime) -> int:
    """Let requests lapse that waited for 7 days. Gives their number."""
    due = list(Decision.objects.pending().filter(expires_at__lte=now).select_for_update(skip_locked=True))
    for decision in due:
        move(decision, DECISION_MOVES, DecisionState.LAPSED, decided_at=now)
        audit.record(f"lapse {decision.kind}", decision)
    return len(due)
