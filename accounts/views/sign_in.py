"""Sign in and out, change the password: django-allauth's views, with attempts counted."""

from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.forms.sign_in import account_name
from accounts.gateways import codes_are_sent
from accounts.oidc import is_offered
from accounts.views.counted import Counted
from goldidea.lib import audit
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import page


class SignIn(Counted, allauth.LoginView):
    """Sign-in name and password."""

    def account(self) -> str:
        typed = self.request.POST.get("login", "").replace("\x00", "")[:254]
        return account_name(typed) or typed

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        doors = {"codes_are_sent": codes_are_sent(), "service": settings.OIDC_NAME if is_offered() else ""}
        return {**super().get_context_data(**kwargs), **doors}


class SignOut(allauth.LogoutView):
    """Sign out, by a button."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        with transaction.atomic():
            if user.is_authenticated:  # a second tap comes from nobody
                audit.record("sign out", user, by=user, address=client_address(self.request))
            else:
                self.request.session.flush()  # somebody stops between the password and the second factor
            return super().post(*args, **kwargs)


class WithPassword:
    """For accounts that have a password; the others are told how to get one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class PasswordChange(WithPassword, Counted, allauth.PasswordChangeView):
    """A new password for oneself; other sessions of the account end."""

    tried_by = ("oldpassword",)

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
