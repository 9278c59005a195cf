"""Activation slips: printed in bulk, their codes shown once."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions.slips import issue_slips
from accounts.models import ActivationSlip, User
from communities import accounts as rules
from communities.actions.appointments import open_for_communities
from communities.forms.accounts import SlipForm
from communities.models import Appointment, Community
from goldidea.lib.htmx import go, page


@require_safe
def slips(request: HttpRequest) -> HttpResponse:
    """Who has no password yet, and which communities nobody acts for."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    return show(request, SlipForm(accounts=unactivated(request)))


def show(request: HttpRequest, form: SlipForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "sheet": uuid.uuid4(), "communities": lonely_communities(request)}
    return page(request, "accounts/slips.html", context, status=status)


def unactivated(request: HttpRequest) -> list[User]:
    """Accounts of my area that I may print slips for: enabled, without a password."""
    rows = rules.accounts_within(request.user, request.district).filter(is_active=True).not_activated()
    rows = list(rows.with_live_slip(timezone.now()).order_by("sort_key", "pk"))
    held = rules.held_by(rows)
    district = request.district
    return [a for a in rows if rules.can_print_slip(request.user, a, district, held[a.pk])]


def lonely_communities(request: HttpRequest) -> list[Community]:
    """Communities of my area for which nobody is appointed today."""
    today = timezone.localdate()
    valid = Community.objects.of(request.district).on(today).order_by("sort_key")
    taken = Appointment.objects.of(request.district).on(today).filter(community__isnull=False)
    mine = rules.places_within(request.user, request.district, valid)
    return list(mine.exclude(pk__in=taken.values("community_id")))


@require_POST
def open_accounts(request: HttpRequest) -> HttpResponse:
    """An account for each community of my area that nobody acts for; their slips are printed next."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    opened = open_for_communities(
        lonely_communities(request), by=request.user, since=timezone.localdate(), district=request.district
    )
    words = ngettext("%(n)d account is opened.", "%(n)d accounts are opened.", len(opened)) % {
        "n": len(opened)
    }
    messages.success(request, words)
    messages.info(request, _("Now print their slips."))
    return go(request, "office:slips", request.district.slug)


@never_cache
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, sheet: uuid.UUID) -> HttpResponse:
    """Print slips. The codes stand in the answer to this one POST and nowhere else; afterwards only what was printed."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    printed = (
        ActivationSlip.objects.filter(sheet=sheet).select_related("user").order_by("user__sort_key", "pk")
    )
    if request.method == "GET" or printed.exists():
        mine = printed.filter(user__in=rules.accounts_within(request.user, request.district))
        if not mine:
            raise Http404
        return page(request, "accounts/sheet_again.html", {"slips": mine})
    form = SlipForm(request.POST, accounts=printable(request))
    if not form.is_valid():
        return show(request, form, status=422)
    chosen = sorted(form.cleaned_data["accounts"], key=lambda account: account.sort_key)
    issued = issue_slips(chosen, by=request.user, now=timezone.now(), district=request.district, sheet=sheet)
    address = request.build_absolute_uri(reverse("activate"))
    rows = [
        (slip, request.build_absolute_uri(reverse("activate_slip", args=[slip.slip.code]))) for slip in issued
    ]
    return page(request, "accounts/sheet.html", {"slips": rows, "address": address})


def printable(request: HttpRequest) -> list[User]:
    """Accounts among those named in the form for which I may print a slip, activated ones too (a reset)."""
    district, codes = (
        request.district,
        [code for code in request.POST.getlist("accounts")[:500] if code.isalnum()],
    )
    rows = rules.accounts_within(request.user, district).filter(code__in=codes, is_active=True)
    rows = list(rows.with_live_slip(timezone.now()))
    held = rules.held_by(rows)
    return [a for a in rows if rules.can_print_slip(request.user, a, district, held[a.pk])]
