"""The audit trail: who did what, when, for the district's staff and its observer."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from communities.accounts import tables
from communities.audit_words import OBJECTS, ROLES, action_words, change_words
from communities.filters.audit import AuditFilter
from communities.models import District
from communities.rules import is_district_staff, is_observer, is_staff
from goldidea.lib.audit_sealing import LOG
from goldidea.lib.htmx import page
from goldidea.lib.models import AuditEvent, Checkpoint, Seal
from goldidea.lib.verdict import ALLOWED, HIDDEN, Verdict

PER_PAGE = 25
CODE_LENGTH = 10


def can_read_audit(user: Any, district: District) -> Verdict:
    """The district's staff and its observer. Twin: `events_of`."""
    if is_district_staff(user, district) or is_observer(user, district):
        return ALLOWED
    if is_staff(user, district):
        return Verdict(_("Only the district's staff and the observer read the audit trail."))
    return HIDDEN


def events_of(district: District) -> Any:
    """What was done in the district, and what its accounts did that belongs to no district (signing in)."""
    reach = Q(pk=None)
    for table in tables():
        reach |= Q(pk__in=table.account_ids(district, None))
    codes = User.objects.filter(reach).values("code")
    return AuditEvent.objects.filter(
        Q(district=district.slug) | Q(district="", object_type="accounts.user", object_code__in=codes)
    )


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Newest first; nobody can change or delete a line."""
    can_read_audit(request.user, request.district).enforce()
    chosen = AuditFilter(
        request.GET or None, events_of(request.district).order_by("-pk").select_related("detail")
    )
    page_obj = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    rows = [line(event) for event in page_obj]
    context = {"filter": chosen, "page_obj": page_obj, "rows": rows}
    bad = chosen.is_bound and not chosen.form.is_valid()
    return page(request, "office/audit.html", context, status=422 if bad else 200)


@require_safe
def heads(request: HttpRequest) -> HttpResponse:
    """The signed heads of the trail, newest first: what to keep elsewhere, and how far the sealing is."""
    can_read_audit(request.user, request.district).enforce()
    found = Checkpoint.objects.filter(log=LOG).order_by("-pk")
    context = {
        "page_obj": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "sealed": Seal.objects.filter(log=LOG).count(),
        "last": Seal.objects.filter(log=LOG).order_by("-seq").first(),
    }
    return page(request, "office/audit_heads.html", context)


def line(event: AuditEvent) -> dict[str, Any]:
    """One event as it is shown; its erasable side may be gone."""
    detail = getattr(event, "detail", None)
    return {
        "event": event,
        "detail": detail,
        "words": action_words(event.action),
        "role": ROLES.get(event.role, event.role),
        # The number of a row without a code of its own tells nobody anything: the name above it does.
        "code": ""
        if event.object_code.isdigit() and len(event.object_code) < CODE_LENGTH
        else event.object_code,
        "kind": OBJECTS.get(event.object_type, event.object_type),
        "changes": change_words(event.object_type, detail.changes) if detail else [],
    }
