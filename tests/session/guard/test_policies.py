"""The policy files, changed byte by byte: T10."""

from __future__ import annotations

import itertools
import os
from pathlib import Path, PurePosixPath

import pytest

from refact_lsp.messages import Destination
from refact_lsp.privacy.gate import Item, Repository, decide
from refact_lsp.privacy.load import read_policy_file
from refact_lsp.privacy.policy import CLOSED, Policy
from refact_lsp.session.guard.policies import SETTLED_S, PolicyFiles

GOOD = b"""\
privacy_rules:
  blocked: ["*.pem2"]
  only_send_to_servers_I_control: ["*.sql"]
zones:
  - {name: work, patterns: ["*.tf"], send_to: [openai]}
repositories:
  - {root: "/r/one", send_to: own_servers}
"""
DESTINATIONS = (
    Destination("openai", is_own=False),
    Destination("mistral", is_own=False),
    Destination("ollama", is_own=True),
)
FILES = ("/r/one/a.py", "/r/a.py", "/r/a.sql", "/r/a.tf", "/r/a.pem2", "/r/.env")


def allowed(policy: Policy) -> set[tuple[str, str]]:
    return {
        (name, to.instance)
        for name, to in itertools.product(FILES, DESTINATIONS)
        if decide(item(name), to, policy).allowed
    }


def item(name: str) -> Item:
    path = PurePosixPath(name)
    return Item(path, path, Repository(path.parent))


def mutations() -> list[bytes]:
    cut = [GOOD[:length] for length in range(len(GOOD))]
    flipped = [
        GOOD[:at] + bytes([GOOD[at] ^ 1 << (at % 7)]) + GOOD[at + 1 :] for at in range(len(GOOD))
    ]
    other = [GOOD[:at] + new + GOOD[at + 1 :] for at in range(len(GOOD)) for new in (b"\xff", b"[")]
    return cut + flipped + other


class Written:
    """One policy file, and a clock that only the test moves."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "privacy.yaml"
        self.now_s = 0.0
        self._ticks = itertools.count(1)
        self.files = self.fresh()

    def fresh(self) -> PolicyFiles:
        return PolicyFiles(os.environ, self.path, lambda: self.now_s)

    def write(self, content: bytes) -> None:
        self.path.write_bytes(content)
        os.utime(self.path, ns=(0, next(self._ticks)))

    def look(self) -> Policy:
        return self.files.look([self.path])[self.path]


def test_changed_byte_never_opens_what_was_closed(tmp_path: Path) -> None:
    written = Written(tmp_path)
    written.write(GOOD)
    good = written.look()
    base = allowed(good)
    assert ("/r/a.tf", "openai") in base
    assert ("/r/a.tf", "mistral") not in base
    for content in mutations():
        written.write(content)
        assert allowed(written.look()) <= base, content
        written.now_s += SETTLED_S
        settled = written.look()
        parsed, problems = read_policy_file(written.path, "/home/u")
        if parsed is None:
            assert problems
            assert allowed(settled) <= base, content
        else:
            assert allowed(settled) == allowed(parsed), content
        written.write(GOOD)
        written.files = written.fresh()
        written.look()


def test_broken_file_at_the_start_leaves_own_servers_alone(tmp_path: Path) -> None:
    written = Written(tmp_path)
    broken = 0
    for content in mutations()[::5]:
        written.write(content)
        written.files = written.fresh()
        if read_policy_file(written.path, "/home/u")[0] is None:
            broken += 1
            assert written.look() == CLOSED
            assert written.files.broken() == {written.path}
            assert written.files.problems()
    assert broken > 50


def test_half_written_file_adds_to_what_held(tmp_path: Path) -> None:
    written = Written(tmp_path)
    written.write(GOOD)
    base = allowed(written.look())
    for length in (0, 60, 120, len(GOOD)):
        written.write(GOOD[:length])
        assert allowed(written.look()) <= base
    written.now_s += SETTLED_S
    assert allowed(written.look()) == base


@pytest.mark.parametrize("away", ["unlink", "rename"])
def test_file_that_is_gone_for_a_moment_holds(tmp_path: Path, away: str) -> None:
    written = Written(tmp_path)
    written.write(GOOD)
    base = allowed(written.look())
    written.path.unlink() if away == "unlink" else written.path.rename(tmp_path / "aside")
    assert allowed(written.look()) == base
    written.now_s += SETTLED_S
    assert len(allowed(written.look())) > len(base)


def test_file_that_cannot_be_opened_is_broken(tmp_path: Path) -> None:
    written = Written(tmp_path)
    written.path.mkdir()
    assert written.look() == CLOSED
