"""The papers of a case: attach and take off, download; the form to print and sign, and its scan back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.http.response import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.actions.papers import add_paper, add_sealed_form, remove_paper
from evaluations.actions.snapshots import snapshot_body
from evaluations.application import CATEGORY, CERTIFICATE, EDUCATION, filled
from evaluations.forms.papers import SealedForm
from evaluations.models import SEALED, Paper, Submission
from evaluations.rules import papers as rules
from evaluations.rules import submissions as cases
from evaluations.rules.checklist import needed_papers
from evaluations.views.case_reading import words_of
from evaluations.views.case_saving import found_case, plain_code
from goldidea.lib.htmx import go, page
from goldidea.lib.papers import attachment


def take_papers(request: HttpRequest, case: Submission) -> list[str]:
    """Attach what the form of the case brought, take off what it says. Gives what could not be done."""
    now = timezone.now()
    paper = case.papers.filter(code=plain_code(request.POST.get("drop_paper", ""))).first()
    if paper:
        remove_paper(paper, by=request.user, now=now)
    upload = request.FILES.get("paper")
    if upload is None:
        return [_("Choose a file first.")] if "attach" in request.POST else []
    need = request.POST.get("paper_need", "").replace("\x00", "")[:60]
    try:
        add_paper(case, upload, need, by=request.user, now=now)
    except ValidationError as error:
        return [f"{upload.name}: {words}" for words in error.messages]
    return []


def listed_papers(request: HttpRequest, case: Submission) -> list[tuple[Paper, str]]:
    """(paper, what it is) of the papers on the case that the person may read, the sealed form first."""
    words = {**dict(needed_papers(case.season)), SEALED: _("sealed application form")}
    here = rules.papers_for(request.user, case).filter(removed_at=None)
    rows = [(paper, words.get(paper.need) or _("another paper")) for paper in here]
    return sorted(rows, key=lambda row: row[0].need != SEALED)


@require_safe
def show_paper(request: HttpRequest, code: str) -> HttpResponseBase:
    """A paper of a case, for those who may read it: downloaded, never opened in place."""
    papers = Paper.objects.select_related("submission__season__district")
    paper = papers.filter(code=code, submission__season__district=request.district).first()
    if paper is None:
        raise Http404
    rules.can_read_paper(request.user, paper).enforce()
    try:
        return attachment(paper.file.open("rb"), paper.name, paper.kind)
    except FileNotFoundError:
        raise Http404 from None


@require_safe
def print_form(request: HttpRequest, code: str) -> HttpResponse:
    """The application form (申报书) on paper: what was handed in, or the draft; places for signatures and seals."""
    case = Submission.objects.of(request.district).with_parties().filter(code=code).first()
    if case is None:
        raise Http404
    cases.can_print_form(request.user, case).enforce()
    snapshot = None if cases.editable(case) else case.snapshots.last()
    body = snapshot.body if snapshot else snapshot_body(case)
    view = reverse("cases:case", args=[request.district.slug, case.code])
    context = {
        "case": case,
        "body": body,
        "words": words_of(body),
        "team": filled(case.team),
        "choices": {"education": EDUCATION, "certificate": CERTIFICATE, "category": CATEGORY},
        "address": request.build_absolute_uri(view),
        "draft": snapshot is None,
    }
    return page(request, "cases/form.html", context)


@require_http_methods(["GET", "POST"])
def seal_case(request: HttpRequest, code: str) -> HttpResponse:
    """Bring the signed and sealed form back as a scan."""
    case = found_case(request, code)
    rules.can_seal(request.user, case).enforce()
    form = SealedForm(request.POST, request.FILES) if request.method == "POST" else SealedForm()
    if form.is_bound and form.is_valid() and brought(request, case, form):
        messages.success(request, _("The scan is attached. The office sees it with the case."))
        return go(request, "cases:case", request.district.slug, case.code)
    context: dict[str, Any] = {
        "case": case,
        "form": form,
        "verdict": rules.sealable(case),
        "present": case.papers.filter(need=SEALED, removed_at=None).first(),
    }
    return page(request, "cases/seal.html", context, status=422 if form.is_bound else 200)


def brought(request: HttpRequest, case: Submission, form: SealedForm) -> bool:
    """Attach the scan; what its check says stands at the field."""
    try:
        add_sealed_form(case, form.cleaned_data["scan"], by=request.user, now=timezone.now())
    except ValidationError as error:
        form.refuse(error)
        return False
    return True
