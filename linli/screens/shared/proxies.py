"""Who really asks, when a proxy stands before the site.

A proxy tells for whom it asks in `X-Forwarded-For`, and by which scheme in `X-Forwarded-Proto`. Anybody can write these
lines, so they count only when the proxy that sent them is one of ours (`LINLI_TRUSTED_PROXIES`), and only as far as the
chain of our own proxies reaches: read from the right, the first address that is none of ours is the client.

    peer 10.0.0.2 (ours), "203.0.113.9, 198.51.100.7, 10.0.0.5"  ->  198.51.100.7 (10.0.0.5 is ours, too)
    peer 203.0.113.9 (not ours), whatever it says                 ->  203.0.113.9
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")


def networks(given: Sequence[str]) -> list[Network]:
    """Addresses and networks as they are written in a setting. Raises ValueError for anything else."""
    return [ipaddress.ip_network(one.strip()) for one in given if one.strip()]


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address of whoever asks; `peer` itself when nothing that can be believed says otherwise."""
    client = peer
    for hop in reversed([one.strip() for one in forwarded.split(",") if one.strip()]):
        if not _ours(client, trusted):
            break
        if _address(hop) is None:
            break
        client = hop
    return client


class BehindProxies:
    """First of all: puts the client's address and scheme where everybody reads them, and drops what is not believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.trusted = networks(settings.LINLI_TRUSTED_PROXIES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        said = {name: request.META.pop(name, "") for name in FORWARDED}
        if self.trusted and _ours(peer, self.trusted):
            request.META["REMOTE_ADDR"] = client_address(
                peer, said["HTTP_X_FORWARDED_FOR"], self.trusted
            )
            if said["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip() == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)


def _ours(address: str, trusted: Sequence[Network]) -> bool:
    found = _address(address)
    return found is not None and any(found in network for network in trusted)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
