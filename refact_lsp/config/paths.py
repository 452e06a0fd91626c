"""Where the user's files and our caches live.

The user's directory is `$REFACT_CONFIG_DIR`, else `$XDG_CONFIG_HOME/refact` where it exists, else
`~/.config/refact`. The cache is `$REFACT_CACHE_DIR`, else `$XDG_CACHE_HOME/refact`, else
`~/.cache/refact` on every system but Windows and macOS, where the system's place is used.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

LISTS_FILE = "models.json"
"""In the cache: what servers said about their models."""


def user_directory(environ: Mapping[str, str]) -> Path:
    """Answer the directory of the user's own files; it need not exist."""
    if named := environ.get("REFACT_CONFIG_DIR"):
        return Path(named)
    if (base := environ.get("XDG_CONFIG_HOME")) and (Path(base) / "refact").is_dir():
        return Path(base) / "refact"
    return home(environ) / ".config" / "refact"


def cache_directory(environ: Mapping[str, str]) -> Path:
    """Answer the directory of our caches; it need not exist."""
    if named := environ.get("REFACT_CACHE_DIR"):
        return Path(named)
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base) / "refact"
    if sys.platform in {"win32", "darwin"}:
        import platformdirs  # noqa: PLC0415 - costs every start elsewhere for nothing

        return platformdirs.user_cache_path("refact", appauthor=False)
    return home(environ) / ".cache" / "refact"


def repository_root(path: Path) -> Path | None:
    """Answer the top folder of the git repository that holds a file; None outside of one."""
    return next((each for each in path.parents if (each / ".git").exists()), None)


def home(environ: Mapping[str, str]) -> Path:
    """Answer the home directory; a folder of the system's temporary place where there is none."""
    if named := environ.get("HOME") or environ.get("USERPROFILE"):
        return Path(named)
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir()) / "refact-home"
