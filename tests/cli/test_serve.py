from __future__ import annotations

import subprocess
import sys

import pytest

from refact_lsp.cli.serve import parse_address, read
from refact_lsp.errors import UsageError


def run(*arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "refact_lsp", *arguments]
    return subprocess.run(
        command, stdin=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def test_flags_of_plugins_are_taken_and_their_values_left_alone() -> None:
    given = ["--address-url", "Refact", "--api-key", "secret", "--lsp-stdin-stdout", "1", "--ast"]
    options = read([*given, "--insecure", "--log-level=info"])
    assert options.ignored == [
        "--address-url",
        "--api-key",
        "--lsp-stdin-stdout",
        "--ast",
        "--insecure",
    ]
    assert options.log_level == "info"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--tcp"], "--tcp needs a value."),
        (["--log-level", "loud"], "--log-level 'loud': expected error, warning, info, debug."),
        (["--tcp", "1", "--ws", "2"], "--tcp and --ws exclude each other."),
    ],
)
def test_wrong_flag_of_ours_is_said_so(arguments: list[str], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        read(arguments)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:2087", ("127.0.0.1", 2087)),
        ("2087", ("127.0.0.1", 2087)),
        ("[::1]:80", ("::1", 80)),
    ],
)
def test_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["localhost", "a:b", "127.0.0.1:99999", ":"])
def test_other_text_is_no_address(text: str) -> None:
    with pytest.raises(UsageError, match="is no HOST:PORT"):
        parse_address(text)


def test_bare_command_of_a_plugin_serves_until_the_end_of_input() -> None:
    done = run("--address-url", "Refact", "--api-key", "k-e-y", "--lsp-stdin-stdout", "1")
    assert (done.returncode, done.stdout) == (0, "")
    assert "k-e-y" not in done.stderr


def test_version_is_told_without_loading_the_server() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("refact-lsp 0.")


def test_unknown_subcommand_is_a_usage_error() -> None:
    done = run("complet")
    assert done.returncode == 2
    assert "complet" in done.stderr


def test_help_names_the_subcommands() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "serve" in done.stdout
    assert "demo" in done.stdout


def test_wrong_address_ends_with_one_sentence() -> None:
    done = run("serve", "--tcp", "nowhere")
    assert done.returncode == 2
    assert done.stderr == ("refact-lsp: 'nowhere' is no HOST:PORT, such as 127.0.0.1:2087.\n")
