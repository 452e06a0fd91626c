"""The user's files as every subcommand reads them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from refact_lsp.config.listed import Listed
from refact_lsp.config.load import Configuration, load_configuration
from refact_lsp.config.paths import repository_root


def own_configuration(
    environ: Mapping[str, str] | None = None, *, listed: Mapping[str, Listed] | None = None
) -> Configuration:
    """Read the user's files; nothing where they lie in the repository that one stands in.

    A repository can set the variables that name the directory, and its files may name programs.
    """
    root = _repository_here()
    folders = () if root is None else (root,)
    known = os.environ if environ is None else environ
    return load_configuration(known, listed=listed, folders=folders)


def workspace_here() -> Path:
    """Answer the folder that one would open in an editor: the repository around, else this one."""
    return _repository_here() or here()


def here() -> Path:
    """Answer the folder that one is in; the topmost of all where it has been deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def _repository_here() -> Path | None:
    try:
        return repository_root(here() / "here")
    except OSError:  # nobody may look at a folder above
        return None
