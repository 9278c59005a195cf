"""Take a table in, compare it with its register, correct it, write all of it or nothing, and forget it."""

import base64
import datetime as dt
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from communities import rules
from communities.models import District, SpreadsheetImport
from communities.registers import (
    NUMBER,
    WRONG,
    Covers,
    Plan,
    Register,
    Row,
    judge_cells,
    register_of,
    rows_of,
)
from communities.states import IMPORT_MOVES, ImportState
from goldidea.lib import audit
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.jobs import enqueue
from goldidea.lib.moves import move
from goldidea.lib.spreadsheets import MAX_ROWS, Line, UnreadableError, kind_of, lines_of, read_table

READ_AT_ONCE = 100_000  # bytes; a larger file is read by a worker while the page shows that it waits
KEPT = dt.timedelta(days=14)


class RegisterChanged(Refusal):
    """The register has changed since the person looked at the comparison; a new one stands in its place."""

    code = "register-changed"


def receive_import(
    kind: str, district: District, filename: str, content: bytes, *, by: Any, now: dt.datetime
) -> SpreadsheetImport:
    """Take a file in. A small one is read and compared at once, a large one by a worker.

    Raises: UnreadableError with a sentence for the person; PermissionDenied.
    """
    rules.can_import(by, district).enforce()
    kind_of(filename, content)
    upload = SpreadsheetImport(
        district=district,
        kind=kind,
        filename=filename.replace("\x00", "")[-200:],
        uploaded_by=by,
        uploaded_at=now,
    )
    if len(content) <= READ_AT_ONCE:
        lines = lines_of(read_table(filename, content), register_of(kind).readable)
        with transaction.atomic():
            upload.save()
            compare_import(upload, rows_of(lines))
        return upload
    upload.content = base64.b64encode(content).decode()
    with transaction.atomic():
        upload.save()
        enqueue("communities.tasks.read_import", import_id=upload.pk)
    return upload


def read_import(import_id: int) -> None:
    """Read and compare a file that waits; nothing happens when somebody else does or did it."""
    with transaction.atomic():
        upload = (
            SpreadsheetImport.objects.waiting()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("district", "uploaded_by")
            .filter(pk=import_id)
            .first()
        )
        if upload is None:
            return
        try:
            table = read_table(upload.filename, base64.b64decode(upload.content))
            lines = lines_of(table, register_of(upload.kind).readable)
        except UnreadableError as error:
            move(upload, IMPORT_MOVES, ImportState.UNREADABLE, trouble=str(error.message), content="")
            return
        compare_import(upload, rows_of(lines))


def read_waiting_imports(now: dt.datetime) -> int:
    """Read what a lost message left waiting. Gives the number of files."""
    late = SpreadsheetImport.objects.waiting().filter(uploaded_at__lte=now - dt.timedelta(seconds=5))
    waiting = list(late.values_list("pk", flat=True))
    for import_id in waiting:
        read_import(import_id)
    return len(waiting)


def table_rows(upload: SpreadsheetImport) -> list[Row]:
    """The rows of an upload as last compared."""
    return [Row(**row) for row in json.loads(upload.table or "[]")]


def covers_for(person: Any, district: District) -> Covers:
    """Whether a person may change what belongs to a sub-district; the system itself (nobody) may."""
    if person is None:
        return lambda _sub_district_id: True
    return lambda sub_district_id: rules.covers(person, district, sub_district_id)


def plan_of(upload: SpreadsheetImport, rows: list[Row], lock: bool = False) -> Plan:
    """Compare rows with the register as it stands."""
    register: Register = register_of(upload.kind)
    judge_cells(rows, register.columns)
    covers = covers_for(upload.uploaded_by, upload.district)
    return register.compare(upload.district, rows, covers, lock)


def compare_import(upload: SpreadsheetImport, rows: list[Row]) -> Plan:
    """Compare the rows and keep the comparison for the person to look at."""
    plan = plan_of(upload, rows)
    keep(upload, plan)
    return plan


def keep(upload: SpreadsheetImport, plan: Plan) -> None:
    """Store a comparison."""
    upload.table = json.dumps([row.as_dict() for row in plan.rows], ensure_ascii=False)
    upload.counts, upload.digest, upload.content = plan.counts, plan.digest, ""
    upload.state = ImportState.READY
    upload.save(update_fields=["table", "counts", "digest", "content", "state"])


@transaction.atomic
def correct_import(
    upload: SpreadsheetImport, filename: str, content: bytes, *, by: Any, now: dt.datetime
) -> Plan:
    """Put corrected rows in the place of those with the same number, and compare again.

    Raises: UnreadableError if a row says no number, or one that the table does not have.
    """
    rules.can_see_import(by, upload).enforce()
    upload = SpreadsheetImport.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state != ImportState.READY:
        raise StaleState(_("This table has been written or discarded already."))
    lines = lines_of(read_table(filename, content), register_of(upload.kind).readable)
    rows = {row.number: row for row in table_rows(upload)}
    for line in lines:
        row = rows.get(number_of(line))
        if row is None:
            raise UnreadableError(
                _("Row %(row)s does not say in the column %(column)s which row it corrects.")
                % {"row": line.number, "column": NUMBER.header}
            )
        row.cells |= rows_of([line])[0].cells
        row.odd = {key: what for key, what in row.odd.items() if key not in line.cells} | line.odd
    return compare_import(upload, list(rows.values()))


def number_of(line: Line) -> int:
    """The number of the row that this line corrects; 0 without one."""
    text = line.cells.get(NUMBER.key, "")
    return int(text) if text.isdecimal() and len(text) <= 7 else 0


def apply_import(upload: SpreadsheetImport, *, seen: str, by: Any, now: dt.datetime) -> SpreadsheetImport:
    """Write all rows or none.

    Args:
        seen: the digest of the comparison that the person looked at.

    Raises: RegisterChanged when the comparison is no longer what the person saw; the new one is kept.
        Refusal if a row is wrong; StaleState if it was written already.
    """
    rules.can_see_import(by, upload).enforce()
    with transaction.atomic():
        # One import at a time in a district: two could each add the same row.
        District.objects.select_for_update().get(pk=upload.district_id)
        upload = SpreadsheetImport.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        if upload.state != ImportState.READY:
            raise StaleState(_("This table has been written or discarded already."))
        plan = plan_of(upload, table_rows(upload), lock=True)
        fresh = plan.digest == upload.digest == seen
        if fresh:
            write(upload, plan, by=by, now=now)
        else:
            keep(upload, plan)
    if not fresh:
        raise RegisterChanged(
            _(
                "The register has changed since you looked. Here is the new comparison: look at it, then write it."
            )
        )
    return upload


def write(upload: SpreadsheetImport, plan: Plan, *, by: Any, now: dt.datetime) -> None:
    """Write a comparison without wrong rows and forget its rows: the register and the audit trail hold them now."""
    if plan.counts[WRONG]:
        raise Refusal(_("Some rows are wrong. Correct them first: all rows are written, or none."))
    try:
        with transaction.atomic():
            register_of(upload.kind).write(plan, by=by, now=now)
    except (IntegrityError, ValidationError) as error:
        raise Refusal(
            _(
                "Nothing was written: two of these rows cannot both stand in the register. Import them in two tables."
            )
        ) from error
    move(upload, IMPORT_MOVES, ImportState.APPLIED, applied_at=now, table="", counts=plan.counts)
    changes = {result: (None, number) for result, number in plan.counts.items()}
    audit.record(f"import {upload.kind}", upload, by=by, changes=changes)


def discard_import(upload: SpreadsheetImport, *, by: Any, now: dt.datetime) -> None:
    """Throw an upload away; nothing of it was written."""
    rules.can_see_import(by, upload).enforce()
    move(upload, IMPORT_MOVES, ImportState.DISCARDED, table="", content="")


def forget_imports(now: dt.datetime) -> int:
    """Empty uploads that nobody wrote for 14 days. Gives their number."""
    left = SpreadsheetImport.objects.filter(uploaded_at__lte=now - KEPT).exclude(
        state__in=[ImportState.APPLIED, ImportState.DISCARDED]
    )
    return left.update(state=ImportState.DISCARDED, table="", content="")


def import_table(
    kind: str, district: District, filename: str, content: bytes, *, by: Any, now: dt.datetime
) -> Plan:
    """Read, compare and write a table in one go, for programs: the same steps as on the page.

    Raises: UnreadableError; Refusal that names the first wrong rows.
    """
    register = register_of(kind)
    lines = lines_of(read_table(filename, content), register.readable)
    if len(lines) > MAX_ROWS:
        raise UnreadableError(_("More than 10,000 rows."))
    with transaction.atomic():
        District.objects.select_for_update().get(pk=district.pk)
        rows = rows_of(lines)
        judge_cells(rows, register.columns)
        plan = register.compare(district, rows, covers_for(by, district), lock=True)
        wrong = [row for row in plan.rows if row.result == WRONG]
        if wrong:
            raise Refusal(
                "; ".join(f"{row.number}: {row.why(key)}" for row in wrong[:5] for key in row.errors)
            )
        register.write(plan, by=by, now=now)
    return plan
