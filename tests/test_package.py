from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from refact_lsp.config.templates import template_names

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from this tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(REPOSITORY)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_templates_are_found_in_an_editable_install() -> None:
    assert "embedded" in template_names()


@pytest.mark.xdist_group("wheel")
def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"refact_lsp", f"refact_lsp-{_version()}.dist-info"}
    assert "refact_lsp/default_providers/embedded.yaml" in names
    assert "refact_lsp/languages/queries/python.scm" in names
    assert "refact_lsp/server/profiles.toml" in names
    assert "refact_lsp/py.typed" in names
    assert not [name for name in names if name.endswith(".pth")]


@pytest.mark.xdist_group("wheel")
def test_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    program = str(tmp_path / "env" / "bin" / "refact-lsp")
    told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    assert told.stdout == f"refact-lsp {_version()}\n"
    source = tmp_path / "project" / "sample.py"
    source.parent.mkdir()
    source.write_text("def first(value):\n    return value + 1\n" * 8)
    shown = subprocess.run(
        [program, "demo", str(source), "--places", "2"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert "def first(value):" in shown.stdout
    listing = subprocess.run([*pip[:3], "list", "--format=json"], check=True, capture_output=True)
    assert len(json.loads(listing.stdout)) <= 45 + 2, "pip and setuptools come on top of ours"


def _version() -> str:
    from refact_lsp import __version__

    return __version__
