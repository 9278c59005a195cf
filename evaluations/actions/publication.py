"""Publish: provisional results on notice, then final ones. What the public reads is a snapshot that never changes."""

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.workdays import workdays_of
from evaluations.actions.locks import hold_round
from evaluations.actions.public_files import replace_files
from evaluations.conduct import conduct_of
from evaluations.distribution import distribution
from evaluations.models import (
    Adjustment,
    Analysis,
    Correction,
    FundingPlan,
    Publication,
    Round,
    RoundEvent,
    Tally,
)
from evaluations.parsed import parsed_rule
from evaluations.quality import public_part
from evaluations.states import ROUND_MOVES, TALLY_MOVES, RoundState, TallyState
from evaluations.tally import RuleSet, canonical, full_marks
from evaluations.tally.decimals import plain_text
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.jobs import enqueue
from goldidea.lib.moves import move

FORMAT = "goldidea-publication/1"


@transaction.atomic
def publish_provisional(round_: Round, *, by: Any, second: Any, now: dt.datetime) -> Publication:
    """Put the tally on notice for the rule's number of working days.

    Raises: StaleState if the round is not tallied (any more).
    """
    row = standing_tally(round_)
    today = timezone.localdate(now)
    days = notice_days(parsed_rule(round_.rule_set))
    until = workdays_of(round_.season.district).after(today, days)
    move(round_, ROUND_MOVES, RoundState.ON_NOTICE, notice_from=today, notice_to=until)
    move(row, TALLY_MOVES, TallyState.PROVISIONAL)
    audit.record("publish provisional results", round_, by=by, changes={"second": (None, second.name)})
    return _publish(row, round_, Publication.Kind.PROVISIONAL, now)


@transaction.atomic
def publish_final(round_: Round, *, by: Any, second: Any, now: dt.datetime) -> Publication:
    """Make the results final once the notice is over.

    Raises: Refusal while the notice runs or an objection is undecided; StaleState if the round is not on notice (any more).
    """
    hold_round(round_.pk)  # an objection or a correction on its way comes first, or sees the final results
    round_.refresh_from_db()
    row = standing_tally(round_)
    if round_.objections.undecided().exists():
        raise Refusal(
            _("An objection is not decided yet. The results wait for it."), code="objection-undecided"
        )
    if not notice_is_over(round_, now):
        raise Refusal(
            _("The notice runs until the end of %(day)s.") % {"day": round_.notice_to}, code="notice-not-over"
        )
    move(round_, ROUND_MOVES, RoundState.FINAL)
    move(row, TALLY_MOVES, TallyState.FINAL)
    FundingPlan.objects.filter(round=round_, decided_at=None).update(
        tally=row
    )  # computed anew from what holds
    audit.record("publish final results", round_, by=by, changes={"second": (None, second.name)})
    return _publish(row, round_, Publication.Kind.FINAL, now)


def publish_corrected(row: Tally, round_: Round, now: dt.datetime) -> Publication:
    """Put a corrected tally on notice, in the correction's transaction."""
    move(row, TALLY_MOVES, TallyState.PROVISIONAL)
    return _publish(row, round_, Publication.Kind.PROVISIONAL, now)


def notice_days(rule: RuleSet) -> int:
    """Working days of notice by the rule."""
    return conduct_of(rule).notice_working_days


def notice_is_over(round_: Round, now: dt.datetime) -> bool:
    """The last day of the notice has passed; a notice of no days is over at once."""
    if round_.notice_to is None or round_.notice_from is None:
        return False
    return round_.notice_to == round_.notice_from or timezone.localdate(now) > round_.notice_to


def standing_tally(round_: Round) -> Tally:
    """The version that holds.

    Raises: StaleState if there is none yet.
    """
    row = round_.tallies.exclude(state=TallyState.SUPERSEDED).first()
    if row is None:
        raise StaleState(_("This round has no tally yet."))
    return row


def _publish(row: Tally, round_: Round, kind: str, now: dt.datetime) -> Publication:
    document = publication_document(row, round_, kind, now)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    replace_files(round_)
    enqueue("evaluations.tasks.build_bundle", tally_id=row.pk)
    return Publication.objects.create(
        round=round_, tally=row, kind=kind, body=text, etag=canonical.sha256(text.encode())
    )


def publication_document(row: Tally, round_: Round, kind: str, now: dt.datetime) -> dict[str, Any]:
    """All that the public reads of a round: places, figures, names of cases as frozen; no person's name."""
    rule = parsed_rule(round_.rule_set)
    adjusted = _adjusted(round_)
    standings = [
        _line(standing, adjusted.get(standing.entry_id, []))
        for standing in row.standings.select_related("entry__snapshot", "entry__submission")
    ]
    return {
        "format": FORMAT,
        "kind": kind,
        "published_on": timezone.localdate(now).isoformat(),
        "season": {"code": round_.season.code, "name": round_.season.name, "name_en": round_.season.name_en},
        "round": {
            "code": round_.code,
            "name": round_.name,
            "kind": round_.kind,
            "sub_district": round_.sub_district.name if round_.sub_district else None,
        },
        "notice": {
            "from": _day(round_.notice_from),
            "to": _day(round_.notice_to),
            "working_days": notice_days(rule),
        },
        "rule": {"code": round_.rule_set.code, "version": round_.rule_set.version, **_rule(rule)},
        "seats": _seats(round_),
        "hashes": {
            "rule": row.rule_sha256,
            "marks": row.marks_sha256,
            "result": canonical.sha256(row.result.encode()),
        },
        "not_calibrated": plain_of(row, round_),
        "version": row.version,
        "correction": _correction(row),
        "means": _means(standings),
        "standings": standings,
        "distribution": distribution(round_, rule),
        "corrections": corrections_of(row, rule),
        "analysis": _analysis(row, rule),
    }


def plain_of(row: Tally, round_: Round) -> dict[str, Any] | None:
    """The panels counted without corrections since their judges cannot be compared, and when two people decided that.

    None: there are none. `decided_on` is None where the rule itself says so.
    """
    if parsed_rule(round_.rule_set).calibration is None:  # the text of a result is long
        return None
    warnings = json.loads(row.result)["warnings"]
    panels = [item["panel"] for item in warnings if item["code"] == "not_calibrated"]
    event = round_.events.filter(kind=RoundEvent.Kind.PLAIN).first() if panels else None
    decided_on = timezone.localdate(event.at).isoformat() if event else None
    return {"panels": panels, "decided_on": decided_on} if panels else None


def corrections_of(row: Tally, rule: RuleSet) -> list[dict[str, Any]]:
    """The points added to each sheet of a seat, by panel and seat, with `few` and `capped` where the rule held them back."""
    if rule.calibration is None:  # the text of a result is long
        return []
    result = json.loads(row.result)
    held = {(w["code"], w["panel"], w["seat"]) for w in result["warnings"] if "seat" in w}
    return [
        {
            **item,
            "few": ("too_few_sheets", item["panel"], item["seat"]) in held,
            "capped": ("correction_capped", item["panel"], item["seat"]) in held,
        }
        for item in result["corrections"]
    ]


def _analysis(row: Tally, rule: RuleSet) -> dict[str, Any] | None:
    """What was computed beside the tally, if it was there in time; the bundle holds it in any case."""
    body = Analysis.objects.filter(tally=row).values_list("body", flat=True).first()
    return public_part(json.loads(body), rule) if body else None


def _correction(row: Tally) -> dict[str, Any] | None:
    """What led to this version, if it is not the first; `before` is the publication that it replaces."""
    found = Correction.objects.filter(tally=row).select_related("before").first()
    return found and {"code": found.code, "before": found.before.code, "reasons": found.reasons}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _rule(rule: RuleSet) -> dict[str, Any]:
    return {
        "criteria": [{"key": c.id, "name": dict(c.name), "max": str(c.max)} for c in rule.criteria],
        "panels": [{"key": p.id, "kind": p.kind, "weight": str(p.weight)} for p in rule.panels],
        "awards": [{"key": a.id, "name": dict(a.name), "places": a.places} for a in rule.awards],
        "full_marks": "" if (full := full_marks(rule).total) is None else str(full),
        "level": rule.level,
        "trim": {"high": rule.trim.high, "low": rule.trim.low, "from": rule.trim.start},
        "calibration": rule.calibration
        and {"cap": str(rule.calibration.cap), "min_marks": rule.calibration.min_marks},
    }


def _seats(round_: Round) -> dict[str, int]:
    return {panel.key: panel.seats.live().count() for panel in round_.panels.all()}


def _adjusted(round_: Round) -> dict[int, list[dict[str, str]]]:
    """Entry -> its bonus points and deductions, each with its reason, in the order in which they were decided."""
    found: dict[int, list[dict[str, str]]] = {}
    rows = Adjustment.objects.filter(entry__round=round_).order_by("pk")
    for entry, points, reason in rows.values_list("entry_id", "points", "reason"):
        found.setdefault(entry, []).append({"points": plain_text(points), "reason": reason})
    return found


def _line(standing: Any, adjusted: list[dict[str, str]]) -> dict[str, Any]:
    body = standing.entry.snapshot.body
    told = ("title", "field", "summary", "community", "sub_district", "organizations", "partners")
    return {
        "rank": standing.rank,
        "tied": standing.tied,
        "total": standing.total,
        "entry": standing.entry.key,
        "case": standing.entry.submission.code,
        "number": body["number"],
        **{name: body.get(name) for name in told},
        **standing.numbers,
        "adjusted": adjusted,
    }


def _means(standings: list[dict[str, Any]]) -> dict[str, str]:
    """Per `panel/criterion` the mean percentage over the entries that have a score: the tick on each bar."""
    tenths: dict[str, list[int]] = {}
    for line in standings:
        for panel in line["panels"]:
            for score in panel["criteria"]:
                if score["score"]:
                    tenths.setdefault(f"{panel['key']}/{score['key']}", []).append(
                        int(score["percent"].replace(".", ""))
                    )
    return {key: f"{sum(v) // len(v) // 10}.{sum(v) // len(v) % 10}" for key, v in tenths.items()}
