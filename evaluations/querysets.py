"""Which seasons, submissions, rounds, sheets and results: reads, named as sentences."""

from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce


class SeasonQuerySet(models.QuerySet[Any]):
    """Seasons."""

    def of(self, district: Any) -> Self:
        return self.filter(district=district)

    def public(self) -> Self:
        return self.exclude(state="draft")

    def taking_cases(self, now: Any) -> Self:
        """Running, and submissions are open."""
        return self.filter(state="running", submissions_open_at__lte=now, submissions_close_at__gt=now)


class SubmissionQuerySet(models.QuerySet[Any]):
    """Cases."""

    def of(self, district: Any) -> Self:
        return self.filter(season__district=district)

    def public(self) -> Self:
        """In a round that was opened: from then on a case may be read by everybody, as it was frozen."""
        entries = self.model._meta.apps.get_model("evaluations", "Entry")
        opened = entries.objects.filter(submission=OuterRef("pk")).exclude(
            round__state__in=["draft", "cancelled"]
        )
        return self.filter(Exists(opened))

    def with_opened_entries(self) -> Self:
        """Each with `opened`: its entries in rounds that were opened, with round and snapshot."""
        entries = self.model._meta.apps.get_model("evaluations", "Entry").objects
        opened = entries.exclude(round__state__in=["draft", "cancelled"])
        rows = opened.select_related("round", "snapshot").order_by("pk")
        return self.prefetch_related(models.Prefetch("entries", rows, to_attr="opened"))

    def with_parties(self) -> Self:
        return self.select_related(
            "season__district", "sub_district", "lead_community__sub_district"
        ).prefetch_related("organization_links__organization", "partners")


class RuleSetQuerySet(models.QuerySet[Any]):
    """Versions of rules."""

    def public(self) -> Self:
        """Under which a round was opened: from then on everybody may read the rule."""
        rounds = self.model._meta.apps.get_model("evaluations", "Round")
        return self.filter(Exists(rounds.objects.opened().filter(rule_set=OuterRef("pk"))))


class RuleDraftQuerySet(models.QuerySet[Any]):
    """Rules that are being written."""

    def of(self, district: Any) -> Self:
        return self.filter(season__district=district)


class RoundQuerySet(models.QuerySet[Any]):
    """Rounds."""

    def opened(self) -> Self:
        """Opened and not cancelled."""
        return self.exclude(state__in=["draft", "cancelled"])

    def of(self, district: Any) -> Self:
        return self.filter(season__district=district)

    def due(self, now: Any) -> Self:
        """Open, and their time is over."""
        return self.filter(state="open", closes_at__lte=now)

    def awaiting_tally(self) -> Self:
        """Closed, its votes counted, and not known to have no result, or to be counted plain by decision of two people."""
        events = self.model._meta.apps.get_model("evaluations", "RoundEvent").objects
        plain = Exists(events.filter(round=OuterRef("pk"), kind="plain"))
        return self.filter(Q(tally_refusal=None) | plain, ~self._without_votes(), state="closed")

    def awaiting_votes(self) -> Self:
        """Scoring is over, and the votes of a panel have not been entered alike by two people yet."""
        return self.filter(self._without_votes(), state__in=["counting", "closed"])

    def _without_votes(self) -> Exists:
        panels = self.model._meta.apps.get_model("evaluations", "VotePanel").objects
        return Exists(panels.filter(round=OuterRef("pk"), counts=None))

    def refused(self) -> Self:
        """Closed without a result, and nobody has decided yet to count them plain."""
        return self.filter(state="closed", tally_refusal__isnull=False).exclude(events__kind="plain")

    def out_of_line(self) -> Self:
        """Finals being prepared with entries of a preliminary that was corrected since they were brought in.

        Whoever is brought in is marked in the standing tally; a correction makes a tally in which nobody is.
        """
        models_ = self.model._meta.apps
        same = {"entry__submission": OuterRef("submission")}
        marked = models_.get_model("evaluations", "Standing").objects.filter(advances=True, **same)
        corrected = models_.get_model("evaluations", "Correction").objects.filter(
            round__kind="preliminary", round__entries__submission=OuterRef("submission")
        )
        left = models_.get_model("evaluations", "Entry").objects.filter(
            Exists(corrected), ~Exists(marked.exclude(tally__state="superseded")), round=OuterRef("pk")
        )
        return self.filter(Exists(left), kind="final", state="draft")


class EntryQuerySet(models.QuerySet[Any]):
    """Entries of rounds."""

    def assigned_to(self, seat: Any) -> Self:
        """Those that this seat marks, or would mark if it had not recused itself. Twin of `can_view_entry`."""
        return self.filter(round=seat.round_id, assignments__seat=seat)

    def scorable_by(self, seat: Any, now: Any) -> Self:
        """Those for which this seat may hand in a sheet at `now`. Twin of `can_score`."""
        recusals = self.model._meta.apps.get_model("evaluations", "Recusal")
        recused = recusals.objects.filter(seat=seat, entry=OuterRef("pk"), withdrawn_at=None)
        in_time = Q(round__state="open", round__opens_at__lte=now, round__closes_at__gt=now, locked_at=None)
        # One filter call: both conditions are on the same assignment.
        mine = self.filter(in_time, assignments__seat=seat, assignments__seat__state="live")
        if seat.trial_waits or seat.to_read:
            return mine.none()
        return mine.filter(~Exists(recused))

    def with_progress_of(self, seat: Any) -> Self:
        """Each with what is known of this seat's sheet: `revision` (None: no sheet), `received_at`, `digest`, `recused`."""
        models_ = self.model._meta.apps
        sheets = models_.get_model("evaluations", "ScoreSheet").objects
        recusals = models_.get_model("evaluations", "Recusal").objects
        last = sheets.filter(seat=seat, entry=OuterRef("pk")).order_by("-revision")
        return self.annotate(
            revision=Subquery(last.values("revision")[:1]),
            received_at=Subquery(last.values("submitted_at")[:1]),
            digest=Subquery(last.values("event__digest")[:1]),
            recused=Exists(recusals.filter(seat=seat, entry=OuterRef("pk"), withdrawn_at=None)),
            read=Exists(
                models_.get_model("evaluations", "Reading").objects.filter(seat=seat, entry=OuterRef("pk"))
            ),
        )

    def with_round(self) -> Self:
        return self.select_related("round__season__district", "round__rule_set", "snapshot")


class SeatQuerySet(models.QuerySet[Any]):
    """Seats."""

    def live(self) -> Self:
        return self.filter(state="live")


class CardQuerySet(models.QuerySet[Any]):
    """Judges' cards."""

    def live(self) -> Self:
        return self.filter(revoked_at=None)

    def with_seat(self) -> Self:
        """With everything that a judge's page needs to know of the seat, in one read."""
        return self.select_related(
            "seat__judge__user", "seat__panel", "seat__round__rule_set", "seat__round__season__district"
        )


class AssignmentQuerySet(models.QuerySet[Any]):
    """Which seat marks which entry."""

    def not_recused(self) -> Self:
        recusals = self.model._meta.apps.get_model("evaluations", "Recusal")
        return self.exclude(
            Exists(recusals.objects.filter(seat=OuterRef("seat"), entry=OuterRef("entry"), withdrawn_at=None))
        )


class SheetQuerySet(models.QuerySet[Any]):
    """Score sheets."""

    def of(self, seat: Any) -> Self:
        """This seat's own sheets. Twin of `can_view_sheet`."""
        return self.filter(seat=seat)

    def latest(self) -> Self:
        """The highest revision of each seat for an entry."""
        newer = self.model.objects.filter(
            seat=OuterRef("seat"), entry=OuterRef("entry"), revision__gt=OuterRef("revision")
        )
        return self.filter(~Exists(newer))

    def counted(self) -> Self:
        """Latest, not void, the judge not recused from the entry: what a tally takes."""
        recusals = self.model._meta.apps.get_model("evaluations", "Recusal")
        recused = recusals.objects.filter(seat=OuterRef("seat"), entry=OuterRef("entry"), withdrawn_at=None)
        return self.latest().filter(Q(void=None) & ~Exists(recused))


class TallyQuerySet(models.QuerySet[Any]):
    """Tallies."""

    def of(self, district: Any) -> Self:
        return self.filter(round__season__district=district)

    def published(self) -> Self:
        """Those that everybody may read, or could before a correction."""
        publications = self.model._meta.apps.get_model("evaluations", "Publication").objects
        return self.filter(Exists(publications.filter(tally=OuterRef("pk"))))

    def standing_in(self, district: Any, code: str) -> Self:
        """The tally that stands in the round with this code; not the text of its result.

        With `places` (rows of its ranking) and `undecided` (objections that nobody has decided).
        """
        models_ = self.model._meta.apps
        standings = models_.get_model("evaluations", "Standing").objects.filter(tally=OuterRef("pk"))
        objections = models_.get_model("evaluations", "Objection").objects.undecided()
        objections = objections.filter(round=OuterRef("round"))
        rows = self.exclude(state="superseded").filter(round__code=code, round__season__district=district)
        rows = rows.select_related(
            "round__season__district", "round__sub_district", "round__rule_set", "analysis"
        )
        return rows.defer("result").annotate(places=counted(standings), undecided=counted(objections))


def counted(rows: models.QuerySet[Any]) -> Coalesce:
    """How many rows there are, as a column of the rows to which they belong."""
    number = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number), 0)


class StandingQuerySet(models.QuerySet[Any]):
    """Lines of rankings."""

    def as_rows(self) -> Any:
        """What a ranking shows of each line, as dictionaries; of the frozen case only its names."""
        body = "entry__snapshot__body"
        return self.values(
            "rank",
            "tied",
            "total",
            "advances",
            "numbers",
            key=F("entry__key"),
            case=F("entry__submission__code"),
            number=F(f"{body}__number"),
            title=F(f"{body}__title"),
            community=F(f"{body}__community__name"),
        )


class PublicationQuerySet(models.QuerySet[Any]):
    """Published snapshots."""

    def of(self, district: Any) -> Self:
        return self.filter(round__season__district=district)

    def latest_of_rounds(self) -> Self:
        """The last one of each round: what its results are now."""
        later = self.model.objects.filter(round=OuterRef("round"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))


class FundingQuerySet(models.QuerySet[Any]):
    """Plans of who gets money."""

    def of(self, district: Any) -> Self:
        return self.filter(round__season__district=district)

    def decided(self) -> Self:
        """Decided by two: from then on everybody may read them."""
        return self.filter(decided_at__isnull=False)


class ObjectionQuerySet(models.QuerySet[Any]):
    """Objections."""

    def of(self, district: Any) -> Self:
        return self.filter(round__season__district=district)

    def undecided(self) -> Self:
        return self.filter(state="received")

    def without_correction(self) -> Self:
        """Upheld, and nothing was corrected for them."""
        return self.filter(state="upheld", corrections=None)

    def outcomes(self) -> dict[str, int]:
        """How many there are, and what came of them: all that the public learns."""
        counted = dict(self.order_by().values_list("state").annotate(n=Count("pk")))
        return {
            "received": sum(counted.values()),
            **{state: counted.get(state, 0) for state in ("upheld", "rejected")},
        }


class CorrectionQuerySet(models.QuerySet[Any]):
    """Corrections of published results."""

    def of(self, district: Any) -> Self:
        return self.filter(round__season__district=district)
