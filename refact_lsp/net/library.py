"""The HTTP library without its command line program, which would bring a terminal library along."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

_PROGRAM = "httpx._main"


def make_ready() -> None:
    """Import the HTTP library; for a thread, as it takes a tenth of a second.

    httpx imports its own command line where it finds what that needs: click, rich and pygments,
    which this package installs. In a server they would cost 8 MB and be of no use.
    """
    if "httpx" not in sys.modules and _PROGRAM not in sys.modules:
        program = ModuleType(_PROGRAM)
        vars(program)["main"] = lambda: None
        sys.modules[_PROGRAM] = program
    importlib.import_module("refact_lsp.net.transport")
