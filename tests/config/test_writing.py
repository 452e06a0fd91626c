"""Files are written whole or not at all, and for their owner alone."""

from __future__ import annotations

import json
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from refact_lsp.config.editing import Change
from refact_lsp.config.writing import LOCK_NAME, change_file, folder_for_writing, set_aside
from refact_lsp.errors import ConfigError

OLD = "# kept\nenabled: true\n"
WRITE = """
import sys, os, resource, signal
from pathlib import Path
from refact_lsp.config.editing import Change
from refact_lsp.config.writing import change_file
from refact_lsp.errors import ConfigError
path = Path(sys.argv[1])
def write(**values):
    for name, value in values.items():
        change_file(path, lambda _: [Change((name,), value)])
"""


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WRITE + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def left(folder: Path) -> Sequence[str]:
    return sorted(each.name for each in folder.iterdir() if each.name != LOCK_NAME)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "openai.yaml"
    path.write_text(OLD)
    path.chmod(0o600)
    return path


def test_new_files_and_folders_are_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "openai.yaml"
    assert run("os.umask(0); write(api_key='x')", path).returncode == 0
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    assert mode(path.parent / LOCK_NAME) == 0o600
    assert left(path.parent) == ["openai.yaml"]


def test_wider_mode_is_narrowed_and_told_even_without_a_change(old: Path) -> None:
    old.chmod(0o644)
    written = change_file(old, lambda _: [Change(("enabled",), True)])
    assert (written.is_changed, written.narrowed_from, mode(old)) == (False, 0o644, 0o600)
    assert old.read_text() == OLD


def test_edit_sees_what_stands_there(old: Path) -> None:
    change_file(old, lambda data: [Change(("enabled",), not data["enabled"])])
    assert old.read_text() == "# kept\nenabled: false\n"


def test_new_file_names_its_schema_where_one_is_known(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    written = change_file(path, lambda _: [Change(("enabled",), True)], schema="/x/schema.json")
    assert written.is_new
    assert path.read_text() == "# yaml-language-server: $schema=/x/schema.json\nenabled: true\n"


@pytest.mark.parametrize("exists", [True, False])
def test_link_is_refused_and_what_it_leads_to_stays(tmp_path: Path, *, exists: bool) -> None:
    target, path = tmp_path / "elsewhere.yaml", tmp_path / "openai.yaml"
    if exists:
        target.write_text(OLD)
    path.symlink_to(target)
    with pytest.raises(ConfigError, match=f"is a link to {target}"):
        change_file(path, lambda _: [Change(("enabled",), False)])
    with pytest.raises(ConfigError, match=f"is a link to {target}"):
        set_aside(path, tmp_path / "removed", datetime.now(UTC))
    assert path.is_symlink()
    assert target.exists() == exists
    assert not exists or target.read_text() == OLD


def test_broken_file_is_refused_and_stays(old: Path) -> None:
    old.write_text("enabled: [true\nx: 1\n")
    with pytest.raises(ConfigError, match=r"openai.yaml:2:\d+: error: .* mend the file first"):
        change_file(old, lambda _: [Change(("enabled",), False)])
    assert old.read_text() == "enabled: [true\nx: 1\n"


def test_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "openai.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"openai.yaml"):
        change_file(tmp_path / "openai.yaml", lambda _: [])


def test_file_in_the_place_of_the_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "providers.d").write_text("")
    with pytest.raises(ConfigError, match=r"cannot be written: .*\. Nothing was changed\."):
        change_file(tmp_path / "providers.d" / "a.yaml", lambda _: [Change(("a",), 1)])


FULL_DISK = """
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))  # as a full disk: the write itself fails
try:
    write(enabled=False)
except ConfigError as error:
    sys.exit(str(error))
"""


def test_write_that_fails_leaves_the_old_file_and_nothing_else(old: Path) -> None:
    done = run(FULL_DISK, old)
    assert done.stderr == f"{old} cannot be written: File too large. Nothing was changed.\n"
    assert old.read_text() == OLD
    assert left(old.parent) == ["openai.yaml"]


KILLED = """
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Path.replace = os.replace
write(api_key='sk-of-the-killed-one')
"""


def test_process_killed_before_the_rename_leaves_the_old_file_whole(old: Path) -> None:
    assert run(KILLED, old).returncode == -9
    assert old.read_text() == OLD
    (leftover,) = [each for each in old.parent.iterdir() if each.suffix == ".tmp"]
    assert mode(leftover) == 0o600
    change_file(old, lambda _: [Change(("enabled",), False)])
    assert left(old.parent) == ["openai.yaml"]
    assert old.read_text() == "# kept\nenabled: false\n"


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "defaults.yaml"
    path.write_text("# kept\n")
    code = WRITE + "write(**{f'{sys.argv[2]}{number}': number for number in range(30)})"
    started = [
        subprocess.Popen([sys.executable, "-c", code, path, name]) for name in ("one", "two")
    ]
    assert [each.wait(60) for each in started] == [0, 0]
    lines = path.read_text().splitlines()
    wanted = {f"{name}{number}: {number}" for name in ("one", "two") for number in range(30)}
    assert lines[0] == "# kept"
    assert set(lines[1:]) == wanted
    assert len(lines) == 61


def test_no_home_is_told_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_uid: int) -> None:
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(ConfigError, match="set HOME or REFACT_CONFIG_DIR"):
        folder_for_writing({})
    named = folder_for_writing({"REFACT_CONFIG_DIR": "/somewhere"})
    assert named == Path("/somewhere/providers.d")


def test_file_set_aside_is_whole_and_out_of_the_way(old: Path) -> None:
    old.chmod(0o644)
    kept = set_aside(old, old.parent / "removed", datetime(2026, 11, 21, 7, 8, 9, tzinfo=UTC))
    assert kept.name.startswith("openai-20261121-070809-")
    assert (kept.read_text(), mode(kept), mode(kept.parent)) == (OLD, 0o600, 0o700)
    assert not old.exists()


def test_unreadable_value_never_stands_in_an_error(old: Path) -> None:
    old.write_text(json.dumps({"api_key": "sk-canary-17b2"})[:-1] + "\nx")
    with pytest.raises(ConfigError) as failure:
        change_file(old, lambda _: [Change(("api_key",), "sk-canary-88e1")])
    assert "canary" not in str(failure.value)
    assert os.fspath(old) in str(failure.value)
