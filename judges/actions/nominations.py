"""Nominate residents, invite experts, put a record right, record that somebody does not stand."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.models import Community, District
from goldidea.lib import audit
from goldidea.lib.errors import Refusal
from goldidea.lib.moves import move
from judges import rules
from judges.actions.locking import locked
from judges.models import Judge
from judges.states import JudgeState, moves_of

FACTS = ("name", "introduction", "nominated_by")


@transaction.atomic
def nominate_judge(
    community: Community,
    *,
    name: str,
    phone: str = "",
    introduction: str = "",
    nominated_by: str = "",
    by: Any,
    now: dt.datetime,
) -> Judge:
    """Put a resident of a community up for the next election of its sub-district.

    Args:
        phone: E.164 or empty.
    Raises: ValidationError by field; PermissionDenied; Refusal if the community is no longer valid.
    """
    if by is not None:
        rules.can_nominate_from(by, community).enforce()
    if not Community.objects.on(timezone.localdate(now)).filter(pk=community.pk).exists():
        raise Refusal(_("This community is no longer valid."))
    judge = Judge(
        district=community.district,
        kind=Judge.Kind.RESIDENT,
        sub_district=community.sub_district,
        community=community,
        name=name,
        phone=phone,
        introduction=introduction,
        nominated_by=nominated_by,
    )
    judge.full_clean()
    judge.save()
    audit.record("nominate judge", judge, by=by, changes={"community": ("", community.name)})
    return judge


@transaction.atomic
def invite_expert(
    district: District,
    *,
    name: str,
    phone: str = "",
    introduction: str = "",
    nominated_by: str = "",
    by: Any,
    now: dt.datetime,
) -> Judge:
    """Put an expert on the district's list: invited, not elected.

    Raises: ValidationError by field; PermissionDenied.
    """
    if by is not None:
        rules.can_invite_expert(by, district).enforce()
    judge = Judge(
        district=district,
        kind=Judge.Kind.EXPERT,
        name=name,
        phone=phone,
        introduction=introduction,
        nominated_by=nominated_by,
    )
    judge.full_clean()
    judge.save()
    audit.record("invite expert", judge, by=by)
    return judge


@transaction.atomic
def edit_judge(
    judge: Judge,
    *,
    name: str,
    community: Community | None,
    phone: str,
    introduction: str,
    nominated_by: str,
    by: Any,
    now: dt.datetime,
) -> Judge:
    """Put the facts of a record right; a resident's home stays in the sub-district that elects.

    Raises: ValidationError by field; PermissionDenied while the judge is scoring.
    """
    judge = locked(judge)
    if by is not None:
        rules.can_edit_judge(by, judge).enforce()
    old = {key: getattr(judge, key) for key in FACTS} | {"community": str(judge.community or "")}
    old_phone = judge.phone
    judge.name, judge.introduction, judge.nominated_by = name, introduction, nominated_by
    judge.phone = phone
    if judge.kind == Judge.Kind.RESIDENT:
        judge.community = community
    judge.full_clean()
    judge.save()
    if judge.user is not None and judge.user.name != name:
        judge.user.name = name
        judge.user.save(update_fields=["name"])
    new = {key: getattr(judge, key) for key in FACTS} | {"community": str(judge.community or "")}
    changes: dict[str, tuple[Any, Any]] = {key: (old[key], new[key]) for key in old if old[key] != new[key]}
    if old_phone != phone:
        changes["phone"] = ("…", "…")  # that it changed is recorded, not the number
    if changes:
        audit.record("edit judge", judge, by=by, changes=changes)
    return judge


@transaction.atomic
def decline_nomination(judge: Judge, *, reason: str, by: Any, now: dt.datetime) -> Judge:
    """Record that a candidate does not stand, or an elected judge does not take the office up.

    Raises: Refusal without a reason; StaleState; PermissionDenied.
    """
    judge = locked(judge)
    if by is not None:
        rules.can_decline(by, judge).enforce()
    if not reason.strip():
        raise Refusal(_("Write the reason: it stays with the record."))
    old = judge.state
    move(judge, moves_of(judge.kind), JudgeState.DECLINED)
    audit.record(
        "decline nomination", judge, by=by, reason=reason.strip(), changes={"state": (old, judge.state)}
    )
    return judge
