"""The inbox of decisions that need two people: what waits for me, what I asked for, what was decided."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from communities.accounts import rank_of
from communities.actions import decisions as actions
from communities.decisions import can_see_decision, decision_kind, decisions_within, waiting_for
from communities.forms.decisions import DeclineForm
from communities.models import Decision
from communities.states import DecisionState
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.htmx import go, page
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

PER_PAGE = 25


def can_open_inbox(request: HttpRequest) -> Verdict:
    """Staff decide; the platform's administrators are the second for staff roles."""
    return ALLOWED if rank_of(request.user, request.district) else HIDDEN


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Requests for which I can be the second person, the one that lapses first on top."""
    can_open_inbox(request).enforce()
    rows = waiting_for(request.user, request.district, timezone.now()).order_by("expires_at", "pk")
    return inbox(request, rows, "decisions")


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What I asked for, newest first."""
    can_open_inbox(request).enforce()
    rows = decisions_within(request.user, request.district).filter(requested_by=request.user)
    return inbox(request, rows.order_by("-requested_at", "-pk"), "decisions_asked")


@require_safe
def decided(request: HttpRequest) -> HttpResponse:
    """What is over in my area, newest first."""
    can_open_inbox(request).enforce()
    rows = decisions_within(request.user, request.district).exclude(state=DecisionState.PENDING)
    return inbox(request, rows.order_by("-decided_at", "-pk"), "decisions_decided")


def inbox(request: HttpRequest, rows: QuerySet[Any], here: str) -> HttpResponse:
    """One of the three lists."""
    rows = rows.select_related("requested_by", "decided_by")
    now = timezone.now()
    context = {
        "here": here,
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "waiting": waiting_for(request.user, request.district, now).count(),
        "now": now,
    }
    return page(request, "decisions/inbox.html", context)


def find(request: HttpRequest, code: str) -> Decision:
    """The request with this code, if the person may know of it."""
    rows = Decision.objects.of(request.district).select_related("requested_by", "decided_by", "district")
    decision: Decision = get_object_or_404(rows, code=code)
    can_see_decision(request.user, decision).enforce()
    return decision


@require_safe
def decision(request: HttpRequest, code: str) -> HttpResponse:
    """The exact change, who asked and why, and whether I can be the second person."""
    return show(request, find(request, code), DeclineForm())


def show(
    request: HttpRequest, asked_for: Decision, form: DeclineForm, problem: Any = "", status: int = 200
) -> HttpResponse:
    """The page of a request; `problem` says why it could not be carried out just now."""
    of_kind = decision_kind(asked_for.kind)
    obj = of_kind.find(asked_for.district, asked_for.object_code)
    now, pending = timezone.now(), asked_for.state == DecisionState.PENDING
    context = {
        "decision": asked_for,
        "label": of_kind.label,
        "sentences": sentences(asked_for, obj),
        "object_url": of_kind.url(obj) if obj is not None else "",
        "verdict": actions.can_approve(request.user, asked_for, obj) if pending else None,
        "is_mine": asked_for.requested_by_id == request.user.pk,
        "is_pending": pending and now < asked_for.expires_at,
        "is_lapsed": asked_for.state == DecisionState.LAPSED or (pending and now >= asked_for.expires_at),
        "has_changed": pending and (obj is None or of_kind.fingerprint(obj) != asked_for.fingerprint),
        "form": form,
        "problem": problem,
    }
    return page(request, "decisions/decision.html", context, status=status)


def sentences(asked_for: Decision, obj: Any) -> list[str]:
    """The exact change in words; nothing when its object is gone."""
    if obj is None:
        return []
    try:
        return decision_kind(asked_for.kind).sentences(obj, asked_for.payload)
    except Refusal as refusal:
        return [str(refusal.message)]


@require_POST
def approve(request: HttpRequest, code: str) -> HttpResponse:
    """Be the second person. Of two who press at once one wins; the other learns that it is decided (409)."""
    asked_for = find(request, code)
    try:
        asked_for = actions.approve_decision(asked_for, by=request.user, now=timezone.now())
    except StaleState:
        raise
    except Refusal as refusal:
        return show(request, find(request, code), DeclineForm(), refusal.message, status=409)
    except ValidationError as error:
        return show(request, find(request, code), DeclineForm(), " ".join(error.messages), status=409)
    if asked_for.state == DecisionState.APPROVED:
        messages.success(request, _("Approved. The change is carried out."))
    return go(request, "office:decision", request.district.slug, code)


@require_POST
def decline(request: HttpRequest, code: str) -> HttpResponse:
    """Say no, with a remark for the person who asked."""
    asked_for = find(request, code)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return show(request, asked_for, form, status=422)
    remark = form.cleaned_data["remark"]
    actions.decline_decision(asked_for, by=request.user, remark=remark, now=timezone.now())
    messages.success(request, _("Declined. The person who asked sees your remark."))
    return go(request, "office:decision", request.district.slug, code)


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take one's own request back."""
    actions.withdraw_decision(find(request, code), by=request.user, now=timezone.now())
    messages.success(request, _("You have taken the request back. Nothing was changed."))
    return go(request, "office:decision", request.district.slug, code)
