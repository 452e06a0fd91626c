"""The architecture's rules that a tool can check, run with the ordinary tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "refact_lsp"
MODULES = sorted(PACKAGE.rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, Function]]:
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, Function):
                yield f"{module.relative_to(PACKAGE)}:{node.name}", node


def length(node: Function) -> int:
    """Count a function's lines without its docstring."""
    assert node.end_lineno is not None
    doc = node.body[0]
    is_doc = isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant)
    doc_lines = (doc.end_lineno or 0) - doc.lineno + 1 if is_doc else 0
    return node.end_lineno - node.lineno + 1 - doc_lines


def test_imports_keep_the_contracts() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_files_stay_small() -> None:
    sizes = {
        str(module.relative_to(PACKAGE)): len(module.read_text().splitlines()) for module in MODULES
    }
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert median(sizes.values()) <= 150


def test_functions_stay_small() -> None:
    sizes = {name: length(node) for name, node in functions()}
    assert {name: size for name, size in sizes.items() if size > 40} == {}
    assert median(sizes.values()) <= 10


def test_functions_take_few_parameters() -> None:
    def count(node: Function) -> int:
        given = node.args
        names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        return len([name for name in names if name not in {"self", "cls"}])

    many = {name: count(node) for name, node in functions() if count(node) > 6}
    assert many == {}


def test_package_speaks_only_of_itself() -> None:
    """No absolute path of a machine stands in what we ship."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    texts = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    found = [
        str(each.relative_to(REPOSITORY))
        for each in texts
        if each.is_file()
        and re.search(
            r"/(?:root|work|home/[a-z]+)/(?:main|shared|\.pyenv|\.cache)",
            each.read_text(errors="replace"),
        )
    ]
    assert found == []


def test_editors_are_named_in_data_only() -> None:
    """A difference between editors is a row of `profiles.toml`, never a branch in code."""
    names = re.compile(r"\b(neovim|vscode|helix|emacs|eglot|kakoune|sublime)\b", re.IGNORECASE)
    found = [
        f"{module.relative_to(PACKAGE)}: {node.value!r}"
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Compare)
        for node in ast.walk(node)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and names.search(node.value)
    ]
    assert found == []


@pytest.mark.parametrize("heavy", ["typer", "rich", "yaml", "httpx", "pydantic", "pathspec"])
def test_serving_starts_without(heavy: str) -> None:
    """What an editor waits for at its start is LSP and nothing else."""
    code = (
        "import sys; import refact_lsp.server.app, refact_lsp.session.session;"
        f"sys.exit({heavy!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
