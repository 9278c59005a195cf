"""Consent, appointment for a term, its end; standing interests."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.htmx import go, page
from judges import consent, rules
from judges.actions.appointments import appoint_judges, end_term
from judges.actions.interests import add_interest, remove_interest
from judges.forms.appointments import AppointForm, EndForm, InterestForm
from judges.models import Judge
from judges.views import elections
from judges.views.nominations import attempt
from judges.views.register import find, status_of


@require_safe
def consent_of_judge(request: HttpRequest, code: str) -> HttpResponse:
    """The consent to print for one judge: the version that was signed, or the present one."""
    judge = find(request, code)
    rules.can_keep_judge(request.user, judge).enforce()
    return sheets(request, [judge], judge.consent_version or consent.CURRENT)


@require_safe
def consents_of_election(request: HttpRequest, code: str) -> HttpResponse:
    """The consents to print for everyone elected in one meeting."""
    meeting = elections.find(request, code)
    elected = meeting.candidates.filter(state="elected").with_place()
    return sheets(request, list(elected), consent.CURRENT)


def sheets(request: HttpRequest, judges: Sequence[Judge], version: str) -> HttpResponse:
    version = version if version in consent.VERSIONS else consent.CURRENT
    context = {"judges": judges, "version": version, "text": consent.template_of(version)}
    return page(request, "judges/consents.html", context)


@require_http_methods(["GET", "POST"])
def appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Appoint one judge."""
    judge = find(request, code)
    rules.can_appoint(request.user, judge).enforce()
    form = AppointForm(request.POST or None, judges=Judge.objects.filter(pk=judge.pk), alone=True)
    if form.is_valid() and attempt(
        form, appoint_judges, [judge], **form.term, by=request.user, now=timezone.now()
    ):
        messages.success(request, _("%(name)s is appointed.") % {"name": judge.name})
        return go(request, "office:judge", request.district.slug, judge.code)
    context = {"form": form, "judge": judge, "version": consent.CURRENT}
    return page(request, "judges/appoint.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def appoint_elected(request: HttpRequest, code: str) -> HttpResponse:
    """Appoint those elected in one meeting, together."""
    meeting = elections.find(request, code)
    elected = meeting.candidates.filter(state="elected").with_place()
    form = AppointForm(request.POST or None, judges=elected)
    if form.is_valid():
        chosen = list(form.cleaned_data["judges"])
        if attempt(form, appoint_judges, chosen, **form.term, by=request.user, now=timezone.now()):
            words = ngettext("%(n)d judge is appointed.", "%(n)d judges are appointed.", len(chosen))
            messages.success(request, words % {"n": len(chosen)})
            return go(request, "office:election", request.district.slug, meeting.code)
    context = {"form": form, "meeting": meeting, "elected": elected, "version": consent.CURRENT}
    return page(request, "judges/appoint.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, code: str) -> HttpResponse:
    """End a term before, or on, its last day."""
    judge = find(request, code)
    rules.can_end_term(request.user, judge).enforce()
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        values = {**form.cleaned_data, "by": request.user, "now": timezone.now()}
        if attempt(form, end_term, judge, **values):
            messages.success(request, _("The term of %(name)s is ended.") % {"name": judge.name})
            return go(request, "office:judge", request.district.slug, judge.code)
    return page(request, "judges/end.html", {"form": form, "judge": judge}, status=status_of(form))


@require_http_methods(["GET", "POST"])
def interest(request: HttpRequest, code: str) -> HttpResponse:
    """Record what ties a judge to a community or an organization."""
    judge = find(request, code)
    rules.can_edit_judge(request.user, judge).enforce()
    form = InterestForm(request.POST or None, district=request.district)
    if form.is_valid() and added(request, form, judge):
        messages.success(request, _("The interest is recorded. Cases that name it go to other judges."))
        return go(request, "office:judge", request.district.slug, judge.code)
    return page(request, "judges/interest.html", {"form": form, "judge": judge}, status=status_of(form))


def added(request: HttpRequest, form: InterestForm, judge: Judge) -> Any:
    """The interest; one that is recorded already is said at the form."""
    try:
        return attempt(form, add_interest, judge, **form.cleaned_data, by=request.user, now=timezone.now())
    except StaleState:
        raise
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None


@require_POST
def interest_gone(request: HttpRequest, code: str, interest_code: str) -> HttpResponse:
    """Strike an interest out."""
    judge = find(request, code)
    rules.can_edit_judge(request.user, judge).enforce()
    tie = get_object_or_404(judge.interests.select_related("judge"), code=interest_code)
    remove_interest(tie, by=request.user, now=timezone.now())
    messages.success(request, _("The interest is struck out."))
    return go(request, "office:judge", request.district.slug, judge.code)
