"""Who asks the API: a program by its token, or a person by the session of the pages."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.exceptions import PermissionDenied as Forbidden

from accounts.actions.tokens import PREFIX, find_token

MOST = 200


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer goldidea_…`. A program is nobody: `request.user` stays anonymous, `request.auth` is the token.

    With this header no cookie is looked at, whatever else it says.
    """

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        given = request.META.get("HTTP_AUTHORIZATION")
        if given is None:
            return None
        word, _blank, text = given.strip().partition(" ")
        known = word.lower() == "bearer" and text.startswith(PREFIX) and len(text) <= MOST
        token = find_token(text, now=timezone.now()) if known else None
        if token is None:
            words = _("This token is not valid: it is mistyped, expired or revoked.")
            raise AuthenticationFailed(words, code="bad-token")
        return AnonymousUser(), token

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class PersonAuthentication(SessionAuthentication):
    """The session of the pages, with their CSRF token for whatever changes something."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except (Forbidden, PermissionDenied) as error:
            words = _("Send the token of the page in the header X-CSRFToken. Nothing was changed.")
            raise Forbidden(words, code="csrf") from error
