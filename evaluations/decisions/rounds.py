"""Decisions of two about opening, extending and cancelling rounds, and about seats."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.decisions import DecisionKind
from evaluations.actions.assignment import assign_late
from evaluations.actions.opening import cancel_round, extend_round, open_round
from evaluations.actions.seats import replace_seat, seat_guests
from evaluations.models import Entry, Panel, Round, Seat
from evaluations.names import panel_name
from evaluations.parsed import parsed_rule
from evaluations.rules import rounds as rules
from evaluations.rules.given import panels_of
from goldidea.lib.verdict import HIDDEN, Verdict
from judges.models import Judge


def moment(at: dt.datetime) -> str:
    """A time as the office reads it."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


class OfRound(DecisionKind):
    """What decisions about a whole round share."""

    def find(self, district: Any, code: str) -> Round | None:
        rounds = Round.objects.of(district).select_related("season__district", "sub_district", "rule_set")
        return rounds.filter(code=code).first()

    def url(self, obj: Round) -> str:
        return reverse("office:round", args=[obj.district.slug, obj.code])

    def state_of(self, obj: Round) -> dict[str, Any]:
        return {"state": obj.state, "opens_at": obj.opens_at, "closes_at": obj.closes_at}


class OpenRound(OfRound):
    """Open a round. Void when anything that it opens with has changed."""

    label = gettext_lazy("Open the round")

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_open(user, obj) if obj else HIDDEN

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        values = {
            "round": obj,
            "opens": moment(obj.opens_at),
            "closes": moment(obj.closes_at),
            "rule": obj.rule_set,
            "entries": obj.entries.count(),
            "judges": obj.seats.live().count(),
        }
        return [
            _("“%(round)s” opens. From %(opens)s to %(closes)s judges can mark.") % values,
            _("%(entries)d entries, %(judges)d judges. Entries and their order stay as they are.") % values,
            _("The rule “%(rule)s” is frozen and never changes after that.") % values,
            *self._given(obj),
        ]

    def _given(self, obj: Round) -> list[str]:
        """What the round brings from elsewhere."""
        words = _("“%(panel)s”: the points of %(count)d entries stay as they are. Source: %(source)s.")
        return [
            words % {"panel": panel_name(t.panel), "count": t.points.count(), "source": t.source}
            for t in obj.given_tables.filter(panel__in=panels_of(parsed_rule(obj.rule_set), "given"))
        ]

    def state_of(self, obj: Round) -> dict[str, Any]:
        return {
            **super().state_of(obj),
            "rule": obj.rule_set.sha256,
            "entries": list(obj.entries.order_by("key").values_list("key", "snapshot")),
            "seats": list(obj.seats.live().order_by("pk").values_list("pk", flat=True)),
            "assignments": list(obj.assignments.order_by("seat", "entry").values_list("seat_id", "entry_id")),
            **self._given_state(obj),
        }

    def _given_state(self, obj: Round) -> dict[str, Any]:
        rows = obj.given_tables.order_by("panel", "points__entry")
        points = list(rows.values_list("panel", "source", "points__entry", "points__points"))
        return {"given": points} if points else {}

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        open_round(obj, by=by, second=second, now=now)


class ExtendRound(OfRound):
    """Let an open round close later; the payload holds `closes_at`."""

    label = gettext_lazy("Extend the round")

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_extend(user, obj) if obj else HIDDEN

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        values = {"round": obj, "old": moment(obj.closes_at), "new": moment(self._closes_at(payload))}
        return [_("“%(round)s” closes at %(new)s (until now: %(old)s).") % values]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        extend_round(obj, self._closes_at(payload), by=by, second=second, reason=reason, now=now)

    def _closes_at(self, payload: dict[str, Any]) -> dt.datetime:
        at = parse_datetime(payload["closes_at"])
        assert at is not None  # noqa: S101  written by request_extension
        return at


class CancelRound(OfRound):
    """Cancel a round, with its reason."""

    label = gettext_lazy("Cancel the round")

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_cancel(user, obj) if obj else HIDDEN

    def state_of(self, obj: Round) -> dict[str, Any]:
        return {"state": obj.state}

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        return [
            _("“%(round)s” is cancelled. It cannot be opened again; a new round can be made.")
            % {"round": obj},
            _("What was handed in stays as evidence and counts nowhere."),
        ]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        cancel_round(obj, by=by, second=second, reason=reason, now=now)


class ReplaceSeat(DecisionKind):
    """After opening: another judge in a judge's place; without `judge` in the payload only out."""

    label = gettext_lazy("Replace a judge")

    def find(self, district: Any, code: str) -> Seat | None:
        seats = Seat.objects.select_related(
            "judge", "panel", "round__season__district", "round__sub_district", "round__rule_set"
        )
        return seats.filter(round__season__district=district, code=code).first()

    def url(self, obj: Seat) -> str:
        return reverse("office:round_seats", args=[obj.district.slug, obj.round.code])

    def can_request(self, user: Any, obj: Seat) -> Verdict:
        return rules.can_change_opened(user, obj.round) if obj else HIDDEN

    def sub_district_id(self, obj: Seat) -> int | None:
        return obj.round.sub_district_id

    def state_of(self, obj: Seat) -> dict[str, Any]:
        return {"round": obj.round.state, "seat": obj.state}

    def sentences(self, obj: Seat, payload: dict[str, Any]) -> list[str]:
        new = self._judge(obj, payload)
        values = {"round": obj.round, "seat": obj, "old": obj.judge, "new": new or ""}
        first = (
            _("In “%(round)s” %(new)s takes the place of %(old)s (%(seat)s).")
            if new
            else _("In “%(round)s” %(old)s (%(seat)s) does not mark any more; nobody takes the place.")
        )
        kept = _("Sheets that were handed in count unless they are voided. The old card stops working.")
        return [first % values, kept]

    def apply(
        self, obj: Seat, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        replace_seat(obj, self._judge(obj, payload), by=by, second=second, reason=reason, now=now)

    def _judge(self, obj: Seat, payload: dict[str, Any]) -> Judge | None:
        return Judge.objects.of(obj.district).filter(code=payload.get("judge") or "").first()


class SeatGuests(OfRound):
    """Before opening: seat judges from outside the bench; the payload holds `panel` (key) and `judges` (codes)."""

    label = gettext_lazy("Seat guest judges")

    def url(self, obj: Round) -> str:
        return reverse("office:round_seats", args=[obj.district.slug, obj.code])

    def can_request(self, user: Any, obj: Round) -> Verdict:
        return rules.can_arrange(user, obj) if obj else HIDDEN

    def state_of(self, obj: Round) -> dict[str, Any]:
        return {"state": obj.state, "rule": obj.rule_set.sha256}

    def sentences(self, obj: Round, payload: dict[str, Any]) -> list[str]:
        panel = self._panel(obj, payload)
        return [
            _("%(judge)s (%(place)s) sits as a guest in the panel “%(panel)s” of “%(round)s”.")
            % {"judge": judge, "place": judge.sub_district or "", "panel": panel.words, "round": obj}
            for judge in self._judges(obj, payload)
        ]

    def apply(
        self, obj: Round, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        panel, judges = self._panel(obj, payload), self._judges(obj, payload)
        seat_guests(panel, judges, by=by, second=second, reason=reason, now=now)

    def _panel(self, obj: Round, payload: dict[str, Any]) -> Panel:
        return obj.panels.get(key=payload["panel"])

    def _judges(self, obj: Round, payload: dict[str, Any]) -> list[Judge]:
        judges = Judge.objects.of(obj.district).select_related("sub_district")
        return list(judges.filter(code__in=payload["judges"]).order_by("sort_key", "pk"))


class AssignLate(DecisionKind):
    """After opening: let a seat mark one more entry; the payload holds `entry` (code)."""

    label = gettext_lazy("Give a judge another case")
    find = ReplaceSeat.find
    state_of = ReplaceSeat.state_of
    sub_district_id = ReplaceSeat.sub_district_id
    can_request = ReplaceSeat.can_request

    def url(self, obj: Seat) -> str:
        return reverse("office:round_assignment", args=[obj.district.slug, obj.round.code])

    def sentences(self, obj: Seat, payload: dict[str, Any]) -> list[str]:
        return [
            _("In “%(round)s” %(judge)s (%(seat)s) also marks “%(entry)s”.")
            % {"round": obj.round, "judge": obj.judge, "seat": obj, "entry": self._entry(obj, payload)}
        ]

    def apply(
        self, obj: Seat, payload: dict[str, Any], *, by: Any, second: Any, reason: str, now: dt.datetime
    ) -> None:
        assign_late(obj, self._entry(obj, payload), by=by, second=second, reason=reason, now=now)

    def _entry(self, obj: Seat, payload: dict[str, Any]) -> Entry:
        return Entry.objects.with_round().get(round=obj.round, code=payload["entry"])
