"""Check it yourself: the bundle of a published result, the log's checkpoints, and what became of a receipt."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actions import limits
from evaluations.actions.events import receipt_code, signed_receipt
from evaluations.actions.sealing import log_of
from evaluations.filters.public import ReceiptForm
from evaluations.models import Bundle, Publication, Round
from evaluations.receipts import look_up
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import page
from goldidea.lib.models import Checkpoint

DOOR = "receipt"


@require_safe
@login_not_required
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the bundle of the latest publication is, and the button with which this device checks it."""
    of_round = Publication.objects.filter(round__code=code, round__season__district=request.district)  # type: ignore[attr-defined]
    publication = of_round.select_related("round__season", "tally").order_by("-pk").first()
    if publication is None:
        raise Http404
    found = Bundle.objects.select_related("checkpoint").filter(tally=publication.tally).first()
    context = {"publication": publication, "round": publication.round, "bundle": found}
    return page(request, "public/check.html", context)


@require_safe
@login_not_required
def bundle(request: HttpRequest, code: str) -> HttpResponse | FileResponse:
    """The file itself. It never changes, so it may be kept for ever."""
    of_district = Publication.objects.filter(round__season__district=request.district)  # type: ignore[attr-defined]
    publication = get_object_or_404(of_district.select_related("round__season"), code=code)
    found = get_object_or_404(Bundle, tally=publication.tally_id)
    headers = {"ETag": f'"{found.sha256}"', "Cache-Control": "public, max-age=31536000, immutable"}
    name = f"goldidea-{publication.round.season.year}-{publication.round.code}.zip"
    try:
        file = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file, as_attachment=True, filename=name, content_type="application/zip", headers=headers
    )


@require_safe
@login_not_required
def receipts(request: HttpRequest) -> HttpResponse:
    """Look up one receipt. A code that is found is not counted against who asks."""
    form = ReceiptForm(request.GET or None)
    if not form.is_bound:
        return page(request, "public/receipts.html", {"form": form})
    if not form.is_valid():
        return page(request, "public/receipts.html", {"form": form}, status=422)
    code, address = form.cleaned_data["code"], client_address(request)
    limits.enter(DOOR, code, address, now=timezone.now())
    found = look_up(code, request.district)  # type: ignore[attr-defined]
    if found is not None:
        limits.clear(DOOR, code, address)
    context = {"form": form, "asked": True, "found": found, **(_promise(found) if found else {})}
    return page(request, "public/receipts.html", context)


def _promise(found: Any) -> dict[str, str]:
    digest = found.event.digest
    return {"code": receipt_code(digest), "signed": signed_receipt(found.event.round.code, digest)}


@require_safe
@login_not_required
def log(request: HttpRequest, code: str) -> HttpResponse:
    """The signed checkpoints of a round's log; the one of the close as it hangs on the notice board."""
    rounds = Round.objects.of(request.district).opened().select_related("season__district")  # type: ignore[attr-defined]
    round_ = get_object_or_404(rounds, code=code)
    notes = list(Checkpoint.objects.filter(log=log_of(round_)).order_by("pk"))
    closing = next((note for note in reversed(notes) if note.occasion == Checkpoint.Occasion.CLOSING), None)
    here = request.build_absolute_uri(reverse("public:log", args=[round_.season.district.slug, round_.code]))
    context = {
        "round": round_,
        "notes": notes,
        "closing": closing,
        "latest": notes[-1] if notes else None,
        "here": here,
    }
    return page(request, "public/log.html", context)
