"""`manage.py check --deploy`: what a development machine may have, and a production one may not."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def sign_in_is_for_production(app_configs: Any, **_rest: Any) -> list[CheckMessage]:
    """Second factor, idle limit, gateways that really deliver, cookies bound to this host."""
    found: list[CheckMessage] = []
    if not settings.REQUIRE_SECOND_FACTOR:
        found.append(
            Warning(
                "Staff sign in without a second factor.",
                "Remove REQUIRE_SECOND_FACTOR=0.",
                id="accounts.W001",
            )
        )
    if not settings.SESSION_IDLE_MINUTES:
        found.append(Warning("Sessions have no idle limit.", "Set SESSION_IDLE_MINUTES.", id="accounts.W002"))
    for name in ("PHONE_GATEWAY", "EMAIL_GATEWAY"):
        if getattr(settings, name) == "console":
            found.append(Error(f"{name}=console writes codes and phones into the logs.", id="accounts.E001"))
    if not settings.SESSION_COOKIE_NAME.startswith("__Host-"):
        found.append(
            Error(
                "The session's cookie is not bound to this host.", "Remove DEVELOPMENT=1.", id="accounts.E002"
            )
        )
    return found
