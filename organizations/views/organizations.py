"""The office's register of social organizations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.again import prove_again
from communities import rules as places
from communities.registers import register_of
from communities.views.exports import table
from communities.views.registers import saved
from goldidea.lib import audit
from goldidea.lib.htmx import go, page
from organizations import rules
from organizations.actions import organizations as actions
from organizations.filters import OrganizationFilter
from organizations.forms import MoveForm, OrganizationForm, ReasonForm
from organizations.models import SocialOrganization
from organizations.states import ORGANIZATION_MOVES

PER_PAGE = 25


def asked_for(request: HttpRequest) -> OrganizationFilter:
    """The register's organizations as filtered by the address."""
    rules.can_view_register(request.user, request.district).enforce()
    rows = rules.visible_organizations(request.user, request.district)
    rows = rows.select_related("sub_district", "home_community", "parent").order_by("sort_key", "pk")
    return OrganizationFilter(request.GET, rows, district=request.district)


def find(request: HttpRequest, code: str) -> SocialOrganization:
    """The organization with this code, if the person may know of it."""
    rows = SocialOrganization.objects.of(request.district)
    related = rows.select_related("district", "sub_district", "home_community", "parent")
    organization: SocialOrganization = get_object_or_404(related, code=code)
    rules.can_view_organization(request.user, organization).enforce()
    return organization


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """The list of organizations."""
    chosen = asked_for(request)
    context = {
        "filter": chosen,
        "page_obj": Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page")),
        "may_add": bool(rules.can_register(request.user, request.district)),
        "today": timezone.localdate(),
    }
    return page(
        request, "organizations/organizations.html", context, status=200 if chosen.form.is_valid() else 422
    )


@require_safe
def organizations_export(request: HttpRequest, ending: str) -> HttpResponse:
    """The filtered list as a table that can be imported again; without contacts."""
    places.can_import(request.user, request.district).enforce()
    register = register_of("organizations")
    return table(register.exported, register.export(asked_for(request).qs), "社会组织名册", ending)


@require_safe
def organization(request: HttpRequest, code: str) -> HttpResponse:
    """An organization's page: what it is, where it works, its projects and branches, its history."""
    found = find(request, code)
    manage = rules.can_manage_organization(request.user, found)
    context = {
        "organization": found,
        "may_edit": bool(manage),
        "links": places.can_view_divisions(request.user, request.district),
        "why_not": manage.reason,
        "may_see_contact": bool(rules.can_see_contact(request.user, found)),
        "may_ask_for_phone": bool(found.contact_phone and rules.can_ask_for_phone(request.user, found)),
        "engagements": found.engagements.with_origin()
        .select_related("community__sub_district")
        .order_by("until", "-since"),
        "projects": found.philanthropy_projects.all(),
        "branches": found.branches.all(),
        "moves": bool(ORGANIZATION_MOVES.get(found.state)),
        "history": audit.history(found)[:20]
        if manage or rules.can_ask_for_phone(request.user, found)
        else [],
        "today": timezone.localdate(),
    }
    return page(request, "organizations/organization.html", context)


@require_http_methods(["GET", "POST"])
def organization_new(request: HttpRequest) -> HttpResponse:
    """Enter an organization."""
    rules.can_register(request.user, request.district).enforce()
    new = SocialOrganization(district=request.district)
    form = OrganizationForm(request.POST or None, instance=new, user=request.user)
    done = saved(
        form,
        lambda row: actions.register_organization(row, by=request.user, now=timezone.now()),
        _("The organization stands in the register."),
        request,
    )
    if done:
        return go(request, "office:organization", request.district.slug, done.code)
    return page(
        request, "organizations/organization_new.html", {"form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def organization_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Correct what the register says; the history stands beside."""
    found = find(request, code)
    rules.can_manage_organization(request.user, found).enforce()
    form = OrganizationForm(request.POST or None, instance=found, user=request.user)
    done = saved(
        form,
        lambda row: actions.correct_organization(row, by=request.user, now=timezone.now()),
        _("Saved."),
        request,
    )
    if done:
        return go(request, "office:organization", request.district.slug, code)
    context = {"form": form, "organization": find(request, code), "history": audit.history(found)[:20]}
    return page(
        request, "organizations/organization_edit.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "POST"])
def organization_state(request: HttpRequest, code: str) -> HttpResponse:
    """Approve, suspend, take up again or dissolve, with the reason."""
    found = find(request, code)
    rules.can_manage_organization(request.user, found).enforce()
    form = MoveForm(request.POST or None, state=found.state)
    if form.is_valid():
        actions.move_organization(
            found,
            form.cleaned_data["state"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The new state stands in the register."))
        return go(request, "office:organization", request.district.slug, code)
    context = {"form": form, "organization": found}
    return page(
        request, "organizations/organization_state.html", context, status=422 if form.is_bound else 200
    )


@never_cache
@require_http_methods(["GET", "POST"])
def organization_phone(request: HttpRequest, code: str) -> HttpResponse:
    """The whole phone of the contact, after the password and a reason; recorded."""
    found = find(request, code)
    rules.can_ask_for_phone(request.user, found).enforce()
    if again := prove_again(request):
        return again
    form, phone = ReasonForm(request.POST or None), ""
    if form.is_valid():
        phone = actions.show_phone(
            found, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    context = {"form": form, "organization": found, "phone": phone}
    bad = form.is_bound and not form.is_valid()
    return page(request, "organizations/organization_phone.html", context, status=422 if bad else 200)
