"""Where a call goes: a base URL and a path into one URL, whichever part of the path it has.

People write the base with `/v1`, without it, or paste a whole URL; each is taken as meant.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

_API = "/v1"
_TAILS = (
    "/chat/completions",
    "/fim/completions",
    "/completions",
    "/embeddings",
    "/models",
    "/api/generate",
    "/api/chat",
    "/api/tags",
    "/infill",
    "/completion",
)
_ROOTS = ("/v1", "/api")

_WIRES = {
    "/chat/completions": "openai_chat_completions",
    "/completions": "openai_completions",
    "/api/generate": "ollama_native",
    "/api/chat": "ollama_native",
    "/infill": "llamacpp_native",
    "/completion": "llamacpp_native",
}
"""What is spoken at a whole URL, by its end; first match wins."""


def endpoint_url(base: str, path: str, *, whole: str = "", model: str = "") -> str:
    """Answer the URL of a call.

    A `whole` URL wins, `$MODEL` in it replaced. `path` is that of a `WireCall`: one that begins
    with `/v1/` is added to a base that has a path of its own without that part, any other belongs
    to the server's root. A query in the base stays.
    """
    if whole:
        return whole.replace("$MODEL", quote(model, safe="/:"))
    parts = urlsplit(base.strip())
    own = _without_tail(parts.path.rstrip("/"))
    if path.startswith(f"{_API}/"):
        joined = (own or _API) + path.removeprefix(_API)
    else:
        joined = _root(own) + path
    return urlunsplit((parts.scheme, parts.netloc, joined, parts.query, ""))


def other_url(url: str) -> str:
    """Answer the URL to try after a 404: with `/v1` where it has none, without where it has.

    A doubled `/v1` becomes one.
    """
    parts = urlsplit(url)
    path = parts.path
    if f"{_API}{_API}/" in path:
        path = path.replace(f"{_API}{_API}/", f"{_API}/")
    elif f"{_API}/" in path:
        path = path.replace(f"{_API}/", "/", 1)
    else:
        tail = next((tail for tail in _TAILS if path.endswith(tail)), "")
        path = f"{path.removesuffix(tail)}{_API}{tail}"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def wire_of_url(url: str) -> str:
    """Answer the wire format spoken at a whole URL, "" where its end tells nothing."""
    path = urlsplit(url).path.rstrip("/")
    return next((wire for tail, wire in _WIRES.items() if path.endswith(tail)), "")


def _without_tail(path: str) -> str:
    tail = next((tail for tail in _TAILS if path.endswith(tail)), "")
    return path.removesuffix(tail)


def _root(path: str) -> str:
    root = next((root for root in _ROOTS if path.endswith(root)), "")
    return path.removesuffix(root)
