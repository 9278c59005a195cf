"""Nominate, invite, put a record right, decline."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.models import Community
from goldidea.lib.htmx import go, page
from judges import rules
from judges.actions import nominations as actions
from judges.forms import ReasonForm, show_at
from judges.forms.nominations import ExpertForm, NominationForm, PersonForm, keep_phone, phone_after
from judges.models import Judge
from judges.views.register import find, status_of


@require_http_methods(["GET", "POST"])
def nominate(request: HttpRequest) -> HttpResponse:
    """A resident for the next election."""
    rules.can_nominate(request.user, request.district).enforce()
    homes = rules.homes_open_to(request.user, request.district, timezone.localdate())
    form = NominationForm(request.POST or None, district=request.district, homes=homes)
    if form.is_valid():
        who = {"by": request.user, "now": timezone.now(), **form.person}
        judge = attempt(form, actions.nominate_judge, form.cleaned_data["community"], **who)
        if judge:
            messages.success(request, _("%(name)s is nominated.") % {"name": judge.name})
            return after(request, judge, "office:judge_new")
    return page(request, "judges/judge_form.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """An expert for the district's list."""
    rules.can_invite_expert(request.user, request.district).enforce()
    form = ExpertForm(request.POST or None, district=request.district)
    if form.is_valid():
        who = {"by": request.user, "now": timezone.now(), **form.person}
        judge = attempt(form, actions.invite_expert, request.district, **who)
        if judge:
            messages.success(request, _("%(name)s is on the list of experts.") % {"name": judge.name})
            return after(request, judge, "office:expert_new")
    return page(request, "judges/judge_form.html", {"form": form, "is_expert": True}, status=status_of(form))


def after(request: HttpRequest, judge: Judge, again: str) -> HttpResponse:
    """To the record, or to the next empty form."""
    if "another" in request.POST:
        return go(request, again, request.district.slug)
    return go(request, "office:judge", request.district.slug, judge.code)


def attempt(form: Any, action: Any, *args: Any, **values: Any) -> Any:
    """What the action gives; what it refuses stands at the form, and nothing is given."""
    try:
        return action(*args, **values)
    except ValidationError as error:
        show_at(form, error)
        return None


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Put the facts of a record right."""
    judge = find(request, code)
    rules.can_edit_judge(request.user, judge).enforce()
    form = correction(request, judge)
    if form.is_valid():
        values = {
            **form.person,
            "phone": phone_after(form, judge),
            "community": form.cleaned_data.get("community"),
            "by": request.user,
            "now": timezone.now(),
        }
        if attempt(form, actions.edit_judge, judge, **values):
            messages.success(request, _("The record is changed."))
            return go(request, "office:judge", request.district.slug, judge.code)
    context = {"form": form, "judge": judge, "is_expert": judge.kind == Judge.Kind.EXPERT}
    return page(request, "judges/judge_form.html", context, status=status_of(form))


def correction(request: HttpRequest, judge: Judge) -> PersonForm:
    """The form with what is recorded, but for the phone."""
    initial = {name: getattr(judge, name) for name in ("name", "introduction", "nominated_by")}
    values: dict[str, Any] = {"district": request.district, "judge": judge}
    if judge.kind == Judge.Kind.EXPERT:
        form: PersonForm = ExpertForm(request.POST or None, initial=initial, **values)
    else:
        homes = Community.objects.filter(sub_district=judge.sub_district_id).on(timezone.localdate())
        homes = (homes | Community.objects.filter(pk=judge.community_id)).select_related("sub_district")
        initial["community"] = judge.community.code if judge.community else ""
        form = NominationForm(request.POST or None, initial=initial, homes=homes, **values)
    keep_phone(form, judge)
    return form


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """A candidate does not stand, an elected judge does not take the office up."""
    judge = find(request, code)
    rules.can_decline(request.user, judge).enforce()
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.decline_nomination(judge, reason=reason, by=request.user, now=timezone.now())
        messages.success(request, _("It is recorded that %(name)s declines.") % {"name": judge.name})
        return go(request, "office:judge", request.district.slug, judge.code)
    return page(request, "judges/decline.html", {"form": form, "judge": judge}, status=status_of(form))
