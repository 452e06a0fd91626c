from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from refact_lsp.session.guard.gate import PrivacyGate
from refact_lsp.session.guard.indexing import Indexing


class Watched:
    """The rules of indexing, and what was told of them."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.folders: list[Path] = []
        self.privacy = PrivacyGate(os.environ)
        self.indexing = Indexing(os.environ, self.privacy, self.told.append)
        self.indexing.on_folders = self._take

    def _take(self, folders: Sequence[Path]) -> None:
        self.folders = list(folders)


@pytest.fixture
async def watched(home: Path) -> AsyncIterator[Watched]:
    opened = Watched()
    yield opened
    opened.indexing.stop()
    opened.privacy.stop()


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


async def test_nothing_is_left_out_without_files(watched: Watched, home: Path) -> None:
    assert await watched.indexing.blocked(home / "root") == ()


async def test_users_and_workspaces_patterns_and_blocked_files_are_left_out(
    watched: Watched, home: Path
) -> None:
    config = home / ".config" / "refact"
    write(config / "indexing.yaml", "blocklist: [gen]\n")
    write(home / "root" / ".refact" / "indexing.yaml", "blocklist: [own]\n")
    zones = "zones: [{patterns: ['*.tf'], send_to: []}, {patterns: ['*.md'], send_to: [a]}]\n"
    write(config / "privacy.yaml", "blocked: ['*.sql']\n" + zones)
    assert await watched.indexing.blocked(home / "root") == ("gen", "own", "*.sql", "*.tf")


async def test_folders_besides_come_from_the_users_file_alone(watched: Watched, home: Path) -> None:
    write(home / ".config" / "refact" / "indexing.yaml", "additional_indexing_dirs: [~/lib]\n")
    write(home / "root" / ".refact" / "indexing.yaml", "additional_indexing_dirs: [/etc]\n")
    await watched.indexing.blocked(home / "root")
    assert watched.folders == [home / "lib"]


async def test_broken_file_stops_new_indexing_until_it_was_good_once(
    watched: Watched, home: Path
) -> None:
    file = write(home / ".config" / "refact" / "indexing.yaml", "blocklist: [\n")
    assert await watched.indexing.blocked(home / "root") is None
    assert "indexing.yaml" in watched.told[0]
    assert "Nothing new is indexed" in watched.told[0]
    file.write_text("blocklist: [gen]\n")
    assert await watched.indexing.blocked(home / "root") == ("gen",)
    file.write_text("blocklist: [\n")
    assert await watched.indexing.blocked(home / "root") == ("gen",)


async def test_broken_policy_stops_new_indexing(watched: Watched, home: Path) -> None:
    write(home / ".config" / "refact" / "privacy.yaml", "blocked: [\n")
    assert await watched.indexing.blocked(home / "root") is None
