"""All papers of a round in one archive, for the staff that runs it."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from evaluations.actions.paper_archive import papers_of_round, take_papers
from evaluations.forms.papers import TakePapersForm
from evaluations.models import Round
from evaluations.rules import papers as rules
from evaluations.views.round_frame import find_round, round_page


@require_http_methods(["GET", "POST"])
def round_papers(request: HttpRequest, code: str) -> HttpResponseBase:
    """Say why, then take the archive: it is sent while it is written."""
    round_ = find_round(request, code)
    rules.can_take_papers(request.user, round_).enforce()
    form = TakePapersForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        pieces = take_papers(round_, by=request.user, reason=form.cleaned_data["reason"])
        return sent(round_, pieces)
    return papers_page(request, round_, form)


def papers_page(request: HttpRequest, round_: Round, form: TakePapersForm) -> HttpResponse:
    """How much there is, and the question what for."""
    items = papers_of_round(round_)
    context = {
        "form": form,
        "papers": len(items),
        "cases": len({item.number for item in items}),
        "entries": round_.entries.count(),
        "bytes": sum(item.paper.size for item in items),
    }
    status = 422 if form.is_bound else 200
    return round_page(request, "rounds/papers.html", round_, "round_papers", context, status=status)


def sent(round_: Round, pieces: object) -> StreamingHttpResponse:
    """The archive as a download."""
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="papers-{round_.code}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
