"""The processes of the typing replay: the model server, and the real server in an empty home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from refact_lsp import processes
from refact_lsp.cli.client import ServerClient
from refact_lsp.processes import Stream
from tests.bench.typing_plan import REPOSITORY
from tests.fakes.replay_scripts import Hole

MODEL = "qwen2.5-coder-7b"
PROVIDER = """\
base_provider: vllm
endpoint: {url}/v1
enabled_models: [{model}]
completion_default_model: {model}
completion_models: {{{model}: {{n_ctx: 4096}}}}
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """How the model behaves, and whether right suggestions are taken."""

    name: str
    wrong_share: float = 0.0
    first_token_ms: int = 150
    tokens_per_s: int = 100
    every_nth_fails: int = 0
    accepts: bool = False


VARIANTS = {
    each.name: each
    for each in (
        Variant("plain"),
        Variant("wrong", wrong_share=0.4),
        Variant("slow", first_token_ms=600),
        Variant("failing", every_nth_fails=3),
        Variant("accepting", accepts=True),
    )
}


@dataclass(frozen=True, slots=True)
class Upstream:
    """What the model server heard and sent."""

    bodies: tuple[str, ...]
    answer_tokens: int

    @property
    def requests(self) -> int:
        """How many generations were asked for."""
        return len(self.bodies)


@contextmanager
def model_server(folder: Path, holes: tuple[Hole, ...], variant: Variant) -> Iterator[str]:
    """Run the model that knows the truth, in a process of its own; give its URL."""
    replay = folder / "holes.json"
    replay.write_text(json.dumps([asdict(hole) for hole in holes]), encoding="utf-8")
    options = {
        "--family": "vllm",
        "--model": MODEL,
        "--replay": replay,
        "--first-token-ms": variant.first_token_ms,
        "--tokens-per-s": variant.tokens_per_s,
        "--wrong-share": variant.wrong_share,
        "--record": folder / "record.jsonl",
    }
    if variant.every_nth_fails:
        options["--every-nth-fails"] = variant.every_nth_fails
    command = [sys.executable, "-m", "tests.fakes.model_server"]
    command += [str(each) for option in options.items() for each in option]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["url"])
        finally:
            process.stdin.close()
            process.wait(10)


def heard(folder: Path) -> Upstream:
    """Read what the model server recorded; after its end."""
    lines = (folder / "record.jsonl").read_text(encoding="utf-8").splitlines()
    posted = [each for line in lines if (each := json.loads(line))["method"] == "POST"]
    tokens = sum(int(each["tokens_sent"]) for each in posted)
    return Upstream(tuple(str(each["body"]) for each in posted), tokens)


@asynccontextmanager
async def server_at(folder: Path, url: str) -> AsyncIterator[tuple[ServerClient, Path]]:
    """Run the server under test in an empty home with one provider; give it and its workspace."""
    home, workspace = folder / "home", folder / "workspace"
    providers = home / ".config" / "refact" / "providers.d"
    providers.mkdir(parents=True)
    workspace.mkdir()
    file = providers / "vllm.yaml"
    file.touch(0o600)
    file.write_text(PROVIDER.format(url=url, model=MODEL), encoding="utf-8")
    process = await processes.start(
        (sys.executable, "-P", "-m", "refact_lsp", "serve", "--stdio"),
        environ=_environment(home),
        streams=(Stream.PIPE, Stream.PIPE, None),
        max_line_bytes=16 * 1024 * 1024,
    )
    client = ServerClient(process)
    await client.request("initialize", _introduction(workspace))
    client.notify("initialized", {})
    try:
        yield client, workspace
    finally:
        with suppress(ProcessLookupError):
            await client.close()


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    python_path = os.pathsep.join([str(REPOSITORY), kept.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {**kept, "PYTHONPATH": python_path, "HOME": str(home)}


def _introduction(workspace: Path) -> dict[str, object]:
    return {
        "processId": os.getpid(),
        "clientInfo": {"name": "typing replay"},
        "rootUri": workspace.as_uri(),
        "workspaceFolders": [{"uri": workspace.as_uri(), "name": workspace.name}],
        "capabilities": {
            "general": {"positionEncodings": ["utf-32"]},
            "textDocument": {"inlineCompletion": {}},
        },
    }
