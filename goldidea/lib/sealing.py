"""Put the rows of a log in order for good: each is chained to the one before, and signed checkpoints fix the whole.

A log is a name: `audit`, or `round/CODE`. Its lines are canonical JSON `{"body": …, "prev": …, "seq": …}`: the row's own
canonical text, the hash of the line before (64 zeros for the first), and its place, counted from 0. The rows themselves
are never touched: order stands beside them, in `Seal`.
"""

import base64
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction

from goldidea.lib import merkle, signing
from goldidea.lib.models import Checkpoint, Seal

SEAL_LOCK = 7103
FIRST = "0" * 64
BATCH = 2000
# Between two looks at everything, rows are looked for among so many of the last: one that was committed late has a smaller id.
LAST_ROWS = 10_000

Row = tuple[int, str]
"""id of a row, its canonical text"""


def line(body: str, prev: str, seq: int) -> bytes:
    """One line of a log, without its line feed. `body` is canonical JSON, so the line is."""
    return f'{{"body":{body},"prev":"{prev}","seq":{seq}}}'.encode()


def origin(log: str) -> str:
    """The name under which checkpoints of a log are signed."""
    return f"goldidea/{log}"


def hold_log(log: str) -> None:
    """One at a time seals a log, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SEAL_LOCK, _number(log)])


def _number(log: str) -> int:
    number = zlib.crc32(log.encode())
    return number - 2**32 if number >= 2**31 else number


def unsealed(log: str, rows: models.QuerySet[Any], *, whole: bool) -> models.QuerySet[Any]:
    """The rows of a log that have no seal, oldest first. Not `whole`: only among the last ones."""
    if not whole:
        last = Seal.objects.filter(log=log).order_by("-seq").values_list("event", flat=True).first()
        rows = rows.filter(pk__gt=(last or 0) - LAST_ROWS)
    seals = Seal.objects.filter(log=log, event=models.OuterRef("pk"))
    return rows.filter(~models.Exists(seals)).order_by("pk")


@transaction.atomic
def seal(log: str, rows: Iterable[Row]) -> int:
    """Chain rows to the log, in the order given; the caller holds the log and has left out what is sealed. Gives their number."""
    last = Seal.objects.filter(log=log).order_by("-seq").first()
    seq, prev = (last.seq + 1, last.leaf) if last else (0, FIRST)
    seals: list[Seal] = []
    for pk, body in rows:
        leaf = merkle.leaf_hash(line(body, prev, seq)).hex()
        seals.append(Seal(log=log, seq=seq, event=pk, prev=prev, leaf=leaf))
        seq, prev = seq + 1, leaf
    Seal.objects.bulk_create(seals, batch_size=BATCH)
    return len(seals)


def leaves_of(log: str, size: int | None = None) -> list[bytes]:
    """The leaf hashes of a log, in order; of its first `size` lines."""
    seals = Seal.objects.filter(log=log).order_by("seq").values_list("leaf", flat=True)
    return [bytes.fromhex(leaf) for leaf in (seals if size is None else seals[:size])]


def checkpoint_text(log: str, leaves: Sequence[bytes]) -> str:
    """What is signed: the log's name, its number of lines, its root. Source: https://c2sp.org/tlog-checkpoint."""
    root = base64.b64encode(merkle.root_hash(leaves)).decode()
    return f"{origin(log)}\n{len(leaves)}\n{root}\n"


@transaction.atomic
def checkpoint(log: str, occasion: str) -> Checkpoint:
    """Sign what the log is now; the caller holds the log. The same size on the same occasion is signed once."""
    leaves = leaves_of(log)
    text = checkpoint_text(log, leaves)
    known = Checkpoint.objects.filter(log=log, size=len(leaves), occasion=occasion).first()
    return known or Checkpoint.objects.create(
        log=log,
        size=len(leaves),
        root=merkle.root_hash(leaves).hex(),
        occasion=occasion,
        note=signing.sign(origin(log), text),
    )
