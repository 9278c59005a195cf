"""The office's accounts: who can sign in, as what, since when; opened, appointed, ended, disabled here."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.factors import NAMES, Type, factors_of
from accounts.models import User
from communities import accounts as rules
from communities.actions import appointments as actions
from communities.actions.decisions import request_decision
from communities.audit_words import action_words
from communities.filters.accounts import AccountFilter
from communities.forms.accounts import (
    CommunityTermForm,
    EditIdentityForm,
    IdentityForm,
    ReasonForm,
    StaffTermForm,
)
from communities.models import Community
from goldidea.lib.errors import Refusal, StaleState
from goldidea.lib.htmx import go, page
from goldidea.lib.models import AuditEvent
from goldidea.lib.personal import masked

PER_PAGE = 25


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Everybody who can sign in for a place in my area."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    rows = rules.accounts_within(request.user, request.district).with_live_slip(timezone.now())
    chosen = AccountFilter(request.GET or None, rows.order_by("sort_key", "pk"), district=request.district)
    page_obj = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    held = rules.held_by(page_obj)
    context = {
        "filter": chosen,
        "page_obj": page_obj,
        "rows": [(account, live(held[account.pk])) for account in page_obj],
        "may_ask_for_staff": bool(rules.can_ask_for_staff(request.user, request.district)),
    }
    bad = chosen.is_bound and not chosen.form.is_valid()
    return page(request, "accounts/list.html", context, status=422 if bad else 200)


def live(held: list[rules.Held]) -> list[rules.Held]:
    """Appointments that are not over."""
    today = timezone.localdate()
    return [one for one in held if not one.is_over(today)]


def find(request: HttpRequest, code: str) -> User:
    """The account with this code, if the person may know of it."""
    account: User = get_object_or_404(User.objects.people(), code=code)
    rules.can_see_account(request.user, account, request.district).enforce()
    return account


def find_to_manage(request: HttpRequest, code: str) -> User:
    """The account with this code, if the person looks after it."""
    account = find(request, code)
    rules.can_manage_account(request.user, account, request.district).enforce()
    return account


@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """One account: who, what for, the state of its slip, what was done with it."""
    return show(request, find(request, code))


def show(request: HttpRequest, shown: User) -> HttpResponse:
    held = rules.held_by([shown])[shown.pk]
    today = timezone.localdate()
    verdict = rules.can_manage_account(request.user, shown, request.district, held)
    events = AuditEvent.objects.filter(object_type="accounts.user", object_code=shown.code)
    context = {
        "account": shown,
        "phone": masked(shown.phone),
        "slip": shown.slips.filter(used_at=None, revoked_at=None).first(),
        "now": timezone.now(),
        "sheet": uuid.uuid4(),
        "held": [
            (one, one.is_over(today), one.since > today, rules.in_reach(request.user, request.district, one))
            for one in held
        ],
        "ending": rules.can_ask_to_end_administrator(request.user, shown, today),
        "verdict": verdict,
        "may_print": rules.can_print_slip(request.user, shown, request.district, held),
        "may_reset": rules.can_ask_for_reset(request.user, shown, request.district),
        "factors": [NAMES[Type(kind)] for kind, found in factors_of(shown).items() if found],
        "may_ask_for_staff": bool(rules.can_ask_for_staff(request.user, request.district)),
        "requests": rules.open_requests(shown, request.district),
        "history": [
            (action_words(event.action), event)
            for event in events.select_related("detail").order_by("-pk")[:10]
        ],
    }
    return page(request, "accounts/account.html", context)


@require_safe
def choose_new(request: HttpRequest) -> HttpResponse:
    """What the new account is for."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    may_ask = bool(rules.can_ask_for_staff(request.user, request.district))
    return page(request, "accounts/choose.html", {"may_ask_for_staff": may_ask})


@require_http_methods(["GET", "POST"])
def new_for_community(request: HttpRequest) -> HttpResponse:
    """An account for somebody who acts for a community."""
    rules.can_work_with_accounts(request.user, request.district).enforce()
    data = request.POST if request.method == "POST" else None
    term = CommunityTermForm(data, user=request.user, district=request.district)
    return new_account(request, term, _("Account for a community"), appoint_to_community)


def appoint_to_community(request: HttpRequest, of: User, term: CommunityTermForm) -> None:
    place: Community = term.cleaned_data["community"]
    since, until = term.cleaned_data["since"], term.cleaned_data["until"]
    actions.appoint(of, "community_user", place, since=since, until=until, by=request.user)


@require_http_methods(["GET", "POST"])
def new_for_staff(request: HttpRequest) -> HttpResponse:
    """An account for staff: the account is opened now, the role waits for a second person."""
    rules.can_ask_for_staff(request.user, request.district).enforce()
    term = StaffTermForm(
        request.POST if request.method == "POST" else None, user=request.user, district=request.district
    )
    return new_account(request, term, _("Account for staff or the observer"), ask_for_staff)


def ask_for_staff(request: HttpRequest, of: User, term: StaffTermForm) -> None:
    payload = term.payload()
    kind = "grant_administrator" if payload["role"] == "platform_admin" else "grant_staff"
    ask_for(request, of, kind, payload, term.cleaned_data["reason"])
    messages.info(request, _("The role waits for a second person, under Decisions of two."))


def ask_for(request: HttpRequest, of: User, kind: str, payload: dict[str, Any], reason: str) -> None:
    """Ask for a decision of two about an account."""
    of.granting_district = request.district
    request_decision(
        kind, of, payload, by=request.user, reason=reason, now=timezone.now(), district=request.district
    )


@require_http_methods(["GET", "POST"])
def reset_sign_in(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the reset of a lost second factor."""
    known = find(request, code)
    rules.can_ask_for_reset(request.user, known, request.district).enforce()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form, lambda: ask_for(request, known, rules.RESET, {}, form.cleaned_data["reason"])
    ):
        messages.success(request, _("The reset waits for a second person, under Decisions of two."))
        return go(request, "office:account", request.district.slug, code)
    context = {"account": known, "form": form}
    return page(request, "accounts/reset.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def end_administrator(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the end of an appointment as administrator of the platform."""
    known = find(request, code)
    rules.can_ask_to_end_administrator(request.user, known, timezone.localdate()).enforce()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(
        form, lambda: ask_for(request, known, "end_administrator", {}, form.cleaned_data["reason"])
    ):
        messages.success(
            request, _("The end of the appointment waits for a second person, under Decisions of two.")
        )
        return go(request, "office:account", request.district.slug, code)
    context = {"account": known, "form": form, "is_own": known.pk == request.user.pk}
    return page(request, "accounts/end_administrator.html", context, status=422 if form.is_bound else 200)


def new_account(request: HttpRequest, term: Any, title: str, appoint: Any) -> HttpResponse:
    """Open an account and appoint its person; both, or nothing."""
    identity = IdentityForm(request.POST if request.method == "POST" else None)
    if identity.is_valid() & term.is_valid():
        opened = carry_out(
            identity,
            lambda: actions.open_and(
                identity.cleaned_data,
                lambda of: appoint(request, of, term),
                by=request.user,
                district=request.district,
            ),
        )
        if opened is not None:
            messages.success(
                request, _("The account is opened. Print its activation slip now, or later with others.")
            )
            return go(request, "office:account", request.district.slug, opened.code)
    context = {"identity": identity, "term": term, "title": title}
    return page(request, "accounts/new.html", context, status=422 if identity.is_bound else 200)


def carry_out(form: Any, act: Any) -> Any:
    """Do it; what cannot stand is said at the form, and None is given."""
    try:
        return act() or True
    except ValidationError as error:
        by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for field, problems in by_field.items():
            form.add_error(field if field in form.fields else None, problems)
    except StaleState:
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
    return None


@require_http_methods(["GET", "POST"])
def appoint_for_community(request: HttpRequest, code: str) -> HttpResponse:
    """Appoint the person of an account for (another) community."""
    managed = find_to_manage(request, code)
    term = CommunityTermForm(
        request.POST if request.method == "POST" else None, user=request.user, district=request.district
    )
    return appoint_existing(request, managed, term, _("Appoint for a community"), appoint_to_community)


@require_http_methods(["GET", "POST"])
def appoint_as_staff(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a staff role for the person of an account."""
    rules.can_ask_for_staff(request.user, request.district).enforce()
    known = find(request, code)
    term = StaffTermForm(
        request.POST if request.method == "POST" else None, user=request.user, district=request.district
    )
    return appoint_existing(request, known, term, _("Ask for a staff role"), ask_for_staff)


def appoint_existing(request: HttpRequest, of: User, term: Any, title: str, appoint: Any) -> HttpResponse:
    if term.is_valid() and carry_out(term, lambda: appoint(request, of, term)):
        messages.success(request, _("Saved."))
        return go(request, "office:account", request.district.slug, of.code)
    context = {"account": of, "term": term, "title": title}
    return page(request, "accounts/appoint.html", context, status=422 if term.is_bound else 200)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Name, phone and e-mail."""
    managed = find_to_manage(request, code)
    form = EditIdentityForm(request.POST if request.method == "POST" else None, account=managed)
    if form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("name", "phone", "email")}
        if carry_out(
            form,
            lambda: actions.edit_account(managed, **given, by=request.user, district=request.district),
        ):
            messages.success(request, _("Saved."))
            return go(request, "office:account", request.district.slug, code)
    context = {"account": managed, "form": form}
    return page(request, "accounts/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def end_appointment(request: HttpRequest, code: str, appointment_code: str) -> HttpResponse:
    """Today is the appointment's last day."""
    managed = find_to_manage(request, code)
    appointment = rules.find_appointment(managed, appointment_code)
    held = next((one for one in rules.held_by([managed])[managed.pk] if one.code == appointment_code), None)
    if appointment is None or held is None or not rules.in_reach(request.user, request.district, held):
        raise Http404
    today: dt.date = timezone.localdate()
    actions.end_appointment(appointment, by=request.user, on=today, district=request.district)
    messages.success(request, _("The appointment ends with today."))
    return go(request, "office:account", request.district.slug, code)


@require_POST
def disable(request: HttpRequest, code: str) -> HttpResponse:
    """Nobody can sign in with the account from now on."""
    return set_active(
        request, code, False, _("The account is disabled. Whoever was signed in with it is out.")
    )


@require_POST
def enable(request: HttpRequest, code: str) -> HttpResponse:
    """The account can be used again."""
    return set_active(request, code, True, _("The account can be used again."))


def set_active(request: HttpRequest, code: str, active: bool, words: str) -> HttpResponse:
    managed = find_to_manage(request, code)
    actions.set_active(managed, active, by=request.user, district=request.district, now=timezone.now())
    messages.success(request, words)
    return go(request, "office:account", request.district.slug, code)
