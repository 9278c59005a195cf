"""The pages of those who act for an organization: what the register says of it, their profile, proposals, projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from communities.views.registers import saved
from goldidea.lib.htmx import go, page
from organizations import rules
from organizations.actions import organizations as actions
from organizations.actions import projects as project_actions
from organizations.forms import OwnForm, OwnProjectForm, ProposalForm
from organizations.models import SocialOrganization, VenturePhilanthropyProject
from organizations.states import OrganizationState


def find(request: HttpRequest, code: str) -> SocialOrganization:
    """The own organization with this code."""
    rows = SocialOrganization.objects.of(request.district)
    related = rows.select_related("district", "sub_district", "home_community", "parent")
    organization: SocialOrganization = get_object_or_404(related, code=code)
    rules.can_view_own(request.user, organization).enforce()
    return organization


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """The organizations for which the person acts."""
    rules.can_propose(request.user, request.district).enforce()
    rows = rules.own_organizations(request.user, request.district).select_related("sub_district")
    return page(request, "organizations/own.html", {"organizations": rows.order_by("sort_key", "pk")})


@require_safe
def organization(request: HttpRequest, code: str) -> HttpResponse:
    """What the register says of the own organization, the contact included."""
    found = find(request, code)
    context = {
        "organization": found,
        "may_edit": bool(rules.can_edit_own(request.user, found)),
        "engagements": found.engagements.with_origin()
        .select_related("community__sub_district")
        .order_by("until", "-since"),
        "projects": found.philanthropy_projects.all(),
        "may_keep_projects": not found.supportive_level and bool(rules.can_edit_own(request.user, found)),
        "today": timezone.localdate(),
    }
    return page(request, "organizations/own_organization.html", context)


@require_http_methods(["GET", "POST"])
def organization_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Edit the own profile and contact; everything while it is only proposed."""
    found = find(request, code)
    rules.can_edit_own(request.user, found).enforce()
    kind = ProposalForm if found.state == OrganizationState.PROPOSED else OwnForm
    form = kind(request.POST or None, instance=found, user=request.user)
    done = saved(
        form,
        lambda row: actions.edit_own_organization(row, by=request.user, now=timezone.now()),
        _("Saved."),
        request,
    )
    if done:
        return go(request, "own:organization", request.district.slug, code)
    context = {"form": form, "organization": find(request, code)}
    return page(request, "organizations/own_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def organization_new(request: HttpRequest) -> HttpResponse:
    """Propose an organization for the register: a branch, a group, a studio, or the own one newly registered."""
    rules.can_propose(request.user, request.district).enforce()
    new = SocialOrganization(district=request.district)
    form = ProposalForm(request.POST or None, instance=new, user=request.user)
    done = saved(
        form,
        lambda row: actions.propose_organization(row, by=request.user, now=timezone.now()),
        _("Proposed. The staff of its sub-district look at it next."),
        request,
    )
    if done:
        return go(request, "own:organization", request.district.slug, done.code)
    return page(request, "organizations/own_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def project_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a venture-philanthropy project of the own organization."""
    found = find(request, code)
    new = VenturePhilanthropyProject(district=request.district, organization=found)
    return project_form(request, found, new, "organizations/own_project_new.html")


@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, code: str, project_code: str) -> HttpResponse:
    """Correct a project of the own organization."""
    found = find(request, code)
    rows = found.philanthropy_projects.select_related("organization__district", "district")
    project = get_object_or_404(rows, code=project_code)
    return project_form(request, found, project, "organizations/own_project_edit.html")


def project_form(
    request: HttpRequest, found: SocialOrganization, project: VenturePhilanthropyProject, template: str
) -> HttpResponse:
    """A project's form, new or known."""
    rules.can_edit_own_project(request.user, project).enforce()
    form = OwnProjectForm(request.POST or None, instance=project)
    done = saved(
        form,
        lambda row: project_actions.save_project(
            row, form.cleaned_data["communities"], by=request.user, now=timezone.now()
        ),
        _("Saved."),
        request,
    )
    if done:
        return go(request, "own:organization", request.district.slug, found.code)
    context = {"form": form, "organization": found, "project": project}
    return page(request, template, context, status=422 if form.is_bound else 200)
