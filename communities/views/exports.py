"""Lists as tables to take along: the format of an import."""

from collections.abc import Iterable, Sequence

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from goldidea.lib.spreadsheets import CSV_TYPE, XLSX_TYPE, Column, as_csv, as_xlsx


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], title: str, ending: str) -> HttpResponse:
    """A table as a file, named after its register and the day."""
    if ending not in ("xlsx", "csv"):
        raise Http404
    xlsx = ending == "xlsx"
    content = as_xlsx(columns, rows, title) if xlsx else as_csv(columns, rows)
    name = f"{title}-{timezone.localdate():%Y%m%d}.{ending}"
    return HttpResponse(
        content,
        content_type=XLSX_TYPE if xlsx else CSV_TYPE,
        headers={
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
