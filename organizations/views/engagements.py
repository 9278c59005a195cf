"""Where an organization works: record it, record its end."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communities.views.registers import saved
from goldidea.lib.htmx import go, page
from organizations import rules
from organizations.actions import engagements as actions
from organizations.forms import EndForm, EngagementForm
from organizations.models import Engagement
from organizations.views.organizations import find


@require_http_methods(["GET", "POST"])
def engagement_new(request: HttpRequest, code: str) -> HttpResponse:
    """Record that an organization works with a community."""
    organization = find(request, code)
    rules.can_manage_organization(request.user, organization).enforce()
    form = EngagementForm(request.POST or None, instance=Engagement(organization=organization))
    done = saved(
        form,
        lambda row: actions.begin_engagement(row, by=request.user, now=timezone.now()),
        _("Recorded."),
        request,
    )
    if done:
        return go(request, "office:organization", request.district.slug, code)
    context = {"form": form, "organization": organization}
    return page(request, "organizations/engagement_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def engagement_end(request: HttpRequest, code: str, engagement_code: str) -> HttpResponse:
    """Record the last day of an engagement."""
    organization = find(request, code)
    rows = organization.engagements.select_related("community", "organization__district")
    engagement = get_object_or_404(rows, code=engagement_code)
    rules.can_manage_organization(request.user, organization).enforce()
    form = EndForm(request.POST or None, initial={"until": timezone.localdate()})
    if form.is_valid():
        try:
            actions.end_engagement(
                engagement, until=form.cleaned_data["until"], by=request.user, now=timezone.now()
            )
            messages.success(request, _("Recorded."))
            return go(request, "office:organization", request.district.slug, code)
        except ValidationError as error:
            form.say(error)
    context = {"form": form, "organization": organization, "engagement": engagement}
    return page(request, "organizations/engagement_end.html", context, status=422 if form.is_bound else 200)
