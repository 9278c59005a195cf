"""Decisions of two about counting and publishing."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.decisions import DecisionKind
from evaluations.actions.closing import close_round_early
from evaluations.actions.plain import count_plain
from evaluations.actions.publication import notice_days, publish_final, publish_provisional
from evaluations.actions.voiding import void_sheet
from evaluations.models import Round, ScoreSheet
from evaluations.names import panel_name
from evaluations.notices import notice_words
from evaluations.parsed import parsed_rule
from evaluations.refusals import refused_panels
from evaluations.rules import results as rules
from evaluations.states import RoundState
from goldidea.lib.verdict import Verdict


class OfRound(DecisionKind):
    """What decisions about a round share."""

    def find(self, district: Any, code: str) -> Round | None:
        rounds = Round.objects.of(district).select_related("season__district", "sub_district", "rule_set")
        return rounds.filter(code=code).first()

    def url(self, obj: Round) -> str:
        return reverse("office:round", args=[obj.district.slug, obj.code])

    def state_of(self, obj: Round) -> dict[str, Any]:
        tally = obj.tallies.first()
        state = {"state": obj.state, "closes_at": obj.closes_at, "tally": tally.marks_sha256 if tally else ""}
        # A corrected tally can have the same marks: its version tells it apart.
        return {**state, "version": tally.version} if tally and tally.version > 1 else state


class CloseRoundEarly(OfRound):
    """Close an open round before its time."""

    label = gettext_lazy("Close the round early")

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_close_early(user, obj)

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        return [
            _("Scoring in “%(round)s” ends at once; no judge can hand in or change a sheet after that.")
            % {"round": obj}
        ]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        close_round_early(obj, by=by, second=second, now=now)


class CountPlain(OfRound):
    """Count a round whose judges cannot be compared without corrections, although its rule refuses that."""

    label = gettext_lazy("Count without corrections")

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_count_plain(user, obj)

    def state_of(self, obj: Round) -> dict[str, Any]:
        return {"state": obj.state, "refused": obj.tally_refusal.params}

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        first = _("“%(round)s” is counted from the marks as they were given; no judge is corrected in:") % {
            "round": obj
        }
        return [
            first,
            *(_panel_sentence(panel, len(groups)) for panel, groups in refused_panels(obj)),
            _(
                "The rule stays as it is. The log, the results and the file for checking say that two people decided this."
            ),
        ]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        count_plain(obj, by=by, second=second, reason=reason, now=now)


def _panel_sentence(panel: str, groups: int) -> str:
    words = _("%(panel)s: judges and cases fall into %(n)d groups without a common sheet.")
    return words % {"panel": panel_name(panel), "n": groups}


class PublishProvisional(OfRound):
    """Put the results on notice."""

    label = gettext_lazy("Publish the provisional results")

    def url(self, obj: Round) -> str:
        return reverse("office:round_results", args=[obj.district.slug, obj.code])

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_publish(user, obj, RoundState.TALLIED)

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        days = notice_days(parsed_rule(obj.rule_set))
        return [
            _("The ranking of “%(round)s” becomes public as provisional.") % {"round": obj},
            _("It is on notice for %(days)d working days.") % {"days": days},
            *notice_words(obj.season.district, days, timezone.localdate()),
        ]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        publish_provisional(obj, by=by, second=second, now=now)


class PublishFinal(OfRound):
    """Make the results final."""

    label = gettext_lazy("Publish the final results")

    def url(self, obj: Round) -> str:
        return reverse("office:round_results", args=[obj.district.slug, obj.code])

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_publish(user, obj, RoundState.ON_NOTICE)

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        said = [_("The ranking of “%(round)s” becomes final.") % {"round": obj}]
        if obj.objections.without_correction().exists():
            said.append(_("An objection was upheld, and nothing has been corrected for it."))
        return said

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        publish_final(obj, by=by, second=second, now=now)


class VoidSheet(OfRound):
    """Void one sheet of a round; the payload names it by its event's digest."""

    label = gettext_lazy("Void a score sheet")

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_void(user, obj)

    def sub_district_id(self, obj: Round) -> None:
        """Only the district's staff decide on a sheet."""
        return

    def state_of(self, obj: Round) -> dict[str, Any]:
        return {"state": obj.state}

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        sheet = self._sheet(obj, payload)
        return [
            _("The sheet of seat %(seat)s for “%(entry)s” does not count. It stays as evidence.")
            % {"seat": sheet.seat, "entry": sheet.entry}
        ]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        void_sheet(self._sheet(obj, payload), by=by, second=second, reason=reason, now=now)

    def _sheet(self, obj: Round, payload: dict[str, Any]) -> ScoreSheet:
        return ScoreSheet.objects.select_related(
            "event", "seat__panel", "entry__round", "entry__snapshot"
        ).get(round=obj, event__digest=payload["sheet"])
