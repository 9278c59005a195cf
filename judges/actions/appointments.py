"""Appoint for a term with consent, and end a term."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.moves import move
from judges import consent, rules
from judges.actions.locking import locked, locked_all
from judges.models import Judge
from judges.states import JudgeState, moves_of


def appoint_judge(judge: Judge, **how: Any) -> Judge:
    """Appoint one judge; see `appoint_judges`."""
    return appoint_judges([judge], **how)[0]


@transaction.atomic
def appoint_judges(
    judges: Sequence[Judge],
    *,
    term_from: dt.date,
    term_to: dt.date | None,
    consent_at: dt.date,
    consent_version: str = consent.CURRENT,
    by: Any,
    now: dt.datetime,
) -> list[Judge]:
    """Appoint elected residents, or invited experts, all or none. Each gets the account that a judge's card opens.

    Args:
        consent_at: the day on which each of them signed the consent of `consent_version`.
    Raises: ValidationError by field; PermissionDenied; StaleState.
    """
    check_term(term_from, term_to, consent_at, consent_version, timezone.localdate(now))
    held = locked_all(judges)
    if not held:
        raise Refusal(_("Tick at least one judge."))
    for judge in held:
        if by is not None:
            permit(by, judge)
        old = judge.state
        account = judge.user or open_judge_account(judge)
        move(
            judge,
            moves_of(judge.kind),
            JudgeState.APPOINTED,
            term_from=term_from,
            term_to=term_to,
            consent_at=consent_at,
            consent_version=consent_version,
            user=account,
        )
        changes = {
            "state": (old, judge.state),
            "term_from": ("", term_from),
            "term_to": ("", term_to or ""),
            "consent_at": ("", consent_at),
            "consent_version": ("", consent_version),
        }
        audit.record("appoint judge", judge, by=by, changes=changes)
    return held


def permit(by: Any, judge: Judge) -> None:
    """The rule, under the row's lock. One who was appointed or declined in the meantime is a conflict, no lack of right."""
    rules.can_keep_judge(by, judge).enforce()
    if not rules.can_appoint(by, judge):
        raise StaleState(_("This has changed in the meantime. Look at it again, then decide."))


def check_term(
    term_from: dt.date, term_to: dt.date | None, consent_at: dt.date, version: str, today: dt.date
) -> None:
    """Raises: ValidationError by field."""
    wrong: dict[str, Any] = {}
    if term_to is not None and term_to < term_from:
        wrong["term_to"] = _("The term ends before it begins.")
    if consent_at > today:
        wrong["consent_at"] = _("This day has not come yet. Enter the day on which the consent was signed.")
    if version not in consent.VERSIONS:
        wrong["consent_version"] = _("There is no such version of the consent.")
    if wrong:
        raise ValidationError(wrong)


def open_judge_account(judge: Judge) -> User:
    """The account behind a judge's card: without a password, and no appointment ever hangs on it."""
    account = User(kind=User.Kind.JUDGE, username=f"judge-{judge.code}", name=judge.name)
    account.set_unusable_password()
    account.full_clean(exclude=["password"])
    account.save()
    return account


@transaction.atomic
def end_term(judge: Judge, *, on: dt.date, reason: str, by: Any, now: dt.datetime) -> Judge:
    """End an appointment: `on` is the last day of the term. What was judged under it stays.

    Raises: ValidationError by field; Refusal without a reason; StaleState; PermissionDenied.
    """
    judge = locked(judge)
    if by is not None:
        rules.can_end_term(by, judge).enforce()
    if not reason.strip():
        raise Refusal(_("Write the reason: it stays with the record."))
    if judge.term_from is not None and on < judge.term_from:
        raise ValidationError({"on": _("The term ends before it begins.")})
    if on > timezone.localdate(now):
        raise ValidationError({"on": _("This day has not come yet.")})
    old = {"state": judge.state, "term_to": judge.term_to or ""}
    move(judge, moves_of(judge.kind), JudgeState.ENDED, term_to=on)
    changes = {"state": (old["state"], judge.state), "term_to": (old["term_to"], on)}
    audit.record("end term", judge, by=by, reason=reason.strip(), changes=changes)
    return judge
