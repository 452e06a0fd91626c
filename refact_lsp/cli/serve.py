"""`refact-lsp serve`, and the bare command with the flags that Refact's plug-ins pass.

Flags are read by hand: nothing but the server itself may be imported on this path, and plug-ins
of three generations pass flags of their own, which are accepted and ignored.
"""

from __future__ import annotations

import atexit
import logging
import logging.handlers
import os
import queue
import sys
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.config.redaction import RedactingFilter, redact_tracebacks
from refact_lsp.errors import UsageError

logger = logging.getLogger(__name__)

THREAD_SWITCH_S = 0.0005
"""How long a thread that parses may keep the event loop waiting; Python's own is 5 ms."""

_WITH_VALUE = {"--tcp", "--ws", "--log-file", "--log-level", "--clientProcessId"}
_NO_TRANSPORT = """refact-lsp: an editor starts this, and talks to it over stdin and stdout.
Say how: --stdio, --tcp HOST:PORT or --ws HOST:PORT. To see it at work: refact-lsp demo
"""
_LEVELS = ("error", "warning", "info", "debug")


@dataclass(slots=True)
class Options:
    """What the command line asks for; `ignored` are flags that mean nothing to us."""

    stdio: bool = False
    tcp: str = ""
    ws: str = ""
    log_file: str = ""
    log_level: str = "warning"
    ignored: list[str] = field(default_factory=list)


def serve(arguments: list[str]) -> int:
    """Serve until the editor leaves; answer the exit code."""
    try:
        options = read(arguments)
        address = parse_address(options.tcp or options.ws) if options.tcp or options.ws else None
    except UsageError as error:
        sys.stderr.write(f"refact-lsp: {error}\n")
        return 2
    if address is None and not options.stdio and sys.stdin.isatty():
        sys.stderr.write(_NO_TRANSPORT)
        return 2
    redact_tracebacks()
    _start_log(options)
    from refact_lsp.server.app import build_server
    from refact_lsp.server.edge import EdgeServer
    from refact_lsp.server.transport import transports
    from refact_lsp.session.session import Session

    sys.setswitchinterval(THREAD_SWITCH_S)

    def factory() -> EdgeServer:
        return build_server(Session(os.environ))

    if address is None:
        return transports.run_stdio(factory)
    run = transports.run_tcp if options.tcp else transports.run_ws
    return run(*address, factory)


def read(arguments: list[str]) -> Options:
    """Read the flags; UsageError for a flag of ours without its value or with a wrong one."""
    options, rest = Options(), list(arguments)
    while rest:
        flag, _, value = rest.pop(0).partition("=")
        if flag in _WITH_VALUE:
            value = value or (rest.pop(0) if rest else "")
            if not value:
                raise UsageError(f"{flag} needs a value.")
            if flag != "--clientProcessId":
                setattr(options, flag.lstrip("-").replace("-", "_"), value)
        elif flag == "--stdio":
            options.stdio = True
        else:
            options.ignored.append(flag)
            if rest and not rest[0].startswith("-"):
                rest.pop(0)
    if options.log_level not in _LEVELS:
        raise UsageError(f"--log-level {options.log_level!r}: expected {', '.join(_LEVELS)}.")
    if options.tcp and options.ws:
        raise UsageError("--tcp and --ws exclude each other.")
    return options


def parse_address(text: str) -> tuple[str, int]:
    """Split HOST:PORT; a bare port means 127.0.0.1. UsageError for anything else."""
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise UsageError(f"{text!r} is no HOST:PORT, such as 127.0.0.1:2087.")
    return host.strip("[]") or "127.0.0.1", int(port)


def _start_log(options: Options) -> None:
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if options.log_file:
        try:
            handler = logging.FileHandler(Path(options.log_file), encoding="utf-8")
        except OSError as error:
            sys.stderr.write(f"refact-lsp: no log in {options.log_file}: {error.strerror}\n")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    # Written by a thread of its own: an editor that does not read stderr must not stop the loop.
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(waiting, handler)
    listener.start()
    atexit.register(listener.stop)
    root = logging.getLogger()
    masked = logging.handlers.QueueHandler(waiting)
    masked.addFilter(RedactingFilter())
    root.addHandler(masked)
    root.setLevel(options.log_level.upper())
    if options.ignored:
        logger.info("ignored_flags flags=%s", " ".join(options.ignored))
