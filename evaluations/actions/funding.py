"""Plan and decide who gets money after a ranking: computed from the final result, explained for each case, kept for good."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.actions.locks import hold_round
from evaluations.models import FundingPlan, Round, Tally
from evaluations.rules import results as rules
from evaluations.states import TallyState
from evaluations.tally.funding import Applicant, FundingRule, Grant, TiedError, fund
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState

COLUMNS = ("budget", "least_percent", "lot_seed", "caps")


class LotNeeded(Refusal):
    """Cases share a place and the money does not suffice for all of them."""

    code = "lot-needed"


@transaction.atomic
def save_funding_plan(round_: Round, values: Mapping[str, Any], *, by: Any, now: dt.datetime) -> FundingPlan:
    """Begin the round's plan, or change it while nobody has decided it.

    Args:
        values: budget, least_percent, lot_seed, caps.
    Raises: PermissionDenied; StaleState once it is decided; ValidationError.
    """
    rules.can_fund(by, round_).enforce()
    Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    tally = final_tally(round_)
    plan = FundingPlan.objects.filter(round=round_).first() or FundingPlan(round=round_)
    if plan.decided_at:
        raise StaleState(_("This funding is decided already."))
    old = {name: getattr(plan, name) for name in COLUMNS} if plan.pk else {}
    for name in COLUMNS:
        setattr(plan, name, values[name])
    plan.tally, plan.made_by, plan.made_at = tally, by, now
    plan.full_clean()
    plan.save()
    changes = {name: (old.get(name), values[name]) for name in COLUMNS if old.get(name) != values[name]}
    audit.record("plan funding", plan, by=by, changes=changes)
    return plan


@transaction.atomic
def decide_funding(plan: FundingPlan, *, by: Any, second: Any, now: dt.datetime) -> FundingPlan:
    """Keep what the plan gives to each case; from now on everybody may read it.

    Raises: StaleState if it was decided already; LotNeeded.
    """
    hold_round(plan.round_id)  # a correction comes before or after, never between
    plan = FundingPlan.objects.select_for_update(of=("self",)).select_related("tally").get(pk=plan.pk)
    if plan.decided_at:
        raise StaleState(_("This funding is decided already."))
    if plan.tally.state != TallyState.FINAL:
        raise StaleState(_("The results of this round are not final."))
    plan.lines, plan.decided_at = funding_lines(plan), now
    plan.save(update_fields=["lines", "decided_at"])
    total = sum((Decimal(line["amount"]) for line in plan.lines), Decimal(0))
    audit.record("decide funding", plan, by=by, changes={"second": (None, second.name), "given": ("", total)})
    return plan


def final_tally(round_: Round) -> Tally:
    """The tally of which the round's final results are."""
    found: Tally | None = Tally.objects.filter(round=round_, state="final").first()
    if found is None:
        raise StaleState(_("The results of this round are not final."))
    return found


def funding_lines(plan: FundingPlan) -> list[dict[str, Any]]:
    """What each case gets and why, in the order of the places; amounts are yuan as text with two decimals.

    Raises: LotNeeded where the plan has no lot and needs one.
    """
    if plan.decided_at:
        return list(plan.lines)
    cases = {row["case"]: row for row in ranked_cases(plan.tally)}
    rule = FundingRule(
        budget=fen(plan.budget),
        caps={code: fen(cap) for code, cap in plan.caps.items()},
        lot_seed=plan.lot_seed,
        marks_sha256=plan.tally.marks_sha256,
    )
    applicants = [applicant(row, plan.least_percent) for row in cases.values()]
    try:
        grants = fund(rule, applicants)
    except TiedError as tied:
        titles = "、".join(cases[entry]["title"] for entry in tied.entries)
        words = _("%(cases)s share a place, and the money does not suffice for all of them: a lot decides.")
        raise LotNeeded(words % {"cases": titles}) from tied
    asked = {one.entry: one for one in applicants}
    return [
        line_of(cases[grant.entry], grant, asked[grant.entry])
        for grant in sorted(grants, key=in_order(cases))
    ]


def in_order(cases: Mapping[str, dict[str, Any]]) -> Any:
    """As the ranking has them, so that equals do not stand in the order of the lot."""
    places = {key: place for place, key in enumerate(cases)}
    return lambda grant: places[grant.entry]


def ranked_cases(tally: Tally) -> list[dict[str, Any]]:
    """The ranking with what each case's snapshot says of money and place."""
    rows = tally.standings.select_related("entry__snapshot", "entry__submission").order_by("position")
    found = []
    for standing in rows:
        body = standing.entry.snapshot.body
        found.append(
            {
                "case": standing.entry.submission.code,
                "rank": standing.rank,
                "number": body.get("number", ""),
                "title": body["title"],
                "community": body["community"]["name"],
                "sub_district": body["sub_district"]["name"],
                "sub_district_code": body["sub_district"]["code"],
                "asked": Decimal(body.get("amount_asked") or "0"),
            }
        )
    return found


def applicant(row: Mapping[str, Any], least_percent: int) -> Applicant:
    """A case as the computation takes it; the least is rounded up to a fen, so that it is never below the share."""
    asked = fen(row["asked"])
    least = -(-asked * least_percent // 100)
    return Applicant(row["case"], row["rank"], row["sub_district_code"], asked, least)


def line_of(row: Mapping[str, Any], grant: Grant, one: Applicant) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("case", "rank", "number", "title", "community", "sub_district")},
        "asked": yuan(one.asked),
        "least": yuan(one.least),
        "amount": yuan(grant.amount),
        "reason": grant.reason,
        "budget_left": yuan(grant.budget_left),
        "cap_left": None if grant.cap_left is None else yuan(grant.cap_left),
        "by_lot": grant.by_lot,
    }


def fen(amount: Any) -> int:
    """Yuan as whole fen."""
    return int(Decimal(amount) * 100)


def yuan(amount: int) -> str:
    """Fen as yuan with two decimals."""
    return f"{amount // 100}.{amount % 100:02d}"
