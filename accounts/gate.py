"""What a session opens that is not quite signed in: away for too long, or still without a second factor."""

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

# What stays open then: setting the factor up, proving who one is, signing out, how pages look.
ALWAYS_OPEN = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
        "preferences",
        "set_language",
    }
)

SEEN = "seen"  # in the session: when its person was last here, in seconds since 1970
FACTOR_KNOWN = "has second factor"  # in the session, once one was found


def is_open_to_everybody(view: Any) -> bool:
    """Whether the view is one for which nobody has to sign in (`login_not_required`)."""
    return not getattr(view, "login_required", True)


def nobody_while(waits: Callable[[HttpRequest, Any], bool], request: HttpRequest) -> None:
    """For this request the person counts as nobody while `waits` says so.

    Asked only when somebody asks who it is: a public page that does not, stays the same for everybody.
    """
    known = request.user

    def who() -> Any:
        return AnonymousUser() if waits(request, known) else known

    request.user = SimpleLazyObject(who)


def begin_session(request: HttpRequest, **_rest: Any) -> None:
    """The idle limit counts from signing in (signal `user_logged_in`)."""
    request.session[SEEN] = int(time.time())
