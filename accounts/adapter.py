"""How django-allauth meets this product: no open sign-up, sign-in names given by the office."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.factors import has_factor
from goldidea.lib import audit
from goldidea.lib.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the office and activated by slips; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One answer for an unknown name, a wrong password and a judge's account.
        "username_password_mismatch": _("The sign-in name and the password do not belong together."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The present password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **hooks: Any) -> Any:
        """Whichever door and factor: one line in the audit trail, and what is delicate may follow for a while."""
        audit.record("sign in", user, by=user, address=client_address(request))
        record_authentication(request, user, method="sign in", reauthenticated=True)
        return super().post_login(request, user, **hooks)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password; for accounts without one (who come from another sign-in service) the second factor."""
        if not user.is_authenticated:
            return []
        if user.has_usable_password():
            return [{"id": "reauthenticate", "description": "", "url": reverse("account_reauthenticate")}]
        if has_factor(user):
            return [{"id": "mfa_reauthenticate", "description": "", "url": reverse("mfa_reauthenticate")}]
        return []

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No 'signed in as' messages: the masthead shows it."""

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only: there is no JSON form of signing in."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Nobody is led away from the host that was asked, whatever `next` says."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)
