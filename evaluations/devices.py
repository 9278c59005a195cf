"""The phone on which a judge's card was opened: a random name in a cookie of its own."""

from typing import Any

from django.conf import settings

DEVICE_COOKIE = "device" if settings.DEVELOPMENT else "__Host-device"


def device_of(request: Any) -> str:
    """The random name of this phone, empty when it has none yet."""
    return str(request.COOKIES.get(DEVICE_COOKIE, ""))[:64]
