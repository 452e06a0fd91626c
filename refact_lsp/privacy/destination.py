"""Where text may be sent: an instance of a provider, and whether the user controls its server.

The embedded engine is no destination: nothing is sent to it.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from refact_lsp.messages import Destination

__all__ = ["Destination", "destination_of", "is_loopback"]

_ODD = re.compile(r"[\\\s\x00-\x1f\x7f]")


def destination_of(instance: str, base_url: str, *, is_private: bool = False) -> Destination:
    """Make the destination of an instance; `is_private` is the user's own mark in its file."""
    return Destination(instance, is_private or is_loopback(base_url))


def is_loopback(base_url: str) -> bool:
    """Answer whether a URL leads to this machine whatever a name server says.

    Anything that two readers of URLs might read in two ways is not loopback.
    """
    if _ODD.search(base_url):
        return False
    try:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"}:
        return False
    return host == "localhost" or _is_loopback_address(host)


def _is_loopback_address(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
