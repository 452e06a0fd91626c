"""What a call carries to be let in: the key and the headers that the user's files give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from refact_lsp.config.secret import KeySource, Secret
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
    sent = {name.lower(): value.reveal() for name, value in headers.items()}
    secrets = [each for each in headers.values() if each.reveal()]
    if key is not None and key != Secret(""):
        found = await keys.reveal(key)
        secrets.append(found)
        sent.setdefault("authorization", f"Bearer {found.reveal()}")
    return Credentials(sent, tuple(secrets))
