"""The register of judges: list, export, one judge, the whole phone."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.again import prove_again
from communities import rules as places
from communities.models import Community, SubDistrict
from goldidea.lib.htmx import page
from goldidea.lib.spreadsheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from judges import rules
from judges.actions.exports import record_export
from judges.actions.interests import show_phone
from judges.filters import JudgeFilter
from judges.forms import ReasonForm
from judges.models import Judge
from judges.resources import JudgeRegister
from judges.seating import seats_of

PER_PAGE = 25


def find(request: HttpRequest, code: str) -> Judge:
    """The judge with this code, if the person may know of the record."""
    rows = Judge.objects.of(request.district).with_place().select_related("meeting", "user")
    judge: Judge = get_object_or_404(rows, code=code)
    rules.can_see_judge(request.user, judge).enforce()
    return judge


def chosen(request: HttpRequest) -> JudgeFilter:
    """The person's judges as the address narrows them down."""
    visible = rules.judges_visible_to(request.user, request.district)
    everything = places.is_observer(request.user, request.district)
    divisions, homes = SubDistrict.objects.of(request.district), Community.objects.of(request.district)
    if not everything:
        divisions = places.within_reach(request.user, request.district, divisions, "pk")
        homes = places.within_reach(request.user, request.district, homes)
    return JudgeFilter(request.GET or None, visible.with_place().order_by("sort_key", "pk"), divisions, homes)


@require_safe
def judges(request: HttpRequest) -> HttpResponse:
    """Everyone of my area: nominated, elected, serving, out."""
    rules.can_list_judges(request.user, request.district).enforce()
    found = chosen(request)
    context = {
        "filter": found,
        "page_obj": Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page")),
        "may_nominate": bool(rules.can_nominate(request.user, request.district)),
        "may_invite": bool(rules.can_invite_expert(request.user, request.district)),
        "query": request.GET.urlencode(),
    }
    bad = found.is_bound and not found.form.is_valid()
    return page(request, "judges/judges.html", context, status=422 if bad else 200)


@require_safe
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """The list as chosen, as a table that can be imported again; phones stay masked."""
    rules.can_export_judges(request.user, request.district).enforce()
    register = JudgeRegister()
    found = chosen(request).qs
    record_export(request.district, len(found), by=request.user)
    rows = list(register.export(found))
    if ending == "csv":
        body, kind = as_csv(register.exported, rows), CSV_TYPE
    else:
        body, kind = as_xlsx(register.exported, rows, "评委名册"), XLSX_TYPE
    response = HttpResponse(body, content_type=kind)
    name = f"judges-{timezone.localdate():%Y%m%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def judge(request: HttpRequest, code: str) -> HttpResponse:
    """One judge: facts, election, term, interests, seats, what was done with the record."""
    found = find(request, code)
    user = request.user
    context = {
        "judge": found,
        "can": {
            "edit": rules.can_edit_judge(user, found),
            "keep": rules.can_keep_judge(user, found),
            "phone": rules.can_show_phone(user, found),
            "appoint": rules.can_appoint(user, found),
            "decline": rules.can_decline(user, found),
            "end": rules.can_end_term(user, found),
            "election": found.meeting and rules.can_see_election(user, found.meeting),
            "record": found.meeting and found.meeting.record and rules.can_read_record(user, found.meeting),
        },
        "interests": found.interests.select_related("community", "organization").order_by("kind", "pk"),
        "seats": seats_of(found),
        "is_appointed": found.state == "appointed",
    }
    return page(request, "judges/judge.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, code: str) -> HttpResponse:
    """The whole phone, after the password once more and with a reason that is kept."""
    found = find(request, code)
    rules.can_show_phone(request.user, found).enforce()
    if again := prove_again(request):
        return again
    form = ReasonForm(request.POST or None)
    context: dict[str, Any] = {"judge": found, "form": form, "number": ""}
    if form.is_valid():
        context["number"] = show_phone(found, reason=form.cleaned_data["reason"], by=request.user)
        context["none"] = _("No phone is recorded.")
    return page(request, "judges/phone.html", context, status=status_of(form))


def status_of(form: Any) -> int:
    """422 for a form that has to be put right."""
    return 422 if form.is_bound and form.errors else 200
