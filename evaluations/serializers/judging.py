"""A judge's seat, its projects and sheets; and a sheet as it is handed in. Marks are text: 45.5, never a binary float."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from evaluations.actions.events import receipt_code
from evaluations.actions.sheets import LARGEST_REVISION
from evaluations.models import ScoreSheet
from evaluations.serializers.public import RoundName
from evaluations.tally.decimals import plain_text


class MarkField(serializers.DecimalField):
    """A mark as text, with at most three decimals."""

    def __init__(self) -> None:
        super().__init__(max_digits=9, decimal_places=3)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class CriterionSerializer(serializers.Serializer[Any]):
    """What is marked: from `min` to `max` in steps of `step`."""

    id = serializers.CharField()
    name = serializers.DictField(child=serializers.CharField())
    min = serializers.CharField()
    max = serializers.CharField()
    step = serializers.CharField()


class SeatSerializer(serializers.Serializer[Any]):
    """Where a judge sits, and what is marked there."""

    code = serializers.CharField()
    panel = serializers.CharField()
    number = serializers.IntegerField()
    round = RoundName()
    state = serializers.CharField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    criteria = CriterionSerializer(many=True)


class EntrySerializer(serializers.Serializer[Any]):
    """A project of the seat, with what was received of it."""

    code = serializers.CharField()
    key = serializers.CharField()
    title = serializers.CharField()
    recused = serializers.BooleanField()
    revision = serializers.IntegerField(
        allow_null=True, help_text=_("Of the sheet received last; null: none.")
    )
    received_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.CharField(allow_null=True)

    def to_representation(self, entry: Any) -> dict[str, Any]:
        return {
            "code": entry.code,
            "key": entry.key,
            "title": str(entry),
            "recused": entry.recused,
            "revision": entry.revision,
            "received_at": entry.received_at,
            "receipt": receipt_code(entry.digest) if entry.digest else None,
        }


class SheetSerializer(serializers.Serializer[Any]):
    """A sheet of one's own."""

    revision = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    channel = serializers.ChoiceField(ScoreSheet.Channel.choices)
    receipt = serializers.CharField()
    marks = serializers.DictField(child=serializers.CharField())

    def to_representation(self, sheet: Any) -> dict[str, Any]:
        return {
            "revision": sheet.revision,
            "submitted_at": sheet.submitted_at,
            "channel": sheet.channel,
            "receipt": receipt_code(sheet.event.digest),
            "marks": {mark.criterion.key: plain_text(mark.value) for mark in sheet.marks.all()},
        }


class ReceiptSerializer(serializers.Serializer[Any]):
    """A receipt: never the marks."""

    entry = serializers.CharField()
    revision = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    receipt = serializers.CharField()

    def to_representation(self, sheet: Any) -> dict[str, Any]:
        return given(sheet.entry.code, sheet.revision, sheet.submitted_at, receipt_code(sheet.event.digest))


class NewReceipt(ReceiptSerializer):
    """A receipt as it is handed over, with the signed promise that the round's log will hold the sheet."""

    signed = serializers.CharField()


class NewSheet(serializers.Serializer[Any]):
    """A whole sheet on top of the revision that the judge saw (0: none). The same `client_key` gives the same receipt."""

    client_key = serializers.UUIDField()
    base_revision = serializers.IntegerField(min_value=0, max_value=LARGEST_REVISION)
    assisted = serializers.BooleanField(default=False, help_text=_("Somebody typed for the judge."))
    marks = serializers.DictField(child=MarkField(), help_text=_("Criterion → mark, every criterion."))


def given(entry: str, revision: int, submitted_at: dt.datetime, code: str) -> dict[str, Any]:
    """A receipt."""
    return {"entry": entry, "revision": revision, "submitted_at": submitted_at, "receipt": code}
