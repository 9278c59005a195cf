"""Make and change rounds, and take accepted cases into them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from communities.models import SubDistrict
from evaluations.actions.panels import fit_panels
from evaluations.conduct import checked_rule
from evaluations.models import Entry, Round, RuleSet, Season, Submission
from evaluations.states import RoundState, SeasonState, SubmissionState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal


@transaction.atomic
def create_round(
    season: Season,
    rule_set: RuleSet,
    *,
    host: SubDistrict | None = None,
    name: str = "",
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: Any,
    now: dt.datetime,
) -> Round:
    """Make a round, being prepared: a preliminary hosted by `host`, or (without a host) the season's final.

    Raises: Refusal when the season is finished or has such a round already; ValidationError for times and name.
    """
    if season.state == SeasonState.FINISHED:
        raise Refusal(_("This season is finished."), code="season-finished")
    if rule_set.season_id != season.pk:
        raise Refusal(_("This rule belongs to another season."), code="rule-of-another-season")
    round_ = Round(
        season=season,
        rule_set=rule_set,
        kind=Round.Kind.PRELIMINARY if host else Round.Kind.FINAL,
        sub_district=host,
        name=name or _name(host),
        opens_at=opens_at,
        closes_at=closes_at,
    )
    round_.full_clean(validate_constraints=False)
    round_.validate_constraints()
    try:
        with transaction.atomic():
            round_.save()
    except IntegrityError as error:
        raise Refusal(_("There is such a round already."), code="round-exists") from error
    fit_panels(round_, checked_rule(rule_set.text))
    audit.record("create round", round_, by=by)
    if host:
        fill_entries(round_, by=by, now=now)
    return round_


@transaction.atomic
def create_preliminaries(
    season: Season,
    rule_set: RuleSet,
    hosts: Iterable[SubDistrict],
    *,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: Any,
    now: dt.datetime,
) -> list[Round]:
    """Make a preliminary in each of these sub-districts, all under the same rule and with the same times."""
    return [
        create_round(season, rule_set, host=host, opens_at=opens_at, closes_at=closes_at, by=by, now=now)
        for host in hosts
    ]


@transaction.atomic
def change_round(
    round_: Round,
    *,
    name: str,
    rule_set: RuleSet,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: Any,
    now: dt.datetime,
) -> Round:
    """Change name, rule and times of a round that is being prepared.

    Raises: Refusal once it has been opened, or when judges sit in a panel that the rule does not have.
    """
    round_ = draft_round(round_)
    old = {key: getattr(round_, key) for key in ("name", "rule_set", "opens_at", "closes_at")}
    new = {"name": name, "rule_set": rule_set, "opens_at": opens_at, "closes_at": closes_at}
    for key, value in new.items():
        setattr(round_, key, value)
    round_.full_clean()
    round_.save(update_fields=list(new))
    fit_panels(round_, checked_rule(rule_set.text))
    changes = {key: (old[key], new[key]) for key in new if old[key] != new[key]}
    audit.record("change round", round_, by=by, changes=changes)
    return round_


def draft_round(round_: Round) -> Round:
    """The round, read again and held, if it is still being prepared. Raises: Refusal if it is not."""
    found = (
        Round.objects.select_for_update(of=("self",))
        .select_related("season__district", "sub_district", "rule_set")
        .get(pk=round_.pk)
    )
    if found.state != RoundState.DRAFT:
        raise Refusal(_("This round has been opened in the meantime."), code="round-not-draft")
    return found


@transaction.atomic
def fill_entries(round_: Round, *, by: Any, now: dt.datetime) -> int:
    """Bring the entries of a round that is being prepared up to date. Gives the number that changed.

    A preliminary takes the accepted cases of its sub-district with their latest snapshots; what is not accepted any
    more goes out. A final keeps its entries (they advance from the preliminaries).

    Raises: Refusal once the round has been opened.
    """
    round_ = draft_round(round_)
    if round_.kind == Round.Kind.FINAL:
        return 0
    accepted = {case.pk: case for case in accepted_cases(round_)}
    entries = {entry.submission_id: entry for entry in round_.entries.select_related("submission")}
    gone = [entry for pk, entry in entries.items() if pk not in accepted]
    for entry in gone:
        entry.recusals.all().delete()
        entry.delete()
    fresh = [case for pk, case in accepted.items() if pk not in entries]
    renewed = 0
    for pk, entry in entries.items():
        if pk in accepted and entry.snapshot_id != accepted[pk].newest:
            entry.snapshot_id = accepted[pk].newest
            entry.save(update_fields=["snapshot"])
            renewed += 1
    Entry.objects.bulk_create(
        Entry(round=round_, submission=case, snapshot_id=case.newest, key=case.number.lower())
        for case in fresh
    )
    _number(round_)
    changed = len(gone) + len(fresh) + renewed
    if changed:
        counts = (len(entries), len(entries) - len(gone) + len(fresh))
        audit.record("fill entries", round_, by=by, changes={"entries": counts})
    return changed


def accepted_cases(round_: Round) -> Any:
    """Accepted cases that a preliminary takes, each with `newest`, the id of its latest snapshot."""
    return (
        Submission.objects.filter(
            season=round_.season_id, sub_district=round_.sub_district_id, state=SubmissionState.ACCEPTED
        )
        .exclude(number="")
        .annotate(newest=Max("snapshots"))
        .filter(newest__isnull=False)
        .order_by("number")
    )


def _number(round_: Round) -> None:
    """Entries stand in the order of their case numbers, counted from 1."""
    entries = list(round_.entries.order_by("key"))
    for position, entry in enumerate(entries, 1):
        entry.position = position
    Entry.objects.bulk_update(entries, ["position"])


def _name(host: SubDistrict | None) -> str:
    """The name of a new round, in the working language."""
    with translation.override("zh-hans"):
        return (_("%(place)s preliminary") % {"place": host}) if host else str(_("District final"))
