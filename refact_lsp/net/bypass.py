"""Which hosts are reached directly though there is a proxy. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_network

from refact_lsp.net.address import is_loopback_host, read_ip


def is_bypassed(host: str, no_proxy: Sequence[str]) -> bool:
    """Answer whether a host is reached directly: this machine always, and what `no_proxy` names.

    A row of `no_proxy` is a host, a domain with all below it, an address, a network, or `*`.
    """
    if is_loopback_host(host):
        return True
    return any(_covers(each.strip().lower(), host.lower()) for each in no_proxy if each.strip())


def _covers(row: str, host: str) -> bool:
    if row == "*":
        return True
    found = read_ip(host)
    if found is not None:
        return _covers_address(row, found)
    domain = row.removeprefix("*").lstrip(".").partition(":")[0]
    return host == domain or host.endswith(f".{domain}")


def _covers_address(row: str, found: IPv4Address | IPv6Address) -> bool:
    try:
        network = ip_network(row.strip("[]"), strict=False)
    except ValueError:
        return False
    return found.version == network.version and found in network
