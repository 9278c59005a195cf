"""A community hands a case in, takes it back, reads it; and the photos of cases."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from evaluations.actions.snapshots import snapshot_body
from evaluations.actions.submissions import NotComplete, submit_submission, withdraw_submission
from evaluations.forms.merging import typed
from evaluations.forms.submissions import CaseForm, WithdrawForm
from evaluations.models import Photo, Submission
from evaluations.rules import submissions as rules
from evaluations.rules.completeness import gaps
from evaluations.rules.papers import sealable
from evaluations.states import SubmissionState
from evaluations.views.case_papers import listed_papers
from evaluations.views.case_place import Place, place_of, stages
from evaluations.views.case_reading import TONES, missing, people_of, sections
from evaluations.views.case_saving import found_case, own_communities
from goldidea.lib.htmx import go, page


@require_http_methods(["GET", "POST"])
def submit_case(request: HttpRequest, code: str) -> HttpResponse:
    """Check everything once more, then hand in. Pressed twice is once."""
    case = found_case(request, code)
    rules.can_submit_case(request.user, case).enforce()
    if request.method == "GET":
        if not rules.editable(case):
            return go(request, "cases:case", request.district.slug, code)
        return check_page(request, case)
    try:
        submit_submission(case, by=request.user, now=timezone.now())
    except NotComplete:
        return check_page(request, case, status=422)
    return go(request, "cases:receipt", request.district.slug, code)


def check_page(request: HttpRequest, case: Submission, status: int = 200) -> HttpResponse:
    """The case as it will be frozen, or what is missing."""
    body = snapshot_body(case)
    form = CaseForm(case, typed(case), own_communities(request))
    anchors = {name: form[name].anchor for name in form.fields}
    context = {
        "case": case,
        "body": body,
        "sections": sections(body, people=people_of(case)),
        "anchors": anchors,
        "missing": missing(gaps(case), form),
    }
    return page(request, "cases/submit.html", context, status=status)


@require_safe
def case_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The number, the time by the database's clock, and what happens next. Prints."""
    case = found_case(request, code)
    if not case.number:
        raise Http404
    return page(request, "cases/receipt.html", {"case": case, "snapshot": case.snapshots.last()})


@require_http_methods(["GET", "POST"])
def withdraw_case(request: HttpRequest, code: str) -> HttpResponse:
    """Take the case out of the evaluation, after a question."""
    case = found_case(request, code)
    rules.can_submit_case(request.user, case).enforce()
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        withdraw_submission(case, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"])
        return go(request, "cases:list", request.district.slug)
    context = {"case": case, "form": form, "verdict": rules.withdrawable(case)}
    return page(request, "cases/withdraw.html", context, status=422 if form.is_bound else 200)


@require_safe
def read_case(request: HttpRequest, code: str) -> HttpResponse:
    """A case as it was handed in, for those who may read it; where it is, and what the office said."""
    case = readable_case(request, code)
    mine = bool(rules.own(request.user, case))
    snapshot = case.snapshots.last()
    body = snapshot.body if snapshot else snapshot_body(case)
    context = {
        "case": case,
        "body": body,
        "mine": mine,
        "tone": TONES[SubmissionState(case.state)],
        "sections": sections(body, people=people_of(case) if mine else None),
        "stages": stages(case),
        "notes": case.notes.filter(resolved_at=None) if mine else [],
        "papers": listed_papers(request, case),
        "sealable": mine and sealable(case),
        "printable": rules.can_print_form(request.user, case),
        "published": place_of(entry.round for entry in case.opened) in (Place.ON_NOTICE, Place.FINAL),
        "editable": mine and rules.editable(case),
        "withdrawable": mine and rules.withdrawable(case),
    }
    return page(request, "cases/case.html", context)


def readable_case(request: HttpRequest, code: str) -> Submission:
    """The case with this code, for one who may read it."""
    cases = Submission.objects.of(request.district).with_parties().with_opened_entries()
    case = cases.filter(code=code).first()
    if case is None:
        raise Http404
    rules.can_view_case(request.user, case).enforce()
    return case


# What a photo may do in a browser that opens it: nothing.
PHOTO_HEADERS = {
    "Content-Disposition": 'attachment; filename="photo.jpg"',
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=3600",
}


@login_not_required
@require_safe
def show_photo(request: HttpRequest, code: str) -> HttpResponse:
    """A photo of a case, for those who may see it."""
    photos = Photo.objects.select_related("submission__season__district")
    photo = photos.filter(code=code, submission__season__district=request.district).first()
    if photo is None:
        raise Http404
    rules.can_see_photo(request.user, photo).enforce()
    return HttpResponse(stored(photo), content_type="image/jpeg", headers=PHOTO_HEADERS)


def stored(photo: Photo) -> Any:
    """The bytes of a photo; a lost file is a photo that does not exist."""
    try:
        with photo.image.open("rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Http404 from None
