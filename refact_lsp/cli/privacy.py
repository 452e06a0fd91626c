"""`refact-lsp privacy test`: whether files may be sent, and the rules that decide."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from refact_lsp.cli.own_files import own_configuration
from refact_lsp.config.paths import home, may_be_there
from refact_lsp.config.resolve import Instance
from refact_lsp.errors import UsageError
from refact_lsp.messages import Destination
from refact_lsp.privacy.destination import destination_of, is_loopback
from refact_lsp.privacy.gate import BUILT_IN, Border, Item, Verdict, border_of, explain
from refact_lsp.privacy.load import policy_of_folder, policy_of_user
from refact_lsp.privacy.names import below_home
from refact_lsp.privacy.policy import Policy
from refact_lsp.session.guard.policies import PolicyFiles
from refact_lsp.session.guard.whereabouts import Whereabouts, find

MAX_READ_BYTES = 10_000_000
MAX_FILES = 5_000
ANY_HOSTED = Destination("any hosted", is_own=False)
ANY_OWN = Destination("any own server", is_own=True)


@dataclass(frozen=True, slots=True)
class Target:
    """A destination, and how it is shown; `off` says why a provider is not in use."""

    destination: Destination
    off: str = ""
    is_named: bool = True

    @property
    def shown(self) -> str:
        """Its name, and what it is."""
        own = " (own server)" if self.is_named and self.destination.is_own else ""
        return self.destination.instance + own + (" (disabled)" if self.off else "")


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about one file."""

    at: Whereabouts
    verdicts: tuple[Verdict, ...]
    border: Border

    @property
    def is_allowed(self) -> bool:
        """Whether it may go everywhere."""
        return all(verdict.allowed for verdict in self.verdicts)


def judge(path: Path, *, as_json: bool = False) -> int:
    """Print the verdict for each destination; answer 0 when all allow it, else 1.

    Judged by the built-in secret zone, the policies in force and the content, for every provider,
    also for those not in use, and for the two kinds of destination as such. Every folder above the
    file that has a policy of its own counts as one that is open.
    """
    files = PolicyFiles(os.environ, policy_of_user(os.environ))
    targets = (
        Target(ANY_HOSTED, is_named=False),
        Target(ANY_OWN, is_named=False),
        *_providers(),
    )
    is_folder = _holds(path.is_dir)
    found = [_judged(each, files, targets) for each in (_below(path) if is_folder else [path])]
    for problem in files.problems():
        sys.stderr.write(f"{problem}\n")
    if as_json:
        rows = [_as_json(each, targets) for each in found]
        problems = [str(problem) for problem in files.problems()]
        print(json.dumps({"files": rows, "problems": problems}, indent=2, ensure_ascii=False))
    elif is_folder:
        _print_folder(path, found, targets)
    else:
        _print_file(found[0], targets)
    return 0 if all(each.is_allowed for each in found) else 1


def _providers() -> Iterator[Target]:
    for each in own_configuration().providers.instances.values():
        if each.settings.transport != "embedded":
            yield Target(_destination(each), each.off)


def _destination(instance: Instance) -> Destination:
    """Make the destination of a provider; one hosted URL among its own makes it hosted."""
    given = instance.settings
    whole = (given.completion_endpoint, given.chat_endpoint, given.embedding_endpoint)
    urls = [url for url in (given.endpoint, *whole) if url]
    hosted = [url for url in urls if not is_loopback(url)]
    url = (hosted or urls or [""])[0]
    return destination_of(instance.name, url, is_private=given.private)


def _below(folder: Path) -> list[Path]:
    """Answer the files in a folder and below; no link is followed, and git's own are left out."""
    found: list[Path] = []
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        paths = [Path(top) / name for name in sorted(names)]
        found += [path for path in paths if _holds(path.is_file)]
        if len(found) > MAX_FILES:
            raise UsageError(f"{folder} has more than {MAX_FILES} files; name a smaller folder.")
    return found


def _holds(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except OSError:  # nobody may look
        return False


def _judged(path: Path, files: PolicyFiles, targets: tuple[Target, ...]) -> Judged:
    given = path.absolute()
    _refuse_what_is_no_file(path)
    at = find((given, True))
    above = {each for start in (given, at.real) for each in start.parents}
    folders = sorted(each for each in above if may_be_there(policy_of_folder(each)))
    policy = files.policy_for(at, folders)
    destinations = [target.destination for target in targets]
    rows = explain(_item(at, policy), destinations, policy)
    verdicts = tuple(verdict for _, verdict in rows)
    return Judged(at, verdicts, border_of(at.item(), policy))


def _refuse_what_is_no_file(path: Path) -> None:
    try:
        status = path.resolve(strict=True).stat()
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name leads nowhere"
        raise UsageError(f"{path} cannot be looked at: {why}.") from error
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is no file.")
    if status.st_size > MAX_READ_BYTES:
        raise UsageError(f"{path} is larger than {MAX_READ_BYTES // 1_000_000} MB.")


def _item(at: Whereabouts, policy: Policy) -> Item:
    named = at.item()
    if not explain(named, (ANY_OWN,), policy)[0][1].allowed:
        return named  # a secret by its name is not even opened
    try:
        text = at.real.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{at.path} cannot be read: {error.strerror}.") from error
    return Item(at.path, at.real, at.repository, text)


def _print_file(found: Judged, targets: tuple[Target, ...]) -> None:
    width = max(len(target.shown) for target in targets)
    for target, verdict in zip(targets, found.verdicts, strict=True):
        word = "allowed" if verdict.allowed else "refused"
        print(f"{target.shown:<{width}}  {word:<8} {_at_home(str(verdict))}")
    print(f"file: {_at_home(str(found.at.path))}")
    if found.at.real != found.at.path:
        print(f"really: {_at_home(str(found.at.real))}")
    print(f"repository: {_repository(found.at)}")
    print(f"context: {_context(found)}")


def _print_folder(folder: Path, found: list[Judged], targets: tuple[Target, ...]) -> None:
    refused = [each for each in found if not each.is_allowed]
    for each in refused:
        no = [index for index, verdict in enumerate(each.verdicts) if not verdict.allowed]
        where = "everywhere" if len(no) == len(targets) else ", ".join(targets[i].shown for i in no)
        name = each.at.path.relative_to(folder.absolute())
        print(f"{name}: refused for {where}: {_at_home(str(each.verdicts[no[0]]))}")
    print(f"{len(found)} files, {len(refused)} of them refused somewhere")


def _repository(at: Whereabouts) -> str:
    if at.repository is None:
        return "none, so rules for repositories hold for its path alone"
    remotes = ", ".join(at.repository.remotes) or "no remote"
    return f"{_at_home(str(at.repository.root))} ({remotes})"


def _context(found: Judged) -> str:
    border = found.border
    if any(verdict.source == BUILT_IN for verdict in found.verdicts):
        return f"shown beside no file ({_at_home(str(found.verdicts[0]))})"
    if not border.rules:
        return "may be shown beside any file"
    rule, by = border.rules[0]
    place = _at_home(str(border.file or border.home))
    return f"stays in {place} ({_at_home(f'{rule.source}: {rule.name}: {by}')})"


def _at_home(text: str) -> str:
    return below_home(text, str(home(os.environ)))


def _as_json(found: Judged, targets: tuple[Target, ...]) -> dict[str, object]:
    repository = found.at.repository
    rows = [
        {
            "destination": target.destination.instance,
            "own_server": target.destination.is_own,
            "disabled": target.off or None,
            "allowed": verdict.allowed,
            "rule": _at_home(verdict.rule),
            "source": _at_home(verdict.source),
        }
        for target, verdict in zip(targets, found.verdicts, strict=True)
    ]
    stays = (found.border.file or found.border.home) if found.border.rules else None
    return {
        "path": str(found.at.path),
        "real_path": str(found.at.real),
        "repository": str(repository.root) if repository else None,
        "remotes": list(repository.remotes) if repository else [],
        "stays_in": str(stays) if stays else None,
        "destinations": rows,
    }
