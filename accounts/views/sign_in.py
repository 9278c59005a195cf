"""Sign in and out, change the password: django-allauth's views, with attempts counted and recorded."""

from typing import Any

from allauth.account import views as allauth
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actions import limits
from accounts.forms import account_name
from accounts.models import User
from goldidea.lib import audit
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import page


class Counted:
    """Counts each attempt at a password before it is looked at, and answers a wrong one with 422."""

    request: HttpRequest
    password_field = "password"  # noqa: S105  the name of a field

    def account(self) -> str:
        """The sign-in name whose password is tried."""
        return self.request.user.get_username()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.account() and request.POST.get(self.password_field):
            count_attempt(self.account(), client_address(request))
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: Any) -> HttpResponse:
        limits.clear("password", self.account(), client_address(self.request))
        with transaction.atomic():
            response = super().form_valid(form)  # type: ignore[misc]
            self.record(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[attr-defined]

    def record(self, form: Any) -> None:
        """Write into the audit trail what was done."""


def count_attempt(account: str, address: str | None) -> None:
    """Count an attempt at an account's password; one that locks a known account is worth a line in the audit trail."""
    now = timezone.now()
    limits.enter("password", account, address, now=now)
    known = User.objects.filter(username__iexact=account).first()
    if known is not None and limits.is_last_try("password", account, now=now):
        audit.record("lock sign-in", known, address=address)


class SignIn(Counted, allauth.LoginView):
    """Sign-in name and password."""

    def account(self) -> str:
        typed = self.request.POST.get("login", "").replace("\x00", "")[:254]
        return account_name(typed) or typed

    def record(self, form: Any) -> None:
        if self.request.user.is_authenticated:
            audit.record("sign in", form.user, by=form.user, address=client_address(self.request))


class SignOut(allauth.LogoutView):
    """Sign out, by a button."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        with transaction.atomic():
            if user.is_authenticated:  # a second tap comes from nobody
                audit.record("sign out", user, by=user, address=client_address(self.request))
            return super().post(*args, **kwargs)


class WithPassword:
    """For accounts that have a password; the others are told how to get one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class PasswordChange(WithPassword, Counted, allauth.PasswordChangeView):
    """A new password for oneself; other sessions of the account end."""

    password_field = "oldpassword"  # noqa: S105

    def record(self, form: Any) -> None:
        user = self.request.user
        audit.record("change password", user, by=user, address=client_address(self.request))
        messages.success(self.request, _("Your password is changed. Other devices are signed out."))


class Reauthenticate(WithPassword, Counted, allauth.ReauthenticateView):
    """The password once more, before something delicate."""

    http_method_names = ["get", "post", "head", "options"]


@login_not_required
@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """The password was right, but the office has disabled the account."""
    return page(request, "account/inactive.html")


@login_not_required
@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """A forgotten password: the office prints a new slip."""
    return page(request, "account/forgotten.html")
