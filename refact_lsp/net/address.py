"""Which URLs may be asked, and how a base URL and a path are put together. Pure.

Only http and https. No user name in a URL. A key never travels in plain text except to this
machine. Addresses that belong to the network itself (link-local, cloud metadata) are refused in
every spelling, because a configuration that somebody copied must not read a machine's credentials.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from refact_lsp.net.errors import AddressRefusedError

_ODD = re.compile(r"[\\\s\x00-\x1f\x7f]|[^\x00-\x7f]")
_METADATA_NAMES = frozenset(
    {
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "instance-data",
        "instance-data.ec2.internal",
    }
)
_OF_THE_NETWORK = tuple(
    ip_network(each)
    for each in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::254/128",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
    )
)
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Address:
    """A URL that may be asked, in parts; `host` is in lower case and without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_loopback(self) -> bool:
        """Whether it leads to this machine, whatever a name server says."""
        return is_loopback_host(self.host)

    @property
    def label(self) -> str:
        """Host and port as a person writes them; the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


def check_address(
    url: str, *, has_key: bool, allow_insecure: bool = False, allow_link_local: bool = False
) -> Address:
    """Answer the parts of a URL, or raise `AddressRefusedError` with the reason."""
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise AddressRefusedError("The URL names no host.")
    port = _port(parts)
    address = Address(parts.scheme, host, port, parts.path or "/")
    if not allow_link_local and (host in _METADATA_NAMES or is_of_the_network(host)):
        raise AddressRefusedError(
            f"{host} is an address of the network itself, not of a model server; it is not asked."
        )
    if address.scheme == "http" and has_key and not (address.is_loopback or allow_insecure):
        raise AddressRefusedError(
            f"A key would travel to {address.label} in plain text. Use https, or write "
            "`allow_insecure: true` into this provider's file."
        )
    return address


def _split(url: str) -> SplitResult:
    if _ODD.search(url):
        raise AddressRefusedError(
            "The URL holds a space, a backslash or a character that is not ASCII."
        )
    try:
        parts = urlsplit(url)
    except ValueError:
        raise AddressRefusedError("The URL cannot be read: its host is malformed.") from None
    if parts.scheme not in {"http", "https"}:
        raise AddressRefusedError("A URL begins with http:// or https://; this one does not.")
    if "@" in parts.netloc:
        raise AddressRefusedError(
            "A user name or password in a URL is not used; write a key into `api_key`."
        )
    return parts


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise AddressRefusedError("The port in the URL is no number from 1 to 65535.") from None
    if port == 0:
        raise AddressRefusedError("The port in the URL is no number from 1 to 65535.")
    return port or {"http": 80, "https": 443}[parts.scheme]


def is_loopback_host(host: str) -> bool:
    """Answer whether a host is this machine: `localhost`, or an address in any spelling."""
    if host.rstrip(".").lower() == "localhost":
        return True
    found = read_ip(host)
    return found is not None and found.is_loopback


def is_of_the_network(host: str) -> bool:
    """Answer whether a host is a link-local or metadata address, in whatever spelling."""
    found = read_ip(host)
    return found is not None and any(
        found in each for each in _OF_THE_NETWORK if each.version == found.version
    )


def read_ip(host: str) -> IPv4Address | IPv6Address | None:
    """Read an IP address as a resolver would: dotted, short, octal, hexadecimal, or IPv6.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is answered as IPv4.
    """
    bare = host.strip("[]").partition("%")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return _odd_ipv4(bare)
    if isinstance(found, IPv4Address):
        return found
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFF_FFFF)
    return found.ipv4_mapped or found.sixtofour or found


def _odd_ipv4(host: str) -> IPv4Address | None:
    """Read what `inet_aton` takes: one to four numbers, the last one filling what is left."""
    numbers = [_number(each) for each in host.rstrip(".").split(".")]
    if not 1 <= len(numbers) <= 4:
        return None
    value = 0
    for place, number in enumerate(numbers):
        room = 4 - place if place == len(numbers) - 1 else 1
        if number is None or number >= 256**room:
            return None
        value += number * 256 ** (4 - place - room)
    return IPv4Address(value)


def _number(text: str) -> int | None:
    for pattern, base in ((r"0x[0-9a-f]*", 16), (r"0[0-7]*", 8), (r"[1-9]\d*", 10)):
        if re.fullmatch(pattern, text.lower()):
            return int(text, base) if text.lower() != "0x" else 0
    return None


def join_url(base: str, path: str) -> str:
    """Put a path behind a base URL; a version (`/v1`) that both have stands there once."""
    head, tail = base.rstrip("/"), path.lstrip("/")
    version = tail.partition("/")[0]
    if re.fullmatch(r"v\d+(?:beta\d*)?", version) and head.endswith(f"/{version}"):
        tail = tail.partition("/")[2]
    return f"{head}/{tail}" if tail else head


def other_spelling(base: str) -> str:
    """Answer a base URL with its last `/v1` taken away, or added where there is none.

    This is what to try when a server has nothing at the path that was asked.
    """
    head = base.rstrip("/")
    return head.removesuffix("/v1") if head.endswith("/v1") else f"{head}/v1"
