"""Who may ask at all: everybody, a program whose token has the scope, or a person who is signed in.

A token (`request.auth`) answers `allows(scope, district)` with a Verdict; what a person may read or do is asked of the
app's own rules, as the pages do.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from goldidea.lib.api.problems import Problem

NOT_FOR_TOKENS = _("Tokens read what is public. What is a person's own opens to the person, signed in.")


class Public(BasePermission):
    """Everybody without a token; with one, what its scopes name."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.auth is not None:
            verdict = request.auth.allows(view.scope, getattr(request, "district", None))
            if not verdict:
                raise Problem(403, "scope", verdict.reason)
        return True


class Signed(BasePermission):
    """A person or a judge with a session of the pages; never a token."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.auth is not None:
            raise Problem(403, "not-for-tokens", NOT_FOR_TOKENS)
        return bool(request.user.is_authenticated)
