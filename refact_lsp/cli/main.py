"""The command line's entry: hands over to one module a subcommand, imported only when called.

`serve`, and the bare command with the flags of Refact's plug-ins, never load Typer or Rich: an
editor waits for them at every start.
"""

from __future__ import annotations

import sys

_FOR_TYPER = {"--help", "-h", "--version", "--install-completion", "--show-completion"}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends by SystemExit with 0, 1, 2, 3, 4 or 130."""
    given = sys.argv[1:] if arguments is None else arguments
    if _means_serve(given):
        from refact_lsp.cli.serve import serve

        sys.exit(serve(given[1:] if given[:1] == ["serve"] else given))
    from refact_lsp.cli.app import run

    sys.exit(run(given))


def _means_serve(given: list[str]) -> bool:
    if given[:1] == ["serve"]:
        return not _FOR_TYPER & set(given)
    if given:
        return given[0].startswith("-") and not _FOR_TYPER & set(given)
    return not sys.stdin.isatty()
