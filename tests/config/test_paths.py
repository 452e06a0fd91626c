from __future__ import annotations

from pathlib import Path

from refact_lsp.config.paths import cache_directory, user_directory


def test_named_directories_win(tmp_path: Path) -> None:
    environ = {"REFACT_CONFIG_DIR": "/c", "REFACT_CACHE_DIR": "/d", "XDG_CONFIG_HOME": "/x"}
    assert user_directory(environ) == Path("/c")
    assert cache_directory(environ) == Path("/d")


def test_xdg_config_wins_only_where_it_has_our_folder(tmp_path: Path) -> None:
    environ = {"HOME": "/home/u", "XDG_CONFIG_HOME": str(tmp_path)}
    assert user_directory(environ) == Path("/home/u/.config/refact")
    (tmp_path / "refact").mkdir()
    assert user_directory(environ) == tmp_path / "refact"


def test_cache_stands_under_the_home_directory() -> None:
    assert cache_directory({"HOME": "/u"}) == Path("/u/.cache/refact")
    assert cache_directory({"HOME": "/h", "XDG_CACHE_HOME": "/k"}) == Path("/k/refact")


def test_home_stands_for_the_tilde_that_no_shell_has_replaced() -> None:
    environ = {"HOME": "/u", "REFACT_CONFIG_DIR": "~/a", "REFACT_CACHE_DIR": "~/b/c"}
    assert user_directory(environ) == Path("/u/a")
    assert cache_directory(environ) == Path("/u/b/c")
