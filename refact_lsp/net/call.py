"""One request and its answer, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from refact_lsp.net.errors import Facts, Kind, RequestError


class SecretLike(Protocol):
    """A text that only `reveal` gives out."""

    def reveal(self) -> str:
        """Answer the text itself."""


@dataclass(frozen=True, slots=True)
class Network:
    """How one provider is reached. Everything here comes from the user's own files.

    The environment's `HTTPS_PROXY`, `ALL_PROXY` and the like are never read: a folder can set
    variables (direnv, dev containers), and a repository must not choose where keys pass through.
    `proxy`: an http:// or https:// URL, or empty; this machine is never reached through it.
    `no_proxy`: hosts, `.domains`, `*`, networks as `10.0.0.0/8`. `ca_bundle`: a PEM file, trusted
    beside what the system trusts. `verify: false` is loud in the log. `http2`: for https alone,
    and where the extra `http2` is installed.
    """

    proxy: str = field(default="", repr=False)
    no_proxy: tuple[str, ...] = ()
    ca_bundle: str = ""
    verify: bool = True
    http2: bool = True
    allow_insecure: bool = False
    allow_link_local: bool = False


DIRECT = Network()


@dataclass(frozen=True, slots=True)
class Call:
    """One request. What may hold a key or the user's text is not in its `repr`.

    `secrets` are taken out of everything that the server says before anybody sees it; a call that
    has one never goes over plain http to another machine.
    """

    url: str = field(repr=False)
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    secrets: tuple[SecretLike, ...] = field(default=(), repr=False)
    network: Network = DIRECT

    def revealed(self) -> tuple[str, ...]:
        """Answer the secrets as they are, to look for them."""
        return tuple(each.reveal() for each in self.secrets)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:  # noqa: ANN401 - JSON of any shape, which the caller's model checks
        """Answer the body as JSON, or raise `RequestError`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise RequestError(
                Kind.PROTOCOL, "The answer is no JSON.", Facts(status=self.status)
            ) from None
