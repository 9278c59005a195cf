"""Signing in by an OpenID Connect service that the district runs already: whom its answer lets in.

Nobody gets an account by it. The first time the service's person is matched with an activated account by a verified
e-mail address or phone; after that by the service's own identifier. What else the service tells is not kept.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from goldidea.lib import audit
from goldidea.lib.addresses import client_address
from goldidea.lib.htmx import page

PROVIDER = "district"


def is_offered() -> bool:
    """Whether this installation signs people in by another service."""
    return bool(settings.OIDC_ISSUER)


class OidcAdapter(DefaultSocialAccountAdapter):
    """Matches the service's person with an account, or says that the office has none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = sociallogin.account.extra_data
        sociallogin.account.extra_data = {}
        if sociallogin.state.get("process") != "login":
            raise ImmediateHttpResponse(page(request, "accounts/oidc_trouble.html", status=403))
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            return
        account = account_of(claims.get("userinfo") or claims.get("id_token") or {})
        if account is None or SocialAccount.objects.filter(user=account).exists():
            raise ImmediateHttpResponse(page(request, "accounts/oidc_nobody.html", status=403))
        with transaction.atomic():
            sociallogin.connect(request, account)
            audit.record("link sign-in service", account, by=account, address=client_address(request))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(page(request, "accounts/oidc_trouble.html", status=403))


def account_of(claims: dict[str, Any]) -> User | None:
    """The one activated account with an e-mail address or phone that the service has verified.

    Each is compared with its own column and never with sign-in names: somebody whose address at the service reads like
    another person's sign-in name here does not become that person.
    """
    email, phone = claims.get("email"), claims.get("phone_number")
    found: list[User] = []
    if isinstance(email, str) and email and claims.get("email_verified") is True:
        found = matched(User.objects.with_email(email))
    if not found and isinstance(phone, str) and phone and claims.get("phone_number_verified") is True:
        found = matched(User.objects.with_phone(phone))
    return found[0] if len(found) == 1 else None


def matched(people: Any) -> list[User]:
    """At most two of them that are activated and enabled: two are as good as none."""
    return list(people.activated().filter(is_active=True)[:2])
