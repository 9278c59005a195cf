"""The decision of two to correct a published result."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.actions.correcting import correct_round
from evaluations.decisions.results import OfRound
from evaluations.models import Correction, Round, ScoreSheet
from evaluations.rules import objections as rules
from evaluations.states import RoundState
from goldidea.lib.verdict import Verdict


def of_the_final(round_: Round) -> list[str]:
    """What a correction of this preliminary means for the final into which its cases advanced, in words."""
    finals = Round.objects.filter(
        season=round_.season_id, kind="final", entries__submission__in=round_.entries.values("submission")
    ).exclude(state=RoundState.CANCELLED)
    if round_.kind == Round.Kind.FINAL:
        return []
    prepared = _(
        "Cases of this round stand in “%(final)s”, which is being prepared. It cannot open before these results are final"
        " again; its page then says which cases advance now, and brings it into line."
    )
    opened = _(
        "Attention: “%(final)s” has opened already, with cases of this round. This correction changes neither who takes"
        " part in it nor its results."
    )
    words = {RoundState.DRAFT: prepared}
    return [words.get(final.state, opened) % {"final": final} for final in finals.distinct()]


class CorrectRound(OfRound):
    """A new version of the tally; the payload is the change (evaluations/actions/correcting.py)."""

    label = gettext_lazy("Correct the results")

    def url(self, obj: Round) -> str:
        return reverse("office:round_results", args=[obj.district.slug, obj.code])

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_correct(user, obj)

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        return [
            *self._changes(obj, payload),
            _(
                "A new version of the result is computed and is on notice again. The former one stays readable."
            ),
            *of_the_final(obj),
        ]

    def _changes(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        if payload["kind"] == Correction.Kind.ADJUSTMENT:
            entry = obj.entries.select_related("snapshot").get(key=payload["entry"])
            return [_("“%(entry)s”: %(points)s points.") % {"entry": entry, "points": payload["points"]}]
        words = (
            _("The sheet of seat %(seat)s for “%(entry)s” does not count. It stays as evidence.")
            if payload["kind"] == Correction.Kind.VOID
            else _("The judge of seat %(seat)s should not have marked “%(entry)s”: the sheet does not count.")
        )
        sheets = ScoreSheet.objects.filter(round=obj, event__digest__in=payload["sheets"])
        rows = sheets.select_related("seat__panel", "entry__snapshot").order_by("pk")
        return [words % {"seat": sheet.seat, "entry": sheet.entry} for sheet in rows]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        correct_round(obj, payload, by=by, second=second, reason=reason, now=now)
