"""A published round with everything that happens in one, and its bundle."""

import datetime as dt
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from evaluations.actions.analysing import analyse_tally
from evaluations.actions.bundling import build_bundle
from evaluations.actions.closing import close_round_early
from evaluations.actions.correcting import correct_round
from evaluations.actions.opening import extend_round, open_round
from evaluations.actions.publication import publish_provisional
from evaluations.actions.recusals import declare_recusal, withdraw_recusal
from evaluations.actions.sealing import checkpoint_rounds, seal_rounds
from evaluations.actions.seats import replace_seat
from evaluations.actions.sheets import Receipt
from evaluations.actions.tallying import tally_round
from evaluations.actions.voiding import void_sheet
from evaluations.models import Bundle, Round, ScoreSheet
from tests import make
from tests.evaluations.judging import hand_in
from tests.evaluations.rooms import Room, room


@dataclass
class Published:
    """The round, its bundle, and the receipts of four sheets: one for each thing that can become of a sheet."""

    room: Room
    round: Round
    receipts: dict[str, Receipt]
    bundle: Bundle

    @property
    def files(self) -> dict[str, bytes]:
        return files_of(self.bundle)


def files_of(bundle: Bundle) -> dict[str, bytes]:
    with bundle.file.open("rb") as file, zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def marks_for(number: int) -> dict[str, Decimal]:
    """Different enough that everything is used, alike enough that some totals are equal."""
    return {"need": Decimal(30 + number % 11) / 1, "effect": Decimal(40 + number % 5) / 2}


def open_room(communities: int = 8, slug: str = "shangcheng", **rule: Any) -> Room:
    scene = room(communities, slug, **rule)
    scene.seat_all()
    scene.assign_all()
    scene.round = open_round(scene.round, by=scene.staff, second=scene.second, now=timezone.now())
    return scene


def score(scene: Room) -> dict[str, Receipt]:
    """Everybody marks; one thinks again, one sheet is voided, two judges recuse themselves, one of them takes it back."""
    rows = scene.round.assignments.select_related("seat__judge__user", "entry").order_by(
        "seat__pseudonym", "entry__key"
    )
    pairs = [(row.seat, row.entry) for row in rows]
    received = [hand_in(*pair, marks_for(number * 7)) for number, pair in enumerate(pairs)]
    seal_rounds()
    both = {"by": scene.staff, "second": scene.second, "reason": "测试", "now": timezone.now()}
    extend_round(scene.round, scene.round.closes_at + dt.timedelta(hours=1), **both)
    hand_in(*pairs[0], marks_for(3), base=1)
    checkpoint_rounds()
    void_sheet(ScoreSheet.objects.get(seat=pairs[1][0], entry=pairs[1][1]), **both)
    told = {"reason": "kin", "now": timezone.now()}
    declare_recusal(*pairs[2], **told, by=pairs[2][0].judge.user)
    back = declare_recusal(*pairs[3], **told, by=pairs[3][0].judge.user)
    withdraw_recusal(back, by=pairs[3][0].judge.user, now=timezone.now())
    replace_seat(pairs[-1][0], make.judge(make.community(scene.cast.home)), **both)
    names = ("replaced", "voided", "recused", "counted")
    return dict(zip(names, received[:4], strict=True))


def published(communities: int = 8, slug: str = "shangcheng", **rule: Any) -> Published:
    """A round from its opening to its bundle, through the actions."""
    scene = open_room(communities, slug, **rule)
    receipts = score(scene)
    round_ = scene.round
    close_round_early(round_, by=scene.staff, second=scene.second, now=timezone.now())
    row = tally_round(round_.pk, timezone.now())
    assert row is not None
    round_.refresh_from_db()
    publish_provisional(round_, by=scene.staff, second=scene.second, now=timezone.now())
    assert build_bundle(row.pk) is None  # it waits for the analysis
    analyse_tally(row.pk)
    bundle = build_bundle(row.pk)
    assert bundle is not None
    return Published(scene, round_, receipts, bundle)


def corrected(slug: str = "shangcheng") -> dict[str, bytes]:
    """The files of the last bundle of a round that was corrected three times: a sheet, a conflict, points."""
    found = published(slug=slug, adjustments={"min": "-5", "max": "5"})
    people = {"by": found.room.staff, "second": found.room.second, "now": timezone.now()}
    sheets = ScoreSheet.objects.filter(round=found.round).counted().select_related("event", "entry")
    first, second, third = sheets.order_by("pk")[4:7]
    for change in (
        {"kind": "void", "sheets": [first.event.digest]},
        {"kind": "recusal", "sheets": [second.event.digest]},
        {"kind": "adjustment", "entry": third.entry.key, "points": "1.5"},
    ):
        made = correct_round(found.round, change, reason="评委应当回避", **people)
        analyse_tally(made.tally_id)
        bundle = build_bundle(made.tally_id)
        assert bundle is not None
    return files_of(bundle)
