"""What a call carries to be let in: the key and the headers that the user's files give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from refact_lsp.config.secret import KeySource, Secret
from refact_lsp.masking import MASK
from refact_lsp.providers.auth.keys import Keys


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers to send, and the secrets in them, which no text may show."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[Secret, ...] = ()


async def credentials(
    key: KeySource | None, headers: Mapping[str, Secret], keys: Keys
) -> Credentials:
    """Answer what to send; ConfigError in one sentence where the key cannot be had."""
    found = Secret("") if key is None or _is_empty(key) else await keys.reveal(key)
    sent = {name: value.reveal() for name, value in headers.items()}
    secrets = tuple(each for each in (*headers.values(), found) if each.reveal())
    return Credentials(_headers(found.reveal(), sent), secrets)


def masked_credentials(key: KeySource | None, headers: Mapping[str, Secret]) -> Credentials:
    """Answer what would be sent, a mask in the place of each secret; no key is asked for."""
    masks = {name: MASK if value.reveal() else "" for name, value in headers.items()}
    return Credentials(_headers("" if key is None or _is_empty(key) else MASK, masks))


def _is_empty(key: KeySource) -> bool:
    return isinstance(key, Secret) and not key.reveal()


def _headers(key: str, own: Mapping[str, str]) -> dict[str, str]:
    """Put headers together; one of the user's own wins over what the key would say."""
    sent = {name.lower(): value for name, value in own.items()}
    if key:
        sent.setdefault("authorization", f"Bearer {key}")
    return sent
