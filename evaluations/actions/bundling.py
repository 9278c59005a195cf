"""Build the bundle of a published tally: the files with which anybody recomputes it, in one zip, written once."""

import datetime as dt
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from evaluations.actions.counting import SEATS_OF_A_SUB_DISTRICT, tally_inputs
from evaluations.actions.sealing import log_of, seal_round
from evaluations.models import Analysis, Bundle, Round, RoundEvent, Tally
from evaluations.parsed import parsed_rule
from evaluations.quality import public_bytes
from evaluations.tally import canonical, folder_files
from evaluations.tally.ballots import csv_file
from evaluations.tally.decimals import plain_text
from evaluations.tally.inputs import COLUMNS
from goldidea.lib import sealing, signing
from goldidea.lib.models import Checkpoint, Seal

FORMAT = "goldidea-bundle/1"
PATIENCE = dt.timedelta(minutes=10)
VERIFIER = Path(__file__).resolve().parent.parent / "bundle" / "verify.py"
# What tells how each seat marked: left out where the rule says so.
MARKS = ("marks.csv", "openings.jsonl")
ORDER = (
    *("rule.json", "entries.csv", "seats.csv", "marks.csv", "given.csv", "adjustments.csv", "votes.csv"),
    *("log.jsonl", "openings.jsonl", "checkpoint.txt", "result.json", "analysis.json", "manifest.json"),
    "verify.py",
)
# Sheets that count, as MARKS of counting.py takes them, each with the digest of its event and its marks.
OPENINGS = """
SELECT ev.digest, e.key, s.pseudonym, sheet.revision, sheet.salt,
       (SELECT array_agg(c.key ORDER BY c.position) FROM evaluations_mark m
        JOIN evaluations_criterion c ON c.id = m.criterion_id WHERE m.sheet_id = sheet.id),
       (SELECT array_agg(m.value ORDER BY c.position) FROM evaluations_mark m
        JOIN evaluations_criterion c ON c.id = m.criterion_id WHERE m.sheet_id = sheet.id)
FROM (
  SELECT DISTINCT ON (seat_id, entry_id) id, seat_id, entry_id, revision, salt
  FROM evaluations_scoresheet WHERE round_id = %(round)s ORDER BY seat_id, entry_id, revision DESC
) sheet
JOIN evaluations_roundevent ev ON ev.sheet_id = sheet.id
JOIN evaluations_seat s ON s.id = sheet.seat_id
JOIN evaluations_entry e ON e.id = sheet.entry_id
WHERE NOT EXISTS (SELECT 1 FROM evaluations_sheetvoid v WHERE v.sheet_id = sheet.id)
  AND NOT EXISTS (SELECT 1 FROM evaluations_recusal r
                  WHERE r.seat_id = sheet.seat_id AND r.entry_id = sheet.entry_id AND r.withdrawn_at IS NULL)
"""
# Sheets that would count, had their judges not recused themselves: the recusals of just these are opened, so that one
# recusal in the log is no leave to hide another sheet. Who they are can be seen anyhow: their sheets stay closed.
RECUSALS = """
SELECT r.salt, e.key, s.pseudonym FROM evaluations_recusal r
JOIN evaluations_seat s ON s.id = r.seat_id
JOIN evaluations_entry e ON e.id = r.entry_id
JOIN LATERAL (
  SELECT id FROM evaluations_scoresheet
  WHERE seat_id = r.seat_id AND entry_id = r.entry_id ORDER BY revision DESC LIMIT 1
) sheet ON true
WHERE s.round_id = %(round)s AND r.withdrawn_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM evaluations_sheetvoid v WHERE v.sheet_id = sheet.id)
"""


def bundles_waiting() -> Any:
    """Published tallies without a bundle, of rounds that were opened under seal.

    The analysis goes into the bundle; a bundle waits for it, but not for ever.
    """
    published = Tally.objects.filter(publications__isnull=False, bundle=None, round__events__kind="open")
    ready = Q(analysis__isnull=False) | Q(publications__published_at__lt=Now() - PATIENCE)
    return published.filter(ready).distinct()


@transaction.atomic
def build_bundle(tally_id: int) -> Bundle | None:
    """Build the bundle if the tally is published and has none; else do nothing and give None. Safe to repeat or to kill."""
    row = Tally.objects.select_related("round__rule_set").filter(pk=tally_id).first()
    if row is None:
        return None
    sealing.hold_log(log_of(row.round))
    if not bundles_waiting().filter(pk=tally_id).exists():
        return None
    checkpoint = last_checkpoint(row.round)
    files = bundle_files(row, checkpoint)
    content = zipped(files)
    digest = canonical.sha256(content)
    bundle = Bundle(
        tally=row,
        checkpoint=checkpoint,
        sha256=digest,
        size=len(content),
        with_marks="marks.csv" in files,
    )
    bundle.file.save(f"{row.round.code}-{row.version}-{digest[:12]}.zip", ContentFile(content), save=False)
    Path(bundle.file.path).chmod(0o444)
    bundle.save()
    return bundle


def last_checkpoint(round_: Round) -> Checkpoint:
    """The checkpoint that holds the whole log: the one of the close, or a later one where something was written since."""
    log = log_of(round_)
    seal_round(round_)
    size = Seal.objects.filter(log=log).count()
    known = Checkpoint.objects.filter(log=log, size=size).order_by("pk").last()
    return known or sealing.checkpoint(log, Checkpoint.Occasion.LATER)


def bundle_files(row: Tally, checkpoint: Checkpoint) -> dict[str, bytes]:
    """The files of a bundle by name, in their order: the same bytes for the same tally and checkpoint."""
    round_ = row.round
    bodies = list(log_lines(round_, checkpoint.size))
    files = _rows(round_, bodies)
    files["log.jsonl"] = b"".join(line + b"\n" for line, _body in bodies)
    files["openings.jsonl"] = b"".join(sorted(opening + b"\n" for opening in _openings(round_)))
    files["checkpoint.txt"] = checkpoint.note.encode()
    files["result.json"] = row.result.encode()
    if (analysis := Analysis.objects.filter(tally=row).first()) and analysis.body:
        files["analysis.json"] = public_bytes(analysis.body, parsed_rule(round_.rule_set))
    files["verify.py"] = VERIFIER.read_bytes()
    if parsed_rule(round_.rule_set).publish_marks == "none":
        files = {name: data for name, data in files.items() if name not in MARKS}
    listed = {name: canonical.sha256(data) for name, data in files.items()}
    files["manifest.json"] = manifest(log_of(round_), listed)
    return {name: files[name] for name in ORDER if name in files}


def manifest(log: str, listed: dict[str, str]) -> bytes:
    """The list of files with their hashes, signed: what the log does not fix (titles, votes, the result) is fixed here."""
    name = sealing.origin(log)
    signed = signing.sign(name, f"{name}\nbundle {canonical.sha256(canonical.dumps(listed))}\n")
    return canonical.dumps({"files": listed, "format": FORMAT, "signed": signed}) + b"\n"


def _rows(round_: Round, bodies: list[tuple[bytes, dict[str, Any]]]) -> dict[str, bytes]:
    """rule.json and the tables, seats being those that the log names: who left before the opening never sat."""
    inputs = tally_inputs(round_)
    seated = {seat["seat"] for _line, body in bodies if body["event"] == "open" for seat in body["seats"]}
    seated |= {body["seat"] for _line, body in bodies if body["event"] == "seat"}
    files = folder_files(round_.rule_set.text, inputs)
    rows = [seat for seat in inputs.seats or () if seat[1] in seated]
    told = Counter((panel, place) for panel, _seat, place in rows)
    shown = [
        (panel, seat, place if told[panel, place] >= SEATS_OF_A_SUB_DISTRICT else "")
        for panel, seat, place in rows
    ]
    files["seats.csv"] = csv_file(COLUMNS["seats.csv"], sorted(shown))
    return files


def log_lines(round_: Round, size: int) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The first lines of the log, each with its event's body."""
    bodies = dict(RoundEvent.objects.filter(round=round_).values_list("pk", "body"))
    for seal in Seal.objects.filter(log=log_of(round_), seq__lt=size).order_by("seq").iterator():
        text = bodies[seal.event]
        yield sealing.line(text, seal.prev, seal.seq), json.loads(text)


def _openings(round_: Round) -> Iterator[bytes]:
    """What each counted sheet committed to, with the digest of its event; and whose recusal keeps a sheet from counting."""
    with connection.cursor() as cursor:
        cursor.execute(OPENINGS, {"round": round_.pk})
        for digest, entry, seat, revision, salt, keys, values in cursor.fetchall():
            marks = {key: plain_text(value) for key, value in zip(keys, values, strict=True)}
            document = {"entry": entry, "marks": marks, "revision": revision, "salt": salt, "seat": seat}
            yield canonical.dumps({**document, "sheet": digest})
        cursor.execute(RECUSALS, {"round": round_.pk})
        for salt, entry, seat in cursor.fetchall():
            document = {"entry": entry, "salt": salt, "seat": seat}
            yield canonical.dumps({**document, "recusal": canonical.sha256(canonical.dumps(document))})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """One zip, the same bytes on any machine: stored, not squeezed, so that a page can read it too, and dated 1980."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            item = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            item.create_system, item.external_attr = 3, 0o644 << 16
            archive.writestr(item, data)
    return out.getvalue()
