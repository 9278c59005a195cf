"""Erase the persons of a season whose time is over. What the result rests on stays, and stays verifiable.

Erased: names, phones, network addresses, what was typed (old and new values, reasons), and who sat in which seat. Kept: cases
as they were frozen, marks under pseudonyms, logs, bundles, the sealed side of the audit trail; none of them names anybody.
"""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from communities.models import Decision, District
from communities.states import DecisionState
from evaluations.models import Card, Objection, Paper, Recusal, Season, Seat, Submission
from evaluations.states import SeasonState, SeatState
from goldidea.lib import audit
from goldidea.lib.codes import new_code
from goldidea.lib.models import AuditDetail, AuditEvent
from judges.models import Judge

ERASED = "（已删除）"
Counts = dict[str, int]


def cutoff(district: District, now: dt.datetime) -> dt.datetime:
    """What ended before this moment has been kept for the district's years."""
    return now - dt.timedelta(days=365 * district.retention_years + district.retention_years // 4)


def seasons_due(district: District, now: dt.datetime) -> Iterator[Season]:
    """Finished seasons of the district whose last round and whose time for cases ended before the cutoff, the oldest first."""
    limit = cutoff(district, now)
    finished = Season.objects.of(district).filter(state=SeasonState.FINISHED, corrections_close_at__lt=limit)
    for season in finished.annotate(last=Max("rounds__closed_at"), notice=Max("rounds__notice_to")).order_by(
        "year"
    ):
        if (season.last is None or season.last < limit) and (
            season.notice is None or season.notice < limit.date()
        ):
            yield season


@transaction.atomic
def erase_season(season: Season, now: dt.datetime) -> Counts:
    """Erase the persons of one season; gives how many rows of each kind. A second time there is nothing left to erase."""
    counts = {
        "cases": _cases(season),
        "seats": _seats(season),
        "recusals": Recusal.objects.filter(seat__round__season=season)
        .exclude(note="", declared_by=None)
        .update(note="", declared_by=None),
        "objections": _objections(season),
        "papers": Paper.objects.filter(submission__season=season).exclude(name=ERASED).update(name=ERASED),
        "cards": Card.objects.filter(seat__round__season=season).delete()[0],
    }
    if any(counts.values()):
        audit.record("erase season", season)
    return counts


@transaction.atomic
def erase_district(district: District, now: dt.datetime) -> Counts:
    """Erase what belongs to no season: judges who sit nowhere any more, readable audit details, decisions."""
    limit = cutoff(district, now)
    counts = {
        "judges": _judges(district, limit),
        "details": _details(district, limit),
        "decisions": Decision.objects.filter(district=district, requested_at__lt=limit)
        .exclude(state=DecisionState.PENDING)
        .delete()[0],
    }
    if any(counts.values()):
        audit.record("erase old records", district, district=district)
    return counts


def _cases(season: Season) -> int:
    """Names of people and phones on cases; what the public read of them was frozen without."""
    nobody: dict[str, Any] = {"worker_name": "", "worker_phone": "", "head_name": "", "team": [], "rough": {}}
    named = Submission.objects.filter(season=season).exclude(**{**nobody, "worker_phone": ""})
    return named.update(**nobody)


def _objections(season: Season) -> int:
    """Who objected, what they wrote and its scan; that there was an objection and what came of it stays."""
    found = Objection.objects.filter(round__season=season).exclude(scan_name="", name="", text="")
    for row in found:
        if row.scan:
            transaction.on_commit(partial(row.scan.storage.delete, row.scan.name))
        row.name = row.contact = row.text = row.reasons = row.scan = row.scan_name = ""
        row.save(update_fields=["name", "contact", "text", "reasons", "scan", "scan_name"])
    return len(found)


def _seats(season: Season) -> int:
    """Nobody is found from a pseudonym any more: seats are handed to a judge who is no person."""
    nobody, _new = Judge.objects.get_or_create(
        district=season.district, kind=Judge.Kind.EXPERT, name=ERASED, sort_key="~", user=None, state="ended"
    )
    seats = Seat.objects.filter(round__season=season).exclude(judge=nobody)
    return seats.update(judge=nobody, state=SeatState.WITHDRAWN)


def _judges(district: District, limit: dt.datetime) -> int:
    """Judges whose term is long over, or who never served, and who sit in no seat."""
    over = Q(term_to__lt=limit.date()) | Q(state__in=["declined", "ended"])
    found = Judge.objects.filter(over, district=district, seats=None).exclude(name=ERASED)
    found = found.filter(Q(user=None) | Q(user__created_at__lt=limit)).select_related("user")
    for judge in found:
        for name in ("phone", "introduction", "nominated_by"):
            setattr(judge, name, "")
        judge.name, judge.sort_key = ERASED, "~"
        judge.save(update_fields=["name", "sort_key", "phone", "introduction", "nominated_by"])
        if judge.user is not None:
            user = judge.user
            user.name, user.sort_key, user.phone, user.phone_hash, user.email = ERASED, "~", "", "", ""
            user.username, user.is_active = f"erased-{new_code()}", False
            user.save()
    return len(found)


def _details(district: District, limit: dt.datetime) -> int:
    """The readable side of old audit events; the sealed side stays. Events of no district wait for the slowest one."""
    years = District.objects.aggregate(most=Max("retention_years"))["most"]
    slowest = (
        limit
        if years == district.retention_years
        else limit - dt.timedelta(days=366 * (years - district.retention_years))
    )
    old = AuditEvent.objects.filter(Q(district=district.slug, at__lt=limit) | Q(district="", at__lt=slowest))
    return AuditDetail.objects.filter(event__in=old).delete()[0]
