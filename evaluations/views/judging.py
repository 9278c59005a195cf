"""A judge's pages: the list, one project a screen, conflicts, marks, receipts."""

import uuid
from itertools import dropwhile
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations.actions.events import receipt_code
from evaluations.actions.recusals import by_office, declare_recusal, replaced_since, withdraw_recusal
from evaluations.actions.sheets import Receipt, criteria_of, submit_score_sheet
from evaluations.forms.scoring import RecusalForm, ScoreForm
from evaluations.models import Entry, Photo, ScoreSheet, Seat
from evaluations.rules import scoring as rules
from evaluations.tally.decimals import plain_text
from evaluations.views.seat import SeatRequest, at_the_seat, judge_page, time_left, wants_json
from goldidea.lib.errors import Refusal, StaleRevision
from goldidea.lib.htmx import go


def entries_of(seat: Seat) -> list[Any]:
    """The seat's projects in the round's order, with what is known of its own sheets."""
    return list(
        Entry.objects.assigned_to(seat)
        .with_progress_of(seat)
        .select_related("snapshot")
        .order_by("position", "key")
    )


def find_entry(seat: Seat, code: str) -> Any:
    """A project of this seat; any other one does not exist here."""
    mine = Entry.objects.assigned_to(seat).with_progress_of(seat).select_related("snapshot")
    entry = get_object_or_404(mine, code=code)
    entry.round = seat.round
    return entry


def next_after(entries: list[Any], entry: Any = None) -> Any:
    """The next project without a sheet: after this one, else from the beginning."""
    later = list(dropwhile(lambda e: e.pk != entry.pk, entries))[1:] if entry else []
    open_ones = (e for e in [*later, *entries] if e.revision is None and not e.recused)
    return next((e for e in open_ones if entry is None or e.pk != entry.pk), None)


@at_the_seat
@require_safe
def list_entries(request: SeatRequest) -> HttpResponse:
    """What is to mark, what was received, how long there is."""
    seat, now = request.seat, timezone.now()
    entries = entries_of(seat)
    marked = [entry for entry in entries if not entry.recused]
    context = {
        "seat": seat,
        "round": seat.round,
        "entries": entries,
        "received": sum(entry.revision is not None for entry in marked),
        "to_mark": len(marked),
        "next": next_after(entries),
        "time": rules.scoring_time(seat.round, now),
        "waiting": (seat.round.state in rules.CARDS_IN and now < seat.round.opens_at)
        or seat.round.state == "draft",
        "left": time_left(seat.round.closes_at, now),
        "trial_first": seat.trial_waits,
        "to_read": seat.to_read,
    }
    return judge_page(request, "judging/list.html", context)


@at_the_seat
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: SeatRequest, code: str) -> HttpResponse:
    """One project: read it, mark it, look at the marks once more, hand them in."""
    if request.method == "POST":
        return take_sheet(request, code)
    what = find_entry(request.seat, code)
    if what.recused:
        return go(request, "judging:recuse", request.district.slug, code)
    form = ScoreForm(initial=first_values(request.seat, what), criteria=criteria_of(request.seat))
    return show_entry(request, what, form)


def take_sheet(request: SeatRequest, code: str) -> HttpResponse:
    """Marks sent by the form (first to be looked at, then for good), or by the page's script after a time without signal."""
    form = ScoreForm(request.POST, criteria=criteria_of(request.seat))
    if form.is_valid() and request.POST.get("step") == "send":
        return send_sheet(request, code, form)
    what = find_entry(request.seat, code)
    if form.is_valid():
        return judge_page(request, "judging/review.html", entry_context(request, what, form))
    if wants_json(request):
        return JsonResponse({"code": "invalid", "message": str(_("Some marks are missing."))}, status=422)
    return show_entry(request, what, form, status=422)


def send_sheet(request: SeatRequest, code: str, form: ScoreForm) -> HttpResponse:
    """Hand the marks in. Nothing is read of the project but its key: all judges of a hall send in the same seconds."""
    seat = request.seat
    what = get_object_or_404(Entry.objects.assigned_to(seat).only("code", "key", "round_id"), code=code)
    try:
        receipt = submit_score_sheet(
            what,
            seat,
            marks=form.marks,
            client_key=form.cleaned_data["client_key"],
            base_revision=form.cleaned_data["base_revision"],
            channel=form.channel,
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return refuse_sheet(request, find_entry(seat, code), form, refusal)
    return thank(request, what, receipt)


def thank(request: SeatRequest, what: Any, receipt: Receipt) -> HttpResponse:
    address = reverse("judging:received", args=[request.district.slug, what.code])
    if not wants_json(request):
        return go(request, address)
    at = date_format(timezone.localtime(receipt.submitted_at), "TIME_FORMAT")
    told = {"receipt": receipt.code, "revision": receipt.revision, "at": at, "url": address}
    return JsonResponse({**told, "signed": receipt.signed})


def refuse_sheet(request: SeatRequest, what: Any, form: ScoreForm, refusal: Refusal) -> HttpResponse:
    """The marks stay on the screen, with the reason why they were not received."""
    if wants_json(request):
        body = {"code": refusal.code, "message": str(refusal.message)}
        answer: HttpResponse = JsonResponse(body, status=refusal.status)
    elif isinstance(refusal, StaleRevision):
        answer = show_both(request, what, form)
    else:
        answer = show_entry(request, what, form, status=refusal.status, refused=refusal.message)
    answer["X-Refusal"] = refusal.code
    return answer


def show_both(request: SeatRequest, what: Any, form: ScoreForm) -> HttpResponse:
    """409: the marks on this screen beside those received in the meantime; the judge chooses."""
    sheet = last_sheet(request.seat, what)
    received = marks_of(sheet)
    rows = [(line.name, line.shown, received.get(line.criterion.id, "")) for line in form.lines()]
    context = entry_context(request, what, form)
    context |= {"rows": rows, "sheet": sheet, "base": sheet.revision if sheet else 0, "key": uuid.uuid4()}
    return judge_page(request, "judging/stale.html", context, status=409)


def show_entry(
    request: SeatRequest, what: Any, form: ScoreForm, status: int = 200, refused: Any = ""
) -> HttpResponse:
    """The project's page; without a form when no sheet is taken any more."""
    verdict = rules.can_score(request.seat, what, timezone.now())
    context = entry_context(request, what, form)
    entries = entries_of(request.seat)
    place = next((n for n, other in enumerate(entries, 1) if other.pk == what.pk), 0)
    context |= {"verdict": verdict, "refused": refused, "place": place, "places": len(entries)}
    context |= {"next": next_after(entries, what), "helping": form["assisted"].value()}
    in_time = rules.scoring_time(request.seat.round, timezone.now())
    context |= {"trial_first": request.seat.trial_waits, "to_read": request.seat.to_read if in_time else 0}
    return judge_page(request, "judging/entry.html", context, status=status)


def entry_context(request: SeatRequest, what: Any, form: ScoreForm) -> dict[str, Any]:
    lines = list(form.lines())
    plain = all(line.criterion.weight == 1 for line in lines)
    marked = form.is_bound and form.is_valid()
    return {
        "seat": request.seat,
        "round": request.seat.round,
        "entry": what,
        "body": what.snapshot.body,
        "form": form,
        "lines": lines,
        "full": plain_text(sum((line.criterion.max for line in lines), start=lines[0].criterion.max * 0))
        if plain and lines
        else "",
        "total": plain_text(sum(form.marks.values(), start=lines[0].criterion.max * 0))
        if plain and marked and lines
        else "",
        "receipt": receipt_code(what.digest) if what.digest else "",
    }


def first_values(seat: Seat, what: Any) -> dict[str, Any]:
    """What the form begins with: the marks received last, or nothing at all."""
    sheet = last_sheet(seat, what) if what.revision else None
    marks = {f"mark_{key}": value for key, value in marks_of(sheet).items()}
    assisted = sheet is not None and sheet.channel == ScoreSheet.Channel.ASSISTED
    return {**marks, "client_key": uuid.uuid4(), "base_revision": what.revision or 0, "assisted": assisted}


def last_sheet(seat: Seat, what: Any) -> ScoreSheet | None:
    sheets = ScoreSheet.objects.of(seat).filter(entry=what).select_related("event").order_by("-revision")
    return sheets.first()


def marks_of(sheet: ScoreSheet | None) -> dict[str, str]:
    """The marks of a sheet as people write them: 18.5."""
    rows = sheet.marks.values_list("criterion__key", "value") if sheet else []
    return {key: plain_text(value) for key, value in rows}


@at_the_seat
@require_safe
def received(request: SeatRequest, code: str) -> HttpResponse:
    """Marks received: the code, when, and what comes next."""
    what = find_entry(request.seat, code)
    if what.revision is None:
        raise Http404
    entries = entries_of(request.seat)
    marked = [other for other in entries if not other.recused]
    context = {
        "seat": request.seat,
        "round": request.seat.round,
        "entry": what,
        "receipt": receipt_code(what.digest),
        "next": next_after(entries, what),
        "received": sum(other.revision is not None for other in marked),
        "to_mark": len(marked),
        "time": rules.scoring_time(request.seat.round, timezone.now()),
    }
    return judge_page(request, "judging/received.html", context)


@at_the_seat
@require_safe
def receipts(request: SeatRequest) -> HttpResponse:
    """One slip with all receipts of this judge in this round: codes, never marks."""
    sheets = ScoreSheet.objects.of(request.seat).select_related("event", "entry__snapshot")
    rows = [
        (sheet, receipt_code(sheet.event.digest))
        for sheet in sheets.order_by("entry__position", "entry__key", "revision")
    ]
    context = {"seat": request.seat, "round": request.seat.round, "rows": rows}
    return judge_page(request, "judging/receipts.html", context)


@at_the_seat
@require_http_methods(["GET", "HEAD", "POST"])
def recuse(request: SeatRequest, code: str) -> HttpResponse:
    """A conflict of interest: say so, with the reason; or see that it was said."""
    what = find_entry(request.seat, code)
    now = timezone.now()
    form = RecusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        declare_recusal(request.seat, what, **form.cleaned_data, by=request.user, now=now)
        return go(request, "judging:recuse", request.district.slug, code)
    standing = request.seat.recusals.filter(entry=what, withdrawn_at=None).first()
    context = {
        "seat": request.seat,
        "entry": what,
        "body": what.snapshot.body,
        "form": form,
        "standing": standing,
        "verdict": rules.can_recuse(request.seat, what, now),
        "replaced": standing is not None and replaced_since(standing),
        "by_office": standing is not None and by_office(standing),
        "next": next_after(entries_of(request.seat), what),
    }
    status = 422 if request.method == "POST" else 200
    return judge_page(request, "judging/recuse.html", context, status=status)


@at_the_seat
@require_POST
def take_back(request: SeatRequest, code: str) -> HttpResponse:
    """Take a recusal back: the project is marked after all."""
    what = find_entry(request.seat, code)
    standing = get_object_or_404(request.seat.recusals, entry=what, withdrawn_at=None)
    withdraw_recusal(standing, by=request.user, now=timezone.now())
    return go(request, "judging:entry", request.district.slug, code)


@at_the_seat
@require_safe
def photo(request: SeatRequest, code: str, photo_code: str) -> HttpResponse | FileResponse:
    """A photo of a case that this seat marks, as frozen in its snapshot."""
    what = find_entry(request.seat, code)
    if photo_code not in {item.get("code") for item in what.snapshot.body.get("photos", [])}:
        raise Http404
    picture = get_object_or_404(Photo, submission=what.submission_id, code=photo_code)
    try:
        return FileResponse(picture.image.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
