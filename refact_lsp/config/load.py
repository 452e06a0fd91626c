"""Reads provider files, `defaults.yaml` and templates off the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from refact_lsp.config.choose import Choice, choose_roles
from refact_lsp.config.guarded_yaml import MAX_BYTES
from refact_lsp.config.oldest_file import OLDEST_INSTANCE, read_oldest_file
from refact_lsp.config.paths import user_directory
from refact_lsp.config.problems import Problem, Severity
from refact_lsp.config.provider_file import ProviderFile, read_provider_file
from refact_lsp.config.resolve import (
    RESERVED,
    Providers,
    WrittenFile,
    instance_name,
    resolve_providers,
)
from refact_lsp.config.roles import DefaultsFile, read_defaults_file
from refact_lsp.config.templates import template_folder, template_names


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that the user's files say: providers, the model of each role, and what is wrong."""

    folder: Path
    providers: Providers
    roles: Mapping[str, Choice]
    problems: tuple[Problem, ...]


def load_configuration(environ: Mapping[str, str]) -> Configuration:
    """Read everything under `providers.d` of the user's directory; a missing one is empty."""
    folder = user_directory(environ) / "providers.d"
    files, problems = _written(folder)
    files = files or _oldest(user_directory(environ) / f"{OLDEST_INSTANCE}.yaml")
    templates, template_problems = load_templates()
    providers = resolve_providers(templates, files, environ)
    defaults, defaults_problems = _defaults(folder)
    roles, role_problems = choose_roles(providers, defaults)
    told = (*template_problems, *problems, *providers.problems, *defaults_problems, *role_problems)
    return Configuration(folder, providers, roles, told)


def load_templates() -> tuple[Mapping[str, ProviderFile], tuple[Problem, ...]]:
    """Read the families we ship, by name."""
    found: dict[str, ProviderFile] = {}
    problems: list[Problem] = []
    for name in template_names():
        content = (template_folder() / f"{name}.yaml").read_bytes()
        template, wrong = read_provider_file(content, f"default_providers/{name}.yaml")
        problems += wrong
        if template is not None:
            found[name] = template
    return found, tuple(problems)


def _written(folder: Path) -> tuple[list[WrittenFile], list[Problem]]:
    files: list[WrittenFile] = []
    problems: list[Problem] = []
    for path in _listed(folder):
        name = instance_name(path.stem)
        if name == "defaults":
            continue
        if name in RESERVED:
            sentence = "The service this file is for has ended; it is not read."
            problems.append(Problem(str(path), 1, 1, sentence, Severity.WARNING))
            continue
        content, unread = read_content(path)
        given, wrong = (None, unread) if unread else read_provider_file(content, str(path))
        files.append(WrittenFile(str(path), name, given, wrong))
    return files, problems


def _oldest(path: Path) -> list[WrittenFile]:
    """Read the one file of before; only where there is no provider file, as in Refact itself."""
    if not path.exists():
        return []
    content, unread = read_content(path)
    given, wrong = (None, unread) if unread else read_oldest_file(content, str(path))
    return [WrittenFile(str(path), OLDEST_INSTANCE, given, wrong)]


def _listed(folder: Path) -> list[Path]:
    try:
        found = [each for each in folder.iterdir() if each.suffix in {".yaml", ".yml"}]
    except OSError:
        return []
    return sorted(each for each in found if not each.is_dir())


def read_content(path: Path) -> tuple[bytes, tuple[Problem, ...]]:
    """Read what the guard allows of a file, and one byte; pipes and devices are not opened."""
    try:
        if not path.is_file():
            return b"", (Problem(str(path), 0, 0, "This is no regular file; it is not read."),)
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1), ()
    except OSError as error:
        return b"", (Problem(str(path), 0, 0, f"It cannot be read: {error.strerror}."),)


def _defaults(folder: Path) -> tuple[DefaultsFile, tuple[Problem, ...]]:
    path = folder / "defaults.yaml"
    if not path.exists():
        return DefaultsFile(), ()
    content, unread = read_content(path)
    return (DefaultsFile(), unread) if unread else read_defaults_file(content, str(path))
