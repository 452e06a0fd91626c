"""Reads provider files, `defaults.yaml` and templates off the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

from refact_lsp.config.choose import Choice, choose_roles
from refact_lsp.config.guarded_yaml import MAX_BYTES
from refact_lsp.config.last_good import is_broken, keep_last_good, switches_off
from refact_lsp.config.listed import Listed, with_listed
from refact_lsp.config.oldest_file import OLDEST_INSTANCE, read_oldest_file
from refact_lsp.config.paths import user_directory, workspace_around_user_directory
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
from refact_lsp.config.watched import is_user_file

Content = bytes | Problem
"""A file as it was read: its bytes, or why there are none."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that the user's files say: providers, the model of each role, and what is wrong.

    `problems` are those of the files on disk. `editor_problems` are those of the files as the
    editor shows them, where an open one counts as it stands in its buffer. `kept` names the
    providers whose file is broken, and that are used as they were when it was last right.
    """

    folder: Path
    providers: Providers
    roles: Mapping[str, Choice]
    problems: tuple[Problem, ...]
    editor_problems: tuple[Problem, ...] = ()
    kept: tuple[str, ...] = ()
    defaults: DefaultsFile = field(default_factory=DefaultsFile)
    defaults_are_good: bool = True


def load_configuration(
    environ: Mapping[str, str],
    *,
    before: Configuration | None = None,
    open_texts: Mapping[Path, bytes] | None = None,
    listed: Mapping[str, Listed] | None = None,
    folders: Iterable[Path] = (),
) -> Configuration:
    """Read everything under `providers.d` of the user's directory; a missing one is empty.

    What was good in `before` stays where its file is broken now. `open_texts` are files as they
    stand in the editor, not saved yet: for `editor_problems`, never for what is in force. `listed`
    is what servers told of their models, by instance. `folders` are open in an editor: nothing is
    read where the directory is a repository's.
    """
    folder = user_directory(environ) / "providers.d"
    if around := workspace_around_user_directory(environ, folders):
        return _nothing_read(folder, _not_the_users(folder.parent, around))
    contents = _contents(folder)
    known = before if before is not None and before.folder == folder else None
    understand = partial(_understood, folder, environ=environ, before=known, listed=listed or {})
    loaded = understand(contents)
    shown = {**contents, **_ours(folder, open_texts or {})}
    if shown == contents:
        return replace(loaded, editor_problems=loaded.problems)
    return replace(loaded, editor_problems=understand(shown).problems)


def _not_the_users(directory: Path, around: Path) -> Problem:
    sentence = (
        f"It is not read: it lies in the open folder {around}, so it may be a repository's."
        " Move it out, or unset the variable that names it (REFACT_CONFIG_DIR, XDG_CONFIG_HOME,"
        " HOME)."
    )
    return Problem(str(directory), 0, 0, sentence)


def _nothing_read(folder: Path, problem: Problem) -> Configuration:
    """Answer what is in force where no file of the user's may be read: the engine without a key."""
    providers = resolve_providers(load_templates()[0], (), {})
    roles, _ = choose_roles(providers, DefaultsFile())
    return Configuration(folder, providers, roles, (problem,), (problem,))


@cache
def load_templates() -> tuple[Mapping[str, ProviderFile], tuple[Problem, ...]]:
    """Read the families we ship, by name; once, as nobody edits them."""
    found: dict[str, ProviderFile] = {}
    problems: list[Problem] = []
    for name in template_names():
        content = (template_folder() / f"{name}.yaml").read_bytes()
        template, wrong = read_provider_file(content, f"default_providers/{name}.yaml")
        problems += wrong
        if template is not None:
            found[name] = template
    return found, tuple(problems)


def read_content(path: Path) -> tuple[bytes, tuple[Problem, ...]]:
    """Read what the guard allows of a file, and one byte; pipes and devices are not opened."""
    try:
        if not path.is_file():
            return b"", (Problem(str(path), 0, 0, "This is no regular file; it is not read."),)
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1), ()
    except OSError as error:
        return b"", (Problem(str(path), 0, 0, f"It cannot be read: {error.strerror}."),)


def _understood(
    folder: Path,
    contents: Mapping[Path, Content],
    *,
    environ: Mapping[str, str],
    before: Configuration | None,
    listed: Mapping[str, Listed],
) -> Configuration:
    """Turn what was read into what is in force."""
    templates, template_problems = load_templates()
    files, problems = _written(contents)
    files = files or _oldest(folder.parent / f"{OLDEST_INSTANCE}.yaml")
    now = resolve_providers(templates, files, environ)
    path = folder / "defaults.yaml"
    defaults, wrong = _defaults(str(path), contents.get(path))
    unlisted = tuple(each for each in (contents.get(folder),) if isinstance(each, Problem))
    told = (*unlisted, *template_problems, *problems, *now.problems, *wrong)
    providers, kept = now, tuple[str, ...]()
    is_good = not is_broken((*wrong, *unlisted))
    if before is not None:
        providers, kept = _kept(before.providers, now, contents, is_listed=not unlisted)
        if not is_good and before.defaults_are_good:
            defaults, is_good = before.defaults, True
    providers = with_listed(providers, listed, defaults)
    roles, role_problems = choose_roles(providers, defaults)
    return Configuration(
        folder=folder,
        providers=providers,
        roles=roles,
        problems=(*told, *role_problems),
        kept=kept,
        defaults=defaults,
        defaults_are_good=is_good,
    )


def _kept(
    before: Providers, now: Providers, contents: Mapping[Path, Content], *, is_listed: bool
) -> tuple[Providers, tuple[str, ...]]:
    if not is_listed:  # nobody knows what is in the folder: nothing was deleted
        names = (name for name, each in before.instances.items() if each.file and not each.off)
        return replace(before, problems=now.problems), tuple(names)
    off = [
        str(path)
        for path, content in contents.items()
        if isinstance(content, bytes) and switches_off(content[:MAX_BYTES])
    ]
    return keep_last_good(before, now, off)


def _contents(folder: Path) -> dict[Path, Content]:
    """Read every file; under `folder` itself stands why its files cannot be listed, if so."""
    try:
        paths = sorted(each for each in folder.iterdir() if is_user_file(each.name))
    except FileNotFoundError:
        return {}
    except NotADirectoryError:
        place = next((str(each) for each in (folder, *folder.parents) if os.path.lexists(each)), "")
        return {folder: Problem(place, 0, 0, "A directory is expected here, and this is a file.")}
    except OSError as error:
        sentence = f"This directory cannot be read: {error.strerror}."
        return {folder: Problem(str(folder), 0, 0, sentence)}
    return {each: _content(each) for each in paths if not _is_directory(each)}


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # nobody may look: reading it will say so
        return False


def _content(path: Path) -> Content:
    content, unread = read_content(path)
    return unread[0] if unread else content


def _ours(folder: Path, texts: Mapping[Path, bytes]) -> Mapping[Path, bytes]:
    return {
        path: text
        for path, text in texts.items()
        if path.parent == folder and is_user_file(path.name)
    }


def _written(contents: Mapping[Path, Content]) -> tuple[list[WrittenFile], list[Problem]]:
    files: list[WrittenFile] = []
    problems: list[Problem] = []
    for path, content in sorted(contents.items()):
        name = instance_name(path.stem)
        if name == "defaults" or not is_user_file(path.name):
            continue
        if name in RESERVED:
            sentence = "The service this file is for has ended; it is not read."
            problems.append(Problem(str(path), 1, 1, sentence, Severity.WARNING))
            continue
        if isinstance(content, Problem):
            files.append(WrittenFile(str(path), name, None, (content,)))
        else:
            files.append(WrittenFile(str(path), name, *read_provider_file(content, str(path))))
    return files, problems


def _oldest(path: Path) -> list[WrittenFile]:
    """Read the one file of before; only where there is no provider file, as in Refact itself."""
    if not os.path.lexists(path):
        return []
    content, unread = read_content(path)
    given, wrong = (None, unread) if unread else read_oldest_file(content, str(path))
    return [WrittenFile(str(path), OLDEST_INSTANCE, given, wrong)]


def _defaults(file: str, content: Content | None) -> tuple[DefaultsFile, tuple[Problem, ...]]:
    if content is None:
        return DefaultsFile(), ()
    if isinstance(content, Problem):
        return DefaultsFile(), (content,)
    return read_defaults_file(content, file)
