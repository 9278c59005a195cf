"""Import a table: upload, look at every row, correct, write all or nothing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communities import rules
from communities.actions import imports as actions
from communities.filters.imports import RowFilter
from communities.forms.registers import TableForm
from communities.models import SpreadsheetImport
from communities.registers import NUMBER, WHY, WRONG, Register, Row, register_of
from communities.views.exports import table
from goldidea.lib.htmx import go, page
from goldidea.lib.personal import masked
from goldidea.lib.spreadsheets import Column, UnreadableError

PER_PAGE = 25


def register_named(kind: str) -> Register:
    """The register that the address names."""
    if kind not in settings.REGISTERS:
        raise Http404
    return register_of(kind)


def find(request: HttpRequest, code: str) -> SpreadsheetImport:
    """The person's own upload with this code."""
    rows = SpreadsheetImport.objects.of(request.district).select_related("district", "uploaded_by")
    upload: SpreadsheetImport = get_object_or_404(rows, code=code)
    rules.can_see_import(request.user, upload).enforce()
    return upload


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """What can be imported and exported, and the own uploads."""
    rules.can_import(request.user, request.district).enforce()
    rows = SpreadsheetImport.objects.of(request.district).by(request.user).defer("table", "content")
    context = {
        "registers": [register_of(kind) for kind in settings.REGISTERS],
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "imports/imports.html", context)


@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Upload a table of one kind."""
    rules.can_import(request.user, request.district).enforce()
    register = register_named(kind)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = actions.receive_import(
                kind, request.district, file.name, file.read(), by=request.user, now=timezone.now()
            )
            return go(request, "office:import", request.district.slug, upload.code)
        except UnreadableError as error:
            form.add_error("file", error.message)
    context = {"form": form, "register": register}
    return page(request, "imports/new.html", context, status=422 if form.is_bound else 200)


@require_safe
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook with the headers of a register."""
    rules.can_import(request.user, request.district).enforce()
    register = register_named(kind)
    return table(register.columns, [], str(register.label), "xlsx")


@require_safe
def import_page(request: HttpRequest, code: str) -> HttpResponse:
    """An upload: waiting, unreadable, compared row by row, or written."""
    upload = find(request, code)
    return preview(request, upload, TableForm())


def preview(
    request: HttpRequest, upload: SpreadsheetImport, form: TableForm, status: int = 200
) -> HttpResponse:
    """Every row with its result; the wrong ones first when nothing else is asked for."""
    register = register_of(upload.kind)
    result = RowFilter(request.GET).wanted(upload.counts)
    rows = [row for row in actions.table_rows(upload) if not result or row.result == result]
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    columns = columns_of(register, rows)
    context = {
        "upload": upload,
        "register": register,
        "form": form,
        "result": result,
        "columns": columns,
        "page_obj": page_obj,
        "rows": [(row, [cell(row, column) for column in columns]) for row in page_obj],
        "total": sum(upload.counts.values()),
        "to_write": upload.counts.get("new", 0) + upload.counts.get("changed", 0),
    }
    return page(request, "imports/import.html", context, status=status)


def columns_of(register: Register, rows: list[Row]) -> list[Column]:
    """The columns that the uploaded table has."""
    there = {key for row in rows for key in (*row.cells, *row.errors)}
    return [column for column in register.columns if column.key in there]


def cell(row: Row, column: Column) -> dict[str, Any]:
    """What a cell of the comparison shows; phones only masked."""
    text = row.cell(column.key)
    shown = masked(text) if "phone" in column.key else text
    old, new = row.changes.get(column.key, ["", ""])
    return {
        "text": shown,
        "why": row.why(column.key),
        "changed": column.key in row.changes,
        "old": old,
        "new": new,
    }


@require_POST
def import_correct(request: HttpRequest, code: str) -> HttpResponse:
    """Upload the corrected rows of a table."""
    upload = find(request, code)
    form = TableForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            actions.correct_import(upload, file.name, file.read(), by=request.user, now=timezone.now())
            messages.success(request, _("The corrected rows stand in the table. Nothing is written yet."))
            return go(request, "office:import", request.district.slug, code)
        except UnreadableError as error:
            form.add_error("file", error.message)
    return preview(request, upload, form, status=422)


@require_safe
def import_wrong(request: HttpRequest, code: str) -> HttpResponse:
    """A workbook with just the wrong rows and what is wrong with them."""
    upload = find(request, code)
    register = register_of(upload.kind)
    rows = [row for row in actions.table_rows(upload) if row.result == WRONG]
    columns = columns_of(register, rows)
    written = (
        [str(row.number), *(row.cell(column.key) for column in columns), reasons(row, columns)]
        for row in rows
    )
    return table([NUMBER, *columns, WHY], written, _("Wrong rows"), "xlsx")


def reasons(row: Row, columns: list[Column]) -> str:
    """Everything that is wrong with a row, by column."""
    return "\n".join(
        f"{column.header}：{row.why(column.key)}" for column in columns if column.key in row.errors
    )


@require_POST
def import_apply(request: HttpRequest, code: str) -> HttpResponse:
    """Write all rows or none."""
    upload = find(request, code)
    try:
        actions.apply_import(upload, seen=request.POST.get("seen", ""), by=request.user, now=timezone.now())
    except actions.RegisterChanged as error:
        messages.warning(request, error.message)
        return preview(request, find(request, code), TableForm(), status=409)
    count = upload.counts.get("new", 0) + upload.counts.get("changed", 0)
    messages.success(
        request,
        ngettext("%(count)d row was written.", "%(count)d rows were written.", count) % {"count": count},
    )
    return go(request, "office:import", request.district.slug, code)


@require_POST
def import_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw an upload away."""
    actions.discard_import(find(request, code), by=request.user, now=timezone.now())
    messages.success(request, _("Discarded. Nothing was written."))
    return go(request, "office:imports", request.district.slug)
