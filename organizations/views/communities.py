"""A community's page in the office: its codes and dates, the organizations that work there, projects, history."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from communities import rules
from communities.views.registers import find_community
from goldidea.lib import audit
from goldidea.lib.htmx import page
from organizations.models import Engagement


@require_safe
def community(request: HttpRequest, code: str) -> HttpResponse:
    """One community. The platform's administrators see its name and codes only."""
    found = find_community(request, code)
    is_staff = rules.is_staff(request.user, request.district)
    may_edit = bool(rules.can_manage_community(request.user, found))
    context = {
        "division": found,
        "is_staff": is_staff,
        "may_edit": may_edit,
        "successors": found.successors.all(),
        "engagements": engagements_in(found) if is_staff else [],
        "projects": found.philanthropy_projects.select_related("organization") if is_staff else [],
        "history": audit.history(found)[:20] if may_edit else [],
        "today": timezone.localdate(),
    }
    return page(request, "communities/community.html", context)


def engagements_in(community: object) -> object:
    """Who works there and who did, with the origin relative to this community; who works there now first."""
    rows = Engagement.objects.filter(community=community).with_origin().select_related("organization")
    return rows.order_by("until", "-since", "pk")
