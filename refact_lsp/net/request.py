"""A call into what is sent, and what is refused before anything is. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from refact_lsp import __version__
from refact_lsp.masking import MASK
from refact_lsp.net.address import Address, check_address
from refact_lsp.net.bypass import is_bypassed
from refact_lsp.net.call import Call
from refact_lsp.net.errors import Facts, Kind, RequestError

USER_AGENT = f"refact-lsp/{__version__}"
ACCEPT = "text/event-stream, application/x-ndjson, application/json"

_UNSENDABLE = re.compile(r"[^\t\x20-\x7e]")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOLDS_A_KEY = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key"}
)


def check_call(call: Call) -> Address:
    """Answer where a call goes, or raise `RequestError` for one that must not be sent."""
    for name, value in call.headers.items():
        if not _NAME.fullmatch(name):
            raise RequestError(Kind.BAD_REQUEST, f"{name!r} is no name of a header.")
        if _UNSENDABLE.search(value) or value != value.strip():
            raise RequestError(
                Kind.AUTH if name.lower() in _HOLDS_A_KEY else Kind.BAD_REQUEST,
                f"The value of header {name} holds a line break, a space at its end, or a character"
                " that is not ASCII. If it is a key, write or copy it again.",
            )
    network = call.network
    return check_address(
        call.url,
        has_key=has_key(call),
        allow_insecure=network.allow_insecure,
        allow_link_local=network.allow_link_local,
    )


def has_key(call: Call) -> bool:
    """Answer whether a call carries something that nobody else may read."""
    return bool(call.secrets) or any(name.lower() in _HOLDS_A_KEY for name in call.headers)


def is_proxied(call: Call, address: Address) -> bool:
    """Answer whether a call goes through its network's proxy."""
    network = call.network
    return bool(network.proxy) and not is_bypassed(address.host, network.no_proxy)


def headers_of(call: Call) -> dict[str, str]:
    """Answer a call's headers, with ours where it gives none.

    Compression is declined: it gains nothing on a stream of tokens, and a few bytes can stand for
    very many.
    """
    given = {name.lower(): value for name, value in call.headers.items()}
    ours = {"user-agent": USER_AGENT, "accept": ACCEPT}
    if call.body:
        ours["content-type"] = "application/json"
    return {**ours, **given, "accept-encoding": "identity"}


def headers_shown(call: Call) -> dict[str, str]:
    """Answer a call's headers as they are sent, without its keys."""
    headers = headers_of(call)
    for secret in filter(None, call.revealed()):
        headers = {
            name: MASK if value == secret else value.replace(f" {secret}", f" {MASK}")
            for name, value in headers.items()
        }
    return headers


def redirect_error(address: Address, status: int, location: str) -> RequestError:
    """Answer the refusal of a redirect; it shows where it leads, but no path, which may be secret.

    Following it would carry key and prompt to whoever the server names.
    """
    try:
        parts = urlsplit(location)
        there = f"{parts.scheme or address.scheme}://{parts.hostname or address.label}"
        there += f":{parts.port}" if parts.port else ""
    except ValueError:
        there = "an address that cannot be read"
    if re.search(r"[^\x21-\x7e]", there):
        there = "an address that cannot be read"
    return RequestError(
        Kind.REDIRECT,
        f"{address.label} redirects ({status}) to {there[:200]}, which is not followed. If that is "
        "the right server, write it into this provider's file.",
        Facts(status=status, server_text=there[:200]),
    )
