"""Where a request comes from. A header that the visitor can write is never believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The network address of the visitor, None over a Unix socket.

    Behind this installation's own front server (BEHIND_PROXY) it is the last hop of X-Forwarded-For, the one that the
    front server itself appended; whatever stands before it was sent by the visitor.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def network_of(address: str | None) -> str:
    """What attempts are counted by: an IPv4 address, or the /64 of an IPv6 address, which is one household."""
    if address is None:
        return ""
    given = ipaddress.ip_address(address)
    if isinstance(given, ipaddress.IPv6Address):
        if given.ipv4_mapped:
            return str(given.ipv4_mapped)
        return str(ipaddress.ip_network((given, 64), strict=False))
    return str(given)
