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
    root = repository_root(Path.cwd() / "here")
    folders = () if root is None else (root,)
    known = os.environ if environ is None else environ
    return load_configuration(known, listed=listed, folders=folders)
