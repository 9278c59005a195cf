"""What may follow what: submissions, rounds, seats and tallies. A grants officer can read these tables."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class SeasonState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")


SEASON_MOVES: Mapping[str, frozenset[str]] = {
    SeasonState.DRAFT: frozenset({SeasonState.RUNNING}),
    SeasonState.RUNNING: frozenset({SeasonState.FINISHED}),
}


class SubmissionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("to be checked")
    RETURNED = "returned", _("returned for correction")
    ACCEPTED = "accepted", _("accepted")
    NOT_ELIGIBLE = "not_eligible", _("not eligible")
    WITHDRAWN = "withdrawn", _("withdrawn")


B = SubmissionState
SUBMISSION_MOVES: Mapping[str, frozenset[str]] = {
    B.DRAFT: frozenset({B.SUBMITTED, B.WITHDRAWN}),
    B.SUBMITTED: frozenset({B.RETURNED, B.ACCEPTED, B.NOT_ELIGIBLE, B.WITHDRAWN}),
    B.RETURNED: frozenset({B.SUBMITTED, B.WITHDRAWN}),
    B.ACCEPTED: frozenset({B.WITHDRAWN}),
    B.NOT_ELIGIBLE: frozenset({B.SUBMITTED}),
}


class RoundState(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    OPEN = "open", _("scoring")
    COUNTING = "counting", _("counting")
    CLOSED = "closed", _("closed, being tallied")
    TALLIED = "tallied", _("tallied")
    ON_NOTICE = "on_notice", _("on notice")
    FINAL = "final", _("final")
    CANCELLED = "cancelled", _("cancelled")


R = RoundState
ROUND_MOVES: Mapping[str, frozenset[str]] = {
    R.DRAFT: frozenset({R.OPEN, R.CANCELLED}),
    R.OPEN: frozenset({R.COUNTING, R.CANCELLED}),
    R.COUNTING: frozenset({R.CLOSED, R.CANCELLED}),
    R.CLOSED: frozenset({R.TALLIED}),  # never back
    R.TALLIED: frozenset({R.ON_NOTICE}),
    R.ON_NOTICE: frozenset({R.FINAL}),
    R.FINAL: frozenset({R.ON_NOTICE}),  # by a correction: the database asks for its new tally
}


class SeatState(models.TextChoices):
    LIVE = "live", _("in place")
    REPLACED = "replaced", _("replaced")
    WITHDRAWN = "withdrawn", _("withdrawn")


SEAT_MOVES: Mapping[str, frozenset[str]] = {
    SeatState.LIVE: frozenset({SeatState.REPLACED, SeatState.WITHDRAWN}),
}


class TallyState(models.TextChoices):
    COMPUTED = "computed", _("computed")
    PROVISIONAL = "provisional", _("provisional")
    FINAL = "final", _("final")
    SUPERSEDED = "superseded", _("superseded")


T = TallyState
TALLY_MOVES: Mapping[str, frozenset[str]] = {
    T.COMPUTED: frozenset({T.PROVISIONAL, T.SUPERSEDED}),
    T.PROVISIONAL: frozenset({T.FINAL, T.SUPERSEDED}),
    T.FINAL: frozenset({T.SUPERSEDED}),
}


class ObjectionState(models.TextChoices):
    RECEIVED = "received", _("waits for a decision")
    UPHELD = "upheld", _("upheld")
    REJECTED = "rejected", _("rejected")


OBJECTION_MOVES: Mapping[str, frozenset[str]] = {
    ObjectionState.RECEIVED: frozenset({ObjectionState.UPHELD, ObjectionState.REJECTED}),
}
