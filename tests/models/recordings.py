"""What llama-server said, kept byte for byte in `recorded/`, and how to record it anew.

python -m tests.models.recordings    records; needs what tests/models/install.sh makes
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.models.llama_server import FIM, MODEL, NAME, LlamaServer

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP: loading the system's certificates takes each a tenth of a second."""
FOLDER = Path(__file__).parent / "recorded"


@dataclass(frozen=True, slots=True)
class Question:
    """One request to record the answer of."""

    name: str
    path: str
    body: dict[str, Any] | None = None
    """None: a GET."""
    fim: bool = False
    """Ask the server that has marks for filling in."""


_CODE = {"prompt": "def add(a, b):\n    return", "max_tokens": 5, "temperature": 0}
_WIDE = {"prompt": "日本語、日本語、日本", "max_tokens": 6, "temperature": 0}
_CHAT = {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 4, "temperature": 0}
_NATIVE = {"prompt": "def add(a, b):\n    return", "n_predict": 3, "temperature": 0}
_INFILL = {
    "input_prefix": "def add(a, b):\n    ",
    "input_suffix": "\n",
    "input_extra": [{"filename": "other.py", "text": "def sub(a, b):\n    return a - b\n"}],
    "n_predict": 3,
    "temperature": 0,
}
_STREAM = {"stream": True}
_USAGE = {"stream": True, "stream_options": {"include_usage": True}}

QUESTIONS = (
    Question("health", "/health"),
    Question("models", "/v1/models"),
    Question("props", "/props"),
    Question("completions", "/v1/completions", _CODE),
    Question("completions_stream", "/v1/completions", _CODE | _STREAM),
    Question("completions_stream_usage", "/v1/completions", _CODE | _USAGE),
    Question("completions_stream_stop", "/v1/completions", _CODE | _STREAM | {"stop": ["+"]}),
    Question("completions_stream_wide", "/v1/completions", _WIDE | _STREAM),
    Question("chat", "/v1/chat/completions", _CHAT),
    Question("chat_stream", "/v1/chat/completions", _CHAT | _STREAM),
    Question("chat_stream_usage", "/v1/chat/completions", _CHAT | _USAGE),
    Question("native", "/completion", _NATIVE),
    Question("native_stream", "/completion", _NATIVE | _STREAM),
    Question("infill", "/infill", _INFILL, fim=True),
    Question("infill_stream", "/infill", _INFILL | _STREAM, fim=True),
    Question("infill_refused", "/infill", _INFILL),
    Question("embeddings_refused", "/v1/embeddings", {"input": "x"}),
    Question("no_prompt", "/v1/completions", {"max_tokens": 1}),
    Question("too_long", "/v1/completions", {"prompt": "a b c d " * 2000, "max_tokens": 1}),
    Question("no_such_path", "/nothing"),
    Question("no_such_path_posted", "/completions/nothing", {}),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes


def ask(url: str, question: Question) -> Answer:
    """Ask one question; no redirect, no proxy."""
    return asyncio.run(ask_async(url, question))


async def ask_async(url: str, question: Question) -> Answer:
    """Ask one question; no redirect, no proxy."""
    method = "GET" if question.body is None else "POST"
    async with httpx.AsyncClient(timeout=60, trust_env=False, verify=NO_TLS) as client:
        answer = await client.request(method, url + question.path, json=question.body)
    return Answer(answer.status_code, answer.headers["content-type"], answer.content)


def recorded(name: str) -> Answer:
    """Give a kept answer."""
    about = json.loads((FOLDER / "answers.json").read_text())[name]
    return Answer(about["status"], about["content_type"], (FOLDER / f"{name}.body").read_bytes())


def record(plain: LlamaServer, fim: LlamaServer) -> None:
    """Ask everything and write it down."""
    about = {}
    for question in QUESTIONS:
        answer = ask((fim if question.fim else plain).url, question)
        (FOLDER / f"{question.name}.body").write_bytes(_without_paths(answer.body))
        about[question.name] = {
            "path": question.path,
            "request": question.body if question.name != "too_long" else "8,001 tokens",
            "status": answer.status,
            "content_type": answer.content_type,
        }
    (FOLDER / "answers.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def shape(answer: Answer) -> object:
    """Give what must not change from one run to the next: fields and their kinds, not values.

    Of the tokens of a stream only the first counts, so that its length may differ.
    """
    if not answer.content_type.startswith("text/event-stream"):
        return answer.status, answer.content_type, _kinds(json.loads(answer.body))
    events = [json.loads(each[6:]) for each in answer.body.split(b"\n\n") if each[6:7] == b"{"]
    kinds = [json.dumps(_kinds(each)) for each in events]
    seen = list(dict.fromkeys(kinds))
    return answer.status, answer.content_type, seen, answer.body.endswith(b"data: [DONE]\n\n")


def _kinds(value: object) -> object:
    if isinstance(value, dict):
        return {key: _kinds(each) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return [_kinds(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return str(value)
    return "number" if isinstance(value, int | float) else "text"


def _without_paths(body: bytes) -> bytes:
    """Take out where the model lies, which is of the machine."""
    return body.replace(str(MODEL).encode(), b"/models/model.gguf")


def main() -> None:
    """Record everything."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        plain, fim = LlamaServer(Path(home)), LlamaServer(Path(home), FIM)
        try:
            plain.start()
            fim.start()
            record(plain, fim)
        finally:
            plain.stop()
            fim.stop()
    sys.stderr.write(f"{len(QUESTIONS)} answers of {NAME} are in {FOLDER}\n")


if __name__ == "__main__":
    main()
