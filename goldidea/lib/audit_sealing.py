"""Seal the audit trail, export its head, and look for what somebody with the database's own rights may have done to it."""

import datetime as dt
import fcntl
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from goldidea.lib import merkle, sealing, signing
from goldidea.lib.models import AuditEvent, Checkpoint, Seal

LOG = "audit"
FIELDS = ("actor", "role", "action", "object_type", "object_code", "district", "before", "after")
# A row is sealed within seconds; a transaction that takes longer than this to end has no place in the product.
GRACE = dt.timedelta(minutes=10)
logger = logging.getLogger(__name__)


def body_of(event: AuditEvent) -> str:
    """The canonical text of an event: keys in order, no spaces, its time in UTC with microseconds."""
    body: dict[str, object] = {name: _plain(getattr(event, name)) for name in FIELDS}
    body |= {"id": event.pk, "at": event.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


@transaction.atomic
def seal_audit(*, whole: bool = False) -> int:
    """Chain the events that have no seal yet; gives their number."""
    sealing.hold_log(LOG)
    events = sealing.unsealed(LOG, AuditEvent.objects.all(), whole=whole)
    return sealing.seal(LOG, ((event.pk, body_of(event)) for event in events.iterator()))


@transaction.atomic
def sign_head() -> Checkpoint:
    """Seal what is left, sign the trail as it is, and write the note where no administrator of the database reaches."""
    seal_audit(whole=True)
    head = sealing.checkpoint(LOG, Checkpoint.Occasion.HOURLY)
    export(head)
    return head


def export(head: Checkpoint) -> None:
    """Append the signed head to AUDIT_HEADS_FILE, and say it in the program's log."""
    path = Path(settings.AUDIT_HEADS_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.stat().st_size == 0 or head.note not in path.read_text(encoding="utf-8"):
            file.write(f"{head.note}\n")
    logger.info("audit trail: %s entries, root %s", head.size, head.root)


def read_heads(text: str) -> Iterator[str]:
    """The notes of an exported file."""
    start = f"{sealing.origin(LOG)}\n"
    return (start + part.rstrip("\n") + "\n" for part in text.split(start)[1:])


def verify_log(
    log: str, rows: models.QuerySet[Any], body: str = "", heads: Iterable[str] = ()
) -> Iterator[str]:
    """What is wrong with a log, in words; nothing for a log that is as it was written.

    Args:
        rows: the rows of the log. body: the column of their canonical text; without one they are audit events.
        heads: signed notes kept outside the database.
    """
    texts = {row.pk: getattr(row, body) if body else body_of(row) for row in rows.iterator()}
    written = {row.pk: row.at for row in rows.iterator()}
    seals = list(Seal.objects.filter(log=log).order_by("seq"))
    leaves: list[bytes] = []
    yield from _chain(log, seals, texts, leaves)
    notes = list(Checkpoint.objects.filter(log=log).order_by("pk"))
    for note in notes:
        yield from _checkpoint(log, note.note, leaves, f"the checkpoint of {note.at:%Y-%m-%d %H:%M}")
        yield from _dated_back(log, note, seals, written)
    for number, head in enumerate(heads, 1):
        yield from _checkpoint(log, head, leaves, f"exported head {number}")
    sealed = {seal.event for seal in seals}
    limit = timezone.now() - GRACE
    for pk in sorted(texts.keys() - sealed):
        if written[pk] < limit:
            yield f"{log}: row {pk} was never sealed"


def _chain(log: str, seals: list[Seal], texts: dict[int, str], leaves: list[bytes]) -> Iterator[str]:
    """Every line against its row, its place and the line before; fills `leaves` with the hashes computed again."""
    prev = sealing.FIRST
    for place, seal in enumerate(seals):
        if seal.seq != place:
            yield f"{log}: line {place} is missing"
            return
        if seal.event not in texts:
            yield f"{log}: the row of line {place} is missing (row {seal.event})"
            return
        leaf = merkle.leaf_hash(sealing.line(texts[seal.event], prev, place))
        if (seal.prev, seal.leaf) != (prev, leaf.hex()):
            yield f"{log}: line {place} is not what was sealed (row {seal.event})"
            return
        leaves.append(leaf)
        prev = seal.leaf


def _checkpoint(log: str, note: str, leaves: list[bytes], name: str) -> Iterator[str]:
    if not signing.is_signed(sealing.origin(log), note):
        yield f"{log}: {name} does not bear this installation's signature"
        return
    size = int(note.split("\n")[1])
    if size > len(leaves):
        yield f"{log}: {name} counts {size} lines, {len(leaves)} are whole"
    elif note.split("\n\n")[0] + "\n" != sealing.checkpoint_text(log, leaves[:size]):
        yield f"{log}: {name} is of other lines"


def _dated_back(
    log: str, note: Checkpoint, seals: list[Seal], written: dict[int, dt.datetime]
) -> Iterator[str]:
    """A row that claims to be much older than a checkpoint which does not hold it was put in later."""
    for seal in seals[note.size :]:
        if written.get(seal.event, note.at) < note.at - GRACE:
            yield f"{log}: line {seal.seq} claims a time before a checkpoint that does not hold it"
            return
