"""Where the user's files and our caches live.

The user's directory is `$REFACT_CONFIG_DIR`, else `$XDG_CONFIG_HOME/refact` where it exists, else
`~/.config/refact`. The cache is `$REFACT_CACHE_DIR`, else `$XDG_CACHE_HOME/refact`, else
`~/.cache/refact` on every system but Windows and macOS, where the system's place is used. A
variable of XDG's that is no whole path counts as unset.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

LISTS_FILE = "models.json"
"""In the cache: what servers said about their models."""


def user_directory(environ: Mapping[str, str]) -> Path:
    """Answer the directory of the user's own files; it need not exist."""
    if named := environ.get("REFACT_CONFIG_DIR"):
        return _at_home(named, environ)
    base = environ.get("XDG_CONFIG_HOME", "")
    if Path(base).is_absolute() and _may_be_folder(Path(base) / "refact"):
        return Path(base) / "refact"
    return home(environ) / ".config" / "refact"


def workspace_around_user_directory(
    environ: Mapping[str, str], folders: Iterable[Path]
) -> Path | None:
    """Answer the open folder around the user's directory, which a repository may have made then.

    Variables can be set out of a repository. The directory in the home of the account is the user's
    whatever is open, and so is one in an open folder that holds that home. Looks at the disk.
    """
    directory, own = user_directory(environ), account_home(environ)
    if directory == own / ".config" / "refact":
        return None
    real = real_path(directory)
    for folder in folders:
        top = real_path(folder)
        if real.is_relative_to(top) and not real_path(own).is_relative_to(top):
            return folder
    return None


def account_home(environ: Mapping[str, str]) -> Path:
    """Answer the home that the system has for the account, whatever variables say.

    Where the system cannot be asked (Windows), that of the variables.
    """
    try:
        import pwd  # noqa: PLC0415 - POSIX has it
    except ImportError:
        return home(environ)
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # an account that no list names, as in containers
        return home(environ)


def real_path(path: Path) -> Path:
    """Answer where a path leads once links are followed; itself where that cannot be said."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return path


def cache_directory(environ: Mapping[str, str]) -> Path:
    """Answer the directory of our caches; it need not exist."""
    if named := environ.get("REFACT_CACHE_DIR"):
        return _at_home(named, environ)
    base = environ.get("XDG_CACHE_HOME", "")
    if Path(base).is_absolute():
        return Path(base) / "refact"
    if sys.platform in {"win32", "darwin"}:
        import platformdirs  # noqa: PLC0415 - costs every start elsewhere for nothing

        return platformdirs.user_cache_path("refact", appauthor=False)
    return home(environ) / ".cache" / "refact"


def repository_root(path: Path) -> Path | None:
    """Answer the top folder of the git repository that holds a file; None outside of one."""
    return next((each for each in path.parents if (each / ".git").exists()), None)


def may_be_there(path: Path) -> bool:
    """Answer whether something has this name; yes too where nobody may look: reading tells why."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def _at_home(named: str, environ: Mapping[str, str]) -> Path:
    """Answer a folder as it is meant: no shell puts the home in for `~` in an editor's settings."""
    return home(environ) / named[2:] if named.startswith("~/") else Path(named)


def _may_be_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # nobody may look: files of the user's may be there, and rules among them
        return True


def git_files() -> tuple[Path, ...]:
    """Answer git's files of the machine and of the user, as git finds them; they need not exist."""
    return _git_files(str(home(os.environ)), os.environ.get("XDG_CONFIG_HOME", ""))


@lru_cache(maxsize=8)
def _git_files(own: str, base: str) -> tuple[Path, ...]:
    configured = Path(base or f"{own}/.config")
    return (Path("/etc/gitconfig"), configured / "git" / "config", Path(own) / ".gitconfig")


def home(environ: Mapping[str, str]) -> Path:
    """Answer the home directory; a folder of the system's temporary place where there is none."""
    if named := environ.get("HOME") or environ.get("USERPROFILE"):
        return Path(named)
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir()) / "refact-home"
