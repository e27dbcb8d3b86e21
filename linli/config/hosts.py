"""The names under which one machine may be asked for, when no setting says them."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit


def own_hosts(public_url: str) -> list[str]:
    """The public address, this machine's names, and its addresses in the local network.

    A page that believed any name would print a stranger's name on QR codes and slips.
    """
    name = socket.gethostname()
    names = [
        urlsplit(public_url).hostname or "",
        "localhost",
        "127.0.0.1",
        "[::1]",
        name,
        f"{name}.local",
        os.environ.get("LINLI_SEEN_AS", ""),
        *_addresses(name),
    ]
    return list(dict.fromkeys(one for one in names if one))


def _addresses(name: str) -> list[str]:
    try:
        found = socket.getaddrinfo(name, None)
    except OSError:
        return []
    return [f"[{ip[0]}]" if ":" in str(ip[0]) else str(ip[0]) for *_, ip in found]
