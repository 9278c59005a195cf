"""Objections against a published result: written down, read, decided."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.actions.decisions import request_decision
from communities.models import Decision
from evaluations.actions.objections import record_objection, show_objector, take_scan
from evaluations.forms.objections import ObjectionForm, OutcomeForm, WhyForm
from evaluations.models import Objection
from evaluations.rules import objections as rules
from evaluations.views.round_frame import PER_PAGE, find_round, form_page, page_number, round_page
from goldidea.lib.htmx import go, page
from goldidea.lib.papers import attachment


def find_objection(request: HttpRequest, code: str) -> Objection:
    """The objection with this code, for those who may read it; to others it does not exist."""
    rows = rules.objections_visible_to(request.user, request.district)  # type: ignore[attr-defined]
    rows = rows.select_related("round__season__district", "entry__snapshot", "recorded_by")
    found: Objection = get_object_or_404(rows, code=code)
    return found


@require_safe
def round_objections(request: HttpRequest, code: str) -> HttpResponse:
    """What came in against the results of a round, and what came of it."""
    found = find_round(request, code)
    rules.can_record_objection(request.user, found).enforce()
    rows = found.objections.select_related("entry__snapshot").order_by("-received_on", "-pk")
    context = {"page_obj": Paginator(rows, PER_PAGE).get_page(page_number(request))}
    return round_page(request, "objections/list.html", found, "round_objections", context)


@require_http_methods(["GET", "HEAD", "POST"])
def objection_new(request: HttpRequest, code: str) -> HttpResponse:
    """Write down an objection that came in on paper."""
    found = find_round(request, code)
    rules.can_record_objection(request.user, found).enforce()
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ObjectionForm(*sent, round_=found)
    if form.is_bound and form.is_valid() and (row := recorded(request, form)):
        messages.success(request, _("Recorded. It waits for the decision of two people."))
        return go(request, "office:objection", found.district.slug, row.code)
    return form_page(request, "objections/new.html", form, {"round": found})


def recorded(request: HttpRequest, form: ObjectionForm) -> Objection | None:
    """The objection as it was kept; what the check of its scan says stands at the field."""
    scan = form.cleaned_data["scan"]
    try:
        return record_objection(form.round, form.values, scan, by=request.user, now=timezone.now())
    except ValidationError as error:
        form.add_error("scan", error.messages)
        return None


@require_safe
def objection(request: HttpRequest, code: str) -> HttpResponse:
    """One objection: what it says and what came of it; not who wrote it."""
    found = find_objection(request, code)
    waiting = Decision.objects.of(found.district).pending().filter(object_code=found.code)
    context = {
        "objection": found,
        "decision": waiting.select_related("requested_by").first(),
        "deciding": bool(rules.can_decide_objection(request.user, found)),
    }
    return page(request, "objections/objection.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def objection_contact(request: HttpRequest, code: str) -> HttpResponse:
    """Who objects and how to reach them, with a reason that is kept."""
    found = find_objection(request, code)
    form = WhyForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"objection": found}
    if form.is_bound and form.is_valid():
        context["who"] = show_objector(found, by=request.user, reason=form.cleaned_data["reason"])
    return form_page(request, "objections/contact.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def objection_decide(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a second person to uphold or to reject it."""
    found = find_objection(request, code)
    rules.can_decide_objection(request.user, found).enforce()
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        payload, reason = {"outcome": form.cleaned_data["outcome"]}, form.cleaned_data["reason"]
        request_decision(
            "decide_objection", found, payload, by=request.user, reason=reason, now=timezone.now()
        )
        messages.success(request, _("Asked. It happens as soon as a second person has approved it."))
        return go(request, "office:objection", found.district.slug, found.code)
    return form_page(request, "objections/decide.html", form, {"objection": found})


@require_safe
def objection_scan(request: HttpRequest, code: str) -> HttpResponseBase:
    """The paper as it was scanned."""
    found = find_objection(request, code)
    try:
        return attachment(take_scan(found, by=request.user), found.scan_name, found.scan_kind)
    except FileNotFoundError:
        raise Http404 from None
