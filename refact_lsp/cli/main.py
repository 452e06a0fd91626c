"""The command line's entry: hands over to one module a subcommand, imported only when called.

`serve`, and the bare command with the flags of Refact's plug-ins, never load Typer or Rich: an
editor waits for them at every start.
"""

from __future__ import annotations

import sys
from pathlib import Path

_FOR_TYPER = {"--help", "-h", "--version", "--install-completion", "--show-completion"}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends by SystemExit with 0, 1, 2, 3, 4 or 130."""
    _import_nothing_from_here()
    given = sys.argv[1:] if arguments is None else arguments
    if _means_serve(given):
        from refact_lsp.cli.serve import serve

        sys.exit(serve(given[1:] if given[:1] == ["serve"] else given))
    from refact_lsp.cli.app import run

    sys.exit(run(given))


def _import_nothing_from_here() -> None:
    """Keep modules of the working directory out: an editor starts us in somebody's repository.

    What belongs to this installation stays, also where it lies below that directory.
    """
    try:
        here = Path.cwd().resolve()
    except OSError:  # it has been deleted
        return
    package = Path(__file__).resolve().parents[2]
    installed = [Path(each).resolve() for each in (sys.prefix, sys.base_prefix)]

    def may_stay(place: Path) -> bool:
        is_ours = place == package or any(place.is_relative_to(each) for each in installed)
        return is_ours or not place.is_relative_to(here)

    sys.path[:] = [each for each in sys.path if may_stay(Path(each).resolve())]


def _means_serve(given: list[str]) -> bool:
    if given[:1] == ["serve"]:
        return not _FOR_TYPER & set(given)
    if given:
        return given[0].startswith("-") and not _FOR_TYPER & set(given)
    return not sys.stdin.isatty()
