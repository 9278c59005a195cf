"""Save versions of a season's rule set: checked, hashed, its criteria unpacked for the database."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from evaluations.actions.panels import fit_panels
from evaluations.conduct import checked_rule, conduct_of
from evaluations.models import Criterion, RuleSet, Season
from evaluations.rulewords import named
from evaluations.states import RoundState
from evaluations.tally import RuleSet as Rule
from goldidea.lib import audit
from goldidea.lib.errors import Refusal

BOM = "\ufeff"


@transaction.atomic
def save_rule_set(season: Season, text: str, name: str, *, by: Any, now: dt.datetime) -> RuleSet:
    """Save a text as the season's next version.

    Raises: RuleErrors with every refusal and its place; ValidationError for the name.
    """
    rule = checked_rule(text)
    Season.objects.select_for_update().get(pk=season.pk)  # versions are numbered one after the other
    last = season.rule_sets.aggregate(last=Max("version"))["last"] or 0
    rules = RuleSet(
        season=season,
        version=last + 1,
        name=name,
        text=text.removeprefix(BOM),
        sha256=rule.sha256,
        created_by=by,
        **_begins(rule),
    )
    rules.full_clean(exclude=["created_at"])
    rules.save()
    _unpack(rules, rule)
    audit.record("create rule set", rules, by=by, changes={"sha256": (None, rule.sha256)})
    return rules


@transaction.atomic
def change_rule_set(rules: RuleSet, text: str, name: str, *, by: Any, now: dt.datetime) -> RuleSet:
    """Change a version under which no round was opened. Panels of rounds that use it follow.

    Raises: RuleErrors; ValidationError; Refusal once it is frozen (the database refuses it too, GI012).
    """
    rule = checked_rule(text)
    rules = (
        RuleSet.objects.select_for_update(of=("self",)).select_related("season__district").get(pk=rules.pk)
    )
    if rules.frozen_at is not None:
        raise Refusal(_("A round was opened under this version, so it never changes."), code="rule-frozen")
    before = rules.sha256
    rules.text, rules.name, rules.sha256 = text.removeprefix(BOM), name, rule.sha256
    begins = _begins(rule)
    for key, value in begins.items():
        setattr(rules, key, value)
    rules.full_clean(exclude=["created_at"])
    rules.save(update_fields=["text", "name", "sha256", *begins])
    rules.criteria.all().delete()
    _unpack(rules, rule)
    for round_ in rules.rounds.filter(state=RoundState.DRAFT):
        fit_panels(round_, rule)
    audit.record("change rule set", rules, by=by, changes={"sha256": (before, rule.sha256)})
    return rules


def _begins(rule: Rule) -> dict[str, Any]:
    """What the conduct asks before the first sheet, for the database to see."""
    conduct = conduct_of(rule)
    return {"start_after": conduct.start_after, "calibration_item": conduct.calibration_item}


def _unpack(rules: RuleSet, rule: Rule) -> None:
    Criterion.objects.bulk_create(
        Criterion(
            rule_set=rules,
            key=item.id,
            position=position,
            name_zh=named(item.name, "zh-hans"),
            name_en=named({**item.name, "en": item.name.get("en") or item.id}, "en"),
            minimum=item.min,
            maximum=item.max,
            step=item.step,
        )
        for position, item in enumerate(rule.criteria)
    )
