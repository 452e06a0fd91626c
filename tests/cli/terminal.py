"""The command line as a real process, its input a pipe or a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

OURS = [sys.executable, "-m", "refact_lsp"]
_AS_FOREGROUND = (
    "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR));"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)


def run(*arguments: str, given: str = "", **environ: str) -> tuple[int, str]:
    """Answer the exit code, and all that was printed."""
    done = subprocess.run(
        [*OURS, *arguments],
        input=given.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
    )
    printed = (done.stdout + done.stderr).decode()
    assert "Traceback" not in printed
    return done.returncode, printed


def run_in_terminal(*arguments: str, prompt: str, typed: str) -> tuple[int, str]:
    """Type an answer when a prompt is shown; answer the code, and all the terminal showed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", _AS_FOREGROUND, "-m", "refact_lsp", *arguments]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    shown = b""
    try:
        while prompt.encode() not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, typed.encode())
        while chunk := os.read(ours, 1000):
            shown += chunk
    except OSError:  # how a terminal says that nobody holds it any more
        pass
    finally:
        os.close(ours)
    return process.wait(20), shown.decode()


def folder(home: Path) -> Path:
    """Answer where provider files are; made if need be."""
    found = home / ".config" / "refact" / "providers.d"
    found.mkdir(parents=True, exist_ok=True)
    return found
