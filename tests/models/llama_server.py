"""The real llama-server with real weights, on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.editors.installed import CACHE

BINARY = CACHE / "llama" / "llama-server"
MODEL = CACHE / "llama" / "model.gguf"
NAME = "smollm2-135m"
"""What the server calls the model."""
N_CTX = 4096
_MARKS = ("pre", "suf", "mid")
FIM = (
    "--override-kv",
    ",".join(f"tokenizer.ggml.fim_{mark}_token_id=int:{8 + n}" for n, mark in enumerate(_MARKS)),
)
"""Gives the model marks for filling in, out of its unused tokens: /infill then works, though the
text it gives has no sense."""

READY_S = 60.0
"""How long it may take to load. It takes half a second; a busy machine takes longer."""
_GRACE_S = 1.0
"""An idle server ends at once; one that is answering would first finish."""
_THREADS = "1"
"""Its threads wait for each other busily: on a machine with other work two are
several times slower than one."""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@dataclass(slots=True)
class LlamaServer:
    """One llama-server process; it can be stopped and started again on the same port."""

    home: Path
    """For its log and whatever it may want to keep."""
    options: tuple[str, ...] = ()
    port: int = field(default_factory=_free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The base URL, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> None:
        """Start the process; unless told otherwise, wait until the model is loaded."""
        assert self._process is None, "it runs already"
        command = [str(BINARY), "--model", str(MODEL), "--alias", NAME, "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--ctx-size", str(N_CTX), "--parallel", "1"]
        command += ["--threads", _THREADS, *self.options]
        with (self.home / "llama-server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment()
            )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until the server says that it is well."""
        end = time.monotonic() + READY_S
        while self.health() != 200:
            self.check()
            assert time.monotonic() < end, f"not ready in {READY_S} s: {self.log()[-2000:]}"
            time.sleep(0.01)

    def check(self) -> None:
        """Fail where the process has ended by itself: nothing is worth waiting for then."""
        assert self._process is not None
        ended = self._process.poll()
        assert ended is None, f"llama-server ended with {ended}: {self.log()[-2000:]}"

    def health(self) -> int | None:
        """Ask for the status of /health; None when nobody listens."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def stop(self) -> None:
        """End the process, if it runs."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Stop, and start again on the same port."""
        self.stop()
        self.start()

    def log(self) -> str:
        """Give what the server has written so far."""
        return (self.home / "llama-server.log").read_text(errors="replace")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.home), "LLAMA_CACHE": str(self.home)}


def require() -> None:
    """Leave the test out where the server or its model is missing."""
    if not (BINARY.exists() and MODEL.exists()):
        pytest.skip("no llama-server here; build it with tests/models/install.sh")
