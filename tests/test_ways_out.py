"""Nothing goes round the gate: who may open a connection, and who may start a program."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.privacy.serving import function, serving

PACKAGE = Path(__file__).parents[1] / "refact_lsp"
MAY = ("net/", "processes.py", "server/transport/")
"""Connections are made by the HTTP module alone, programs started by one module; clients connect
to the listening edge."""

MODULES = {
    *(
        "socket",
        "socketserver",
        "ssl",
        "subprocess",
        "multiprocessing",
        "pty",
        "ctypes",
        "webbrowser",
    ),
    *("http", "urllib.request", "ftplib", "smtplib", "poplib", "imaplib", "nntplib", "telnetlib"),
    *("xmlrpc", "asyncore", "concurrent.futures.process", "asyncio.subprocess", "_socket", "posix"),
    *("_posixsubprocess", "requests", "urllib3", "aiohttp", "httpx", "websockets", "pexpect"),
}
NAMES = {
    *("create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "subprocess_shell"),
    *("open_connection", "open_unix_connection", "start_server", "start_unix_server"),
    *("create_connection", "create_unix_connection", "create_datagram_endpoint", "create_server"),
    *("create_unix_server", "connect_accepted_socket", "sock_connect", "start_tcp", "start_ws"),
    *("ProcessPoolExecutor", "getaddrinfo", "getnameinfo", "gethostbyname", "__import__"),
}
OS_NAMES = ("system", "popen", "exec", "spawn", "posix_spawn", "fork", "startfile")


def uses(tree: ast.AST) -> Iterator[str]:
    """Yield every forbidden module and name that a module speaks of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if forbidden(each.name))
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{each.name}" for each in node.names]
            yield from (name for name in (module, *names) if forbidden(name))
        elif isinstance(node, ast.Attribute):
            written = ast.unparse(node)
            is_of_os = written.startswith("os.") and node.attr.startswith(OS_NAMES)
            if node.attr in NAMES or written == "asyncio.subprocess" or is_of_os:
                yield written
        elif isinstance(node, ast.Name) and node.id in NAMES:
            yield node.id


def forbidden(module: str) -> bool:
    name = module.rpartition(".")[2]
    starts = module.startswith("os.") and name.startswith(OS_NAMES)
    inside = any(module == each or module.startswith(each + ".") for each in MODULES)
    return inside or starts or name in NAMES


def test_nothing_but_the_edges_connects_or_starts_programs() -> None:
    found = {
        name: sorted(set(seen))
        for module in sorted(PACKAGE.rglob("*.py"))
        if not (name := module.relative_to(PACKAGE).as_posix()).startswith(MAY)
        and (seen := list(uses(ast.parse(module.read_text()))))
    }
    assert found == {}


def test_programs_are_started_by_one_module() -> None:
    starters = {
        module.relative_to(PACKAGE).as_posix()
        for module in PACKAGE.rglob("*.py")
        if any("subprocess" in use or "os." in use for use in uses(ast.parse(module.read_text())))
    }
    assert starters == {"processes.py"}


WAYS = [
    "import socket",
    "from urllib import request",
    "import http.client",
    "from asyncio import open_connection",
    "import asyncio\nasyncio.open_connection('a', 1)",
    "loop.create_connection(f)",
    "import os\nos.execv('a', [])",
    "from os import posix_spawn",
    "import os\nos.system('a')",
    "from concurrent.futures import ProcessPoolExecutor",
    "import asyncio\nasyncio.create_subprocess_shell('a')",
    "__import__('socket')",
]


@pytest.mark.parametrize("source", WAYS)
def test_way_out_is_seen(source: str) -> None:
    assert list(uses(ast.parse(source)))


WATCH = """\
import json, os, sys

WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.exec",
           "os.posix_spawn", "os.system", "os.fork", "os.startfile")


def hook(event, arguments):
    if event in WATCHED:
        line = json.dumps([event, [str(each)[:500] for each in arguments]]) + "\\n"
        file = os.open(__file__ + ".log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, line.encode())
        os.close(file)


sys.addaudithook(hook)
"""


def test_serving_connects_to_nothing_and_starts_the_indexer_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.py").write_text("".join(map(function, "abcd")))
    log = tmp_path / "watch" / "sitecustomize.py.log"
    paths = [str(tmp_path / "watch"), str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    with serving(root) as editor:
        editor.wait_for_index(1)
        editor.open(root / "b.py", "def e(first, second):\n    total = com")
        assert editor.suggestions(root / "b.py", 1, 15)[:1] == ["bine(first, second)"]
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert {event for event, _ in events} == {"subprocess.Popen"}
    assert all("refact_lsp.workspace.indexer" in arguments[1] for _, arguments in events)
