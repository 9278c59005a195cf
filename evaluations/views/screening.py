"""The office checks what communities have handed in: the list, the case with its reasons, the decision."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evaluations.actions import screening
from evaluations.actions.snapshots import snapshot_body
from evaluations.filters.submissions import CaseFilter
from evaluations.forms.submissions import ScreeningForm
from evaluations.models import SEALED, Submission
from evaluations.rules import submissions as rules
from evaluations.rules.checklist import checklist
from evaluations.states import SubmissionState
from evaluations.views.case_papers import listed_papers
from evaluations.views.case_reading import REASON_FIELDS, history, people_of, sections
from goldidea.lib.htmx import go, page
from goldidea.lib.personal import masked
from goldidea.lib.spreadsheets import XLSX_TYPE, Column, as_xlsx

ROWS = 25
S = SubmissionState
COLUMNS = (
    Column("number", "案例编号", width=16),
    Column("title", "案例名称", width=30),
    Column("sub_district", "街道"),
    Column("community", "社区"),
    Column("organizations", "社会组织", width=36),
    Column("field", "领域"),
    Column("state", "状态"),
    Column("submitted_at", "提交时间", width=20),
    Column("budget_total", "总预算（元）"),
    Column("amount_asked", "申请金额（元）"),
)


def filtered(request: HttpRequest) -> CaseFilter:
    """The cases of the person's area, under the filters of the address."""
    rules.can_list_handed_in(request.user, request.district).enforce()
    cases = rules.handed_in_for(request.user, request.district).with_parties()
    return CaseFilter(request.GET, cases.order_by("-season__year", "number"), request.district)


@require_safe
def list_handed_in(request: HttpRequest) -> HttpResponse:
    """Cases handed in: search, filter, sort."""
    found = filtered(request)
    cases = Paginator(found.qs, ROWS).get_page(request.GET.get("page"))
    return page(request, "screening/list.html", {"filter": found, "page_obj": cases, "cases": list(cases)})


@require_safe
def export_cases(request: HttpRequest) -> HttpResponse:
    """The list under its filters as a workbook. It holds no person's name or phone."""
    content = as_xlsx(COLUMNS, map(exported, filtered(request).qs), "申报案例")
    name = {"Content-Disposition": 'attachment; filename="cases.xlsx"'}
    return HttpResponse(content, content_type=XLSX_TYPE, headers=name)


def exported(case: Submission) -> list[str]:
    """One row of the workbook, in the order of COLUMNS."""
    handed_in = timezone.localtime(case.submitted_at) if case.submitted_at else None
    return [
        case.number,
        case.title,
        case.sub_district.name,
        case.lead_community.name,
        "、".join(link.organization.name for link in case.organization_links.all()),
        case.get_field_display(),
        case.get_state_display(),
        f"{handed_in:%Y-%m-%d %H:%M}" if handed_in else "",
        str(case.budget_total or ""),
        str(case.amount_asked or ""),
    ]


def handed_in_case(request: HttpRequest, code: str) -> Submission:
    """The case with this code, for one who may read it in the office. Else 404."""
    cases = Submission.objects.of(request.district).with_parties()
    case = cases.filter(code=code).first()
    if case is None:
        raise Http404
    rules.can_read_handed_in(request.user, case).enforce()
    return case


@require_safe
def screen_case(request: HttpRequest, code: str) -> HttpResponse:
    """A case as it was handed in, what changed since its return, and the office's decision."""
    case = handed_in_case(request, code)
    return case_page(request, case, ScreeningForm(None, REASON_FIELDS, checklist(case.season)))


def case_page(request: HttpRequest, case: Submission, form: ScreeningForm, status: int = 200) -> HttpResponse:
    """The screening page with the boxes for reasons at the fields."""
    bodies = [snapshot.body for snapshot in case.snapshots.order_by("-pk")[:2]] or [snapshot_body(case)]
    last, before = bodies[0], bodies[1] if len(bodies) > 1 else None
    may = rules.can_screen_case(request.user, case)
    parts = sections(last, before, people_of(case, masked(case.worker_phone)))
    decides = bool(may) and case.state == S.SUBMITTED
    for row in (row for part in parts for row in part.rows if decides):
        row.reason = form[f"reason_{row.field}"] if f"reason_{row.field}" in form.fields else None
    context = {
        "case": case,
        "body": last,
        "sections": parts,
        "form": form,
        "may": may,
        "decides": decides,
        "reopens": bool(may) and case.state == S.NOT_ELIGIBLE and not rules.scoring_has_begun(case),
        "points": [field for field in form if field.name.startswith("point_")],
        "changed": sum(row.old is not None for part in parts for row in part.rows),
        "resubmitted": before is not None,
        "papers": listed_papers(request, case),
        "sealed": case.papers.filter(need=SEALED, removed_at=None).exists(),
        "notes": case.notes.select_related("written_by"),
        "history": history(case),
        "returnable": timezone.now() < case.season.corrections_close_at,
    }
    return page(request, "screening/case.html", context, status=status)


def decided(request: HttpRequest, code: str) -> tuple[Submission, ScreeningForm]:
    """The case and the bound form of one who may decide on it."""
    case = handed_in_case(request, code)
    rules.can_screen_case(request.user, case).enforce()
    form = ScreeningForm(request.POST, REASON_FIELDS, checklist(case.season))
    form.is_valid()
    return case, form


@require_POST
def return_case(request: HttpRequest, code: str) -> HttpResponse:
    """Send the case back with the reasons at its fields."""
    case, form = decided(request, code)
    if not form.errors and not form.reasons:
        form.add_error("reason", _("Write at least one reason, so that the community knows what to change."))
    if form.errors:
        return case_page(request, case, form, status=422)
    screening.return_submission(case, form.reasons, by=request.user, now=timezone.now())
    return go(request, "office:case", request.district.slug, code)


@require_POST
def accept_case(request: HttpRequest, code: str) -> HttpResponse:
    """Accept the case, once every point of the checklist is ticked."""
    case, form = decided(request, code)
    for name in form.unchecked:
        form.add_error(name, _("Tick this point, or return the case."))
    if not form.errors and form.reasons:
        form.add_error(
            None, _("There are reasons written. Return the case, or clear them before accepting it.")
        )
    if form.errors:
        return case_page(request, case, form, status=422)
    screening.accept_submission(case, by=request.user, now=timezone.now(), checked=form.checked)
    return go(request, "office:case", request.district.slug, code)


@require_POST
def refuse_case(request: HttpRequest, code: str) -> HttpResponse:
    """Find the case not eligible, with a reason."""
    case, form = decided(request, code)
    if not form.errors and not form.reasons.get(""):
        form.add_error("reason", _("Write the reason why the case is not eligible."))
    if form.errors:
        return case_page(request, case, form, status=422)
    screening.refuse_submission(case, reason=form.reasons[""], by=request.user, now=timezone.now())
    return go(request, "office:case", request.district.slug, code)


@require_POST
def reopen_case(request: HttpRequest, code: str) -> HttpResponse:
    """Take a case that was found not eligible up again."""
    case, form = decided(request, code)
    reason = "" if form.errors else form.reasons.get("", "")
    screening.reopen_submission(case, by=request.user, now=timezone.now(), reason=reason)
    return go(request, "office:case", request.district.slug, code)
