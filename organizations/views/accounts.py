"""The part of the office's accounts that is about organizations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from communities import accounts as rules
from communities.views.accounts import appoint_existing, find_to_manage, new_account
from goldidea.lib.htmx import go, page
from organizations.account_forms import OrganizationTermForm
from organizations.actions.appointments import appoint_with, open_for_organizations
from organizations.models import OrganizationAppointment, SocialOrganization


@require_http_methods(["GET", "POST"])
def new_for_organization(request: HttpRequest) -> HttpResponse:
    """An account for somebody who acts for an organization."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    term = OrganizationTermForm(
        request.POST if request.method == "POST" else None, user=request.user, district=request.district
    )
    return new_account(request, term, _("Account for an organization"), appoint_to_organization)


@require_http_methods(["GET", "POST"])
def appoint_for_organization(request: HttpRequest, code: str) -> HttpResponse:
    """Let the person of an account act for (another) organization."""
    managed = find_to_manage(request, code)
    term = OrganizationTermForm(
        request.POST if request.method == "POST" else None, user=request.user, district=request.district
    )
    return appoint_existing(request, managed, term, _("Appoint for an organization"), appoint_to_organization)


def appoint_to_organization(request: HttpRequest, of: User, term: OrganizationTermForm) -> None:
    since, until = term.cleaned_data["since"], term.cleaned_data["until"]
    appoint_with(of, term.cleaned_data["organization"], since=since, until=until, by=request.user)


@require_http_methods(["GET", "POST"])
def open_accounts(request: HttpRequest) -> HttpResponse:
    """An account for each organization of my area that nobody acts for; their slips are printed next."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    lonely = lonely_organizations(request)
    if request.method == "GET":
        return page(request, "accounts/organizations.html", {"organizations": lonely})
    opened = open_for_organizations(
        lonely, by=request.user, since=timezone.localdate(), district=request.district
    )
    words = ngettext("%(n)d account is opened.", "%(n)d accounts are opened.", len(opened)) % {
        "n": len(opened)
    }
    messages.success(request, words)
    messages.info(request, _("Now print their slips."))
    return go(request, "office:slips", request.district.slug)


def lonely_organizations(request: HttpRequest) -> list[SocialOrganization]:
    """Active organizations of my area for which nobody acts today."""
    active = SocialOrganization.objects.of(request.district).active().order_by("sort_key")
    taken = OrganizationAppointment.objects.on(timezone.localdate()).values("organization_id")
    return list(rules.places_within(request.user, request.district, active).exclude(pk__in=taken))
