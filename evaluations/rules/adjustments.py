"""Bonus points and deductions: who may ask for them, when, and how many points the rule allows."""

from decimal import Decimal
from typing import Any

from django.db.models import F, JSONField, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.models import Adjustment, Entry, Round
from evaluations.parsed import parsed_rule
from evaluations.rules.rounds import can_run, run_by
from evaluations.states import RoundState
from evaluations.tally.decimals import plain_text
from goldidea.lib.verdict import ALLOWED, Verdict

BEFORE_THE_CLOSE = (RoundState.OPEN, RoundState.COUNTING)
NONE_ALLOWED = gettext_lazy("The rule of this round allows no bonus points or deductions.")
OVER = gettext_lazy(
    "Bonus points and deductions are decided from the opening of the round until its close; after that only by "
    "correcting the published result."
)


def can_adjust(user: Any, round_: Round) -> Verdict:
    """Ask for bonus points or a deduction, or be the second: those who run the round, until its close. Twin: `adjustable_by`."""
    verdict = can_run(user, round_)
    if not verdict:
        return verdict
    if parsed_rule(round_.rule_set).adjustments is None:
        return Verdict(NONE_ALLOWED)
    return ALLOWED if round_.state in BEFORE_THE_CLOSE else Verdict(OVER)


def adjustable_by(user: Any, district: Any) -> Any:
    """Rounds in which the person may ask for bonus points and deductions. Twin of `can_adjust`."""
    rule = Cast(F("rule_set__text"), JSONField())
    rounds = run_by(user, district).filter(state__in=BEFORE_THE_CLOSE)
    return rounds.annotate(rule=rule).filter(rule__has_key="adjustments")


def points_allowed(entry: Entry, points: Decimal) -> Verdict:
    """Whether the rule allows these points for the entry, beside those that it has already."""
    allowed = parsed_rule(entry.round.rule_set).adjustments
    if allowed is None:
        return Verdict(NONE_ALLOWED)
    values = {
        "points": plain_text(points),
        "least": plain_text(allowed.min),
        "most": plain_text(allowed.max),
    }
    if not any(allowed.min <= signed <= allowed.max for signed in (points, -points)):
        return Verdict(_("The rule allows %(least)s to %(most)s points at a time.") % values)
    together = points_of(entry) + points
    if not allowed.min <= together <= allowed.max:
        words = _(
            "Together with what was decided before, the case would have %(together)s points; the rule allows "
            "%(least)s to %(most)s."
        )
        return Verdict(words % {**values, "together": plain_text(together)})
    return ALLOWED


def points_of(entry: Entry) -> Decimal:
    """The sum of the entry's bonus points and deductions."""
    found: Decimal | None = Adjustment.objects.filter(entry=entry).aggregate(sum=Sum("points"))["sum"]
    return found or Decimal(0)
