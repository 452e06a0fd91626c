"""The families we know, one file each in `default_providers/`."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

FOLDER = "default_providers"


def template_folder() -> Traversable:
    """Answer the folder of templates: inside the installed package, else beside the package."""
    packaged = resources.files("refact_lsp") / FOLDER
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / FOLDER


def template_names() -> tuple[str, ...]:
    """Answer the families that have a template, in order of their names."""
    names = (entry.name for entry in template_folder().iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))
