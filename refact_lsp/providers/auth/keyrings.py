"""The system's keyring, through the optional package `keyring`. Blocks: for threads only."""

from __future__ import annotations

from typing import Any

from refact_lsp.errors import ConfigError

SERVICE = "refact-lsp"
"""Under this name our own entries stand; `keys set` makes them, `keys rm` takes only these away."""

_USABLE_PRIORITY = 1
"""What the package recommends; below are its empty backend and plain files of third parties."""

_INSTEAD = "Write `api_key: $NAME` instead, or store the key in its file: keys set --store file."


def why_unusable() -> str:
    """Answer in a sentence why no keyring can be used here; empty where one can."""
    try:
        import keyring  # noqa: PLC0415 - an optional package, and slow to load
        import keyring.errors  # noqa: PLC0415
    except ImportError:
        return "The package `keyring` is not installed (pip install 'refact-lsp[keyring]')."
    try:
        usable = float(keyring.get_keyring().priority) >= _USABLE_PRIORITY
    except Exception:  # noqa: BLE001 - backends are anybody's code
        usable = False
    return "" if usable else "This system has no keyring that is running."


def look_up(service: str, user: str) -> str:
    """Answer an entry; ConfigError in a sentence where there is none or no keyring."""
    found = _ask("get_password", service, user)
    if found is None:
        sentence = f"The keyring has no entry {service}/{user};"
        raise ConfigError(f"{sentence} store one with: refact-lsp keys set {user}")
    return str(found)


def store(user: str, key: str) -> None:
    """Store a key under our service."""
    _ask("set_password", SERVICE, user, key)


def remove(user: str) -> bool:
    """Take our entry away; False where there was none."""
    if _ask("get_password", SERVICE, user) is None:
        return False
    _ask("delete_password", SERVICE, user)
    return True


def _ask(what: str, *arguments: str) -> Any:  # noqa: ANN401 - a third party's
    if why := why_unusable():
        raise ConfigError(f"{why} {_INSTEAD}")
    import keyring  # noqa: PLC0415 - see above

    try:
        return getattr(keyring, what)(*arguments)
    except Exception as error:  # noqa: BLE001 - backends are anybody's code, as are their texts
        name = type(error).__name__
        raise ConfigError(f"The keyring refused ({name}); is it locked? {_INSTEAD}") from None
