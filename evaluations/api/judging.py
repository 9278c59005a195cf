"""A judge's seat: by the card that opened the session, on the phone where its code was typed, as on the pages."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from evaluations.actions.cards import device_hash
from evaluations.actions.sheets import criteria_of, submit_score_sheet
from evaluations.devices import device_of
from evaluations.models import Card, Entry, ScoreSheet, Seat
from evaluations.rules.scoring import can_sit
from evaluations.serializers.judging import (
    EntrySerializer,
    NewReceipt,
    NewSheet,
    ReceiptSerializer,
    SeatSerializer,
    SheetSerializer,
    given,
)
from evaluations.tally.decimals import plain_text
from goldidea.lib.api.views import OwnAddress, OwnList, OwnThing


class AtTheSeat(OwnAddress):
    """Finds the seat by the session's card, after who asks is known."""

    part = "judging"
    queryset = Entry.objects.none()
    seat: Seat

    def check_permissions(self, request: Any) -> None:
        super().check_permissions(request)
        number = request.session.get("card")
        card = Card.objects.with_seat().filter(pk=number).first() if number else None
        can_sit(request.user, card, device_hash(device_of(request)), self.district).enforce()
        self.seat = card.seat  # type: ignore[union-attr]

    def entries(self) -> Any:
        """The seat's projects, with what is known of its own sheets."""
        mine = Entry.objects.assigned_to(self.seat).with_progress_of(self.seat)
        return mine.select_related("snapshot")

    def entry(self, code: str) -> Entry:
        found: Entry = get_object_or_404(self.entries(), code=code)
        found.round = self.seat.round
        return found


class OwnSeat(AtTheSeat, OwnThing):
    """The seat, its round and what is marked."""

    summary = _("Your seat, its round and what is marked")
    serializer_class = SeatSerializer

    def get_object(self) -> Any:
        self.filter_queryset(self.queryset)
        of = self.seat.round
        scale = ("min", "max", "step")
        return {
            "code": self.seat.code,
            "panel": self.seat.panel.key,
            "number": self.seat.number,
            "round": of,
            **{name: getattr(of, name) for name in ("state", "opens_at", "closes_at")},
            "criteria": [
                {
                    "id": one.id,
                    "name": dict(one.name),
                    **{name: plain_text(getattr(one, name)) for name in scale},
                }
                for one in criteria_of(self.seat)
            ],
        }


class OwnEntries(AtTheSeat, OwnList):
    """The projects of the seat."""

    summary = _("Your projects, with what was received of each")
    serializer_class = EntrySerializer
    ordering = ("position", "key")

    def get_queryset(self) -> Any:
        return self.entries()


class OwnSheets(AtTheSeat):
    """The own sheets of one project; hand in another."""

    summary = {"GET": _("Your own sheets of a project"), "POST": _("Hand in a sheet")}
    serializer_class = SheetSerializer
    pagination_class = None

    @extend_schema(responses=SheetSerializer(many=True))
    def get(self, request: Any, code: str) -> Response:
        self.filter_queryset(self.queryset)
        sheets = ScoreSheet.objects.of(self.seat).filter(entry=self.entry(code)).select_related("event")
        rows = sheets.prefetch_related("marks__criterion").order_by("revision")
        return Response(SheetSerializer(rows, many=True).data)

    @extend_schema(request=NewSheet, responses={201: NewReceipt})
    def post(self, request: Any, code: str) -> Response:
        self.filter_queryset(self.queryset)
        entry = self.entry(code)
        sent = NewSheet(data=request.data)
        sent.is_valid(raise_exception=True)
        receipt = self.hand_in(entry, dict(sent.validated_data))
        told = given(entry.code, receipt.revision, receipt.submitted_at, receipt.code)
        return Response({**told, "signed": receipt.signed}, status=201)

    def hand_in(self, entry: Entry, sent: dict[str, Any]) -> Any:
        """The pages' own action; what is wrong with a mark is said at the mark."""
        Channel = ScoreSheet.Channel
        sent["channel"] = Channel.ASSISTED if sent.pop("assisted") else Channel.SCREEN
        try:
            return submit_score_sheet(entry, self.seat, **sent, by=self.request.user, now=timezone.now())
        except ValidationError as error:
            at = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
            places = {n if n == NON_FIELD_ERRORS else f"marks.{n}": words for n, words in at.items()}
            raise ValidationError(places) from error  # type: ignore[arg-type]


class OwnReceipts(AtTheSeat, OwnList):
    """All receipts of this seat: codes, never marks."""

    summary = _("All receipts of your seat: codes, never marks")
    queryset = ScoreSheet.objects.none()
    serializer_class = ReceiptSerializer
    ordering = ("submitted_at", "revision")

    def get_queryset(self) -> Any:
        return ScoreSheet.objects.of(self.seat).select_related("event", "entry")
