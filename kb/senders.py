"""Who sent a request, as far as limits need to know: an address, and the network that it is in."""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The IP address that a request came from, "" where there is none, as over a socket file.

    As the server saw it, or, behind CG_PROXIES proxies of one's own, what the outermost of them
    wrote into X-Forwarded-For.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies > 0:
        passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if proxies <= len(passed_on) and (address := passed_on[-proxies].strip()):
            return str(address)
    return str(request.META.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=4_096)
def network_of(address: str) -> str:
    """ "2001:db8::1" → "2001:db8::/64", since one customer has all of it; an IPv4 address is one
    of its own. What is no address is a network of its own.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed, 64), strict=False))
