"""What is true of seasons, submissions, rounds, sheets and results; the database refuses what must never happen.

Evidence (insert-only): SubmissionSnapshot, RoundEvent, ScoreSheet, Mark, SheetVoid. The triggers are in
migrations/0002_evidence.py.
"""

from evaluations.models.corrections import Correction, Objection
from evaluations.models.funding import FundingPlan
from evaluations.models.papers import SEALED, Delegation, Paper, Presence
from evaluations.models.points import (
    Adjustment,
    GivenPoints,
    GivenTable,
    VoteCount,
    VotePanel,
    VoteTable,
)
from evaluations.models.results import Analysis, Bundle, Publication, Standing, Tally, TallyRefusal
from evaluations.models.rounds import Assignment, Card, Entry, Panel, Recusal, Round, Seat
from evaluations.models.seasons import Criterion, RuleDraft, RuleSet, Season
from evaluations.models.sheets import Mark, Reading, RoundEvent, ScoreSheet, SheetVoid, TrialSheet
from evaluations.models.submissions import (
    Photo,
    ScreeningNote,
    Submission,
    SubmissionOrganization,
    SubmissionSnapshot,
)

__all__ = [
    "SEALED",
    "Adjustment",
    "Analysis",
    "Assignment",
    "Bundle",
    "Card",
    "Correction",
    "Criterion",
    "Delegation",
    "Entry",
    "FundingPlan",
    "GivenPoints",
    "GivenTable",
    "Mark",
    "Objection",
    "Panel",
    "Paper",
    "Photo",
    "Presence",
    "Publication",
    "Reading",
    "Recusal",
    "Round",
    "RoundEvent",
    "RuleDraft",
    "RuleSet",
    "ScoreSheet",
    "ScreeningNote",
    "Season",
    "Seat",
    "SheetVoid",
    "Standing",
    "Submission",
    "SubmissionOrganization",
    "SubmissionSnapshot",
    "Tally",
    "TallyRefusal",
    "TrialSheet",
    "VoteCount",
    "VotePanel",
    "VoteTable",
]
