from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from refact_lsp.config.watched import look_at


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "user" / "providers.d"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("one")
    (tmp_path / "user" / "privacy.yaml").write_text("one")
    return {"REFACT_CONFIG_DIR": str(tmp_path / "user")}


def rewrite_with_its_old_date(user: Path) -> None:
    path = user / "providers.d" / "a.yaml"
    found = path.stat()
    while path.stat().st_ctime_ns == found.st_ctime_ns:  # clocks of file systems are coarse
        path.write_text("two")
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def rename_over(user: Path) -> None:
    new = user / "providers.d" / "a.yaml.tmp"
    new.write_text("two")
    new.replace(user / "providers.d" / "a.yaml")


CHANGES: dict[str, Callable[[Path], object]] = {
    "written": lambda user: (user / "providers.d" / "a.yaml").write_text("other"),
    "other-file": lambda user: (user / "privacy.yaml").write_text("other"),
    "old-date": rewrite_with_its_old_date,
    "renamed-over": rename_over,
    "deleted": lambda user: (user / "providers.d" / "a.yaml").unlink(),
    "added": lambda user: (user / "providers.d" / "b.yml").write_text(""),
    "folder-gone": lambda user: (user / "providers.d").rename(user / "gone"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_is_seen(environ: dict[str, str], change: Callable[[Path], object]) -> None:
    before = look_at(environ)
    change(Path(environ["REFACT_CONFIG_DIR"]))
    assert look_at(environ, before) != before


@pytest.mark.parametrize("name", [".a.yaml.swp", "a.yaml~", "4913", ".#a.yaml", "#a.yaml#"])
def test_what_an_editor_leaves_beside_a_file_is_not_seen(
    environ: dict[str, str], name: str
) -> None:
    before = look_at(environ)
    (Path(environ["REFACT_CONFIG_DIR"]) / "providers.d" / name).write_text("")
    assert look_at(environ, before) is before


def test_folder_that_appears_later_is_seen(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    before = look_at(environ)
    (tmp_path / ".config" / "refact" / "providers.d").mkdir(parents=True)
    assert look_at(environ, before) != before


def test_file_behind_a_link_is_seen_to_change_and_known_by_both_names(tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "x.yaml"
    target.parent.mkdir()
    target.write_text("one")
    folder = tmp_path / "user" / "providers.d"
    folder.mkdir(parents=True)
    (folder / "a.yaml").symlink_to(target)
    environ = {"REFACT_CONFIG_DIR": str(tmp_path / "user")}
    look = look_at(environ)
    assert look.place(target) == look.place(folder / "a.yaml") == folder / "a.yaml"
    target.write_text("other")
    assert look_at(environ, look) != look


def test_file_that_is_not_there_yet_has_its_place_and_a_strange_one_has_none(
    environ: dict[str, str], tmp_path: Path
) -> None:
    look = look_at(environ)
    new = tmp_path / "user" / "providers.d" / "new.yaml"
    assert look.place(new) == new
    assert look.place(new.with_name(".new.yaml.swp")) is None
    assert look.place(tmp_path / "new.yaml") is None
