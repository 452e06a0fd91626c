"""T1, T8: workspaces that are, hold or lead to the user's directory; files that are none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from refact_lsp.config import paths
from refact_lsp.config.load import load_configuration
from refact_lsp.config.paths import account_home, user_directory, workspace_around_user_directory
from refact_lsp.privacy.zone import is_secret
from refact_lsp.providers.auth.programs import without_programs_of
from tests.server.rawclient import SERVE, notification, running

FILE = "base_provider: custom\nendpoint: https://one.example\ncompletion_models: {m: {}}\n"


def provider_in(directory: Path) -> None:
    (directory / "providers.d").mkdir(parents=True)
    (directory / "providers.d" / "one.yaml").write_text(FILE)


def ids(environ: Mapping[str, str], *folders: Path) -> tuple[str, ...]:
    return load_configuration(environ, folders=folders).providers.ids("completion")


def test_directory_named_inside_an_open_folder_is_not_read(tmp_path: Path) -> None:
    provider_in(tmp_path / "open" / "conf")
    environ = {"HOME": "/nowhere", "REFACT_CONFIG_DIR": str(tmp_path / "open" / "conf")}
    assert ids(environ, tmp_path / "other") == ("embedded/workspace", "one/m")
    assert ids(environ, tmp_path / "other", tmp_path / "open") == ("embedded/workspace",)
    loaded = load_configuration(environ, folders=(tmp_path / "open",))
    (problem,) = loaded.problems
    assert "Move it out, or unset the variable" in problem.sentence


def test_last_good_settings_do_not_stay_for_a_directory_of_a_repository(tmp_path: Path) -> None:
    provider_in(tmp_path / "conf")
    environ = {"HOME": "/nowhere", "REFACT_CONFIG_DIR": str(tmp_path / "conf")}
    before = load_configuration(environ)
    after = load_configuration(environ, before=before, folders=(tmp_path,))
    assert after.providers.ids("completion") == ("embedded/workspace",)


def test_directory_that_a_link_leads_into_an_open_folder_is_not_read(tmp_path: Path) -> None:
    provider_in(tmp_path / "open" / "conf")
    (tmp_path / "outside").symlink_to(tmp_path / "open" / "conf")
    environ = {"HOME": "/nowhere", "REFACT_CONFIG_DIR": str(tmp_path / "outside")}
    assert ids(environ, tmp_path / "open") == ("embedded/workspace",)


def test_directory_in_the_home_of_the_account_is_the_users_whatever_is_open() -> None:
    own = account_home({})
    environ = {"HOME": str(own)}
    for folder in (own, own / ".config", own / ".config" / "refact", Path("/")):
        assert workspace_around_user_directory(environ, [folder]) is None


def test_open_folder_that_holds_the_home_of_the_account_may_hold_the_directory() -> None:
    own = account_home({})
    environ = {"HOME": str(own), "REFACT_CONFIG_DIR": str(own / "settings")}
    assert workspace_around_user_directory(environ, [own]) is None
    assert workspace_around_user_directory(environ, [own / "settings"]) == own / "settings"


def test_account_without_a_home_has_that_of_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 3)
    assert account_home({"HOME": "/somewhere"}) == Path("/somewhere")


@pytest.mark.parametrize("name", ["XDG_CONFIG_HOME", "XDG_CACHE_HOME"])
def test_relative_variable_of_xdg_counts_as_unset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "here" / "refact").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    environ = {"HOME": "/h", name: "here"}
    assert user_directory(environ) == Path("/h/.config/refact")
    assert "here" not in paths.cache_directory(environ).parts


def test_programs_of_the_working_directory_are_off_the_path(tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(tmp_path / "here" / "bin")
    inside = [str(tmp_path / "here" / "bin"), str(tmp_path / "linked"), "bin", "", "."]
    environ = {"PATH": os.pathsep.join(["/usr/bin", *inside, "/bin"]), "A": "b"}
    kept = without_programs_of(tmp_path / "here", environ)
    assert kept == {"PATH": os.pathsep.join(["/usr/bin", "/bin"]), "A": "b"}


def test_programs_of_the_home_stay_where_the_server_was_started_in_it() -> None:
    own = account_home({})
    environ = {"PATH": os.pathsep.join([str(own / "bin"), "/usr/bin"])}
    assert without_programs_of(own, environ) == environ


def test_oldest_file_is_secret_in_any_directory() -> None:
    assert is_secret(Path("/conf/bring-your-own-key.yaml"))


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def itself(path: Path) -> None:
    path.symlink_to(path)


def directory(path: Path) -> None:
    path.mkdir()


def elsewhere(path: Path) -> None:
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("make", [fifo, device, itself, directory, elsewhere])
def test_workspace_file_that_is_none_stops_nothing_and_is_not_quoted_t8(
    home: Path, tmp_path: Path, make: object
) -> None:
    assert callable(make)
    provider_in(home / ".config" / "refact")
    (tmp_path / ".refact").mkdir()
    for name in ("privacy.yaml", "indexing.yaml", "providers.d", "defaults.yaml"):
        make(tmp_path / ".refact" / name)
    with running(SERVE) as client:
        client.initialize(workspaceFolders=[{"uri": tmp_path.as_uri(), "name": "it"}])
        client.open((tmp_path / "a.py").as_uri(), "total = 1\n")
        params = {"command": "refact.models", "arguments": []}
        models = client.ask(1, "workspace/executeCommand", params)["result"]["models"]
        assert {each["id"] for each in models} == {"embedded/workspace", "one/m"}
        client.ask(2, "shutdown")
        client.send(notification("exit"))
        assert client.wait() == 0
        assert "Traceback" not in client.logged()
        assert "root:" not in client.logged() + str(client.seen)
