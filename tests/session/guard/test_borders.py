from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from refact_lsp.session.guard.borders import RepositoryBorders
from refact_lsp.session.guard.gate import PrivacyGate
from refact_lsp.workspace.segment import Segment
from tests.workspace.segments import put_files, write_segment_of


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
async def gate(home: Path) -> AsyncIterator[PrivacyGate]:
    opened = PrivacyGate(os.environ)
    yield opened
    opened.stop()


@pytest.fixture
def segment(home: Path) -> Segment:
    files = {"one/a.py": "x = 1\n", "two/b.py": "y = 2\n", "c.py": "z = 3\n", "d.sql": "q\n"}
    put_files(home / "root", files)
    for name in ("one", "two"):
        write(home / "root" / name / ".git" / "config", "")
    return write_segment_of(home / "root", home / "segment")


async def hidden(gate: PrivacyGate, root: Path, segment: Segment, target: Path) -> set[str] | None:
    """Answer the hidden files once the documents are sorted and the target is known."""
    borders = RepositoryBorders(gate)
    await gate.loaded()
    borders.hidden(root, segment, target.as_uri())
    await asyncio.gather(*borders._sorting.values())
    gate._lookups.learn([((target, True), gate._look_up([(target, True)])[0])])
    gate.take_policies()
    borders.hidden(root, segment, target.as_uri())
    await asyncio.gather(*borders._sorting.values())
    numbers = borders.hidden(root, segment, target.as_uri())
    borders.stop()
    return None if numbers is None else {segment.documents[n].path for n in numbers}


RULES = "repositories: [{{root: '{root}/one', send_to: own_servers}}]\nblocked: ['*.sql']\n"


async def test_nothing_is_hidden_without_a_rule(
    gate: PrivacyGate, home: Path, segment: Segment
) -> None:
    root = home / "root"
    assert await hidden(gate, root, segment, root / "two" / "new.py") == set()


async def test_restricted_and_blocked_files_of_an_index_are_hidden_from_others(
    gate: PrivacyGate, home: Path, segment: Segment
) -> None:
    root = home / "root"
    write(home / ".config" / "refact" / "privacy.yaml", RULES.format(root=root))
    assert await hidden(gate, root, segment, root / "two" / "new.py") == {"one/a.py", "d.sql"}
    assert await hidden(gate, root, segment, root / "one" / "new.py") == {"d.sql"}


async def test_index_that_is_wholly_restricted_is_not_asked_at_all(
    gate: PrivacyGate, home: Path, segment: Segment
) -> None:
    root = home / "root"
    rules = f"repositories: [{{root: '{root}/**', send_to: none}}]\n"
    write(home / ".config" / "refact" / "privacy.yaml", rules)
    assert await hidden(gate, root, segment, home / "elsewhere.py") is None


async def test_policy_of_a_repository_inside_the_index_counts(
    gate: PrivacyGate, home: Path, segment: Segment
) -> None:
    root = home / "root"
    own = "repositories: [{root: '**', send_to: own_servers}]\n"
    write(root / "two" / ".refact" / "privacy.yaml", own)
    assert await hidden(gate, root, segment, root / "one" / "new.py") == {"two/b.py"}
    assert await hidden(gate, root, segment, root / "two" / "new.py") == set()


async def test_nothing_is_shown_while_a_rule_may_concern_what_is_not_sorted_yet(
    gate: PrivacyGate, home: Path, segment: Segment
) -> None:
    root = home / "root"
    write(home / ".config" / "refact" / "privacy.yaml", RULES.format(root=root))
    borders = RepositoryBorders(gate)
    target = (root / "two" / "new.py").as_uri()
    assert borders.hidden(root, segment, target) is None
    assert not borders.admits((root / "c.py").as_uri(), target)
    borders.stop()
