from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.session.uris import local_path, path_of

POSIX = {
    "plain": ("file:///home/a/b.py", "/home/a/b.py"),
    "encoded": ("file:///home/a%20b/%C3%A9%23.py", "/home/a b/é#.py"),
    "raw-hash-and-question-mark": ("file:///a#b?c.py", "/a#b?c.py"),
    "raw-letters": ("file:///é/中.py", "/é/中.py"),
    "scheme-in-capitals": ("FILE:///a.py", "/a.py"),
    "localhost": ("file://localhost/a.py", "/a.py"),
    "one-slash": ("file:/a.py", "/a.py"),
    "percent-alone": ("file:///100%.py", "/100%.py"),
    "not-utf-8": ("file:///a%FF.py", "/a\udcff.py"),
    "other-host": ("file://server/share/a.py", None),
    "no-path": ("file://", None),
    "nothing": ("file:", None),
    "relative": ("file:a.py", None),
    "nul": ("file:///a%00.py", None),
    "64-kb": ("file:///" + "a" * 65_536, None),
    "untitled": ("untitled:Untitled-1", None),
    "untitled-path": ("untitled:/home/a.py", None),
    "remote": ("vscode-remote://ssh-remote%2Bhost/home/a.py", None),
    "git": ("git:/home/a.py?%7B%22ref%22%3A%22~%22%7D", None),
    "cell": ("vscode-notebook-cell:/home/a.ipynb#W0sZmlsZQ%3D%3D", None),
    "output": ("output:extension-output", None),
    "no-scheme": ("/home/a.py", None),
    "empty": ("", None),
}

WINDOWS = {
    "drive": ("file:///C:/a%20b/c.py", "c:\\a b\\c.py"),
    "drive-encoded": ("file:///c%3A/a.py", "c:\\a.py"),
    "drive-bar": ("file:///c|/a.py", "c:\\a.py"),
    "drive-alone": ("file:///c:", "c:\\"),
    "unc": ("file://server/share/a.py", "\\\\server\\share\\a.py"),
    "unc-no-path": ("file://server/", None),
    "no-drive": ("file:///home/a.py", None),
}


@pytest.mark.parametrize(("uri", "path"), POSIX.values(), ids=POSIX.keys())
def test_path_of_uri(uri: str, path: str | None) -> None:
    assert local_path(uri, windows=False) == path


@pytest.mark.parametrize(("uri", "path"), WINDOWS.values(), ids=WINDOWS.keys())
def test_path_of_uri_on_windows(uri: str, path: str | None) -> None:
    assert local_path(uri, windows=True) == path


@given(st.text(max_size=40).map(lambda text: f"file://{text}"), st.booleans())
def test_no_uri_is_an_exception(uri: str, windows: bool) -> None:  # noqa: FBT001 - a strategy's
    path = local_path(uri, windows=windows)
    assert path is None or "\0" not in path


def test_path_is_this_systems() -> None:
    path = path_of("file:///home/a%20b.py")
    assert (str(path) == "/home/a b.py") is (os.name != "nt")
