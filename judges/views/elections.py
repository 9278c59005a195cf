"""Meetings that elect judges: list, record, correct, the attached paper."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from communities import rules as places
from communities.models import SubDistrict
from goldidea.lib.htmx import go, page
from judges import papers, rules
from judges.actions.elections import correct_election, record_election
from judges.actions.waiting import keep_waiting
from judges.filters import ElectionFilter
from judges.forms.elections import ElectionForm
from judges.models import ElectionMeeting, Judge
from judges.views.register import status_of

PER_PAGE = 25


def find(request: HttpRequest, code: str) -> ElectionMeeting:
    """The meeting with this code, if the person may read its record."""
    meeting = find_any(request, code)
    rules.can_see_election(request.user, meeting).enforce()
    return meeting


def find_any(request: HttpRequest, code: str) -> ElectionMeeting:
    rows = ElectionMeeting.objects.of(request.district).select_related("district", "sub_district")
    meeting: ElectionMeeting = get_object_or_404(rows, code=code)
    return meeting


@require_safe
def elections(request: HttpRequest) -> HttpResponse:
    """The meetings of my area, the latest first."""
    rules.can_list_elections(request.user, request.district).enforce()
    rows = rules.elections_visible_to(request.user, request.district).select_related("sub_district")
    divisions = places.within_reach(
        request.user, request.district, SubDistrict.objects.of(request.district), "pk"
    )
    chosen = ElectionFilter(request.GET or None, rows.with_counts().order_by("-held_on", "-pk"), divisions)
    context = {
        "filter": chosen,
        "page_obj": Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page")),
    }
    bad = chosen.is_bound and not chosen.form.is_valid()
    return page(request, "judges/elections.html", context, status=422 if bad else 200)


@require_safe
def choose_place(request: HttpRequest) -> HttpResponse:
    """Whose election: asked only of those who look after several sub-districts."""
    rules.can_list_elections(request.user, request.district).enforce()
    waiting = Count("judges", filter=Q(judges__state="nominated", judges__kind="resident"))
    electing = rules.sub_districts_electing(request.user, request.district, timezone.localdate())
    divisions = list(electing.annotate(waiting=waiting).order_by("division_code"))
    if len(divisions) == 1:
        return go(request, "office:election_of", request.district.slug, divisions[0].code)
    return page(request, "judges/election_places.html", {"divisions": divisions})


@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, code: str) -> HttpResponse:
    """The meeting and the votes for each candidate, in one form."""
    rows = SubDistrict.objects.of(request.district).select_related("district")
    sub_district = get_object_or_404(rows, code=code)
    rules.can_hold_election(request.user, sub_district).enforce()
    candidates = list(Judge.objects.nominated_in(sub_district).with_place())
    form = ElectionForm(request.POST or None, request.FILES or None, candidates=candidates, by=request.user)
    if form.is_valid():
        meeting = attempt(request, form, record_election, sub_district)
        if meeting:
            return done(request, meeting)
    return show_form(request, form, sub_district)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Put the record right, until one of its judges is appointed."""
    meeting = find(request, code)
    rules.can_correct_election(request.user, meeting).enforce()
    here = Q(meeting=meeting, state__in=["elected", "not_elected"])
    waiting = Q(sub_district=meeting.sub_district, state="nominated", kind="resident")
    candidates = list(Judge.objects.filter(here | waiting).with_place().order_by("sort_key", "pk"))
    initial = {name: getattr(meeting, name) for name in ("held_on", "place", "present")}
    form = ElectionForm(
        request.POST or None,
        request.FILES or None,
        candidates=candidates,
        by=request.user,
        has_record=bool(meeting.record),
        initial=initial,
    )
    if form.is_valid() and attempt(request, form, correct_election, meeting):
        messages.success(request, _("The record of the election is corrected."))
        return go(request, "office:election", request.district.slug, meeting.code)
    return show_form(request, form, meeting.sub_district, meeting)


def attempt(request: HttpRequest, form: ElectionForm, action: Any, place: Any) -> Any:
    """What the action gives; what it refuses stands at the form: a candidate's at the candidate's first cell."""
    try:
        return action(place, **form.meeting, by=request.user, now=timezone.now())
    except ValidationError as error:
        for field, problems in getattr(error, "error_dict", {"": error.error_list}).items():
            cell = field if field in form.fields else f"for_{field}"
            form.add_error(cell if cell in form.fields else None, problems)
        return None


def done(request: HttpRequest, meeting: ElectionMeeting) -> HttpResponse:
    won = meeting.candidates.filter(state="elected").count()
    words = ngettext(
        "The election is recorded: %(n)d judge elected. Next, the signed consent and the appointment.",
        "The election is recorded: %(n)d judges elected. Next, the signed consents and the appointment.",
        won,
    )
    messages.success(
        request, words % {"n": won} if won else _("The election is recorded. Nobody was elected.")
    )
    return go(request, "office:election", request.district.slug, meeting.code)


def show_form(
    request: HttpRequest, form: ElectionForm, sub_district: SubDistrict, meeting: Any = None
) -> HttpResponse:
    """The form; a paper that was chosen before is kept while the rest is put right."""
    ticket = ""
    if form.is_bound and form.paper is not None:
        ticket = keep_waiting(form.paper, by=request.user, now=timezone.now())
    context = {
        "form": form,
        "sub_district": sub_district,
        "meeting": meeting,
        "ticket": ticket,
        "rows": list(form.rows()),
    }
    return page(request, "judges/election_form.html", context, status=status_of(form))


@require_safe
def election(request: HttpRequest, code: str) -> HttpResponse:
    """One meeting: date, place, people, votes, what follows."""
    meeting = find(request, code)
    candidates = list(meeting.candidates.with_place().order_by("-votes_for", "sort_key", "pk"))
    context = {
        "meeting": meeting,
        "candidates": candidates,
        "to_appoint": [judge for judge in candidates if judge.state == "elected"],
        "may_correct": rules.can_correct_election(request.user, meeting),
    }
    return page(request, "judges/election.html", context)


@require_safe
def election_record(request: HttpRequest, code: str) -> HttpResponseBase:
    """The attached paper: never shown inside a page, only saved as a file."""
    meeting = find_any(request, code)
    rules.can_read_record(request.user, meeting).enforce()
    if not meeting.record or not meeting.record.storage.exists(meeting.record.name):
        raise Http404
    response = FileResponse(
        meeting.record.open(),
        as_attachment=True,
        filename=meeting.record_name,
        content_type=papers.type_of(meeting.record.name),
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
