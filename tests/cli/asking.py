"""`refact-lsp complete` as a real process, on a file with one place to fill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.terminal import folder, run

SOURCE = "def add(first, second):\n    total = fir\n    return total\n"
AT = ":2:16"


def source(root: Path, name: str = "sum.py", text: str = SOURCE) -> Path:
    """Write the file into a folder of its own."""
    path = root / "project" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def provider(home: Path, name: str, text: str) -> None:
    """Write a provider file."""
    (folder(home) / f"{name}.yaml").write_text(text)


def ask(path: Path, *options: str, at: str = AT, **environ: str) -> tuple[int, str]:
    """Answer the exit code and all that was printed."""
    return run("complete", f"{path}{at}", *options, **environ)


def ask_json(path: Path, *options: str, at: str = AT, **environ: str) -> tuple[int, Any]:
    """Answer the exit code and the report."""
    code, printed = ask(path, "--json", *options, at=at, **environ)
    return code, json.loads(printed)
